"""The supervisor: processes that are ready when it says so, come back when they fall, and never stay behind."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.demo.ports import free_port, is_free
from backend.demo.supervisor import Part, PartFailed, Supervisor, together

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
STUBBORN = [sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except FileNotFoundError:
        return False


async def until(happened: Callable[[], object]) -> None:
    """What happens in another process sets no event here."""
    while not happened():  # noqa: ASYNC110
        await asyncio.sleep(0.02)


async def test_a_part_is_started_only_once_it_says_it_is_ready(tmp_path: Path) -> None:
    looks = 0

    async def ready() -> bool:
        nonlocal looks
        looks += 1
        return looks == 3

    async with Supervisor(tmp_path, print) as them:
        running = await them.start(Part("sleeper", SLEEPER, is_ready=ready))
        assert (running.state, looks) == ("up", 3)


async def test_a_part_that_ends_at_once_says_why(tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    part = Part("broken", [sys.executable, "-c", "raise SystemExit('no database here')"], is_ready=never)
    async with Supervisor(tmp_path, print) as them:
        with pytest.raises(PartFailed, match="no database here"):
            await them.start(part)


async def test_a_fallen_worker_is_told_and_comes_back(tmp_path: Path) -> None:
    told: list[str] = []
    async with Supervisor(tmp_path, told.append) as them:
        running = await them.start(Part("worker", SLEEPER, restarts=True))
        first = running.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await until(lambda: running.state == "up" and running.pid != first)
        assert "worker ended (SIGKILL) and is started again" in told[0]
        assert not them.lost.is_set()


async def test_a_part_that_must_not_be_lost_ends_the_demo(tmp_path: Path) -> None:
    told: list[str] = []
    async with Supervisor(tmp_path, told.append) as them:
        running = await them.start(Part("phones", SLEEPER))
        assert running.pid is not None
        os.kill(running.pid, signal.SIGKILL)
        await asyncio.wait_for(them.lost.wait(), 10)
        assert "phones ended (SIGKILL)" in told[0]


async def test_stopping_ends_everything_a_part_has_started(tmp_path: Path) -> None:
    """A web server has workers of its own; they are in its process group."""
    script = (
        "import subprocess, sys, time; "
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
        "print(child.pid, flush=True); time.sleep(600)"
    )
    async with Supervisor(tmp_path, print) as them:
        running = await them.start(Part("server", [sys.executable, "-c", script]))
        await until(lambda: running.log.read_text().strip())
        grandchild = int(running.log.read_text())
        assert alive(grandchild)
    assert running.state == "stopped"
    await until(lambda: not alive(grandchild))


def test_no_part_outlives_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    script = f"""
import asyncio
from pathlib import Path
from backend.demo.supervisor import Part, Supervisor
async def main():
    async with Supervisor(Path({str(tmp_path)!r}), print) as them:
        running = await them.start(Part("sleeper", {SLEEPER!r}))
        print(running.pid, flush=True)
        await asyncio.sleep(600)
asyncio.run(main())
"""
    supervisor = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert supervisor.stdout
    child = int(supervisor.stdout.readline())
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()
    while alive(child):
        time.sleep(0.02)


def test_a_taken_port_is_passed_over() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wish = taken.getsockname()[1]
        assert not is_free(wish)
        assert free_port(wish) != wish


async def test_what_is_done_together_runs_side_by_side_and_gives_what_the_first_gives() -> None:
    here, there = asyncio.Event(), asyncio.Event()

    async def first() -> str:
        here.set()
        await there.wait()
        return "made"

    async def second() -> None:
        await here.wait()
        there.set()

    assert await together(first(), second()) == "made"


async def test_the_first_to_fail_of_what_is_done_together_ends_the_others() -> None:
    ended = asyncio.Event()

    async def goes_on() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def fails() -> None:
        raise PartFailed("it did not start")

    with pytest.raises(PartFailed, match="did not start"):
        await together(goes_on(), fails())
    assert ended.is_set()
