"""What a console shows of open incidents: wire types, and what needs a person. Pure.

It shows what a dispatch system is told (`backend.api.dispatch_centre.view`) and the patient's point; of hjerteløbere
nothing more exact than a dispatch system sees: distances up to the next hundred metres, and areas of three or more.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from backend.aeds.aed import Condition, Open
from backend.alerts.alert import AlertState
from backend.api.dispatch_centre.view import AskedVolunteer
from backend.api.dispatch_centre.view import Incident as Seen
from backend.foundation.kinds import Kind
from backend.incidents.incident import Asking
from backend.locations.areas import Area as FoundArea
from backend.responses.status import Status
from backend.selection.policy import Role, read_policy


class Stage(StrEnum):
    """How far one hjerteløber has come, as a shape and a word."""

    ASKED = "asked"
    SHOWN = "shown"  # the phone says that it showed the alarm
    ACCEPTED = "accepted"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    WITH_PATIENT = "with_patient"
    OVER = "over"  # said no, gave up, was stood down, finished, or was never reached


class Need(StrEnum):
    """What at an incident needs a person, the gravest first."""

    NOT_CHOSEN_YET = "not_chosen_yet"  # choosing failed: the worker tries again each second
    NOBODY_IN_REACH = "nobody_in_reach"
    NOBODY_REACHED = "nobody_reached"  # people were chosen, and no channel took the alarm to any of them
    NOBODY_ACCEPTED = "nobody_accepted"  # nobody is on the way, for as long as makes it sound (`attention.Rule`)
    EXCLUDED = "excluded"  # the circumstances speak against asking, until somebody overrides
    NOT_TOLD = "not_told"  # somebody on the way has not shown the newest place or task
    POSSIBLE_DUPLICATE = "possible_duplicate"
    PLACE_UNREADABLE = "place_unreadable"  # its key is missing: the middle of an area is shown
    STILL_OPEN = "still_open"  # an hour without an event


class PatientAt(msgspec.Struct, frozen=True):
    """WGS84 degrees. Not `readable`: the middle of an area stands in for the place."""

    lat: float
    lon: float
    accuracy_m: float | None
    readable: bool


class Person(msgspec.Struct, frozen=True):
    """One hjerteløber under a name for this incident only. `metres`: no further away than that, in hundreds.

    `area`: which of the incident's areas they are in; null where fewer than three people are about.
    """

    pseudonym: str
    stage: Stage
    state: AlertState
    role: Role | None
    metres: int
    position_age_s: int | None
    asked_at: datetime
    answered_at: datetime | None
    expected_arrival_at: datetime | None
    told: Annotated[bool, Meta(description="Knows the newest place and task, as far as anybody can tell")]
    aed: UUID | None
    area: int | None


class Area(msgspec.Struct, frozen=True):
    """The middle of an area, its radius, and how many of those looked at are in it by now: three or more."""

    lat: float
    lon: float
    radius_m: int
    people: int


class Counts(msgspec.Struct, frozen=True):
    """People by how far they have come; each of the later ones is counted among the earlier ones, too."""

    asked: int
    accepted: int
    en_route: int
    on_scene: int


class OnBoard(msgspec.Struct, frozen=True):
    """One open incident. `mark` changes with anything else in it. `where`: the municipality's name, or the region's."""

    id: UUID
    mark: str
    kind: Kind
    centre_id: UUID
    case_number: str
    opened_at: datetime
    asking: Asking
    revision: int
    where: str | None
    at: PatientAt | None
    reach_m: int
    counts: Counts
    first_expected_arrival_at: datetime | None
    needs: list[Need]
    possible_duplicates: list[UUID]
    people: list[Person]
    areas: list[Area]


class Defibrillator(msgspec.Struct, frozen=True):
    """`reserved`: somebody is on the way to it; `incident` and `pseudonym` say who, where it is of an incident here."""

    id: UUID
    lat: float
    lon: float
    name: str | None
    open: Open
    condition: Condition
    reserved: bool
    incident: UUID | None
    pseudonym: str | None
    made_up: bool


class Corner(msgspec.Struct, frozen=True):
    lat: float
    lon: float


class Searched(msgspec.Struct, frozen=True):
    """Where it is looked for hjerteløbere: within `reach_m` of the patient, in the cells that `corners` are around.

    Empty where the reach is too far to be drawn in cells.
    """

    reach_m: int
    corners: list[Corner]


class Centre(msgspec.Struct, frozen=True):
    id: UUID
    name: str


class Overview(msgspec.Struct, frozen=True):
    """The open incidents of the centres somebody works for, newest first, as of `at`.

    With `only`: of these alone; one that is not there has ended, or is not theirs.
    """

    at: datetime
    kind: Kind
    centres: list[Centre]
    incidents: list[OnBoard]
    defibrillators: list[Defibrillator]


def stage_of(person: AskedVolunteer) -> Stage:
    if person.state is AlertState.RINGING:
        return Stage.ASKED if person.receipt_at is None else Stage.SHOWN
    if person.state is not AlertState.ACCEPTED:
        return Stage.OVER
    told = {each.status for each in person.statuses}
    if Status.WITH_PATIENT in told:
        return Stage.WITH_PATIENT
    if Status.ON_SCENE in told:
        return Stage.ON_SCENE
    return Stage.EN_ROUTE if told & {Status.EN_ROUTE, Status.AED_PICKED_UP} else Stage.ACCEPTED


def counts_of(seen: Seen, people: Sequence[Person]) -> Counts:
    """As the dispatch system counts: who has accepted once stays counted, who has left is not on the way."""
    at_the_scene = sum(1 for each in people if each.stage in (Stage.ON_SCENE, Stage.WITH_PATIENT))
    moving = sum(1 for each in people if each.stage is Stage.EN_ROUTE)
    return Counts(seen.asked, seen.accepted, moving + at_the_scene, at_the_scene)


def needs_of(seen: Seen, readable: bool, nobody_goes: bool) -> list[Need]:
    """What needs a person; of asking itself the gravest alone, since the others follow from it.

    `nobody_goes`: for as long as makes it sound; said here at that moment, neither sooner nor later.
    """
    needs: list[Need] = []
    match seen.asking:
        case Asking.PENDING:
            needs.append(Need.NOT_CHOSEN_YET)
        case Asking.NOBODY_IN_REACH:
            needs.append(Need.NOBODY_IN_REACH)
        case Asking.EXCLUDED:
            needs.append(Need.EXCLUDED)
        case Asking.ASKED if seen.asked == 0:
            needs.append(Need.NOBODY_REACHED)
        case Asking.ASKED:
            needs += [Need.NOBODY_ACCEPTED] if nobody_goes else []
    if seen.not_told_of_revision:
        needs.append(Need.NOT_TOLD)
    if seen.possible_duplicates:
        needs.append(Need.POSSIBLE_DUPLICATE)
    if not readable:
        needs.append(Need.PLACE_UNREADABLE)
    if seen.centre_asked_at is not None:
        needs.append(Need.STILL_OPEN)
    return needs


def person_of(seen: AskedVolunteer, aed: UUID | None, area: int | None) -> Person:
    return Person(
        pseudonym=seen.pseudonym,
        stage=stage_of(seen),
        state=seen.state,
        role=seen.role,
        metres=seen.metres,
        position_age_s=seen.position_age_s,
        asked_at=seen.asked_at,
        answered_at=seen.answered_at,
        expected_arrival_at=seen.expected_arrival_at,
        told=seen.revision_received is not False,
        aed=aed,
        area=area,
    )


def on_board(
    seen: Seen,
    centre_id: UUID,
    at: PatientAt | None,
    where: str | None,
    policy: Mapping[str, object],
    reach_step: int,
    aeds: Mapping[str, UUID],
    areas: Mapping[str, FoundArea],
    nobody_goes: bool,
) -> OnBoard:
    """`aeds` and `areas` by pseudonym: which defibrillator somebody fetches, and where about they are."""
    shown = list(dict.fromkeys(areas.values()))
    numbered = {area: number for number, area in enumerate(shown)}
    people = [
        person_of(each, aeds.get(each.pseudonym), numbered.get(area) if (area := areas.get(each.pseudonym)) else None)
        for each in seen.volunteers
    ]
    board = OnBoard(
        id=seen.id,
        mark="",
        kind=seen.kind,
        centre_id=centre_id,
        case_number=seen.case_number,
        opened_at=seen.opened_at,
        asking=seen.asking,
        revision=seen.revision,
        where=where,
        at=at,
        reach_m=read_policy(dict(policy)).reach_at(reach_step),
        counts=counts_of(seen, people),
        first_expected_arrival_at=seen.first_expected_arrival_at,
        needs=needs_of(seen, at is None or at.readable, nobody_goes),
        possible_duplicates=seen.possible_duplicates,
        people=people,
        areas=[Area(each.lat, each.lon, each.radius_m, each.people) for each in shown],
    )
    return msgspec.structs.replace(board, mark=mark_of(board))


def mark_of(board: OnBoard) -> str:
    """Short, and another one for anything that is different."""
    return blake2b(msgspec.json.encode(board), digest_size=8).hexdigest()
