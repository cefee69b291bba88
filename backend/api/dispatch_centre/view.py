"""An incident as its dispatch centre sees it: numbers, pseudonyms and times, no volunteer's name or place."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from backend.alerts import queries as alert_queries
from backend.alerts.alert import Alert, AlertState
from backend.alerts.arrival import arrival_of
from backend.alerts.distance import rounded_m
from backend.alerts.word import Word
from backend.delivery import reach
from backend.delivery.message import Channel
from backend.delivery.queries_reach import Told as Reached
from backend.foundation.database import Connection
from backend.foundation.harmless import Fault, without_harm
from backend.foundation.ids import AlertId, IncidentId
from backend.foundation.kinds import Kind
from backend.incidents import queries_duplicates
from backend.incidents.incident import Asking, EndReason
from backend.incidents.incident import Incident as Stored
from backend.incidents.incident import State as IncidentState
from backend.responses import queries as response_queries
from backend.responses import queries_words
from backend.responses.status import Status, Told
from backend.selection.policy import Role


class PolicyUsed(msgspec.Struct, frozen=True):
    name: str
    version: int


class StatusSeen(msgspec.Struct, frozen=True):
    status: Status
    happened_at: datetime


class WordSeen(msgspec.Struct, frozen=True):
    """Said by one tap. `from_centre`: to this hjerteløber, else by them. `shown`: a phone has shown it; null for what
    they said themselves."""

    id: UUID
    from_centre: bool
    word: Word
    said_at: datetime
    shown: bool | None


HowManyAsked = Annotated[
    int,
    Meta(
        description="Whom a channel has taken the alarm to, or still may. 0 beside `asking: asked`: people were "
        "chosen, and nothing has reached any of them; count on nobody"
    ),
]


class AskedVolunteer(msgspec.Struct, frozen=True):
    """One hjerteløber, under a name that holds for this incident only. `metres` as when asked, or when the place last
    moved, up to the next hundred.

    `reached_by`: the channels that took the newest ring. `revision_received` is null where nothing was revised for
    them; false: they have not shown the newest place or task yet, so count on them going to the old one.
    """

    pseudonym: str
    state: AlertState
    reason: str | None
    role: Role | None
    metres: int
    position_age_s: int | None
    wave: int
    asked_at: datetime
    rings_until: datetime
    receipt_at: datetime | None
    reached_by: list[Channel]
    revision_received: bool | None
    answered_at: datetime | None
    expected_arrival_at: datetime | None
    statuses: list[StatusSeen]
    words: list[WordSeen]


class Incident(msgspec.Struct, frozen=True):
    """One reported arrest. `region` is `unknown` outside every region; `coarse`: too rough a position to be exact.

    `not_told_of_revision`: how many on the way have not shown the newest place or task.
    """

    id: UUID
    kind: Kind
    case_number: str
    state: IncidentState
    asking: Asking
    asking_reason: str | None
    opened_at: datetime
    ended_at: datetime | None
    end_reason: EndReason | None
    revision: int
    region: str
    municipality: str | None
    accuracy_m: float | None
    coarse: bool
    policy: PolicyUsed
    possible_duplicates: list[UUID]
    linked_to: UUID | None
    centre_asked_at: datetime | None
    asked: HowManyAsked
    accepted: int
    declined: int
    on_the_way: int
    not_told_of_revision: int
    first_expected_arrival_at: datetime | None
    volunteers: list[AskedVolunteer]
    links: dict[str, str]


class _Asked(msgspec.Struct, frozen=True):
    """What the rooms after incidents know of some, by incident or by alert."""

    alerts: dict[IncidentId, list[Alert]] = {}
    receipts: dict[AlertId, datetime] = {}
    told: dict[AlertId, list[Told]] = {}
    reached: dict[UUID, Reached] = {}
    possible_duplicates: dict[IncidentId, list[UUID]] = {}
    words: dict[AlertId, list[WordSeen]] = {}


async def view(connection: Connection, incident: Stored) -> Incident:
    """Everything a dispatch centre may see of its incident."""
    return (await views(connection, [incident]))[0]


async def views(connection: Connection, incidents: Sequence[Stored]) -> list[Incident]:
    """As :func:`view`, for several in as many round trips as for one."""
    asked = await _read_asked(connection, incidents)
    return [_seen(incident, asked) for incident in incidents]


async def view_without_harm(connection: Connection, incident: Stored) -> Incident:
    """As :func:`view`, in the transaction that has just opened the incident: a fault in looking does not undo it."""
    found = await without_harm(connection, lambda: _read_asked(connection, [incident]), "looking at a new incident")
    return _seen(incident, _Asked() if isinstance(found, Fault) else found)


async def _read_asked(connection: Connection, incidents: Sequence[Stored]) -> _Asked:
    ids = [incident.id for incident in incidents]
    asked = _Asked({}, {}, {}, {}, {}, {})
    for alert in await alert_queries.of_incidents(connection, ids):
        asked.alerts.setdefault(alert.incident_id, []).append(alert)
    for receipt in await response_queries.receipts(connection, ids):
        asked.receipts[receipt.alert_id] = receipt.received_at
    every_alert = [alert.id for alerts in asked.alerts.values() for alert in alerts]
    for row in await response_queries.statuses(connection, every_alert):
        asked.told.setdefault(row.alert_id, []).append(Told(row.status, row.happened_at))
    asked.reached.update(await reach.told(connection, every_alert))
    on_a_mission = [a.id for alerts in asked.alerts.values() for a in alerts if a.place is not None]
    if on_a_mission:  # nobody else says anything, and a report's answer waits for no look in vain
        asked.words.update(await _words(connection, on_a_mission))
    for pair in await queries_duplicates.possible_duplicates(connection, ids):
        asked.possible_duplicates.setdefault(pair.incident_id, []).append(pair.other_id)
    return asked


async def _words(connection: Connection, alerts: Sequence[AlertId]) -> dict[AlertId, list[WordSeen]]:
    shown = await queries_words.shown(connection, alerts)
    said: dict[AlertId, list[WordSeen]] = {}
    for row in await queries_words.of_alerts(connection, alerts):
        seen = (row.alert_id, row.id) in shown if row.from_centre else None
        word = WordSeen(row.id, row.from_centre, Word(row.word), row.said_at, seen)
        said.setdefault(row.alert_id, []).append(word)
    return said


def _seen(incident: Stored, asked: _Asked) -> Incident:
    alerts = asked.alerts.get(incident.id, [])
    volunteers = [_volunteer(one, asked) for one in alerts]
    going = [alert for alert in alerts if alert.state is AlertState.ACCEPTED]
    here = f"/dispatch/v1/incidents/{incident.id}"
    return Incident(
        id=incident.id,
        kind=incident.kind,
        case_number=incident.case_number,
        state=incident.state,
        asking=incident.asking,
        asking_reason=", ".join(incident.exclusions) or None,
        opened_at=incident.opened_at,
        ended_at=incident.ended_at,
        end_reason=incident.end_reason,
        revision=incident.revision,
        region=incident.region or "unknown",
        municipality=incident.municipality,
        accuracy_m=incident.accuracy_m,
        coarse=incident.coarse,
        policy=PolicyUsed(str(incident.policy["name"]), int(incident.policy["version"])),
        possible_duplicates=asked.possible_duplicates.get(incident.id, []),
        linked_to=incident.linked_to,
        centre_asked_at=incident.centre_asked_at,
        asked=sum(1 for alert in alerts if alert.state is not AlertState.UNREACHABLE),
        accepted=sum(1 for alert in alerts if alert.place is not None),
        declined=sum(1 for alert in alerts if alert.state is AlertState.DECLINED),
        on_the_way=len(going),
        not_told_of_revision=sum(1 for each in volunteers if _has_not_heard(each)),
        first_expected_arrival_at=min(filter(None, map(_expected, going)), default=None),
        volunteers=volunteers,
        links={"self": here, "events": f"{here}/events", "candidates": f"{here}/candidates"},
    )


def _has_not_heard(volunteer: AskedVolunteer) -> bool:
    return volunteer.state is AlertState.ACCEPTED and volunteer.revision_received is False


def _volunteer(alert: Alert, asked: _Asked) -> AskedVolunteer:
    reached = asked.reached.get(alert.id)
    return AskedVolunteer(
        pseudonym=alert.pseudonym,
        state=alert.state,
        reason=alert.reason,
        role=alert.role,
        metres=rounded_m(alert.metres),
        position_age_s=alert.position_age_s,
        wave=alert.wave,
        asked_at=alert.asked_at,
        rings_until=alert.rings_until,
        receipt_at=asked.receipts.get(alert.id),
        reached_by=[] if reached is None else reached.reached_by,
        revision_received=None if reached is None else reached.revision_received,
        answered_at=alert.answered_at,
        expected_arrival_at=_expected(alert),
        statuses=[StatusSeen(each.status, each.happened_at) for each in asked.told.get(alert.id, [])],
        words=asked.words.get(alert.id, []),
    )


def _expected(alert: Alert) -> datetime | None:
    found = arrival_of(alert)
    return None if found is None else found.expected_at
