"""The servers of a bench: one PostgreSQL for us and for those who live in one, one Redis; on loopback, ended with it.

PostGIS is to be had for the system's PostgreSQL only, so that is the one all share. What is missing is installed by
root through the distribution's package manager, and none of its services is started.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path

from backend.demo.embedded_postgres import Server, running_server
from backend.demo.postgres_binaries import SYSTEM_PLACES

START_LIMIT_S = 300.0  # ten million members are read from a file first
_POLICY = Path("/usr/sbin/policy-rc.d")


class Which(StrEnum):
    """`system`: the distribution's, with PostGIS; `embedded`: the newer one of our wheel, without rivals inside."""

    SYSTEM = "system"
    EMBEDDED = "embedded"


class NotThere(RuntimeError):
    """A server that is not installed and cannot be; the message says what would help."""


def system_major() -> int:
    """The newest PostgreSQL of the distribution's. Raises NotThere."""
    majors = [
        int(folder.parent.name)
        for folder in Path("/").glob(SYSTEM_PLACES[0].removeprefix("/"))
        if folder.parent.name.isdigit() and (folder / "postgres").exists()
    ]
    if not majors:
        raise NotThere("no PostgreSQL of the system's: apt-get install postgresql")
    return max(majors)


def has_postgis() -> bool:
    try:
        return Path(f"/usr/share/postgresql/{system_major()}/extension/postgis.control").exists()
    except NotThere:
        return False


def has_redis() -> bool:
    return shutil.which("redis-server") is not None


def install() -> None:
    """PostGIS and Redis, where they are missing and we are root on a distribution with apt; else nothing happens."""
    apt = shutil.which("apt-get")
    if os.geteuid() != 0 or apt is None or (has_postgis() and has_redis()):
        return
    with _no_service_starts():
        _apt(apt, "update", "--quiet")
        with contextlib.suppress(NotThere):
            _apt(apt, "install", "--yes", "--no-install-recommends", f"postgresql-{system_major()}-postgis-3")
        _apt(apt, "install", "--yes", "--no-install-recommends", "redis-server")


@contextlib.contextmanager
def postgres(
    which: Which, home: Path | None, memory_mb: int, also: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Durable, with `memory_mb` of its own and the settings that a machine for it alone would have; `also` win."""
    settings = {
        "shared_buffers": f"{memory_mb}MB",
        "effective_cache_size": f"{4 * memory_mb}MB",
        "maintenance_work_mem": f"{max(64, memory_mb // 4)}MB",
        "max_wal_size": "8GB",
        "checkpoint_timeout": "15min",
        "max_parallel_workers_per_gather": "0",  # an alarm is one of many: it has one core
    }
    major = system_major() if which is Which.SYSTEM else None
    with running_server(home, fast=False, settings={**settings, **(also or {})}, major=major) as server:
        yield server


@contextlib.contextmanager
def redis(home: Path | None, *, synced: bool = False) -> Iterator[int]:
    """The port of a Redis that keeps nothing by itself; with a `home` SAVE keeps it there for the next start.

    `synced`: every write is on the disk before its answer.
    """
    program = shutil.which("redis-server")
    if program is None:
        raise NotThere("no Redis: apt-get install redis-server")
    with contextlib.ExitStack() as stack:
        folder = home or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        port = _free_port()
        order = {"port": port, "bind": "127.0.0.1", "dir": folder, "save": "", "daemonize": "no"}
        order |= {"appendonly": "yes", "appendfsync": "always"} if synced else {"appendonly": "no"}
        running = subprocess.Popen(
            [program, *(str(word) for name, value in order.items() for word in (f"--{name}", value))],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        stack.callback(_end, running)
        _wait_for(port, running)
        yield port


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, running: "subprocess.Popen[bytes]") -> None:
    give_up = time.monotonic() + START_LIMIT_S
    while time.monotonic() < give_up and running.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1.0) as asking:
            asking.sendall(b"PING\r\n")
            if asking.recv(64).startswith(b"+PONG"):  # else it says that it is still loading
                return
        time.sleep(0.1)
    raise NotThere("Redis did not start")


def _end(running: "subprocess.Popen[bytes]") -> None:
    running.terminate()
    try:
        running.wait(30)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()


@contextlib.contextmanager
def _no_service_starts() -> Iterator[None]:
    """What Debian asks before it starts an installed service."""
    if _POLICY.exists():
        yield
        return
    _POLICY.write_text("#!/bin/sh\nexit 101\n", "ascii")
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink()


def _apt(apt: str, *words: str) -> None:
    environment: Mapping[str, str] = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    done = subprocess.run([apt, *words], env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotThere(f"apt-get {words[0]} failed: {done.stderr[-500:]}")
