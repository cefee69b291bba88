"""What a centre wishes of a running incident: one stood down, more asked. What comes twice is done once."""

from datetime import datetime
from uuid import UUID

from backend.alerts.alert import Alert
from backend.alerts.decision import Answer, AnswerKind, AskMore, Event, StandDownOne, State
from backend.alerts.take import NoSuchIncident, take
from backend.foundation import journal
from backend.foundation.database import Actor, Connection
from backend.foundation.ids import AlertId, IncidentId
from backend.foundation.problems import FieldError, Problem, not_found
from backend.incidents import queries as incident_queries
from backend.incidents.incident import Incident, StandDownReason


def of_pseudonym(state: State, pseudonym: str) -> Alert:
    """Who is meant by the name a centre sees; a 404 problem for a name nobody has in this incident."""
    for alert in state.alerts:
        if alert.pseudonym == pseudonym:
            return alert
    raise not_found("hjerteløber")


def another_under_this_id() -> Problem:
    """Said to be done it would be a lie: what was done under this id was something else."""
    return Problem(
        422,
        "id-reused",
        "This id was used for another wish",
        "Send the same to repeat a wish, or a new id for a new one.",
        errors=[FieldError("/id", "is new for each wish")],
    )


async def stand_down_one(
    connection: Connection,
    actor: Actor,
    incident_id: IncidentId,
    pseudonym: str,
    reason: StandDownReason,
    now: datetime,
) -> tuple[AlertId, Answer]:
    """Stop one who rings or goes, with a reason that reaches them; the others go on. Raises 404 for an unknown name."""
    meant: list[AlertId] = []

    async def event_of(_incident: Incident, state: State) -> Event:
        alert = of_pseudonym(state, pseudonym)
        meant[:] = [alert.id]
        return StandDownOne(alert.volunteer_id, reason)

    answer = await take(connection, actor, incident_id, event_of, now)
    return meant[0], answer


async def ask_more(
    connection: Connection,
    actor: Actor,
    incident_id: IncidentId,
    count: int | None,
    request: UUID,
    now: datetime,
    *,
    wider: bool,
) -> Answer:
    """A further wave now; the same `request` again asks nobody a second time, and for another number is a 422."""
    if await incident_queries.lock(connection, incident_id) is None:
        raise NoSuchIncident
    before = await journal.of_request(connection, incident_id, journal.Event.ASKED_MORE, request)
    if before:
        if count is not None and any(facts["count"] != count for facts in before):
            raise another_under_this_id()
        return Answer(AnswerKind.DONE)

    async def event_of(_incident: Incident, _state: State) -> Event:
        return AskMore(count, wider, request)

    return await take(connection, actor, incident_id, event_of, now)
