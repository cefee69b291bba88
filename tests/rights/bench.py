"""How long a copy and an erasure take, of somebody with a long life here: `python -m tests.rights.bench`."""

import asyncio
import tempfile
import time
from pathlib import Path
from uuid import uuid4

import asyncpg

from backend.demo.embedded_postgres import Server, running_server
from backend.foundation.database import Actor, Lane, Role, open_database
from backend.foundation.migrations import migrate
from backend.rights.erase import Why, erase
from backend.rights.erasure_list import ErasureList
from backend.rights.export import export
from tests.alarm.cast import Town
from tests.harness.keys import RING
from tests.people.cast import some_keys

PROMISED_S = 60.0
ALARMS = 300
JOURNAL_OF_OTHERS = 200_000


async def measure(server: Server) -> dict[str, float]:
    """Seconds of each, for one who was asked by 300 alarms, beside a journal of 200,000 entries of others."""
    admin = await asyncpg.connect(server.dsn())
    await admin.execute('CREATE DATABASE "bench"')
    await admin.close()
    dsn = server.dsn("bench")
    await migrate(dsn)
    database = await open_database(dsn, dict.fromkeys(Lane, 3), carries=RING)
    town = Town(database)
    await town.begin()
    [anna] = await town.volunteers(100)
    for _ in range(ALARMS):
        incident = await town.arrest()
        await town.accepts(incident, anna)
        await town.ends(incident)
    await town.rows(
        """
        INSERT INTO foundation.journal_entry (event, at, role, person_id, facts)
        SELECT 'right_changed', now(), 'x', $1, '{}' FROM generate_series(1, $2::int)
        """,
        uuid4(),
        JOURNAL_OF_OTHERS,
    )
    actor, keys, took = Actor(Role.API, person_id=anna), some_keys(), {}
    began = time.perf_counter()
    async with database.acting_as(actor, Lane.REST) as c:
        copy = await export(c, actor, keys, anna, town.now)
    took["export"] = time.perf_counter() - began
    assert len(copy.alerts) == ALARMS
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        async with database.acting_as(actor, Lane.REST) as c:
            await erase(c, actor, ErasureList(Path(folder)), keys, anna, Why.ASKED, town.now)
        took["erasure"] = time.perf_counter() - began
    await database.close()
    return took


if __name__ == "__main__":
    with running_server(None, fast=True) as running:
        for what, seconds in asyncio.run(measure(running)).items():
            print(f"{what}: {seconds:.2f} s of {PROMISED_S:.0f} s: {'ok' if seconds <= PROMISED_S else 'TOO LONG'}")  # noqa: T201
