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
    widen_after_s: Seconds | None = None
    reach_steps: tuple[Metres, ...] = ()
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


def read_policy(fields: dict[str, Any]) -> Policy:
    """Parse a policy's fields; raises msgspec.ValidationError that names the field."""
    return msgspec.convert(fields, Policy)


def not_served_yet(policy: Policy) -> list[str]:
    """The fields of a policy that this version cannot honour: said when it is activated, never ignored silently."""
    used = {
        "widen_after_s": policy.widen_after_s is not None,
        "reach_steps": bool(policy.reach_steps),
        "direct_guarantee": policy.direct_guarantee,
        **{f"needs {need}": True for need in policy.needs},
        **{f"replace_on {what}": True for what in policy.replace_on if what is not Replace.UNREACHABLE},
    }
    return [field for field, is_used in used.items() if is_used]
