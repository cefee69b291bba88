"""Claim → start → send → settle, with a fixed number of send slots for each channel.

A slot is held from the start of an attempt until its result is written, not only while the request is out: where
writing is slow, less is claimed. Otherwise leases would run out on results nobody had written yet, and be sent again.
"""

import asyncio
import contextlib
import functools
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import structlog
from prometheus_client import Counter as Figure
from prometheus_client import Histogram

from backend.delivery import claim, settle
from backend.delivery import outcome as outcomes
from backend.delivery.channels.channel import ProviderChannel
from backend.delivery.claim import ON_THE_WIRE_S, Parcel
from backend.delivery.message import Channel, What
from backend.delivery.outcome import Accepted, Ambiguous, Outcome
from backend.delivery.queries_claim import Claim, Room, oldest_due
from backend.delivery.settle import Report
from backend.foundation.clock import Clock
from backend.foundation.database import Database, Lane
from backend.foundation.telemetry import attempt_seconds, attempts_total, first_push_seconds, oldest_unsent_seconds
from backend.worker.settling import WORKER, Settler
from backend.worker.slots import LIVE, OTHERS, TRICKLE, Slots
from backend.worker.wake import Wake

POLL_S = 0.25
OLDEST_EVERY_S = 2.0  # looks through the whole queue: of 200,000, some 15 ms of the database's
ASIDE_S = 0.75  # longer than the API keeps silent of a next report after it announced one
END_WITHIN_S = 2.0  # after SIGTERM: the longest an attempt lives

leases_ran_out_total = Figure("hjerteloeber_leases_ran_out_total", "Deliveries whose worker did not report in time")

_log = structlog.get_logger()


@functools.cache
def _seconds_of(channel: Channel) -> Histogram:
    """Looked up once: prometheus takes a lock and longer than the rest of the counting."""
    return attempt_seconds.labels(channel.value)


@functools.lru_cache(maxsize=200)  # a provider's codes are a few dozens, or its fault
def _attempts_of(channel: Channel, word: str, code: str) -> Figure:
    return attempts_total.labels(channel.value, word, code)


class Line:
    """What is under way of live alarms, or of everything else."""

    def __init__(
        self, slots: Slots, database: Database, clock: Clock, wake: asyncio.Event, stands_aside: Callable[[], bool]
    ) -> None:
        self.slots = slots
        self.wake = wake
        self.results = Settler(database, clock, self._written, stands_aside)
        self.filling = asyncio.Lock()
        self.sending: set[asyncio.Task[None]] = set()

    async def end(self) -> None:
        """Until what is being claimed is sent, and what came of it is written."""
        async with self.filling:
            pass
        if self.sending:
            await asyncio.wait(self.sending)
        await self.results.end()

    def _written(self, reports: Sequence[Report]) -> None:
        if self.slots.give_back(report.attempt_id for report in reports):
            self.wake.set()  # the first free slot after none


class Sender:
    """The delivery loops of one process, with `slots` for each channel: for live alarms, and for all else.

    `wake` is set when something was queued, `alarm` when somewhere a report has begun to be answered. Live alarms have
    rounds, slots and results of their own: whatever is done for a drill, and whoever holds up what of it, none of an
    alarm's transactions has a row of the drill's in it (docs/decisions/0043).
    """

    def __init__(
        self,
        database: Database,
        channels: Mapping[Channel, ProviderChannel],
        slots: int,
        clock: Clock,
        wake: Wake,
        alarm: asyncio.Event | None = None,
        on_the_wire_s: float = ON_THE_WIRE_S,
    ) -> None:
        self._database = database
        self._channels = dict(channels)
        self._clock = clock
        self._wake = wake
        self._alarm = alarm
        self._on_the_wire_s = on_the_wire_s
        self._aside_until = 0.0
        self.live = Line(Slots(self._channels, slots, LIVE), database, clock, wake.live, lambda: False)
        self.others = Line(Slots(self._channels, slots, OTHERS), database, clock, wake.others, self.stands_aside)
        self._next_oldest = 0.0
        self._ending = False

    async def claim_live_round(self) -> float:
        """Begin what live alarms have to send. Nothing that is done for anybody else is waited for."""
        self.live.wake.clear()
        async with self.live.filling:
            if await self._filled(self.live, [] if self._ending else self.live.slots.rooms()):
                return 0.0
        return await _unless_woken(self.live.wake)

    async def claim_others_round(self) -> float:
        """The same of everything else: not while a live alarm's is being begun, and slowly while there is one."""
        self.others.wake.clear()
        async with self.others.filling:
            async with self.live.filling:
                pass
            aside = self.stands_aside()
            rooms = [] if self._ending else self.others.slots.rooms(at_most=TRICKLE if aside else None)
            if await self._filled(self.others, rooms) and not aside:
                return 0.0
        return await _unless_woken(self.others.wake)

    async def _filled(self, line: Line, rooms: Sequence[Room]) -> bool:
        """Whether all the room on a channel was needed: there may be more, and room for it that came meanwhile."""
        claimed = Counter(each.channel for each in await self.fill(line, rooms))
        return any(claimed[room.channel] == room.free for room in rooms)

    @property
    def sending(self) -> set[asyncio.Task[None]]:
        """Every request that is under way."""
        return self.live.sending | self.others.sending

    def stands_aside(self) -> bool:
        """Whether an alarm is under way, so that what is no live alarm goes on slowly: the machine is the alarm's."""
        if self._alarm is not None and self._alarm.is_set():
            self._alarm.clear()
            self._aside_until = time.monotonic() + ASIDE_S
        return time.monotonic() < self._aside_until

    async def fill(self, line: Line, rooms: Sequence[Room]) -> Sequence[Claim]:
        """Claim as much as that and start it; what was claimed. The requests run on."""
        if not rooms:
            return []
        async with self._database.acting_as(WORKER, Lane.ALERTS) as connection:
            claims = await claim.claim(connection, rooms, self._clock.now())
        if not claims:
            return []
        async with self._database.acting_as(WORKER, Lane.ALERTS) as connection:
            # Taken before the lease is renewed, so that lease and deadline can only err on the safe side.
            wire_by = time.monotonic() + self._on_the_wire_s
            parcels = await claim.start(connection, claims, self._clock.now())
        if any(parcel.is_live and parcel.what is not What.STAND_DOWN for parcel in parcels):
            self._aside_until = time.monotonic() + ASIDE_S
        for parcel in parcels:
            line.slots.take(parcel)
            task = asyncio.create_task(self._send(parcel, wire_by, line.results))
            line.sending.add(task)
            task.add_done_callback(line.sending.discard)
        return claims

    async def _send(self, parcel: Parcel, wire_by: float, results: Settler) -> None:
        began, now = time.monotonic(), self._clock.now()
        wire_by = min(wire_by, began + (parcel.expires_at - now).total_seconds())  # nothing sets out after its time
        outcome: Outcome
        try:
            outcome = await self._channels[parcel.channel].send(parcel, wire_by, now)
        except Exception:  # noqa: BLE001 – a bug in a channel must not take other messages with it
            _log.exception("channel_failed", channel=parcel.channel.value)
            outcome = Ambiguous("bug")
        took_s = time.monotonic() - began
        self._count(parcel, outcome, took_s)
        results.put(settle.report_on(parcel, outcome, round(took_s * 1000)))

    def _count(self, parcel: Parcel, outcome: Outcome, took_s: float) -> None:
        _attempts_of(parcel.channel, outcomes.word(outcome), outcomes.code(outcome) or "").inc()
        _seconds_of(parcel.channel).observe(took_s)
        if isinstance(outcome, Accepted) and parcel.what is What.RING and parcel.channel is Channel.FCM:
            waited = self._clock.now() - parcel.queued_at
            first_push_seconds.labels(parcel.kind.value).observe(max(0.0, waited.total_seconds()))

    async def sweep_round(self) -> float:
        """Take back what killed workers held, end what is late or has no channel, and tell how long messages wait."""
        now = self._clock.now()
        async with self._database.acting_as(WORKER, Lane.ALERTS) as connection:
            recovered = await settle.recover(connection, now)
        async with self._database.acting_as(WORKER, Lane.ALERTS) as connection:
            await settle.end_the_late(connection, now)
        async with self._database.acting_as(WORKER, Lane.ALERTS) as connection:
            await settle.end_unserved(connection, list(self._channels), now)
            if time.monotonic() >= self._next_oldest:
                self._next_oldest = time.monotonic() + OLDEST_EVERY_S
                oldest = await oldest_due(connection, now)
                oldest_unsent_seconds.set(0.0 if oldest is None else (now - oldest).total_seconds())
        if recovered:
            leases_ran_out_total.inc(recovered)
            _log.warning("leases_ran_out", deliveries=recovered)
            self._wake.set()
        return POLL_S

    async def end(self) -> None:
        """Claim nothing more, let started requests come to their end, and write down what came of them."""
        self._ending = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(END_WITHIN_S):
                await asyncio.gather(self.live.end(), self.others.end())


async def _unless_woken(wake: asyncio.Event) -> float:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(POLL_S):
            await wake.wait()
    return 0.0
