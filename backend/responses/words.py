"""One-tap words both ways, between a centre and those on the way. No free text; each is said once by its id."""

from datetime import datetime, timedelta
from uuid import UUID

from backend.alerts import queries as alert_queries
from backend.alerts.alert import Alert, AlertState
from backend.alerts.decision import Answer, AnswerKind, Event, Say, State
from backend.alerts.on_request import addressed
from backend.alerts.take import NoSuchIncident, take
from backend.alerts.wishes import another_under_this_id, of_pseudonym
from backend.alerts.word import ToCentre, ToVolunteers
from backend.foundation.database import Actor, Connection, enter, leave
from backend.foundation.ids import AlertId, IncidentId, VolunteerId
from backend.foundation.journal import Event as Journal
from backend.foundation.journal import Happening, of_request
from backend.foundation.problems import Problem, too_many
from backend.incidents import queries as incident_queries
from backend.incidents.incident import Incident
from backend.incidents.record import record
from backend.responses import queries_words as queries
from backend.responses.answer import own_alert
from backend.responses.refusal import ended

SAME_WORD_AGAIN_AFTER = timedelta(seconds=10)
"""The same word sooner than this is a second tap, not a second word (ours)."""
AT_MOST = 30
"""Words of one person on one mission (ours): a stuck phone must not drown the others in the room."""


async def say(
    connection: Connection,
    actor: Actor,
    alert_id: AlertId,
    volunteer_id: VolunteerId,
    word: ToCentre,
    word_id: UUID,
    now: datetime,
) -> None:
    """Somebody on the way tells their centre. Said again, by id or by a second tap, it changes nothing.

    Raises a 409 problem before accepting, 410 after the mission, 429 beyond AT_MOST.
    """
    asked = await own_alert(connection, alert_id, volunteer_id)
    await enter(connection, asked.centre_id)
    incident = await incident_queries.lock(connection, asked.incident_id)
    alert = await own_alert(connection, alert_id, volunteer_id)  # again, now that nobody can change it
    if incident is None or await queries.has(connection, alert_id, word_id):
        return
    _check(alert)
    before = [told for told in await queries.of_alerts(connection, [alert_id]) if not told.from_centre]
    if any(told.word == word and now < told.said_at + SAME_WORD_AGAIN_AFTER for told in before):
        return
    if len(before) >= AT_MOST:
        raise too_many("That is enough words for one mission: call your dispatch centre.", 60)
    await queries.insert(connection, [alert], word_id, word.value, now, from_centre=False)
    await alert_queries.sign_of_life(connection, alert_id, now)
    facts = {"alert": str(alert_id), "volunteer": alert.pseudonym, "word": word.value, "request": str(word_id)}
    await record(connection, actor, incident, [Happening(Journal.SAID, {**facts})], now)
    await alert_queries.tell_phones(connection, [volunteer_id])
    await leave(connection)


def _check(alert: Alert) -> None:
    if alert.state is AlertState.ACCEPTED:
        return
    if alert.place is None and alert.ended_at is None:
        raise Problem(409, "not-on-mission", "Not on this mission", "Accept the alarm before telling how it goes.")
    raise ended(alert.reason or alert.state.value)


async def tell(
    connection: Connection,
    actor: Actor,
    incident_id: IncidentId,
    word: ToVolunteers,
    word_id: UUID,
    pseudonym: str | None,
    now: datetime,
) -> Answer:
    """The centre tells one of those on the way, or all of them (None), on every channel they have.

    The same `word_id` again tells nobody a second time. Raises 404 for a name nobody has in this incident, and 422
    where another word was told by this id, or this word to another one.
    """
    if await incident_queries.lock(connection, incident_id) is None:
        raise NoSuchIncident
    before = await of_request(connection, incident_id, Journal.TOLD, word_id)
    if before:
        to_others = pseudonym is not None and all(facts["volunteer"] != pseudonym for facts in before)
        if to_others or any(facts["word"] != word.value for facts in before):
            raise another_under_this_id()
        return Answer(AnswerKind.DONE)
    told: list[Alert] = []

    async def event_of(_incident: Incident, state: State) -> Event:
        to = None if pseudonym is None else of_pseudonym(state, pseudonym).volunteer_id
        event = Say(word, word_id, to)
        told[:] = addressed(state, event)
        return event

    answer = await take(connection, actor, incident_id, event_of, now)
    if answer.kind is AnswerKind.DONE:
        await queries.insert(connection, told, word_id, word.value, now, from_centre=True)
    return answer
