"""An alert as its own volunteer sees it: the address only while on the mission."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from backend.aeds.aed import AedOption, Open
from backend.alerts.alert import AlertState
from backend.alerts.choose import coarse_distance_m
from backend.alerts.word import Word
from backend.foundation.kinds import Kind
from backend.incidents.incident import Place
from backend.responses.own_alerts import OwnAlert
from backend.responses.status import Status
from backend.selection.policy import Role as MissionRole


class PatientPlace(msgspec.Struct, frozen=True):
    """Where the patient is. Shown while one is on the mission, to nobody else; every view is written down.

    `unreadable`: a fault on our side hides point and address; `lat` and `lon` are the middle of the patient's block,
    `accuracy_m` away at most. Go there, look for people waving, and ask 1-1-2.
    """

    lat: float
    lon: float
    accuracy_m: float | None
    coarse: bool
    address: str | None
    floor: str | None
    door: str | None
    entrance: str | None
    door_code: str | None
    unreadable: bool = False


class Aed(msgspec.Struct, frozen=True):
    """The defibrillator reserved for this mission; `metres` is from it to the patient."""

    id: UUID
    lat: float
    lon: float
    metres: int
    name: str | None
    location_text: str | None
    floor: str | None
    indoor: bool | None
    cabinet_code: str | None
    open: Open
    source: str
    attribution: str


class StatusTold(msgspec.Struct, frozen=True):
    status: Status
    happened_at: datetime


class WordSaid(msgspec.Struct, frozen=True):
    """By one tap. `from_centre`: the dispatch centre says it to you; else you said it. `id`: for the receipt."""

    id: UUID
    from_centre: bool
    word: Word
    said_at: datetime


class Mission(msgspec.Struct, frozen=True):
    """There from accepting on. `left_reach`: you were further away than the alarm reaches; go if you can still help.

    `centre_number`: the dispatch centre's own, to ring while you are on the way; null where it has none.
    """

    role: MissionRole
    left_reach: bool
    place: PatientPlace | None
    aed: Aed | None
    statuses: list[StatusTold]
    words: list[WordSaid]
    centre_number: str | None


Reason = Annotated[
    str,
    Meta(
        description="Why it ended. From the dispatch centre: `ambulance_arrived`, `not_cardiac_arrest`, "
        "`unsafe_place`, `wrong_address`, `enough_helpers`, `sent_in_error`, `closed`; by itself: `timed_out`, "
        "`joined`; after a better place: `out_of_reach` (too far, or over the water), `nearer_ones_asked`; missed: "
        "`no_answer`, or never rung: `outage`, `no_channel_accepted`; told to be over: `finished`; given up: "
        "`cannot_get_there`, `unsafe`, `unwell`, `other`. More may come; docs/app-developers.md has words for each."
    ),
]


class Alert(msgspec.Struct, frozen=True):
    """Somebody was asked. At `rings_until` it falls silent; `answer_until` is the incident's end, null till then."""

    id: UUID
    kind: Kind
    state: AlertState
    reason: Reason | None
    ring_no: int
    asked_at: datetime
    rings_until: datetime
    answer_until: datetime | None
    coarse_distance_m: int
    revision: int
    mission: Mission | None


class Alerts(msgspec.Struct, frozen=True):
    """The last 30 days, newest first."""

    alerts: list[Alert]


def as_alerts(seen: list[OwnAlert]) -> Alerts:
    return Alerts([as_alert(one) for one in seen])


def as_alert(seen: OwnAlert) -> Alert:
    alert, incident = seen.alert, seen.incident
    return Alert(
        id=alert.id,
        kind=alert.kind,
        state=alert.state,
        reason=alert.reason,
        ring_no=alert.ring_no,
        asked_at=alert.asked_at,
        rings_until=alert.rings_until,
        answer_until=incident.ended_at,
        coarse_distance_m=coarse_distance_m(alert.metres),
        revision=incident.revision,
        mission=_mission(seen),
    )


def _mission(seen: OwnAlert) -> Mission | None:
    if seen.alert.role is None:
        return None
    return Mission(
        role=seen.alert.role,
        left_reach=seen.alert.left_reach,
        place=None if seen.place is None else _place(seen.place, seen.incident.coarse),
        aed=None if seen.aed is None else _aed(seen.aed),
        statuses=[StatusTold(told.status, told.happened_at) for told in seen.statuses],
        words=[WordSaid(each.id, each.from_centre, Word(each.word), each.said_at) for each in seen.words],
        centre_number=seen.centre_number,
    )


def _place(place: Place, coarse: bool) -> PatientPlace:
    address = place.address
    return PatientPlace(
        lat=place.lat,
        lon=place.lon,
        accuracy_m=place.accuracy_m,
        coarse=coarse or not place.readable,
        address=address.text,
        floor=address.floor,
        door=address.door,
        entrance=address.entrance,
        door_code=address.door_code,
        unreadable=not place.readable,
    )


def _aed(aed: AedOption) -> Aed:
    return Aed(
        id=aed.aed_id,
        lat=aed.lat,
        lon=aed.lon,
        metres=round(aed.metres),
        name=aed.name,
        location_text=aed.location_text,
        floor=aed.floor,
        indoor=aed.indoor,
        cabinet_code=aed.cabinet_code,
        open=aed.open,
        source=aed.source,
        attribution=aed.attribution,
    )
