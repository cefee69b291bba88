"""What operations hear of dispatch systems: a flood of alarms, clocks that are off, certificates near their end."""

from datetime import datetime

import structlog
from prometheus_client import Gauge

from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Database, Lane, Role
from backend.foundation.kinds import Kind
from backend.identity import queries_clients, queries_proofs
from backend.identity.queries_clients import InUse
from backend.identity.used_proofs import OFF_FOR
from backend.incidents import flood
from backend.regions.access import Access, load

LOOK_EVERY_S = 5.0

client_alarms = Gauge(
    "hjerteloeber_client_alarms", "Live alarms a dispatch system has raised within the last hour", ["client"]
)
client_alarms_over = Gauge(
    "hjerteloeber_client_alarms_over", "… by how many that is more than the setting says; 0: it is not", ["client"]
)
client_clock_ahead_seconds = Gauge(
    "hjerteloeber_client_clock_ahead_seconds",
    "By how much a dispatch system's clock is ahead, where that is more than a minute either way",
    ["client"],
)
client_certificate_ends_timestamp = Gauge(
    "hjerteloeber_client_certificate_ends_timestamp",
    "When the certificate a dispatch system showed last is over, since 1970",
    ["client"],
)

_log = structlog.get_logger()


class Callers:
    """Looks at every client that is in use. `most_an_hour`: live alarms of one, before it counts as a flood."""

    def __init__(self, database: Database, most_an_hour: int, clock: Clock) -> None:
        self._database = database
        self._most = most_an_hour
        self._clock = clock
        self._flooding: set[str] = set()

    async def round(self) -> float:
        """One look; gives when the next is due."""
        now = self._clock.now()
        async with self._database.acting_as(Actor(Role.WORKER), Lane.REST) as connection:
            clients = await queries_clients.in_use(connection, Kind.LIVE)
            ends = await queries_clients.certificates_that_end(connection)
            clocks = await queries_proofs.clocks_off(connection, now - OFF_FOR)
            access = await load(connection)
        client_certificate_ends_timestamp.clear()
        for each in ends:
            client_certificate_ends_timestamp.labels(each.client_id).set(each.ends_at.timestamp())
        client_clock_ahead_seconds.clear()
        for off in clocks:
            client_clock_ahead_seconds.labels(off.client_id).set(off.ahead_s)
        client_alarms.clear()
        client_alarms_over.clear()
        for client in clients:
            await self._look_at(client, access, now)
        return LOOK_EVERY_S

    async def _look_at(self, client: InUse, access: Access, now: datetime) -> None:
        """What it raised stands at its centre, and at the one its centre's work has moved to: both are entered."""
        alarms = 0
        for centre_id in dict.fromkeys((client.centre_id, access.acts_as(client.centre_id, now))):
            alarms += await self._count_and_flag(client, Actor(Role.WORKER, centre_id=centre_id), now)
        client_alarms.labels(client.client_id).set(alarms)
        client_alarms_over.labels(client.client_id).set(max(0, alarms - self._most))
        self._tell(client.client_id, alarms)

    async def _count_and_flag(self, client: InUse, actor: Actor, now: datetime) -> int:
        async with self._database.acting_as(actor, Lane.REST) as connection:
            found = await flood.look(connection, client.id, self._most, now)
        for incident_id in found.unflagged:  # each in a transaction of its own: no lock is held for the next one
            async with self._database.acting_as(actor, Lane.REST) as connection:
                await flood.flag(connection, actor, incident_id, self._most, now)
        return found.alarms

    def _tell(self, client_id: str, alarms: int) -> None:
        """Once when it begins, once when it is over."""
        if alarms > self._most and client_id not in self._flooding:
            self._flooding.add(client_id)
            _log.error("alarm_flood", client=client_id, alarms_an_hour=alarms, most=self._most)
        elif alarms <= self._most and client_id in self._flooding:
            self._flooding.discard(client_id)
            _log.info("alarm_flood_over", client=client_id, alarms_an_hour=alarms)
