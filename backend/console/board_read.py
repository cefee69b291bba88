"""Reading what a console shows of open incidents, in a handful of round trips a centre, however many there are."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.aeds import queries_shown
from backend.aeds.aed import Open
from backend.aeds.hours import open_at
from backend.aeds.queries_shown import Standing
from backend.alerts import queries as alert_queries
from backend.alerts.alert import Alert, AlertState
from backend.api.dispatch_centre.view import Incident as Seen
from backend.api.dispatch_centre.view import views
from backend.attention.item import Rule
from backend.attention.look import rule_of
from backend.attention.needs import nobody_since
from backend.console.board import Centre, Corner, Defibrillator, OnBoard, Overview, PatientAt, Searched, on_board
from backend.console.who import Here
from backend.foundation.database import Connection, enter
from backend.foundation.ids import AedId, CentreId, IncidentId
from backend.foundation.kinds import Kind
from backend.foundation.problems import not_found
from backend.incidents import queries, queries_points
from backend.incidents.incident import Incident, Place, State
from backend.incidents.view import View, Viewer, ViewerKind, What
from backend.incidents.viewed import write_down_without_harm
from backend.locations.areas import Area, areas_of
from backend.locations.cells import cells_within, metres_between, outline_of_rings
from backend.regions import queries as regions
from backend.regions.area import Level
from backend.regions.find import Borders
from backend.selection import queries_pins
from backend.selection.candidate import pseudonym_of
from backend.selection.policy import read_policy

MOST_SHOWN = 200
"""Incidents of a centre; fifty at once has never been heard of."""
AEDS_WITHIN_M = 1_200
MOST_AEDS = 12
"""Around a patient: beyond that a map is dots."""
MOST_DRAWN_M = 15_000
"""Of a reach, in cells: some ten thousand of them."""

_GOES = (AlertState.ACCEPTED, AlertState.FINISHED)
Fetched = dict[AedId, tuple[IncidentId, str]]
"""Who fetches which defibrillator: of which incident, by pseudonym."""


async def overview(
    connection: Connection, here: Here, kind: Kind, only: Collection[UUID] | None, borders: Borders, now: datetime
) -> Overview:
    """The open incidents of a session's centres. That its person saw where the patients are is written down, once."""
    found: list[OnBoard] = []
    places: list[Place] = []
    fetched: Fetched = {}
    names = {each.id: each.name for each in await regions.centres(connection, now)}
    for centre_id in here.centres:
        await enter(connection, centre_id)
        stored = await queries.of_centre(connection, centre_id, kind, State.OPEN, None, MOST_SHOWN)
        stored = [each for each in stored if only is None or each.id in only]
        if stored:
            read = await read_boards(connection, here, centre_id, stored, places, fetched, borders, now)
            found += [each.board for each in read]
    return Overview(
        at=now,
        kind=kind,
        centres=[Centre(each, names.get(each, "")) for each in here.centres],
        incidents=sorted(found, key=lambda each: (each.opened_at, each.id), reverse=True),
        defibrillators=await defibrillators_about(connection, places, fetched, now),
    )


async def searched(connection: Connection, here: Here, incident_id: UUID) -> Searched:
    """The cells one incident's search reaches to by now. Raises 404 for nobody's, anybody else's and one that is over.

    They lie around the patient: that somebody saw where is written down, as on the board.
    """
    for centre_id in here.centres:
        await enter(connection, centre_id)
        incident = await queries.one_of_centre(connection, centre_id, IncidentId(incident_id))
        running = incident is not None and incident.state is State.OPEN
        place = await queries.place_of(connection, IncidentId(incident_id)) if running else None
        if incident is not None and place is not None:
            await _write_down(connection, here, [incident], here.now)
            reach_m = read_policy(incident.policy).reach_at(incident.reach_step)
            drawn = reach_m <= MOST_DRAWN_M
            corners = outline_of_rings(place.lat, place.lon, float(reach_m)) if drawn else ()
            # To ten metres: an outline needs no more, and tells of nobody's place.
            return Searched(reach_m, [Corner(round(lat, 4), round(lon, 4)) for lat, lon in corners])
    raise not_found("incident")


class Read(msgspec.Struct, frozen=True):
    """One incident: as its dispatch system sees it, as the board does, and who is in which area by pseudonym."""

    seen: Seen
    board: OnBoard
    areas: Mapping[str, Area]


async def read_boards(
    connection: Connection,
    here: Here,
    centre_id: CentreId,
    stored: Sequence[Incident],
    places: list[Place],
    fetched: Fetched,
    borders: Borders,
    now: datetime,
) -> list[Read]:
    """Of incidents of the centre that is entered. Of one that has ended: nobody's place, though some may be kept yet.

    Where patients are and which defibrillators are fetched is added to `places` and `fetched`.
    """
    ids = [each.id for each in stored]
    running = [each.id for each in stored if each.state is State.OPEN]
    points = await queries_points.places_of(connection, running)
    places += points.values()
    areas = await _areas(connection, running)
    alerts = await alert_queries.of_incidents(connection, ids)
    aeds = _taken(alerts)
    lonely = _nobody_goes(stored, alerts, await rule_of(connection, centre_id, now), now)
    fetched |= {aed: (incident, who) for incident, by in aeds.items() for who, aed in by.items()}
    seen = await views(connection, stored)
    await _write_down(connection, here, stored, now)
    return [
        Read(
            view,
            on_board(
                view,
                centre_id,
                _patient_at(points.get(incident.id)),
                _where(incident, borders, now),
                incident.policy,
                incident.reach_step,
                aeds.get(incident.id, {}),
                areas.get(incident.id, {}),
                incident.id in lonely,
            ),
            areas.get(incident.id, {}),
        )
        for incident, view in zip(stored, seen, strict=True)
    ]


def _patient_at(place: Place | None) -> PatientAt | None:
    return None if place is None else PatientAt(place.lat, place.lon, place.accuracy_m, place.readable)


def _where(incident: Incident, borders: Borders, now: datetime) -> str | None:
    """What the place is called that everybody in the room knows: as exact as a municipality."""
    if incident.municipality is not None:
        return borders.name_of(Level.MUNICIPALITY, incident.municipality, now) or incident.municipality
    return None if incident.region is None else borders.name_of(Level.REGION, incident.region, now)


async def _areas(connection: Connection, ids: Sequence[IncidentId]) -> dict[IncidentId, dict[str, Area]]:
    """Where about those looked at are by now, by incident and pseudonym."""
    cells: dict[IncidentId, dict[str, int]] = defaultdict(dict)
    for each in await queries_pins.cells_of_candidates_of(connection, ids):
        cells[each.incident_id][pseudonym_of(each.incident_id, each.volunteer_id)] = each.cell
    return {incident: areas_of(where) for incident, where in cells.items()}


def _nobody_goes(
    stored: Sequence[Incident], alerts: Sequence[Alert], rule: Rule, now: datetime
) -> frozenset[IncidentId]:
    """The incidents for which it sounds by now that nobody is on the way."""
    asked: dict[IncidentId, list[Alert]] = defaultdict(list)
    for alert in alerts:
        asked[alert.incident_id].append(alert)
    return frozenset(
        each.id
        for each in stored
        if not any(alert.state in _GOES for alert in asked[each.id])
        and _nobody_since(each, asked[each.id]) + rule.nobody_after <= now
    )


def _nobody_since(incident: Incident, alerts: Sequence[Alert]) -> datetime:
    left = (alert.ended_at for alert in alerts if alert.place is not None and alert.ended_at is not None)
    first = min((alert.asked_at for alert in alerts), default=None)
    return nobody_since(incident.opened_at, first, max(left, default=None))


def _taken(alerts: Sequence[Alert]) -> dict[IncidentId, dict[str, AedId]]:
    """Which defibrillator somebody on the way fetches, by incident and pseudonym."""
    taken: dict[IncidentId, dict[str, AedId]] = defaultdict(dict)
    for alert in alerts:
        if alert.aed_id is not None and alert.state is AlertState.ACCEPTED:
            taken[alert.incident_id][alert.pseudonym] = alert.aed_id
    return taken


async def _write_down(connection: Connection, here: Here, stored: Sequence[Incident], now: datetime) -> None:
    shown = [
        View(what=what, kind=each.kind, centre_id=each.centre_id, incident_id=each.id)
        for each in stored
        for what in (What.POSITION, What.CANDIDATES)
        if what is What.CANDIDATES or each.state is State.OPEN
    ]
    await write_down_without_harm(connection, Viewer(ViewerKind.STAFF, here.staff.id), shown, now, once=True)


async def defibrillators_about(
    connection: Connection, places: Sequence[Place], fetched: Mapping[AedId, tuple[IncidentId, str]], now: datetime
) -> list[Defibrillator]:
    """The nearest to each patient, and those somebody fetches."""
    around = [(place, cells_within(place.lat, place.lon, AEDS_WITHIN_M)) for place in places]
    standing = await queries_shown.standing_in(
        connection, list({c for _, cells in around for c in cells}), list(fetched)
    )
    by_cell: dict[int, list[Standing]] = defaultdict(list)
    for each in standing:
        by_cell[each.cell_r9].append(each)
    near = {each.id: each for each in standing if each.id in fetched}
    for place, cells in around:
        near |= {each.id: each for each in _nearest(place, [each for cell in cells for each in by_cell.get(cell, ())])}
    return [_defibrillator(each, fetched.get(each.id), now) for each in near.values()]


def _nearest(place: Place, standing: Sequence[Standing]) -> list[Standing]:
    away = [(metres_between(place.lat, place.lon, each.lat, each.lon), each.id, each) for each in standing]
    return [each for metres, _, each in sorted(away, key=lambda one: one[:2])[:MOST_AEDS] if metres <= AEDS_WITHIN_M]


def _defibrillator(standing: Standing, by: tuple[IncidentId, str] | None, now: datetime) -> Defibrillator:
    opened = open_at(standing.opening_hours, now)
    incident, pseudonym = by or (None, None)
    return Defibrillator(
        id=standing.id,
        lat=standing.lat,
        lon=standing.lon,
        name=standing.name,
        open=Open(opened),
        condition=standing.state,
        reserved=standing.reserved or by is not None,
        incident=incident,
        pseudonym=pseudonym,
        made_up=standing.made_up,
    )
