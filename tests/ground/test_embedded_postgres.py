"""The demo's own PostgreSQL keeps what it acknowledged and never outlives the session that started it."""

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from time import sleep

import asyncpg
import pytest

from backend.demo.embedded_postgres import DataInUse, Server, ServerError, data_home, running_server

SMALL = {"shared_buffers": "16MB"}


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder for data that the server's user can reach, whoever we are."""
    folder = Path(mkdtemp(prefix="hjerteloeber-test-", dir="/var/tmp"))
    folder.chmod(0o711)
    yield folder / "postgres"
    rmtree(folder)


async def insert(server: Server, value: int) -> None:
    connection = await asyncpg.connect(server.dsn())
    await connection.execute("CREATE TABLE IF NOT EXISTS said (value int)")
    await connection.execute("INSERT INTO said VALUES ($1)", value)
    await connection.close()


async def said(server: Server) -> list[int]:
    connection = await asyncpg.connect(server.dsn())
    values = [row["value"] for row in await connection.fetch("SELECT value FROM said ORDER BY value")]
    await connection.close()
    return values


def status_of(pid: int) -> list[str]:
    """What the kernel tells of a process, from its state on: state, parent, …"""
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()


def wait_until_gone(pid: int) -> None:
    """Comes back when no such process runs; the run's own time limit is the only one."""
    with suppress(FileNotFoundError, ProcessLookupError):
        while status_of(pid)[0] != "Z":
            sleep(0.02)


async def test_data_are_there_at_the_next_start(home: Path) -> None:
    with running_server(home, fast=False, settings=SMALL) as server:
        await insert(server, 1)
    with running_server(home, fast=False, settings=SMALL) as server:
        assert await said(server) == [1]


async def test_what_was_acknowledged_survives_a_killed_server(home: Path) -> None:
    """Three times in a row, because a recovery that works once may leave what the next one stumbles over."""
    for value in (1, 2, 3):
        with running_server(home, fast=False, settings=SMALL) as server:
            await insert(server, value)
            os.kill(server.pid, signal.SIGKILL)
    with running_server(home, fast=False, settings=SMALL) as server:
        assert await said(server) == [1, 2, 3]


def supervised_elsewhere(home: Path | None) -> tuple["subprocess.Popen[str]", int, Path]:
    """Another session's process that runs a server on `home`, with the server's pid and log."""
    place = f"Path({str(home)!r})" if home else None
    program = f"""
from pathlib import Path
from time import sleep
from backend.demo.embedded_postgres import running_server
with running_server({place}, fast={home is None}, settings={SMALL!r}) as server:
    print(server.pid, server.log, flush=True)
    sleep(3600)
"""
    session = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert session.stdout
    pid, log = session.stdout.readline().split(maxsplit=1)
    return session, int(pid), Path(log.strip())


async def test_no_server_outlives_a_killed_session_and_the_next_one_starts(home: Path) -> None:
    session, pid, _ = supervised_elsewhere(home)
    session.kill()
    session.communicate()
    with running_server(home, fast=False, settings=SMALL) as server:
        assert server.pid != pid
        wait_until_gone(pid)
        await insert(server, 1)


def test_a_killed_session_s_throwaway_data_are_thrown_away() -> None:
    session, pid, log = supervised_elsewhere(None)
    guardian = int(status_of(pid)[1])
    session.kill()
    session.communicate()
    wait_until_gone(guardian)
    assert not log.parent.exists()


async def test_no_server_outlives_its_killed_guardian(home: Path) -> None:
    with running_server(home, fast=False, settings=SMALL) as server:
        guardian = int(status_of(server.pid)[1])
        os.kill(guardian, signal.SIGKILL)
        wait_until_gone(server.pid)
    with running_server(home, fast=False, settings=SMALL) as server:
        await insert(server, 1)


async def test_two_sessions_never_share_one_data_folder(home: Path) -> None:
    with (
        running_server(home, fast=False, settings=SMALL) as first,
        pytest.raises(DataInUse, match="in use by another session"),
        running_server(home, fast=False, settings=SMALL),
    ):
        pass
    assert first.has_ended()


async def test_a_pid_file_that_names_a_stranger_does_not_stop_a_start(home: Path) -> None:
    """After a restart of the machine the number in it belongs to some other program: here, to this one."""
    with running_server(home, fast=False, settings=SMALL) as server:
        await insert(server, 1)
        pid_file = (home / "data" / "postmaster.pid").read_text()
        os.kill(server.pid, signal.SIGKILL)
    stale = "\n".join([str(os.getpid()), *pid_file.splitlines()[1:]])
    (home / "data" / "postmaster.pid").write_text(stale)
    with running_server(home, fast=False, settings=SMALL) as server:
        assert await said(server) == [1]


async def test_a_taken_port_is_passed_over(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with running_server(home, fast=True, port=taken, settings=SMALL) as server:
            assert server.port != taken
            await insert(server, 1)


async def test_a_free_port_that_was_wished_for_is_used(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        wish = other.getsockname()[1]
    with running_server(home, fast=True, port=wish, settings=SMALL) as server:
        assert server.port == wish


def test_an_interrupted_first_start_is_begun_again(home: Path) -> None:
    left = home / "initialising-abc" / "data"
    left.mkdir(parents=True)
    (left / "PG_VERSION").write_text("18")
    with running_server(home, fast=True, settings=SMALL):
        assert not left.exists()


async def test_nobody_gets_in_without_the_password(home: Path) -> None:
    with running_server(home, fast=True, settings=SMALL) as server:
        assert stat.S_IMODE((home / "password").stat().st_mode) == 0o600
        assert stat.S_IMODE(server.log.stat().st_mode) == 0o600
        assert stat.S_IMODE((home / "data").stat().st_mode) == 0o700
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(f"postgresql://postgres:guess@127.0.0.1:{server.port}/postgres")


async def test_text_is_utf8_and_sorts_the_same_everywhere(postgres: Server) -> None:
    connection = await asyncpg.connect(postgres.dsn())
    assert await connection.fetchval("SHOW server_encoding") == "UTF8"
    assert await connection.fetchval("SELECT datcollate FROM pg_database WHERE datname = 'postgres'") == "C.UTF-8"
    assert await connection.fetchval("SELECT upper('hjerteløber')") == "HJERTELØBER"
    await connection.close()


def test_a_throwaway_server_leaves_nothing_behind() -> None:
    with running_server(None, fast=True, settings=SMALL) as server:
        folder = server.log.parent
        assert folder.exists()
    assert not folder.exists()


def test_a_setting_it_does_not_know_is_told_in_its_own_words(home: Path) -> None:
    with (
        pytest.raises(ServerError, match='unrecognized configuration parameter "no_such"'),
        running_server(home, fast=True, settings={"no_such": "1"}),
    ):
        pass


def test_two_clones_keep_their_data_apart(tmp_path: Path) -> None:
    assert data_home(tmp_path / "one", "postgres") != data_home(tmp_path / "two", "postgres")


async def test_each_test_has_a_migrated_database_of_its_own(database_dsn: str) -> None:
    connection = await asyncpg.connect(database_dsn)
    assert await connection.fetchval("SELECT count(*) FROM foundation.migration") > 0
    await connection.close()
