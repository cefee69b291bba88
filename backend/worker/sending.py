"""Claim → start → send → settle, with a fixed number of send slots for each channel.

A slot is held from the start of an attempt until its result is written, not only while the request is out: where
writing is slow, less is claimed. Otherwise leases would run out on results nobody had written yet, and be sent again.
"""

import asyncio
import contextlib
import functools
import time
from collections import Counter
from collections.abc import Mapping, Sequence

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
from backend.foundation.database import Actor, Database, Lane, Role
from backend.foundation.telemetry import attempt_seconds, attempts_total, first_push_seconds, oldest_unsent_seconds
from backend.worker.slots import Slots

WORKER = Actor(Role.WORKER)
POLL_S = 0.25
OLDEST_EVERY_S = 2.0  # looks through the whole queue: of 200,000, some 15 ms of the database's
ASIDE_S = 0.75  # longer than the API keeps silent of a next report after it announced one
SETTLE_TOGETHER = 200
SETTLE_GATHERS_S = 0.005  # from the first result: a wave's answers come together, and so are written in one commit
SETTLE_TRIES = 5
END_WITHIN_S = 2.0  # after SIGTERM: the longest an attempt lives

leases_ran_out_total = Figure("hjerteloeber_leases_ran_out_total", "Deliveries whose worker did not report in time")
results_not_written_total = Figure("hjerteloeber_results_not_written_total", "Results of attempts that were lost")

_log = structlog.get_logger()


@functools.cache
def _seconds_of(channel: Channel) -> Histogram:
    """Looked up once: prometheus takes a lock and longer than the rest of the counting."""
    return attempt_seconds.labels(channel.value)


@functools.lru_cache(maxsize=200)  # a provider's codes are a few dozens, or its fault
def _attempts_of(channel: Channel, word: str, code: str) -> Figure:
    return attempts_total.labels(channel.value, word, code)


class Sender:
    """The delivery loops of one process: `slots` for each channel.

    `wake` is set when something was queued, `alarm` when somewhere a report has begun to be answered.
    """

    def __init__(
        self,
        database: Database,
        channels: Mapping[Channel, ProviderChannel],
        slots: int,
        clock: Clock,
        wake: asyncio.Event,
        alarm: asyncio.Event | None = None,
        on_the_wire_s: float = ON_THE_WIRE_S,
    ) -> None:
        self._database = database
        self._channels = dict(channels)
        self._slots = Slots(self._channels, slots)
        self._clock = clock
        self._wake = wake
        self._alarm = alarm
        self._on_the_wire_s = on_the_wire_s
        self._aside_until = 0.0
        self._sending: set[asyncio.Task[None]] = set()
        self._reports: asyncio.Queue[Report] = asyncio.Queue()
        self._filling = asyncio.Lock()
        self._next_oldest = 0.0
        self._ending = False

    async def claim_round(self) -> float:
        """Fill the free slots once; gives how long to wait before the next look."""
        async with self._filling:
            aside = self.stands_aside()
            rooms = [] if self._ending else self._slots.rooms(aside=aside)
            if rooms:
                self._wake.clear()
                claimed = Counter(each.channel for each in await self._fill(rooms))
                if any(claimed[room.channel] == room.free for room in rooms):
                    return 0.0  # all the room on a channel was needed: there may be more
                needed = any(0 < (room.others or 0) <= claimed[room.channel] for room in rooms)
                if needed and not aside and any(room.others for room in self._slots.rooms()):
                    return 0.0  # the same for what is no live alarm: slots came back meanwhile, and nobody said so
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(POLL_S):
                await self._wake.wait()
        return 0.0

    def stands_aside(self) -> bool:
        """Whether an alarm is under way, so that what is no live alarm goes on slowly: the machine is the alarm's."""
        if self._alarm is not None and self._alarm.is_set():
            self._alarm.clear()
            self._aside_until = time.monotonic() + ASIDE_S
        return time.monotonic() < self._aside_until

    async def _fill(self, rooms: Sequence[Room]) -> Sequence[Claim]:
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
            self._slots.take(parcel)
            task = asyncio.create_task(self._send(parcel, wire_by))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        return claims

    async def _send(self, parcel: Parcel, wire_by: float) -> None:
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
        self._reports.put_nowait(settle.report_on(parcel, outcome, round(took_s * 1000)))

    def _count(self, parcel: Parcel, outcome: Outcome, took_s: float) -> None:
        _attempts_of(parcel.channel, outcomes.word(outcome), outcomes.code(outcome) or "").inc()
        _seconds_of(parcel.channel).observe(took_s)
        if isinstance(outcome, Accepted) and parcel.what is What.RING and parcel.channel is Channel.FCM:
            waited = self._clock.now() - parcel.queued_at
            first_push_seconds.labels(parcel.kind.value).observe(max(0.0, waited.total_seconds()))

    async def settle_round(self) -> float:
        """Settle what has come in, together; wait for something if nothing has."""
        reports = [await self._reports.get()]
        if not self._ending:
            await asyncio.sleep(SETTLE_GATHERS_S)
        while len(reports) < SETTLE_TOGETHER and not self._reports.empty():
            reports.append(self._reports.get_nowait())
        try:
            await self._settle(reports)
        finally:
            if self._slots.give_back(report.attempt_id for report in reports):
                self._wake.set()  # the first free slot after none
            for _ in reports:
                self._reports.task_done()
        return 0.0

    async def _settle(self, reports: list[Report]) -> None:
        for each_alone in (False, True):
            left: list[Report] = []
            for batch in [[r] for r in reports] if each_alone else [reports]:
                if not await self._settled(batch, SETTLE_TRIES if each_alone else 1):
                    left += batch
            reports = left
        for report in reports:
            # Its lease runs out, and the attempt counts as one whose outcome nobody knows.
            results_not_written_total.inc()
            _log.error("result_not_written", attempt=str(report.attempt_id))

    async def _settled(self, reports: list[Report], tries: int) -> bool:
        for number in range(tries):
            try:
                async with self._database.acting_as(WORKER, Lane.ALERTS) as connection:
                    await settle.settle(connection, reports, self._clock.now())
            except Exception:  # noqa: BLE001 – tried again, then left to the lease's end
                _log.exception("settling_failed", reports=len(reports))
                await asyncio.sleep(0.05 * 2**number)
            else:
                return True
        return False

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
                async with self._filling:  # what is being claimed is still sent
                    pass
                if self._sending:
                    await asyncio.wait(self._sending)
                await self._reports.join()
