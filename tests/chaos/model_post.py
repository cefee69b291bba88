"""The model of delivery: messages, deliveries, attempts, receipts and addresses in plain dictionaries.

What becomes of a delivery (`outcome.settle`) and which deliveries a message has are production's.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.delivery import enqueue as queueing
from backend.delivery import outcome as outcomes
from backend.delivery.message import Channel, DeliveryState, NewMessage, What
from backend.delivery.outcome import LEASE_OVER, Ambiguous, Outcome, Rejected, Verdict
from backend.delivery.queries import Route
from backend.delivery.settle import GUARD_ALWAYS, GUARD_SHARE, GUARD_WINDOW
from backend.foundation.ids import AddressId, VolunteerId
from tests.chaos.player import LEASE, LONG_AGO, NEVER, Providers
from tests.chaos.town import Town

UNREACHABLE = queueing.UNREACHABLE
_ENDED = frozenset({DeliveryState.REJECTED, DeliveryState.EXPIRED, DeliveryState.STOPPED})


class Timers:
    """Rows (subject, reason) -> due."""

    def __init__(self) -> None:
        self.rows: dict[tuple[UUID, str], datetime] = {}

    def set(self, subject: UUID, reason: str, due: datetime) -> None:
        self.rows[subject, reason] = due

    def forget(self, subject: UUID) -> None:
        for key in [key for key in self.rows if key[0] == subject]:
            del self.rows[key]


class Message:
    """One thing told to one person about one alert."""

    __slots__ = ("created_at", "deliveries", "expires_at", "person", "reason", "stopped_at", "subject", "what", "word")

    def __init__(self, new: NewMessage, person: int, now: datetime) -> None:
        self.what = new.what
        self.subject = new.subject_id
        self.person = person
        self.created_at = now
        self.expires_at = new.expires_at
        self.stopped_at: datetime | None = None
        self.reason = new.content.get("reason")
        self.word = new.content.get("word_id")
        self.deliveries: list[Delivery] = []

    @property
    def received(self) -> bool:
        return any(d.received for d in self.deliveries)


class Delivery:
    """One message to one address. `outcomes` are of its attempts, in order; the last may be missing: unknown."""

    __slots__ = (
        "ambiguous", "attempts", "channel", "message", "next_at", "outcomes", "reason", "received", "started_at",
        "state",
    )  # fmt: skip

    def __init__(self, message: Message, channel: Channel, next_at: datetime) -> None:
        self.message = message
        self.channel = channel
        self.next_at = next_at
        self.state = DeliveryState.QUEUED
        self.attempts = 0
        self.started_at: list[datetime] = []
        self.outcomes: list[str] = []
        self.ambiguous = False
        self.reason: str | None = None
        self.received = False

    @property
    def waits_until(self) -> datetime:
        expires = self.message.expires_at
        return expires if self.channel is Channel.IN_APP else min(self.next_at, expires)


class Post:
    """Everything delivery keeps."""

    def __init__(self, town: Town, timers: Timers, providers: Providers) -> None:
        self._town = town
        self._timers = timers
        self.providers = providers
        self.health: list[dict[str, str]] = [dict.fromkeys(p.channels, "healthy") for p in town.people]
        self.on_duty = [True] * len(town.people)
        self.snoozed_until = [LONG_AGO] * len(town.people)
        self.of_subject: dict[UUID, list[Message]] = {}
        self.queued: dict[Delivery, None] = {}
        self.dead: list[tuple[datetime, bool, list[Delivery]]] = []  # what killed workers held, and until when
        self.off: set[str] = set()  # channels the operator switched off
        self.taken: list[Delivery] = []  # what providers took, in order: whoever plays phones empties it
        self._answers: list[tuple[datetime, str, str | None]] = []  # for the guard against retiring in masses

    # --- queueing and stopping -----------------------------------------------------------------------------------

    def enqueue(self, messages: Sequence[NewMessage], second_channel_s: float, now: datetime) -> None:
        routes = self._routes(messages)
        for new in messages:
            assert new.volunteer_id is not None
            message = Message(new, self._town.number_of[new.volunteer_id], now)
            for row in queueing._deliveries(new, routes, second_channel_s, now, []):
                delivery = Delivery(message, row.channel, row.next_at)
                message.deliveries.append(delivery)
                self.queued[delivery] = None
            self.of_subject.setdefault(new.subject_id, []).append(message)
            if new.what is What.RING and all(d.channel is Channel.IN_APP for d in message.deliveries):
                wait = timedelta(seconds=second_channel_s if message.deliveries else 0)
                self._timers.set(new.subject_id, UNREACHABLE, now + wait)

    def _routes(self, messages: Sequence[NewMessage]) -> queueing._Routes:
        addresses: dict[VolunteerId, list[Route]] = {}
        for new in messages:
            assert new.volunteer_id is not None
            number = self._town.number_of[new.volunteer_id]
            addresses[new.volunteer_id] = [
                Route(new.volunteer_id, _NO_ADDRESS, Channel(channel))
                for channel, health in self.health[number].items()
                if health == "healthy" and channel not in self.off
            ]
        standing_down = [new.subject_id for new in messages if new.what is What.STAND_DOWN]
        known: dict[str, Any] = {
            "addresses": addresses,
            "told_by_sms": {s for s in standing_down if self._told_by_sms(s)},
            "heard": {s for s in standing_down if any(m.received for m in self.of_subject.get(s, ()))},
            "tried": {s for s in standing_down if self._tried(s)},
            "sms_enabled": "sms" not in self.off,
        }
        return queueing._Routes(**{field: known[field] for field in queueing._Routes.__struct_fields__})

    def _tried(self, subject: UUID) -> bool:
        return any(d.attempts for m in self.of_subject.get(subject, ()) for d in m.deliveries)

    def _told_by_sms(self, subject: UUID) -> bool:
        messages = self.of_subject.get(subject, ())
        return any(d.attempts for m in messages for d in m.deliveries if d.channel is Channel.SMS)

    def stop(self, subjects: Iterable[UUID], now: datetime) -> None:
        for subject in subjects:
            for message in self.of_subject.get(subject, ()):
                message.stopped_at = message.stopped_at or now
                for delivery in message.deliveries:
                    if delivery.state is DeliveryState.QUEUED:
                        self._move(delivery, DeliveryState.STOPPED)

    def _move(self, delivery: Delivery, state: DeliveryState) -> None:
        delivery.state = state
        if state is DeliveryState.QUEUED:
            self.queued[delivery] = None
        else:
            self.queued.pop(delivery, None)

    def tally(self, subjects: Iterable[UUID]) -> tuple[int, int, int]:
        """Sent, stopped, late, as a stand-down is acknowledged: whoever was only told not to go was not sent."""
        sent = late = every = 0
        for subject in subjects:
            rings = (m for m in self.of_subject.get(subject, ()) if m.what in (What.RING, What.REVISION))
            stopped = [m for m in rings if m.stopped_at is not None]
            if not stopped:
                continue
            every += 1
            rows = [d for m in stopped for d in m.deliveries]
            if any(d.state is DeliveryState.ACCEPTED for d in rows):
                sent += 1
            elif any(d.ambiguous or (d.state is DeliveryState.LEASED and self._is_started(d)) for d in rows):
                late += 1
        return sent, every - sent - late, late

    @staticmethod
    def _is_started(delivery: Delivery) -> bool:
        return len(delivery.outcomes) < len(delivery.started_at)

    # --- who was reached, who has heard -----------------------------------------------------------------------------

    def _newest(self, subject: UUID, what: What) -> Message | None:
        return next((m for m in reversed(self.of_subject.get(subject, [])) if m.what is what), None)

    def received(self, subject: UUID, asked_at: datetime) -> bool:
        told = (m for m in self.of_subject.get(subject, ()) if m.what in (What.RING, What.REVISION))
        return any(m.received and m.created_at >= asked_at for m in told)

    def unreached(self, subject: UUID, now: datetime) -> bool:
        ring = self._newest(subject, What.RING)
        if ring is None or ring.received:
            return False
        for delivery in ring.deliveries:
            state = delivery.state
            if state is DeliveryState.ACCEPTED or state is DeliveryState.LEASED:
                return False
            if state is DeliveryState.QUEUED and delivery.channel is not Channel.IN_APP and ring.expires_at > now:
                return False
        return self._timers.rows.get((subject, UNREACHABLE), now) <= now

    def unaccepted(self, subject: UUID) -> bool:
        ring = self._newest(subject, What.RING)
        accepted = ring is not None and any(d.state is DeliveryState.ACCEPTED for d in ring.deliveries)
        return ring is not None and not ring.received and not accepted

    def untried(self, subject: UUID) -> bool:
        ring = self._newest(subject, What.RING)
        return ring is not None and not ring.received and not any(d.attempts for d in ring.deliveries)

    def unheard(self, subject: UUID) -> datetime | None:
        told = self._newest(subject, What.REVISION)
        return None if told is None or told.stopped_at is not None or told.received else told.created_at

    def receive(self, subject: UUID, channel: str, shown_at: datetime, word: UUID | None = None) -> bool:
        """The newest message about it made before it was shown; where all are younger, the first. Or that word."""
        wanted = None if word is None else str(word)
        messages = [m for m in self.of_subject.get(subject, []) if m.word == wanted]
        message = next((m for m in reversed(messages) if m.created_at <= shown_at), messages[0] if messages else None)
        if message is None or not message.deliveries:
            return False
        deliveries = message.deliveries
        first = not message.received
        about = min(deliveries, key=lambda d: (d.channel != channel, d.state is not DeliveryState.ACCEPTED))
        about.received = True
        if first:
            for delivery in deliveries:
                if delivery.state is DeliveryState.QUEUED:
                    self._move(delivery, DeliveryState.NOT_NEEDED)
        return first

    def written_to_socket(self, subjects: Iterable[UUID], now: datetime) -> int:
        count = 0
        for subject in subjects:
            for message in self.of_subject.get(subject, ()):
                for delivery in message.deliveries:
                    waits = delivery.channel is Channel.IN_APP and delivery.state is DeliveryState.QUEUED
                    if waits and "in_app" not in self.off and message.stopped_at is None and message.expires_at > now:
                        delivery.attempts += 1
                        delivery.started_at.append(now)
                        delivery.outcomes.append("accepted")
                        self._answers.append((now, "in_app", None))
                        self._move(delivery, DeliveryState.ACCEPTED)
                        self.taken.append(delivery)
                        count += 1
        return count

    # --- the worker ---------------------------------------------------------------------------------------------------

    def switch(self, channel: str, *, on: bool) -> None:
        (self.off.discard if on else self.off.add)(channel)

    def next_due(self, now: datetime) -> datetime:
        soonest = min((now if d.channel in self.off else d.waits_until for d in self.queued), default=NEVER)
        return min([soonest, *(until for until, _, _ in self.dead)])

    def work(self, dies: str | None, now: datetime) -> str | None:
        """Recover, end what is late, claim, start, send, settle; gives how the worker died if it did."""
        self._recover(now)
        late = [d for d in self.queued if d.message.expires_at <= now]
        for delivery in late:
            self._move(delivery, DeliveryState.EXPIRED)
        self._aftermath(late, now)
        unserved = [d for d in self.queued if d.channel in self.off]
        for delivery in unserved:
            self._refuse(delivery, DeliveryState.REJECTED, "channel_off")
        self._aftermath(unserved, now)
        claims = [d for d in self.queued if d.channel is not Channel.IN_APP and d.next_at <= now]
        if not claims:
            return None
        for delivery in claims:
            self._move(delivery, DeliveryState.LEASED)
        if dies == "claimed":
            self.dead.append((now + LEASE, False, claims))
            return dies
        begun = self._start(claims, now)
        if dies == "started":
            if begun:
                self.dead.append((now + LEASE, True, begun))
            return dies
        self._settle([(d, self._send(d, now)) for d in begun], now)
        return None

    def _send(self, d: Delivery, now: datetime) -> Outcome:
        m = d.message
        return self.providers.answer(m.person, d.channel.value, m.what.value, m.created_at, d.attempts, now)

    def _recover(self, now: datetime) -> None:
        over = [each for each in self.dead if each[0] <= now]
        self.dead = [each for each in self.dead if each[0] > now]
        for _, started, deliveries in over:
            if started:
                self._settle([(d, Ambiguous(LEASE_OVER)) for d in deliveries], now)
            else:
                for delivery in deliveries:
                    self._move(delivery, DeliveryState.QUEUED)

    def _start(self, claims: Sequence[Delivery], now: datetime) -> list[Delivery]:
        begun, refused = [], []
        for delivery in claims:
            message = delivery.message
            if message.stopped_at is not None:
                self._refuse(delivery, DeliveryState.STOPPED, "stopped")
            elif message.expires_at <= now:
                self._refuse(delivery, DeliveryState.EXPIRED, "expired")
            elif self.health[message.person].get(delivery.channel.value) != "healthy":
                self._refuse(delivery, DeliveryState.REJECTED, "address_gone")
            elif message.what is What.RING and not self._is_available(message.person, now):
                self._refuse(delivery, DeliveryState.REJECTED, "unavailable")
            else:
                delivery.attempts += 1
                delivery.started_at.append(now)
                begun.append(delivery)
                continue
            refused.append(delivery)
        self._aftermath(refused, now)
        return begun

    def _is_available(self, person: int, now: datetime) -> bool:
        return self.on_duty[person] and self.snoozed_until[person] <= now

    def _refuse(self, delivery: Delivery, state: DeliveryState, reason: str) -> None:
        self._move(delivery, state)
        delivery.reason = reason

    def _settle(self, reports: Sequence[tuple[Delivery, Outcome]], now: datetime) -> None:
        hurried: list[Message] = []
        final: list[Delivery] = []
        for delivery, outcome in reports:
            delivery.outcomes.append(outcomes.word(outcome))
            self._answers.append((delivery.started_at[-1], delivery.channel.value, outcomes.code(outcome)))
            became = outcomes.settle(
                outcome,
                attempts=delivery.attempts,
                expires_at=delivery.message.expires_at,
                stopped=delivery.message.stopped_at is not None,
                now=now,
            )
            self._move(delivery, became.state)
            delivery.next_at = became.next_at or delivery.next_at
            delivery.reason = became.reason
            delivery.ambiguous |= became.ambiguous
            if became.state is DeliveryState.ACCEPTED:
                self.taken.append(delivery)
            if became.state is not DeliveryState.QUEUED:
                final.append(delivery)
            elif became.second_channel_now:
                hurried.append(delivery.message)
        self._hurry_others(hurried, now)
        self._aftermath(final, now)
        for delivery, outcome in reports:
            if isinstance(outcome, Rejected) and outcome.verdict is not Verdict.KEEP:
                self._judge(delivery, outcome, now)

    def _judge(self, delivery: Delivery, outcome: Rejected, now: datetime) -> None:
        if delivery.channel is not Channel.FCM:
            return  # a phone number is nobody's to retire
        self._answers = [each for each in self._answers if each[0] > now - GUARD_WINDOW]
        codes = [code for _, channel, code in self._answers if channel == delivery.channel.value]
        alike = codes.count(outcome.code)
        if alike > GUARD_ALWAYS and alike > GUARD_SHARE * len(codes):
            return
        health = self.health[delivery.message.person]
        if outcome.verdict is Verdict.RETIRE:
            health["fcm"] = "retired"
        elif health.get("fcm") == "healthy":
            health["fcm"] = "quarantined"

    def _aftermath(self, ended: Sequence[Delivery], now: datetime) -> None:
        over = [d for d in ended if d.state in _ENDED]
        self._hurry_others([d.message for d in over], now)
        rung = {d.message.subject for d in over if d.message.what is What.RING and d.message.expires_at > now}
        for subject in sorted(rung):
            if self.unreached(subject, now):
                self._timers.set(subject, UNREACHABLE, now)

    @staticmethod
    def _hurry_others(messages: Iterable[Message], now: datetime) -> None:
        for message in messages:
            if any(d.state is DeliveryState.ACCEPTED for d in message.deliveries):
                continue
            for d in message.deliveries:
                waits = d.state is DeliveryState.QUEUED and d.attempts == 0 and d.channel is not Channel.IN_APP
                if waits and d.next_at > now:
                    d.next_at = now


_NO_ADDRESS = AddressId(UUID(int=0))
