"""What waits for a second person: kinds, states, and who may say yes. Pure; the verbs are in `approvals`."""

from collections.abc import Mapping, Set
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import NewType
from uuid import UUID

import msgspec

from backend.foundation.ids import CentreId
from backend.identity.staff import May, StaffId

ApprovalId = NewType("ApprovalId", UUID)
Fact = str | int | bool | None


class ApprovalKind(StrEnum):
    """What one person alone may not do."""

    AREA_ALERT = "area_alert"  # nothing sends one yet: the rule is there before the feature
    POLICY_CHANGE = "policy_change"
    EXPORT = "export"  # a person's data, asked for by an operator on their behalf
    FREEZE_CLIENT = "freeze_client"
    UNFREEZE_CLIENT = "unfreeze_client"
    BY_HAND_LIMIT = "by_hand_limit"  # how far one person goes alone when raising alarms by hand
    ATTENTION_RULE = "attention_rule"  # who acknowledges, and when it sounds that nobody goes
    OVERFLOW = "overflow"  # a neighbour helps when nobody takes something up
    OVERFLOW_END = "overflow_end"


class State(StrEnum):
    """What became of a request."""

    WAITING = "waiting"
    APPROVED = "approved"  # and done, in the same transaction
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"  # by whoever asked
    RAN_OUT = "ran_out"  # nobody answered in time


MOVES: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.WAITING: frozenset({State.APPROVED, State.REFUSED, State.TAKEN_BACK, State.RAN_OUT}),
        State.APPROVED: frozenset(),
        State.REFUSED: frozenset(),
        State.TAKEN_BACK: frozenset(),
        State.RAN_OUT: frozenset(),
    }
)


class Rule(msgspec.Struct, frozen=True):
    """Whoever may `ask` may also be the second person. `waits`: how long for one."""

    ask: May
    waits: timedelta


RULES: Mapping[ApprovalKind, Rule] = MappingProxyType(
    {
        ApprovalKind.AREA_ALERT: Rule(May.ALERT_AREA, timedelta(minutes=10)),
        ApprovalKind.POLICY_CHANGE: Rule(May.CHANGE_POLICY, timedelta(days=7)),
        ApprovalKind.EXPORT: Rule(May.EXPORT, timedelta(days=7)),
        ApprovalKind.FREEZE_CLIENT: Rule(May.FREEZE, timedelta(hours=1)),
        ApprovalKind.UNFREEZE_CLIENT: Rule(May.FREEZE, timedelta(hours=8)),
        ApprovalKind.BY_HAND_LIMIT: Rule(May.CHANGE_POLICY, timedelta(days=7)),
        ApprovalKind.ATTENTION_RULE: Rule(May.CHANGE_POLICY, timedelta(days=7)),
        ApprovalKind.OVERFLOW: Rule(May.CHANGE_POLICY, timedelta(days=7)),
        ApprovalKind.OVERFLOW_END: Rule(May.CHANGE_POLICY, timedelta(days=7)),
    }
)


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """`facts`: what is to be done, without a personal value; `centre_id` None: it concerns every centre."""

    id: ApprovalId
    kind: ApprovalKind
    state: State
    centre_id: CentreId | None
    facts: dict[str, Fact]
    asked_by: StaffId
    asked_at: datetime
    expires_at: datetime
    decided_by: StaffId | None = None
    decided_at: datetime | None = None


class Decider(msgspec.Struct, frozen=True):
    """Whoever is to be the second person: what they may do where the request belongs, and whether somebody vouched."""

    id: StaffId
    allowed: Set[May]
    is_vouched_for: bool


class WhyNot(StrEnum):
    """Why somebody cannot be the second person, or no longer."""

    UNKNOWN = "unknown"
    DECIDED = "decided"
    RAN_OUT = "ran_out"
    SAME_PERSON = "same_person"
    NOT_VOUCHED_FOR = "not_vouched_for"  # came in by an envelope, as whoever they said: could be the first one, too
    NOT_ALLOWED = "not_allowed"


def why_not(approval: Approval | None, who: Decider, now: datetime) -> WhyNot | None:
    """None: they may say yes or no."""
    if approval is None:
        return WhyNot.UNKNOWN
    if approval.state is not State.WAITING:
        return WhyNot.DECIDED
    if now >= approval.expires_at:
        return WhyNot.RAN_OUT
    if approval.asked_by == who.id:
        return WhyNot.SAME_PERSON
    if not who.is_vouched_for:
        return WhyNot.NOT_VOUCHED_FOR
    return None if RULES[approval.kind].ask in who.allowed else WhyNot.NOT_ALLOWED
