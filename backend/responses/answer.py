"""The verbs of somebody who was asked: yes, no, I cannot go on, the defibrillator is not there, how it goes."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

import msgspec

from backend.aeds.aed import AedOption, Open, Trouble
from backend.aeds.nearest import options
from backend.alerts import queries as alert_queries
from backend.alerts.alert import Alert
from backend.alerts.decision import (
    Accept,
    Answer,
    Decline,
    Event,
    FetchableAed,
    GiveUp,
    LoseAed,
    State,
)
from backend.alerts.take import take
from backend.delivery import receipts
from backend.delivery.message import Channel
from backend.foundation.database import Actor, Connection, enter, leave
from backend.foundation.harmless import Fault, without_harm
from backend.foundation.ids import AedId, AlertId, VolunteerId
from backend.foundation.kinds import Kind
from backend.foundation.problems import not_found, unauthorised
from backend.incidents import queries as incident_queries
from backend.incidents.incident import Incident, Place
from backend.locations.cells import metres_between, res9_of
from backend.locations.water import NO_MATTER_WHERE, Ground, ground_of, over_water
from backend.locations.whereabouts import whereabouts
from backend.responses import queries
from backend.responses.status import GiveUpReason
from backend.selection.policy import read_policy

# Defibrillators are looked for this far around the patient: one further away would have to be carried too long,
# whoever fetches it (ours; a policy's limit on the detour is tighter for most).
_AEDS_WITHIN_M = 3_000

# The incident's lock is held meanwhile: every other answer waits (ours).
_LOOKING_TAKES_AT_MOST_S = 0.5

EventOf = Callable[[Incident, State], Awaitable[Event]]


async def own_alert(connection: Connection, alert_id: AlertId, volunteer_id: VolunteerId) -> Alert:
    """The volunteer's own alert; a 404 problem for anybody else's, which is not told apart from none."""
    alert = await alert_queries.own(connection, volunteer_id, alert_id)
    if alert is None:
        raise not_found("alert")
    return alert


async def receive(
    connection: Connection,
    alert_id: AlertId,
    volunteer_id: VolunteerId,
    channel: Channel,
    shown_at: datetime,
    now: datetime,
    revision: int | None = None,
    word_id: UUID | None = None,
) -> None:
    """The app says it showed the alert, as of that `revision`. Takes no lock: a receipt never waits for a decision."""
    await own_alert(connection, alert_id, volunteer_id)
    await receipts.receive(connection, alert_id, volunteer_id, channel, shown_at, now, revision, word_id)


async def accept(
    connection: Connection, actor: Actor, alert_id: AlertId, volunteer_id: VolunteerId, now: datetime
) -> Answer:
    """A yes. Twice is the same as once; a late one counts while a role is free and nothing else engages this person.

    Raises 401 for one who was erased: nobody holds a place whom no word could reach.
    """

    async def event_of(incident: Incident, _state: State) -> Event:
        if await queries.is_erased(connection, volunteer_id):
            raise unauthorised("This account is no longer there: sign up again.")
        engaged = await queries.engaged_with(connection, volunteer_id)
        ways = await _ways(connection, incident, volunteer_id, now)
        return Accept(
            volunteer_id,
            aeds=ways.aeds,
            engaged_elsewhere=engaged is not None and engaged != incident.id,
            direct_m=ways.direct_m,
        )

    return await _answer(connection, actor, alert_id, volunteer_id, event_of, now)


async def decline(
    connection: Connection, actor: Actor, alert_id: AlertId, volunteer_id: VolunteerId, now: datetime
) -> Answer:
    """A no; it may be taken back while a role is free."""

    async def event_of(_incident: Incident, _state: State) -> Event:
        return Decline(volunteer_id)

    return await _answer(connection, actor, alert_id, volunteer_id, event_of, now)


async def give_up(
    connection: Connection,
    actor: Actor,
    alert_id: AlertId,
    volunteer_id: VolunteerId,
    reason: GiveUpReason,
    now: datetime,
) -> Answer:
    """I cannot go on: role and defibrillator are free at once."""

    async def event_of(_incident: Incident, _state: State) -> Event:
        return GiveUp(volunteer_id, reason.value)

    return await _answer(connection, actor, alert_id, volunteer_id, event_of, now)


async def lose_aed(
    connection: Connection,
    actor: Actor,
    alert_id: AlertId,
    volunteer_id: VolunteerId,
    problem: Trouble,
    now: datetime,
    which: AedId | None = None,
) -> Answer:
    """The defibrillator is not there, locked or dead: the next open one is named, or the volunteer goes direct.

    Told again about `which`, when another one has been named since, it changes nothing.
    """

    async def event_of(incident: Incident, _state: State) -> Event:
        ways = await _ways(connection, incident, volunteer_id, now)
        return LoseAed(volunteer_id, problem, ways.aeds, ways.direct_m, which)

    return await _answer(connection, actor, alert_id, volunteer_id, event_of, now)


class _Ways(msgspec.Struct, frozen=True):
    """From where a volunteer is: straight to the patient, and through each defibrillator."""

    direct_m: float | None
    aeds: list[FetchableAed]


async def _ways(connection: Connection, incident: Incident, volunteer_id: VolunteerId, now: datetime) -> _Ways:
    """Nobody's yes fails or waits for want of a defibrillator: where looking goes wrong or is slow, they go direct."""

    async def look() -> _Ways:
        return await _look_for_ways(connection, incident, volunteer_id, now)

    found = await without_harm(connection, look, "looking for defibrillators", _LOOKING_TAKES_AT_MOST_S)
    return _Ways(None, []) if isinstance(found, Fault) else found


async def _look_for_ways(connection: Connection, incident: Incident, volunteer_id: VolunteerId, now: datetime) -> _Ways:
    place = await incident_queries.place_of(connection, incident.id)
    if place is None:
        return _Ways(None, [])
    policy = read_policy(incident.policy)
    ground = NO_MATTER_WHERE if policy.over_water else ground_of(place.lat, place.lon, place.accuracy_m)
    patient = (place.lat, place.lon)
    limit_s = policy.max_position_age_s
    places = await whereabouts(connection, [volunteer_id], incident.id, patient, ground, limit_s, now)
    if volunteer_id not in places:
        return _Ways(None, [])
    here = places[volunteer_id].point
    direct_m = metres_between(*here, *patient)
    aeds = []
    for option in await _options(connection, incident, place, ground, now):
        way_m = metres_between(*here, option.lat, option.lon) + option.metres
        is_open = option.open is Open.OPEN
        aeds.append(FetchableAed(option.aed_id, is_open, way_m, way_m - direct_m, option.reliability))
    return _Ways(direct_m, aeds)


async def _options(
    connection: Connection, incident: Incident, place: Place, ground: Ground, now: datetime
) -> list[AedOption]:
    """Defibrillators around the patient; none from over the water, unless the policy allows that.

    Of live incidents only: one fetched in an exercise would be missing for somebody who is dying.
    """
    if incident.kind is not Kind.LIVE:
        return []
    found = await options(connection, place.lat, place.lon, _AEDS_WITHIN_M, now)
    cells = [res9_of(option.lat, option.lon) for option in found]
    wet = await over_water(connection, ground, cells)
    return [option for option, cell in zip(found, cells, strict=True) if cell not in wet]


async def _answer(
    connection: Connection, actor: Actor, alert_id: AlertId, volunteer_id: VolunteerId, event_of: EventOf, now: datetime
) -> Answer:
    alert = await own_alert(connection, alert_id, volunteer_id)
    await enter(connection, alert.centre_id)
    answered = await take(connection, actor, alert.incident_id, event_of, now)
    await leave(connection)  # the answer is decided as the centre, and read as whoever gave it
    return answered
