"""A worker's look at everything: what needs a person is raised, what does not any more is over, a neighbour is let in.

Each step is derived from the tables and can be done twice: a worker that dies in between leaves the rest to the next
look, of whichever worker.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial

import msgspec
import structlog

from backend.attention import queries, queries_facts
from backend.attention.item import Acknowledges, Agreement, Item, Need, Rule
from backend.attention.needs import Channel, Facts, changes, needs, to_lend
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Connection, Database, Lane, Role
from backend.foundation.ids import CentreId, IncidentId, in_order
from backend.foundation.journal import Event, Fact, Happening, write_outside_incidents
from backend.foundation.telemetry import loop_failures_total
from backend.incidents import queries as incident_queries
from backend.incidents.incident import EndReason, Incident, State
from backend.incidents.record import record
from backend.regions import access
from backend.regions import queries as region_queries

LOOK_EVERY_S = 1.0
CHANNELS_LOOKED_AT_EVERY = timedelta(seconds=5)
WRITTEN_DOWN_EVERY = timedelta(seconds=5)
TRIED_WITHIN = timedelta(minutes=2)
SAID_WITHIN = timedelta(hours=2)
LOCK_WAITED_FOR_AT_MOST = "300ms"
"""Whoever decides about an incident mostly has for less (ours); else it is raised with the next look."""
READS_FOR_AT_MOST = "5s"

_log = structlog.get_logger()


class Lookout:
    """One worker's rounds."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._channels: Sequence[Channel] = ()
        self._channels_at: datetime | None = None
        self._left_undone = False  # in this round: a need that could not be written down

    async def round(self) -> float:
        """Look at every centre; what goes wrong with one, or with one need of it, keeps nobody from the others."""
        now = self._clock.now()
        whole = await self._harmless("channels_not_looked_at", self._look_at_channels(now))
        async with self._database.acting_as(Actor(Role.WORKER), Lane.REST) as connection:
            centres = await region_queries.all_centres(connection)
        for centre_id in centres:
            whole &= await self._harmless("centre_not_looked_at", self._look_at(centre_id, now), centre=str(centre_id))
        if whole and not self._left_undone:
            async with self._database.acting_as(Actor(Role.WORKER), Lane.REST) as connection:
                await queries.looked(connection, now, now - WRITTEN_DOWN_EVERY)
        self._left_undone = False
        return LOOK_EVERY_S

    async def _harmless(self, what: str, work: Awaitable[None], **facts: str) -> bool:
        """False where it went wrong: it is tried again at the next look."""
        try:
            await work
        except Exception:  # noqa: BLE001 - whatever it is, it must not leave the others alone
            loop_failures_total.labels("attention").inc()
            _log.exception(what, **facts)
            return False
        return True

    async def _look_at_channels(self, now: datetime) -> None:
        if self._channels_at is not None and now < self._channels_at + CHANNELS_LOOKED_AT_EVERY:
            return
        async with self._soon(Actor(Role.WORKER)) as connection:
            self._channels = await queries_facts.channels(connection, now, TRIED_WITHIN)
        self._channels_at = now

    async def _look_at(self, centre_id: CentreId, now: datetime) -> None:
        actor = Actor(Role.WORKER, centre_id=centre_id)
        async with self._soon(actor) as connection:
            # Before the facts: what another worker raises from newer ones is not known here, so not taken for over.
            kept = await queries.not_over(connection, centre_id)
            found = needs(await self._facts(connection, centre_id, now), await rule_of(connection, centre_id, now), now)
            changed = changes(found, kept)
            if changed.over:
                await queries.over(connection, changed.over, now)
            agreements = await agreements_of(connection, centre_id, now)
        # Each in a transaction of its own: no incident's lock is held for the next one, nor waited for by it.
        for need in changed.raised:
            await self._do(actor, partial(_raise, actor=actor, centre_id=centre_id, need=need, now=now))
        if not agreements:
            return
        async with self._soon(actor) as connection:
            items = await queries.not_over(connection, centre_id)
        for agreement, item in to_lend(items, agreements, now):
            lends = partial(_lend, actor=actor, centre_id=centre_id, agreement=agreement, item=item, now=now)
            await self._do(actor, lends)

    async def _do(self, actor: Actor, step: Callable[[Connection], Awaitable[None]]) -> None:
        async def alone() -> None:
            async with self._soon(actor) as connection:
                await step(connection)

        if not await self._harmless("need_not_written_down", alone(), centre=str(actor.centre_id)):
            self._left_undone = True

    @asynccontextmanager
    async def _soon(self, actor: Actor) -> AsyncIterator[Connection]:
        """A transaction that waits for no lock for long: the whole country's needs stand behind it."""
        async with self._database.acting_as(actor, Lane.REST) as connection:
            await connection.execute(
                "SELECT set_config('lock_timeout', $1, true), set_config('statement_timeout', $2, true)",
                LOCK_WAITED_FOR_AT_MOST,
                READS_FOR_AT_MOST,
            )
            yield connection

    async def _facts(self, connection: Connection, centre_id: CentreId, now: datetime) -> Facts:
        return Facts(
            running=await queries_facts.running(connection, centre_id),
            said=await queries_facts.said(connection, centre_id, now - SAID_WITHIN),
            channels=self._channels,
            feeds=await queries_facts.feeds(connection, centre_id),
            lent=await queries_facts.lent(connection, centre_id, now),
        )


async def rule_of(connection: Connection, centre_id: CentreId, at: datetime) -> Rule:
    """How a centre wants it; ours where it has said nothing."""
    row = await queries.rule_of(connection, centre_id, at)
    return Rule() if row is None else Rule(Acknowledges(row.acknowledges), timedelta(seconds=row.nobody_after_s))


async def agreements_of(connection: Connection, centre_id: CentreId, at: datetime) -> list[Agreement]:
    """With whom a centre has agreed on help. Nobody helps without one."""
    return [
        Agreement(
            row.to_id,
            timedelta(seconds=row.after_s),
            row.from_hour,
            row.to_hour,
            timedelta(seconds=row.lends_for_s),
        )
        for row in await queries.agreements_of(connection, centre_id, at)
    ]


async def _raise(connection: Connection, actor: Actor, centre_id: CentreId, need: Need, now: datetime) -> None:
    incident = await _open_incident(connection, need.incident_id, joined=True)
    if need.incident_id is not None and incident is None:
        return  # it ended meanwhile
    if await queries.raise_item(connection, in_order(), centre_id, need, now):
        facts: dict[str, Fact] = {"needs": need.what.value, **need.detail}
        await write(connection, actor, centre_id, incident, Happening(Event.ATTENTION_NEEDED, facts), now)


async def _lend(
    connection: Connection, actor: Actor, centre_id: CentreId, agreement: Agreement, item: Item, now: datetime
) -> None:
    # Also of a report that was joined: else the word of somebody afraid, the oldest that waits, would keep every
    # other alarm of the centre from being lent.
    incident = await _open_incident(connection, item.incident_id, joined=True)
    kept = await queries.one(connection, centre_id, item.id)
    if incident is None or kept is None or not kept.waits:
        return  # ended or taken up at the last moment
    until = now + agreement.lends_for
    if not await access.lend_by_agreement(connection, actor, centre_id, agreement.to, until, "agreement", now):
        return
    facts: dict[str, Fact] = {"to": str(agreement.to), "until": until.isoformat(), "needs": item.what.value}
    await record(connection, actor, incident, [Happening(Event.LENT, facts)], now)
    _log.warning("overflow", centre=str(centre_id), to=str(agreement.to), needs=item.what.value)


async def _open_incident(
    connection: Connection, incident_id: IncidentId | None, *, joined: bool = False
) -> Incident | None:
    """Locked. What was said about a report that was joined to another still counts."""
    if incident_id is None:
        return None
    incident = await incident_queries.lock(connection, incident_id)
    if incident is None or (incident.state is State.ENDED and not (joined and incident.end_reason is EndReason.JOINED)):
        return None
    return incident


async def write(
    connection: Connection,
    actor: Actor,
    centre_id: CentreId,
    incident: Incident | None,
    happening: Happening,
    now: datetime,
) -> None:
    """Into the incident's journal, whose lock is held; or the centre's, where it is about no incident."""
    if incident is not None:
        await record(connection, actor, incident, [happening], now)
    else:
        whose = msgspec.structs.replace(actor, centre_id=centre_id)
        await write_outside_incidents(connection, whose, happening, now)
