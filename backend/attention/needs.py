"""What needs a person, from what the tables say. Pure: no I/O, no clock, no chance."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from backend.alerts.word import ToCentre
from backend.attention.item import Acknowledges, Agreement, Item, Need, Needs, Rule
from backend.foundation.ids import IncidentId
from backend.foundation.kinds import Kind
from backend.incidents.incident import Asking

WAITS_TOO_LONG = timedelta(seconds=20)
"""A channel is down when something live has been due on it this long (ours: operations hear after 5 and 15)."""
FAILS_AT_LEAST = 5
"""… or when so many attempts in two minutes were all in vain (ours)."""
ANSWERS_NEEDED = frozenset({ToCentre.UNSAFE, ToCentre.DOOR_LOCKED, ToCentre.CANNOT_FIND})
"""Words that want an answer. That the door is open does not."""


class Running(msgspec.Struct, frozen=True):
    """An open incident, as far as it is looked at here. `left_at`: when the last of those who went gave up."""

    id: IncidentId
    kind: Kind
    asking: Asking
    opened_at: datetime
    asked_at: datetime | None
    somebody_goes: bool
    left_at: datetime | None
    centre_asked_at: datetime | None
    flagged: str | None
    second_person_called: bool = False


class Said(msgspec.Struct, frozen=True):
    """A word from somebody on the way, of an incident that runs, or went on as another one."""

    id: UUID
    incident_id: IncidentId
    kind: Kind
    pseudonym: str
    word: str


class Channel(msgspec.Struct, frozen=True):
    """A channel of the whole installation."""

    channel: str
    enabled: bool
    waits_since: datetime | None
    tried: int
    accepted: int


class Feed(msgspec.Struct, frozen=True):
    kind: Kind
    silent_since: datetime


class Lent(msgspec.Struct, frozen=True):
    """Another centre's incidents that this one may see, follow and stand down by an agreement."""

    id: UUID
    centre_id: UUID
    until: datetime


class Facts(msgspec.Struct, frozen=True):
    """Everything a centre's needs are derived from."""

    running: Sequence[Running] = ()
    said: Sequence[Said] = ()
    channels: Sequence[Channel] = ()
    feeds: Sequence[Feed] = ()
    lent: Sequence[Lent] = ()


def needs(facts: Facts, rule: Rule, now: datetime) -> list[Need]:
    """What needs a person at this moment."""
    found: list[Need] = []
    for incident in facts.running:
        found += _of_incident(incident, rule, now)
    for said in facts.said:
        if said.word in ANSWERS_NEEDED:
            detail = {"word": said.word, "pseudonym": said.pseudonym}
            found.append(Need(Needs.WORD, str(said.id), said.kind, said.incident_id, detail))
    found += [_channel_down(channel) for channel in facts.channels if _is_down(channel, now)]
    for feed in facts.feeds:
        subject = f"{feed.kind.value} {feed.silent_since.isoformat()}"
        found.append(Need(Needs.FEED_SILENT, subject, feed.kind))
    for lent in facts.lent:
        detail = {"centre": str(lent.centre_id), "until": lent.until.isoformat()}
        found.append(Need(Needs.HANDOVER_RECEIVED, str(lent.id), Kind.LIVE, detail=detail))
    return found


def nobody_since(opened_at: datetime, asked_at: datetime | None, left_at: datetime | None) -> datetime:
    """From when on it counts that nobody is on the way: what sounds, and what a board says, go by this one moment."""
    return max(filter(None, (opened_at, asked_at, left_at)))


def _of_incident(incident: Running, rule: Rule, now: datetime) -> Iterator[Need]:
    def need(what: Needs, subject: str, **detail: str) -> Need:
        return Need(what, subject, incident.kind, incident.id, detail)

    if rule.acknowledges is Acknowledges.CONSOLE:
        yield need(Needs.NEW_ALARM, str(incident.id))
    since = nobody_since(incident.opened_at, incident.asked_at, incident.left_at)
    if not incident.somebody_goes and incident.asking is not Asking.EXCLUDED and since + rule.nobody_after <= now:
        yield need(Needs.NOBODY_ACCEPTED, f"{incident.id} {since.isoformat()}", asking=incident.asking.value)
    if incident.flagged is not None:
        yield need(Needs.FLAGGED, str(incident.id), flagged=incident.flagged)
    if incident.second_person_called:
        yield need(Needs.SECOND_PERSON, str(incident.id))
    if incident.centre_asked_at is not None:
        yield need(Needs.STILL_GOING, f"{incident.id} {incident.centre_asked_at.isoformat()}")


def _is_down(channel: Channel, now: datetime) -> bool:
    waits = channel.waits_since is not None and channel.waits_since + WAITS_TOO_LONG <= now
    in_vain = channel.tried >= FAILS_AT_LEAST and channel.accepted == 0
    return not channel.enabled or waits or in_vain


def _channel_down(channel: Channel) -> Need:
    why = "fails" if channel.enabled else "switched_off"
    return Need(
        Needs.CHANNEL_DOWN, f"{channel.channel} {why}", Kind.LIVE, detail={"channel": channel.channel, "why": why}
    )


class Changes(msgspec.Struct, frozen=True):
    """What is to be written down: what is new, and which items are over."""

    raised: list[Need]
    over: list[UUID]


def changes(found: Iterable[Need], kept: Iterable[Item]) -> Changes:
    """Between what needs a person and what is kept as such."""
    needed = {(need.what, need.subject): need for need in found}
    known = {(item.what, item.subject): item for item in kept}
    raised = [need for key, need in needed.items() if key not in known]
    return Changes(raised, [item.id for key, item in known.items() if key not in needed])


def to_lend(items: Iterable[Item], agreements: Iterable[Agreement], now: datetime) -> list[tuple[Agreement, Item]]:
    """By which agreements a neighbour is to help now, and because of what.

    Live incidents only: an exercise must not open a centre to another.
    """
    waiting = [i for i in items if i.waits and i.incident_id is not None and i.kind is Kind.LIVE]
    found: list[tuple[Agreement, Item]] = []
    for agreement in agreements:
        late = [item for item in waiting if item.raised_at + agreement.after <= now]
        if late and agreement.holds(now):
            found.append((agreement, min(late, key=lambda item: (item.raised_at, item.id.bytes))))
    return found
