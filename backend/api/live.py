"""The live hub: what this process hears from PostgreSQL, handed to the streams that wait for it.

One LISTEN connection a process. A notification is a hint: what is sent is always read from the tables, and whatever
was missed while the connection was away is read when it is back.
"""

import asyncio
import contextlib
import weakref
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from datetime import datetime
from time import monotonic
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from asyncpg.connect_utils import SessionAttribute

from backend.api.queries import Written, announce, entries, newest_entry_id, server_state, written_after
from backend.foundation import journal
from backend.foundation.database import Actor, Connection, Database, Lane, Role, enter
from backend.foundation.journal import Entry
from backend.foundation.kinds import Kind
from backend.foundation.telemetry import loop_failures_total

VOLUNTEER_CHANNEL = "hjerteloeber_volunteer"
"""NOTIFY channel; the payload is the id of a volunteer whose alerts changed."""

SWEEP_S = 5.0
"""Without any notification the journal is read this often, and the connection proves that it lives."""

LATE_S = 60.0
"""Ids are given before the commit: a lower one may appear this much later (a statement may take 30 s)."""

LATE_IDS = 128
"""How far before a notified id its transaction's other entries may lie."""

AT_ONCE = 2_000
"""Entries that are read in one transaction."""

QUEUE = 500
"""Entries a client may lag behind; then it is cut and comes again with Last-Event-ID."""

RECONNECT_S = (0.1, 0.3, 1.0, 2.0)

log = structlog.get_logger()


class Following:
    """One client's view of the journal: centres' incidents of one kind, or one incident, as entries are committed.

    What else is written of a centre, and its exercises, are not for a live console.
    """

    def __init__(self, centres: Collection[UUID], kind: Kind, incident_id: UUID | None) -> None:
        self.centres = frozenset(centres)
        self._kind = kind
        self._incident_id = incident_id
        self._queue: asyncio.Queue[Entry | None] = asyncio.Queue(QUEUE + 1)

    def offer(self, entry: Entry) -> None:
        """Put `entry` in the queue if it is this client's; a client too slow to take it is cut."""
        if entry.centre_id not in self.centres or entry.kind != self._kind or entry.incident_id is None:
            return
        if self._incident_id not in (None, entry.incident_id):
            return
        if self._queue.qsize() < QUEUE:
            self._queue.put_nowait(entry)
        else:
            self.cut()

    def cut(self) -> None:
        """End the iteration after what is already queued."""
        with contextlib.suppress(asyncio.QueueFull):
            self._queue.put_nowait(None)

    def __aiter__(self) -> AsyncIterator[Entry]:
        return self

    async def __anext__(self) -> Entry:
        entry = await self._queue.get()
        if entry is None:
            raise StopAsyncIteration
        return entry


class Hub:
    """Start it with the process, stop it before the pools close. `leaving` is set when the process is asked to end.

    `heard` is called whenever any process begins to answer a report, or wrote about an incident: with whether it may be
    a live one. Of a report nobody knows before it is read.
    """

    def __init__(self, database: Database, heard: Callable[[bool], None] = lambda _live: None) -> None:
        self._database = database
        self._heard_of = heard
        self._followings: weakref.WeakSet[Following] = weakref.WeakSet()
        self._waiting: dict[UUID, set[asyncio.Event]] = {}
        self._wake = asyncio.Event()
        self._heard: list[int] = []  # journal ids notified since the last reading
        self._seen: dict[int, float] = {}  # id → when it was read, for as long as it may be read again
        self._floor = 0  # everything up to here was read, and nothing can appear below it any more
        self._highest = 0
        self._tasks: list[asyncio.Task[None]] = []
        self.leaving = asyncio.Event()
        self._connection: Any = None
        self._talking = asyncio.Lock()
        self._listening = asyncio.Event()  # set once: the first connection stood
        self.connected = False
        self.migrations: set[str] | None = None  # those the server has seen, as of the last sign of life

    async def start(self) -> None:
        """Begin to listen; comes back when the connection stands, or after 2 s without one."""
        self._tasks = [asyncio.create_task(self._keep_listening()), asyncio.create_task(self._keep_reading())]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._listening.wait(), 2)

    async def stop(self) -> None:
        self.leaving.set()
        for following in list(self._followings):
            following.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def follow(self, centres: Collection[UUID], kind: Kind, incident_id: UUID | None = None) -> Following:
        """Journal entries of these centres' incidents of one kind, or of one of them, committed from now on.

        Follow first, then read what was before: an entry may then come twice, but none is missed. It is served for as
        long as somebody holds it, so that an answer that is never sent leaves nothing behind.
        """
        if not self._followings:
            await self._begin_here()
        following = Following(centres, kind, incident_id)
        self._followings.add(following)
        return following

    async def volunteer_changed(self, volunteer_id: UUID) -> AsyncIterator[None]:
        """Yields at once, then whenever the volunteer's alerts may have changed: read them again each time.

        Changes that come while the last is still being read are one: it is the truth that counts, not each step.
        """
        changed = asyncio.Event()
        changed.set()
        self._waiting.setdefault(volunteer_id, set()).add(changed)
        try:
            while True:
                await changed.wait()
                changed.clear()
                yield
        finally:
            waiting = self._waiting[volunteer_id]
            waiting.discard(changed)
            if not waiting:
                del self._waiting[volunteer_id]

    # what comes in -------------------------------------------------------------------------------------------------

    async def _keep_listening(self) -> None:
        """One LISTEN connection, made again for ever; whoever waits is woken after each gap."""
        tries = 0
        while True:
            try:
                await self._listen_while_it_lives()
                tries = 0
            except Exception as error:  # noqa: BLE001 – whatever it is, the loop must go on
                loop_failures_total.labels(loop="live_listening").inc()
                log.warning("live connection away", error=type(error).__name__)
            finally:
                self.connected, self._connection = False, None
            await asyncio.sleep(RECONNECT_S[min(tries, len(RECONNECT_S) - 1)])
            tries += 1

    async def _listen_while_it_lives(self) -> None:
        connection: Any = await asyncpg.connect(
            self._database.dsn,
            timeout=5,
            command_timeout=5,
            target_session_attrs=SessionAttribute.read_write,
            # It asks for the time and the migrations: as the API, acting for nobody, whatever the log-in may be.
            server_settings={"application_name": "hjerteloeber live", "timezone": "UTC", "role": Role.API.value},
        )
        lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _connection: lost.set())
            await connection.add_listener(journal.CHANNEL, self._journal_notified)
            await connection.add_listener(VOLUNTEER_CHANNEL, self._volunteer_notified)
            await connection.add_listener(journal.ALARM_CHANNEL, self._alarm_notified)
            self._connection, self.connected = connection, True
            self._wake.set()
            self._listening.set()
            for events in self._waiting.values():
                _set_all(events)
            while not lost.is_set():
                async with self._talking:
                    self.migrations = set((await server_state(connection)).migrations)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(lost.wait(), SWEEP_S)
        finally:
            connection.terminate()

    async def ask_time(self) -> datetime | None:
        """What the database's clock says just now; None when it cannot be asked."""
        connection = self._connection
        if connection is None:
            return None
        try:
            async with self._talking:
                return (await server_state(connection)).at
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, TimeoutError):
            return None

    def _journal_notified(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        entry, _, kind = payload.partition(" ")
        self._heard_of(kind in ("", Kind.LIVE.value))
        if self._followings and entry.isdigit():
            self._heard.append(int(entry))
            self._wake.set()

    async def announce_alarm(self) -> None:
        """Tell every process that a report is being answered; a hint, so no failure of it is anybody's."""
        connection = self._connection
        with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            if connection is not None:
                async with self._talking:
                    await announce(connection, journal.ALARM_CHANNEL)

    def _alarm_notified(self, _connection: Any, _pid: int, _channel: str, _payload: str) -> None:
        self._heard_of(True)

    def _volunteer_notified(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        with contextlib.suppress(ValueError):
            _set_all(self._waiting.get(UUID(payload), ()))

    # what goes out -------------------------------------------------------------------------------------------------

    async def _keep_reading(self) -> None:
        """Read what was notified at once, and everything that could still have come late every few seconds."""
        swept = monotonic()
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), SWEEP_S)
            self._wake.clear()
            heard, self._heard = self._heard, []
            if not self._followings:
                continue
            sweeping = not heard or monotonic() - swept > SWEEP_S
            floor = self._floor if sweeping else max(self._floor, min(self._highest, min(heard) - LATE_IDS))
            try:
                await self._read_after(floor)
            except Exception as error:  # noqa: BLE001 – whatever it is, the loop must go on
                loop_failures_total.labels(loop="live_reading").inc()
                log.warning("journal not read", error=type(error).__name__)
                continue
            if sweeping:
                swept = monotonic()
                self._raise_floor(swept)

    async def _read_after(self, floor: int) -> None:
        while True:
            async with self._database.acting_as(Actor(Role.API), Lane.REST) as connection:
                written = await written_after(connection, floor, AT_ONCE)
                new = [each for each in written if each.id not in self._seen]
                found = await self._read(connection, new)
            for each in new:
                self._seen[each.id] = monotonic()
                self._highest = max(self._highest, each.id)
            for entry in found:
                for following in list(self._followings):
                    following.offer(entry)
            if len(written) < AT_ONCE:
                return
            floor = written[-1].id

    async def _read(self, connection: Connection, new: Sequence[Written]) -> list[Entry]:
        """What was written, oldest first, of the centres somebody follows here: each is entered for its own."""
        followed = {centre_id for following in self._followings for centre_id in following.centres}
        found: list[Entry] = []
        for centre_id in sorted({each.centre_id for each in new} & followed):
            await enter(connection, centre_id)
            found += await entries(connection, [each.id for each in new if each.centre_id == centre_id])
        return sorted(found, key=lambda entry: entry.id)

    async def _begin_here(self) -> None:
        """Nobody followed until now: begin at the journal's end, with room for what is still being committed."""
        async with self._database.acting_as(Actor(Role.API), Lane.REST) as connection:
            newest = await newest_entry_id(connection)
            recent = await written_after(connection, newest - LATE_IDS, AT_ONCE)
        self._floor, self._highest = newest - LATE_IDS, newest
        self._seen = {entry.id: monotonic() for entry in recent}

    def _raise_floor(self, now: float) -> None:
        settled = [entry_id for entry_id, read_at in self._seen.items() if now - read_at > LATE_S]
        if settled:
            self._floor = max(self._floor, *settled)
            self._seen = {entry_id: at for entry_id, at in self._seen.items() if entry_id > self._floor}


def _set_all(events: Any) -> None:
    for event in events:
        event.set()
