"""A policy: how many are asked, how far away, in which roles, and who is replaced. Data, not code (DOMAIN §2)."""

from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta

Seconds = Annotated[int, Meta(ge=1)]
Metres = Annotated[int, Meta(ge=1)]


class Replace(StrEnum):
    """What makes the next volunteer be asked instead."""

    UNREACHABLE = "unreachable"  # whom no channel accepted was never asked
    DECLINE = "decline"
    NO_RECEIPT = "no_receipt"
    SILENCE = "silence"
    GIVE_UP = "give_up"


class Role(StrEnum):
    DIRECT = "direct"
    AED = "aed"
    GUIDE = "guide"
    STANDBY = "standby"


class RoleRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Places `first`–`last` (None: and all later) take the roles of `pattern` in turn.

    An AED role with no open defibrillator within the detour becomes a direct one.
    """

    first: Annotated[int, Meta(ge=1)]
    pattern: Annotated[tuple[Role, ...], Meta(min_length=1)]
    last: int | None = None


class Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whole hours of the day, Europe/Copenhagen, `[from, to)`."""

    from_hour: Annotated[int, Meta(ge=0, le=23)]
    to_hour: Annotated[int, Meta(ge=1, le=24)]


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The frozen rule of one incident. `ours` names the fields no source states: they are our own choice."""

    name: str
    version: int
    reach_m: Metres
    at_once: Annotated[int, Meta(ge=1, le=200)]
    in_total: Annotated[int, Meta(ge=1, le=1000)] | None = None  # counts alerts that some channel accepted
    replace_on: tuple[Replace, ...] = (Replace.UNREACHABLE,)
    receipt_s: Seconds = 5
    second_channel_s: Seconds = 5
    silence_s: Seconds = 60
    rings_s: Seconds = 120
    widen_after_s: Seconds | None = None  # so long without anybody on the way: on to the next of `reach_steps`
    reach_steps: tuple[Metres, ...] = ()  # beyond reach_m, each further than the one before
    over_water: bool = False  # whether somebody without a fixed link to the patient is asked all the same
    max_position_age_s: Seconds = 259_200
    coarse_radius_m: Metres = 250
    accept_limit: Annotated[int, Meta(ge=1)] | None = None  # acceptors beyond it are stood down with thanks
    roles: tuple[RoleRule, ...]
    aed_detour_max_m: Metres | None = None  # longer than going direct; None: no limit of its own
    aed_detour_max_share: Annotated[float, Meta(gt=0)] | None = None  # of the direct way
    direct_guarantee: bool = False
    hours: Hours | None = None
    excludes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()  # facts no dispatch system of ours sends yet, such as the ambulance's ETA
    ours: tuple[str, ...] = ()
    source: str = ""

    def role_of_place(self, place: int) -> Role:
        """The role the rule gives the acceptor with this ordinal (1 is the first)."""
        for rule in self.roles:
            if rule.first <= place and (rule.last is None or place <= rule.last):
                return rule.pattern[(place - rule.first) % len(rule.pattern)]
        return Role.DIRECT

    def reach_at(self, step: int) -> int:
        """How far asking reaches after `step` widenings, in metres; the last step is the furthest."""
        reaches = (self.reach_m, *self.reach_steps)
        return reaches[min(step, len(reaches) - 1)]


def read_policy(fields: dict[str, Any]) -> Policy:
    """Parse a policy's fields; raises msgspec.ValidationError that names the field."""
    return msgspec.convert(fields, Policy)


def not_served_yet(policy: Policy) -> list[str]:
    """The fields of a policy that this version cannot honour: said when it is activated, never ignored silently."""
    unserved = [f"needs {need}" for need in policy.needs]
    reaches = (policy.reach_m, *policy.reach_steps)
    if list(reaches) != sorted(set(reaches)):
        unserved.append("reach_steps that are no further than the reach before them")
    if bool(policy.reach_steps) != (policy.widen_after_s is not None):
        unserved.append("reach_steps without widen_after_s, or the other way round")
    return unserved
