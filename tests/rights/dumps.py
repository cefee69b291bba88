"""Backups as an operator makes them: the whole database as text, and put back into another one."""

import asyncio
from uuid import uuid4

import asyncpg

from backend.demo.postgres_binaries import find_binaries


async def dump_of(dsn: str) -> str:
    """`pg_dump`, everything in it."""
    return await _run("pg_dump", "--dbname", dsn)


async def restored(dump: str, server_dsn: str) -> str:
    """A new database on the same server with what a dump says; its address."""
    name = f"restored_{uuid4().hex}"
    admin = await asyncpg.connect(server_dsn)
    await admin.execute(f'CREATE DATABASE "{name}"')
    await admin.close()
    dsn = server_dsn.rsplit("/", 1)[0] + f"/{name}"
    await _run("psql", "--dbname", dsn, "--quiet", "--set", "ON_ERROR_STOP=1", given=dump)
    return dsn


async def _run(program: str, *arguments: str, given: str = "") -> str:
    path = find_binaries().folder / program
    process = await asyncio.create_subprocess_exec(
        path,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(given.encode())
    assert process.returncode == 0, err.decode()[-2000:]
    return out.decode()
