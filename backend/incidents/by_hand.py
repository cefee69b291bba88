"""Alarms raised by hand, and the second person who is called where one goes beyond what somebody does alone.

The alarm has gone out when this is asked. A second person is called by a row that says so: whoever follows the centre
sees it until somebody else confirmed or stopped the alarm, or its incident ended.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from backend.foundation.database import Actor, Connection, enter
from backend.foundation.ids import CentreId, IncidentId
from backend.foundation.journal import Event, Fact, Happening, write_outside_incidents
from backend.foundation.kinds import Kind
from backend.incidents import queries_by_hand as queries
from backend.incidents.incident import Incident, State
from backend.incidents.raised import UNTIL_DECIDED, Above, ByHand, Decision, Limit
from backend.incidents.record import record

WITHIN = timedelta(hours=1)
FOR = "alarm_by_hand"
"""How the journal's entries about a second person begin here."""


def above(limit: Limit, alarms_in_the_hour: int, accuracy_m: float | None) -> list[Above]:
    """What of it somebody alone does not do; `alarms_in_the_hour` counts this one. Pure."""
    found = []
    if alarms_in_the_hour > limit.an_hour:
        found.append(Above.AN_HOUR)
    if accuracy_m is not None and accuracy_m > limit.uncertain_m:
        found.append(Above.UNCERTAIN)
    return found


async def write_down(
    connection: Connection, actor: Actor, incident: Incident, raised_by: UUID, accuracy_m: float | None, now: datetime
) -> list[Above]:
    """In the transaction that has just opened the incident, whose lock it holds; says why a second person is called.

    Of live alarms only: an exercise reaches nobody who has not agreed to it. Written once, however often it is sent.
    """
    beyond = await foreseen(connection, incident.centre_id, incident.kind, raised_by, accuracy_m, now)
    raised = ByHand(incident.id, incident.kind, incident.centre_id, raised_by, now, beyond)
    if await queries.insert(connection, raised) and beyond:
        asked = Happening(Event.SECOND_PERSON_ASKED, {"for": FOR, "above": [each.value for each in beyond]})
        await record(connection, actor, incident, [asked], now)
    return beyond


async def foreseen(
    connection: Connection, centre_id: CentreId, kind: Kind, raised_by: UUID, accuracy_m: float | None, now: datetime
) -> list[Above]:
    """What a second person would be called for, of one more alarm now. The centre was entered."""
    if kind is not Kind.LIVE:
        return []
    limit = await queries.limit_of(connection, centre_id, now) or UNTIL_DECIDED
    alarms = await queries.alarms_since(connection, raised_by, now - WITHIN)
    return above(limit, alarms + 1, accuracy_m)


async def of_incident(connection: Connection, incident_id: IncidentId, centre_ids: Sequence[CentreId]) -> ByHand | None:
    """Whose hand raised an incident of one of these centres, which is entered; None where a system did."""
    for centre_id in centre_ids:
        await enter(connection, centre_id)
        if (raised := await queries.of_incident(connection, incident_id)) is not None:
            return raised
    return None


async def waiting(connection: Connection, centre_ids: Sequence[CentreId]) -> list[ByHand]:
    """Open incidents of these centres for which a second person is called, the oldest first."""
    found: list[ByHand] = []
    for centre_id in centre_ids:
        await enter(connection, centre_id)
        found += await queries.waiting(connection, centre_id)
    return sorted(found, key=lambda each: each.raised_at)


async def set_limit(
    connection: Connection, actor: Actor, centre_id: CentreId, limit: Limit, author: str, now: datetime
) -> None:
    """How far one person goes alone at a centre, from now on; what held before stays to be read."""
    await queries.set_limit(connection, centre_id, limit, author, now)
    facts: dict[str, Fact] = {"change": "by_hand_limit", "an_hour": limit.an_hour, "uncertain_m": limit.uncertain_m}
    await write_outside_incidents(connection, actor, Happening(Event.RIGHT_CHANGED, facts | {"author": author}), now)


class WhyNot(StrEnum):
    """Why somebody cannot be the second person."""

    NOT_CALLED = "not_called"  # nobody was, or the incident is another centre's
    SAME_PERSON = "same_person"
    DECIDED = "decided"
    NOT_VOUCHED_FOR = "not_vouched_for"  # nobody says who they are: they may stop, and not confirm


async def decide(
    connection: Connection,
    actor: Actor,
    incident: Incident,
    by: UUID,
    decision: Decision,
    now: datetime,
    *,
    vouched_for: bool,
) -> WhyNot | None:
    """Write down what the second person decided; None when it stands. The incident's lock is held.

    To stop is to stand down besides: that is the caller's, and is done whoever was faster here.
    """
    raised = await queries.of_incident(connection, incident.id)
    if raised is None or not raised.above:
        return WhyNot.NOT_CALLED
    if raised.raised_by == by:
        return WhyNot.SAME_PERSON
    if decision is Decision.CONFIRMED and not vouched_for:
        return WhyNot.NOT_VOUCHED_FOR
    if raised.decision is not None or incident.state is State.ENDED:
        return WhyNot.DECIDED
    await queries.decide(connection, incident.id, decision, by, now)
    told = Happening(Event.SECOND_PERSON_DECIDED, {"for": FOR, "decision": decision.value})
    await record(connection, actor, incident, [told], now)
    return None
