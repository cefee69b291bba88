"""The noun: one volunteer asked for one incident. One row, ever."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from backend.foundation.ids import AedId, AlertId, CentreId, IncidentId, VolunteerId
from backend.foundation.kinds import Kind
from backend.selection.policy import Role


class AlertState(StrEnum):
    RINGING = "ringing"
    ACCEPTED = "accepted"  # on the mission
    DECLINED = "declined"
    MISSED = "missed"  # rang until rings_until without an answer
    UNREACHABLE = "unreachable"  # no channel accepted it: was never asked
    WITHDRAWN = "withdrawn"  # the incident ended while it rang
    STOOD_DOWN = "stood_down"  # told not to go, with a reason
    GAVE_UP = "gave_up"
    FINISHED = "finished"


MOVES: dict[AlertState, frozenset[AlertState]] = {
    AlertState.RINGING: frozenset(
        {
            AlertState.ACCEPTED,
            AlertState.DECLINED,
            AlertState.MISSED,
            AlertState.UNREACHABLE,
            AlertState.WITHDRAWN,
            AlertState.STOOD_DOWN,  # said yes when no place was left
        }
    ),
    # A late yes, or a change of mind, counts while a role is free.
    AlertState.DECLINED: frozenset({AlertState.ACCEPTED, AlertState.STOOD_DOWN}),
    AlertState.MISSED: frozenset({AlertState.ACCEPTED, AlertState.DECLINED, AlertState.STOOD_DOWN}),
    AlertState.UNREACHABLE: frozenset({AlertState.ACCEPTED, AlertState.DECLINED, AlertState.STOOD_DOWN}),
    AlertState.ACCEPTED: frozenset({AlertState.STOOD_DOWN, AlertState.GAVE_UP, AlertState.FINISHED}),
    # Only whoever was let go for a place that was another one is rung again (`let_go`); every other end is final.
    AlertState.WITHDRAWN: frozenset({AlertState.RINGING}),
    AlertState.STOOD_DOWN: frozenset({AlertState.RINGING}),
    AlertState.GAVE_UP: frozenset(),
    AlertState.FINISHED: frozenset(),
}

LIVE = frozenset({AlertState.RINGING, AlertState.ACCEPTED})
"""States in which the volunteer is engaged; in every other one the alert has an end."""

ANSWERABLE = frozenset({AlertState.RINGING, AlertState.DECLINED, AlertState.MISSED, AlertState.UNREACHABLE})
"""States from which a yes can still count."""

NO_ANSWER = "no_answer"
OUTAGE = "outage"  # nothing was tried while it was to ring: the machine stood still
NO_CHANNEL_ACCEPTED = "no_channel_accepted"
OUT_OF_REACH = "out_of_reach"  # of the place as it is known now
NEARER_ONES_ASKED = "nearer_ones_asked"
LET_GO = frozenset({OUT_OF_REACH, NEARER_ONES_ASKED})

SILENT_MISSION_ENDS_AFTER = timedelta(minutes=90)
CENTRE_IS_ASKED_AFTER = timedelta(minutes=60)
INCIDENT_TIMES_OUT_AFTER = timedelta(minutes=120)


class Alert(msgspec.Struct, frozen=True):
    """`metres` is from the cell the volunteer was found in; `place` is the acceptor's ordinal or the one taken over."""

    id: AlertId
    incident_id: IncidentId
    volunteer_id: VolunteerId
    kind: Kind
    centre_id: CentreId
    pseudonym: str
    wave: int
    ring_no: int
    metres: int
    position_age_s: int | None
    state: AlertState
    reason: str | None
    asked_at: datetime
    rings_until: datetime
    answered_at: datetime | None
    place: int | None
    left_reach: bool
    way_m: int | None
    role: Role | None
    aed_id: AedId | None
    ended_at: datetime | None
    last_sign_at: datetime
    arrived_at: datetime | None = None  # told to be at the scene, or with the patient
    unheard_revision: int = 0  # the revision it was last told of that this person's phone had not shown it

    @property
    def never_asked(self) -> bool:
        """Whether no channel ever accepted it: this person does not know of the alarm."""
        return self.state is AlertState.UNREACHABLE or (
            self.state is AlertState.MISSED and self.reason in (OUTAGE, NO_CHANNEL_ACCEPTED)
        )

    @property
    def let_go(self) -> bool:
        """Whether it was given over because the place turned out to be another: asked for where nobody lies."""
        return self.ended_at is not None and self.reason in LET_GO


class IllegalMove(Exception):
    """A bug: an alert was to go where it cannot."""


def moved(alert: Alert, to: AlertState, now: datetime, reason: str | None = None) -> Alert:
    """The alert in its next state. Raises IllegalMove for a move that is not in MOVES."""
    if to not in MOVES[alert.state] or (to is AlertState.RINGING and not alert.let_go):
        raise IllegalMove(f"{alert.state} -> {to}")
    ended_at = None if to in LIVE else now
    return msgspec.structs.replace(alert, state=to, reason=reason, ended_at=ended_at)
