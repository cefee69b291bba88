"""The phone's truth: what rings, runs, was missed or withdrawn, and why."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from backend.aeds.aed import AedOption
from backend.aeds.nearest import one
from backend.alerts import queries as alert_queries
from backend.alerts.alert import Alert, AlertState
from backend.foundation.database import Connection
from backend.foundation.ids import AlertId, DeviceId, VolunteerId
from backend.incidents import queries as incident_queries
from backend.incidents.incident import Incident, Place
from backend.incidents.view import View, Viewer, ViewerKind, What
from backend.incidents.viewed import write_down_without_harm
from backend.regions.queries_numbers import number_of
from backend.responses import queries, queries_words
from backend.responses.queries_words import WordRow
from backend.responses.status import Told

KEPT_FOR = timedelta(days=30)


class OwnAlert(msgspec.Struct, frozen=True):
    """One's own alert. `place`, `aed` and `centre_number` are there only while one is on the mission."""

    alert: Alert
    incident: Incident
    statuses: tuple[Told, ...]
    place: Place | None
    aed: AedOption | None
    words: tuple[WordRow, ...] = ()
    centre_number: str | None = None


async def own_alerts(connection: Connection, viewer: Viewer, now: datetime) -> list[OwnAlert]:
    """A volunteer's alerts of the last 30 days, newest first. Each address among them is written down as seen."""
    found = await alert_queries.of_volunteer(connection, VolunteerId(viewer.id), now - KEPT_FOR)
    return await _seen(connection, found, viewer, now)


async def own(connection: Connection, alert: Alert, viewer: Viewer, now: datetime) -> OwnAlert:
    """One alert as its volunteer may see it now; the address, if it is shown, is written down as seen."""
    return (await _seen(connection, [alert], viewer, now))[0]


def viewer_of(volunteer_id: VolunteerId, device_id: DeviceId | None = None) -> Viewer:
    """Whoever looks at their own alerts: with the app on a device, or on the page behind a text message."""
    return Viewer(ViewerKind.VOLUNTEER, volunteer_id, device_id)


async def _seen(connection: Connection, alerts: Sequence[Alert], viewer: Viewer, now: datetime) -> list[OwnAlert]:
    told: dict[AlertId, list[Told]] = {}
    for row in await queries.statuses(connection, [alert.id for alert in alerts]):
        told.setdefault(row.alert_id, []).append(Told(row.status, row.happened_at))
    said: dict[AlertId, list[WordRow]] = {}
    for word in await queries_words.of_alerts(connection, [alert.id for alert in alerts]):
        said.setdefault(word.alert_id, []).append(word)
    incidents = {i.id: i for i in await incident_queries.by_ids(connection, [alert.incident_id for alert in alerts])}
    found = []
    for alert in alerts:
        place, aed, number = None, None, None
        if alert.state is AlertState.ACCEPTED:
            place = await incident_queries.place_of(connection, alert.incident_id)
            if place is not None and alert.aed_id is not None:
                aed = await one(connection, alert.aed_id, place.lat, place.lon, now)
            number = await number_of(connection, alert.centre_id, now)
        statuses, words = tuple(told.get(alert.id, ())), tuple(said.get(alert.id, ()))
        found.append(OwnAlert(alert, incidents[alert.incident_id], statuses, place, aed, words, number))
    views = [_address_of(each.incident) for each in found if each.place is not None]
    await write_down_without_harm(connection, viewer, views, now)
    return found


def _address_of(incident: Incident) -> View:
    return View(what=What.ADDRESS, kind=incident.kind, centre_id=incident.centre_id, incident_id=incident.id)
