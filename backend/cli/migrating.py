"""Migrations, and what ships as data."""

from asyncpg import Connection, connect

from backend.foundation import migrations
from backend.foundation.backfill import as_backfill
from backend.foundation.clock import MachineClock
from backend.foundation.database import prepare_connection
from backend.identity.data_keys import KeyRing
from backend.incidents import data_keys as incident_keys
from backend.regions import shipped as regions
from backend.selection import policies
from backend.volunteers import data_keys as people_keys

BATCH = 1_000
SEALED_FROM = "0035"
"""Before this file everything that stands in the clear is sealed; it takes the clear columns away."""


class Sealing:
    """The step before 0035: what SQL cannot do."""

    def __init__(self, ring: KeyRing | None) -> None:
        self._ring = ring
        self.people = self.places = 0

    async def step(self, connection: Connection) -> None:
        """Seal everything, as the role for that. Without a key file nothing: 0035 refuses then, if there are rows."""
        if self._ring is None:
            return
        async with as_backfill(connection):
            while sealed := await people_keys.seal_what_is_clear(connection, self._ring, BATCH):
                self.people += sealed
            while sealed := await incident_keys.seal_what_is_clear(connection, self._ring, BATCH):
                self.places += sealed


async def bring_up_to_date(dsn: str, ring: KeyRing | None = None) -> list[str]:
    """Apply what is missing; say what was done. `ring` seals what a version before 0027 kept in the clear."""
    sealing = Sealing(ring)
    applied = await migrations.migrate(dsn, before={SEALED_FROM: sealing.step})
    said = [f"applied {name}" for name in applied] or ["every migration is applied"]
    now = MachineClock().now()
    connection = await connect(dsn)
    try:
        await prepare_connection(connection)
        if sealing.people or sealing.places:
            # A dropped column and a replaced row stay in the files until the tables are written anew.
            await connection.execute(
                "VACUUM FULL volunteers.volunteer_identity, incidents.incident_place, delivery.bare_address"
            )
            said.append(f"sealed {sealing.people} people and {sealing.places} places that stood in the clear")
        async with connection.transaction():
            await regions.load(connection, now)
            await policies.load(connection, now)
    finally:
        await connection.close()
    return [*said, "shipped regions, municipalities and policies are loaded"]
