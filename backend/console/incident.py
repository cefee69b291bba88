"""One incident as its page shows it: wire types, and how they follow from what tables and journal say. Pure.

Nothing exact of any hjerteløber: distances in the steps a dispatch system is told them in, areas of three or more.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from backend.alerts.alert import AlertState
from backend.alerts.arrival import Arrival
from backend.alerts.distance import facts_for_a_centre
from backend.api.dispatch_centre.view import AskedVolunteer, PolicyUsed, WordSeen
from backend.console.board import Defibrillator, OnBoard, Stage, stage_of
from backend.console.incident_joined import Joined, named
from backend.delivery.message import Channel
from backend.delivery.queries_rings import Rings
from backend.foundation.journal import Entry, Event, Fact
from backend.incidents.incident import Asking, EndReason, State
from backend.locations.areas import LEAST
from backend.locations.areas import Area as FoundArea
from backend.responses.status import Status
from backend.selection.candidate import Verdict, pseudonym_of
from backend.selection.policy import Role
from backend.selection.preview import in_steps
from backend.selection.queries_looked_at import LookedAt

CANNOT_BE_REACHED = frozenset({Verdict.POSITION_TOO_OLD, Verdict.NO_ADDRESS})
"""Who could not have been asked, however near and free: nobody knows where they are, or no channel leads to them."""

SHOWN_FACTS = frozenset(
    {
        *("volunteer", "role", "status", "word", "reason", "why", "problem", "late", "carried", "received"),
        *("wave", "reach_m", "wanted", "asked", "count", "wider", "policy", "excluded_by", "revision", "coarse"),
        *("needs", "by", "after_s", "more_than_an_hour", "into", "from"),
    }
)
"""What of an entry's facts its sentence may need: no ids of alerts, staff or requests, and no list of distances."""


class Health(StrEnum):
    """Of a channel in the whole installation, as what needs a person sees it."""

    OK = "ok"
    UNKNOWN = "unknown"  # no worker has looked lately
    FAILS = "fails"
    SWITCHED_OFF = "switched_off"


class ArrivalBy(StrEnum):
    """How an arrival was reckoned."""

    STRAIGHT_LINE = "straight_line"  # longer as roads are, from where they said yes
    ROAD = "road"  # by the operator's routing service, from where they are


class TwoClocks(msgspec.Struct, frozen=True):
    """From the report to the first ring a channel took, and to the first that a phone showed; null: not yet."""

    reported_at: datetime
    first_push_accepted_at: datetime | None
    first_receipt_at: datetime | None


class Asked(msgspec.Struct, frozen=True):
    """Somebody who was asked, under a name for this incident, and why: in which wave, how far, as of how long ago.

    `metres`: no further away than that, in hundreds. `told`: has shown the newest place and task, as far as is known.
    """

    pseudonym: str
    stage: Stage
    state: AlertState
    reason: str | None
    role: Role | None
    wave: int
    metres: int
    position_age_s: int | None
    reached_by: list[Channel]
    receipt_at: datetime | None
    answered_at: datetime | None
    arrival: Arrival | None
    arrival_by: ArrivalBy
    has_aed: Annotated[bool, Meta(description="Has told to have picked up the defibrillator")]
    late: Annotated[bool, Meta(description="Even the slowest would be there by now, and they have not said so")]
    told: bool
    words: list[WordSeen]

    @property
    def rings_or_goes(self) -> bool:
        return self.stage is not Stage.OVER


class Wave(msgspec.Struct, frozen=True):
    """One time hjerteløbere were asked: the nearest `wanted` within `reach_m`; so many were."""

    number: int
    at: datetime
    reach_m: int
    wanted: int
    asked: int


class InArea(msgspec.Struct, frozen=True):
    """`area`: which of the incident's areas."""

    area: int
    people: int


class NotAsked(msgspec.Struct, frozen=True):
    """Why some of those looked at were not asked, at the newest look. `nearest_within_m` in steps of 500 m."""

    verdict: Verdict
    people: int
    nearest_within_m: int
    in_areas: list[InArea]


class Reachable(msgspec.Struct, frozen=True):
    """Of those nearest, who were looked at, how many could be reached.

    Not those without an address or with a position that is too old, nor whom no channel took the alarm to.
    """

    looked_at: int
    reachable: int

    @property
    def per_cent(self) -> int | None:
        return None if self.looked_at == 0 else round(100 * self.reachable / self.looked_at)


class ChannelSeen(msgspec.Struct, frozen=True):
    """How this incident's rings fared on one channel, and how the channel is."""

    channel: Channel
    health: Health
    rings: int
    waiting: int
    accepted: int
    failed: int
    not_needed: int
    shown: int


class Duplicate(msgspec.Struct, frozen=True):
    """Perhaps the same arrest. `case_number`: null for another centre's."""

    id: UUID
    case_number: str | None


class Step(msgspec.Struct, frozen=True):
    """One line of the journal."""

    seq: int
    at: datetime
    event: str
    facts: dict[str, Fact]


class IncidentSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One incident as of `at`. `mark` changes with anything else in it. `timeline`: newest first, the last 300 steps.

    `may_change`: false for one that is lent by agreement, to be seen, followed and stood down.
    """

    at: datetime
    mark: str
    board: OnBoard
    defibrillators: list[Defibrillator]
    state: State
    ended_at: datetime | None
    end_reason: EndReason | None
    linked_to: UUID | None
    joined: list[Joined]
    may_change: bool
    asking: Asking
    excluded_by: list[str]
    policy: PolicyUsed
    coarse: bool
    clocks: TwoClocks
    asked: list[Asked]
    not_told: list[str]
    waves: list[Wave]
    not_asked: list[NotAsked]
    reachable: Reachable
    channels: list[ChannelSeen]
    duplicates: list[Duplicate]
    timeline: list[Step]


_RANK = (Stage.WITH_PATIENT, Stage.ON_SCENE, Stage.EN_ROUTE, Stage.ACCEPTED, Stage.SHOWN, Stage.ASKED, Stage.OVER)


def asked_of(seen: Sequence[AskedVolunteer], arrivals: Mapping[str, Arrival | None], now: datetime) -> list[Asked]:
    """Who is nearest to helping first. `arrivals` by pseudonym."""
    found = [_asked(each, arrivals.get(each.pseudonym), now) for each in seen]
    return sorted(found, key=lambda each: (_RANK.index(each.stage), each.metres, each.pseudonym))


def _asked(seen: AskedVolunteer, arrival: Arrival | None, now: datetime) -> Asked:
    stage = stage_of(seen)
    there = stage in (Stage.ON_SCENE, Stage.WITH_PATIENT)
    return Asked(
        pseudonym=seen.pseudonym,
        stage=stage,
        state=seen.state,
        reason=seen.reason,
        role=seen.role,
        wave=seen.wave,
        metres=seen.metres,
        position_age_s=seen.position_age_s,
        reached_by=seen.reached_by,
        receipt_at=seen.receipt_at,
        answered_at=seen.answered_at,
        arrival=None if there else arrival,
        arrival_by=ArrivalBy.STRAIGHT_LINE,
        has_aed=any(each.status is Status.AED_PICKED_UP for each in seen.statuses),
        late=arrival is not None and not there and arrival.is_late(now),
        told=seen.revision_received is not False,
        words=seen.words,
    )


def not_told(asked: Iterable[Asked]) -> list[str]:
    """Who is on the way and has not shown the newest place or task: they go to the old one."""
    return [each.pseudonym for each in asked if each.state is AlertState.ACCEPTED and not each.told]


def not_asked_of(
    incident_id: UUID, looked_at: Sequence[LookedAt], asked: Iterable[Asked], areas: Mapping[str, FoundArea]
) -> list[NotAsked]:
    """By reason, the commonest first. `areas` by pseudonym, as the board numbers them."""
    known = {each.pseudonym for each in asked}
    numbered = {area: number for number, area in enumerate(dict.fromkeys(areas.values()))}
    people: dict[Verdict, list[LookedAt]] = defaultdict(list)
    where: dict[Verdict, Counter[int]] = defaultdict(Counter)
    for each in looked_at:
        name = pseudonym_of(incident_id, each.volunteer_id)
        if each.verdict is Verdict.CHOSEN or name in known:
            continue
        people[each.verdict].append(each)
        if name in areas:
            where[each.verdict][numbered[areas[name]]] += 1
    found = [
        NotAsked(
            verdict,
            len(those),
            in_steps(min(each.metres for each in those)),
            [InArea(area, count) for area, count in sorted(where[verdict].items()) if count >= LEAST],
        )
        for verdict, those in people.items()
    ]
    return sorted(found, key=lambda each: (-each.people, each.verdict))


def reachable_of(looked_at: Sequence[LookedAt], asked: Iterable[Asked]) -> Reachable:
    never_reached = sum(1 for each in asked if each.state is AlertState.UNREACHABLE)
    could = sum(1 for each in looked_at if each.verdict not in CANNOT_BE_REACHED)
    return Reachable(len(looked_at), max(0, could - never_reached))


def clocks_of(opened_at: datetime, rings: Sequence[Rings]) -> TwoClocks:
    """`rings`: each channel's."""
    taken = [each.first_accepted_at for each in rings if each.first_accepted_at is not None]
    shown = [each.first_shown_at for each in rings if each.first_shown_at is not None]
    return TwoClocks(opened_at, min(taken, default=None), min(shown, default=None))


def channels_of(rings: Iterable[Rings], down: Mapping[str, str] | None) -> list[ChannelSeen]:
    """Every channel there is, whether this incident used it or not. `down`: why, by channel; None: nobody knows."""
    by_channel = {each.channel: each for each in rings}
    found = []
    for channel in Channel:
        one = by_channel.get(channel) or Rings(channel, 0, 0, 0, 0, 0, 0, None, None)
        health = Health.UNKNOWN if down is None else Health(down.get(channel, Health.OK))
        counts = (one.rings, one.waiting, one.accepted, one.failed, one.not_needed, one.shown)
        found.append(ChannelSeen(channel, health, *counts))
    return found


def timeline_of(entries: Iterable[Entry], cases: Mapping[UUID, str]) -> list[Step]:
    """`cases`: numbers of the centre's other incidents that are named; one that is not there is named by none."""
    return [Step(each.seq or 0, each.at, each.event, named(_shown(each.facts), cases)) for each in entries]


def waves_of(entries: Iterable[Entry]) -> list[Wave]:
    """In the order in which they were asked."""
    found = [each for each in entries if each.event == Event.WAVE_ASKED]
    return sorted((_wave(each) for each in found), key=lambda each: each.number)


def _wave(entry: Entry) -> Wave:
    numbers = {name: value for name, value in entry.facts.items() if isinstance(value, int)}
    wave, reach_m, wanted, asked = (numbers.get(name, 0) for name in ("wave", "reach_m", "wanted", "asked"))
    return Wave(wave, entry.at, reach_m, wanted, asked)


def _shown(facts: dict[str, Fact]) -> dict[str, Fact]:
    return {name: value for name, value in facts_for_a_centre(facts).items() if name in SHOWN_FACTS}


def marked(seen: IncidentSeen) -> IncidentSeen:
    """With its mark: short, and another one for anything that is different but the hour."""
    without = msgspec.structs.replace(seen, at=seen.clocks.reported_at, mark="")
    mark = blake2b(msgspec.json.encode(without), digest_size=8).hexdigest()
    return msgspec.structs.replace(seen, mark=mark)
