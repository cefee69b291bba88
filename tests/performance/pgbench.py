"""`pgbench`, PostgreSQL's own: one row updated by its key in each transaction, as fast as sixteen clients can."""

import asyncio
import re
import tempfile
from pathlib import Path

import asyncpg
import msgspec

from backend.demo.embedded_postgres import Server
from backend.demo.postgres_binaries import find_binaries
from tests.performance.processor import used_s

CLIENTS, THREADS = 16, 2
_SCRIPT = """\\set number random(1, {rows})
UPDATE public.one_row SET cell = :number, measured_at = now() WHERE id = :number;
"""


class Updates(msgspec.Struct, frozen=True):
    """`used_us`: of the processor, an update, PostgreSQL's alone."""

    a_second: float
    used_us: float
    mean_ms: float


async def one_row_updates(server: Server, rows: int, seconds: float) -> Updates:
    """A narrow table with room on its pages, like ours."""
    connection = await asyncpg.connect(server.dsn("bench"))
    try:
        if await connection.fetchval("SELECT to_regclass('public.one_row') IS NULL"):
            await connection.execute(
                "CREATE TABLE public.one_row (id int, cell bigint, measured_at timestamptz) WITH (fillfactor = 70)"
            )
            await connection.execute(
                "INSERT INTO public.one_row SELECT n, n, now() FROM generate_series(1, $1) n", rows
            )
            await connection.execute("ALTER TABLE public.one_row ADD PRIMARY KEY (id)")
            await connection.execute("VACUUM (ANALYZE) public.one_row")
    finally:
        await connection.close()
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "one_row.sql"
        script.write_text(_SCRIPT.format(rows=rows))
        before = used_s(server.pid)
        running = await asyncio.create_subprocess_exec(
            *(str(find_binaries().folder / "pgbench"), "--no-vacuum", "--protocol", "prepared"),
            *("--client", str(CLIENTS), "--jobs", str(THREADS), "--time", str(round(seconds)), "--file", str(script)),
            server.dsn("bench"),
            stdout=asyncio.subprocess.PIPE,
        )
        said = (await running.communicate())[0].decode()
        used = used_s(server.pid) - before
    done = int(_found(r"number of transactions actually processed: (\d+)", said))
    tps = _found(r"tps = ([\d.]+)", said)
    return Updates(tps, 1e6 * used / done, _found(r"latency average = ([\d.]+) ms", said))


def _found(pattern: str, said: str) -> float:
    found = re.search(pattern, said)
    if found is None:
        raise RuntimeError(f"pgbench said something else: {said[-300:]}")
    return float(found[1])
