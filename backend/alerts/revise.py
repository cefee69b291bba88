"""A better position or address for the same case."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.aeds.nearest import one
from backend.alerts import duplicates
from backend.alerts.alarm import is_coarse
from backend.alerts.alert import LIVE, Alert, AlertState
from backend.alerts.apply import CHOOSING_TAKES_AT_MOST_S
from backend.alerts.decision import Afresh, Event, Revise, State
from backend.alerts.take import take
from backend.foundation import timers
from backend.foundation.database import Actor, Connection
from backend.foundation.harmless import Fault, without_harm
from backend.foundation.ids import VolunteerId
from backend.foundation.journal import Event as Journal
from backend.foundation.journal import Happening
from backend.incidents import queries as incident_queries
from backend.incidents.incident import Incident, Place, PlaceOnMap
from backend.incidents.record import record
from backend.incidents.words import Words, is_same_point
from backend.locations.cells import metres_between, res9_of
from backend.locations.water import NO_MATTER_WHERE, ground_of
from backend.locations.whereabouts import whereabouts
from backend.selection.find import find
from backend.selection.policy import Policy, read_policy
from backend.selection.rank import rank


async def revise(
    connection: Connection,
    actor: Actor,
    incident: Incident,
    where: PlaceOnMap,
    now: datetime,
    said: tuple[UUID, Words] | None = None,
) -> None:
    """Everybody going or ringing is told, and ranked anew where the place moved. The lock is held.

    A coarse position is not used as exact: a known point that lies in its circle is the better one and stays. What
    changes nothing is no revision: nobody's phone sounds for it. `said`: a dispatch system's log-in, and its words.
    """
    policy = read_policy(incident.policy)
    known = await incident_queries.place_of(connection, incident.id)
    words_before = await incident_queries.words_of(connection, incident.id)
    wanted = where.place
    if known is not None and known.readable and _says_no_more(where.place, known, policy):
        where = _at(known, where, incident)
    if known is not None and _only_stands_in(where.place, known):
        return
    words = words_before if said is None else {**words_before, said[0]: _believed(said[1], wanted, where.place)}
    if where.place == known:
        if words != words_before:
            await incident_queries.put_place(connection, incident.id, incident.centre_id, known, words)
        return
    coarse = is_coarse(where.place, policy)
    moved = known is None or (known.lat, known.lon) != (where.place.lat, where.place.lon)
    await incident_queries.revise(connection, incident.id, where, coarse, now if moved else None)
    await incident_queries.put_place(connection, incident.id, incident.centre_id, where.place, words)
    revised = Happening(Journal.INCIDENT_REVISED, {"revision": incident.revision + 1, "coarse": coarse})
    await record(connection, actor, incident, [revised], now)

    async def event_of(locked: Incident, state: State) -> Event:
        if not moved:
            return Revise()

        async def measure() -> Revise:
            nearest = await _nearest(connection, locked, where.place, state, now)
            return Revise(True, await _afresh(connection, state, where.place, now), nearest)

        # Nobody's new address waits for a measurement that goes wrong.
        measured = await without_harm(connection, measure, "measuring anew", CHOOSING_TAKES_AT_MOST_S)
        return Revise(moved=True) if isinstance(measured, Fault) else measured

    await take(connection, actor, incident.id, event_of, now)
    if moved:  # the better place may be that of another report; and a worker has more time than whoever waits here
        await timers.set_timer(connection, incident.id, duplicates.COMPARE, now, now)


def _believed(words: Words, wanted: Place, stands: Place) -> Words:
    """What came of them: of a coarse point the better one that was known."""
    if not is_same_point(words.stood, wanted):
        return words
    stood = msgspec.structs.replace(words.stood, lat=stands.lat, lon=stands.lon, accuracy_m=stands.accuracy_m)
    return msgspec.structs.replace(words, stood=stood)


def _says_no_more(sent: Place, known: Place, policy: Policy) -> bool:
    """Whether a position is coarse, no better than the known one, and does not contradict it."""
    if sent.accuracy_m is None or sent.accuracy_m <= policy.coarse_radius_m:
        return False
    off_m = metres_between(sent.lat, sent.lon, known.lat, known.lon)
    return off_m <= sent.accuracy_m and sent.accuracy_m >= (known.accuracy_m or 0)


def _only_stands_in(told: Place, known: Place) -> bool:
    """Whether a place whose key is missing may still be where it was, and no address is told: what is sealed stays."""
    off_m = metres_between(told.lat, told.lon, known.lat, known.lon)
    return not known.readable and told.address == known.address and off_m <= (known.accuracy_m or 0)


def _at(known: Place, where: PlaceOnMap, incident: Incident) -> PlaceOnMap:
    place = Place(known.lat, known.lon, known.accuracy_m, where.place.address)
    return PlaceOnMap(place, res9_of(known.lat, known.lon), incident.region, incident.municipality)


async def _afresh(connection: Connection, state: State, place: Place, now: datetime) -> Mapping[VolunteerId, Afresh]:
    """How far everybody ringing or going is from the place; left out is whoever we know no place of."""
    alive = {alert.volunteer_id: alert for alert in state.alerts if alert.state in LIVE}
    ground = NO_MATTER_WHERE if state.policy.over_water else ground_of(place.lat, place.lon, place.accuracy_m)
    patient = (place.lat, place.lon)
    limit_s = state.policy.max_position_age_s
    places = await whereabouts(connection, list(alive), state.incident_id, patient, ground, limit_s, now)
    found: dict[VolunteerId, Afresh] = {}
    for volunteer_id, here in places.items():
        metres = round(metres_between(*here.point, *patient))
        way_m = await _way_m(connection, alive[volunteer_id], state, here.point, place, now)
        found[volunteer_id] = Afresh(metres, metres if way_m is None else way_m, here.over_water)
    return found


async def _way_m(
    connection: Connection, alert: Alert, state: State, here: tuple[float, float], place: Place, now: datetime
) -> int | None:
    """The way through a defibrillator that is still to be fetched; None: straight."""
    if alert.state is not AlertState.ACCEPTED or alert.aed_id is None or alert.id in state.in_hand:
        return None
    aed = await one(connection, alert.aed_id, place.lat, place.lon, now)
    return None if aed is None else round(metres_between(*here, aed.lat, aed.lon) + aed.metres)


async def _nearest(
    connection: Connection, incident: Incident, place: Place, state: State, now: datetime
) -> Sequence[int]:
    """How far away those are who could be asked there and have not been, nearest first."""
    asked = {alert.volunteer_id for alert in state.alerts if not alert.let_go}
    count = state.policy.at_once
    found = await find(
        connection,
        incident.id,
        incident.kind,
        place.lat,
        place.lon,
        state.policy,
        state.reach_m,
        count,
        asked,
        now,
        place.accuracy_m,
    )
    return [each.metres for each in rank(found.candidates, state.reach_m, count, asked).chosen]
