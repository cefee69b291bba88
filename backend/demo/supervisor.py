"""Starts separate processes, waits until each is ready, watches them, and ends them all.

No process outlives the one that runs this: each is tethered to it, and stands in a process group of its own, so that
Ctrl-C reaches the supervisor alone and a group can be ended with everything it started.
"""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

TETHER = Path(__file__).with_name("tethered.py")
READY_LIMIT_S = 60.0
LOOK_EVERY_S = 0.05
STOP_LIMIT_S = 6.0  # an event stream may hold a web server for 2 s
RESTARTS_MINUTE = 5  # a part that falls oftener is left down


class PartFailed(Exception):
    """A part could not be started; the message ends with what it said itself."""


@dataclass(frozen=True)
class Part:
    """One program. It is ready once `is_ready` says yes, or its log holds `says`; with neither, when it runs."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    is_ready: Callable[[], Awaitable[bool]] | None = None
    says: str | None = None
    restarts: bool = False


@dataclass
class Running:
    """A part as it is now, for whoever shows it."""

    part: Part
    log: Path
    process: asyncio.subprocess.Process | None = None
    since: float = 0.0
    restarts: list[float] = field(default_factory=list)
    state: str = "starting"  # starting, up, restarting, down, stopped

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process is not None else None


class Supervisor:
    """Use as `async with Supervisor(logs, tell) as them: await them.start(part)`; parts end in reverse order."""

    def __init__(self, logs: Path, tell: Callable[[str], None]) -> None:
        self.parts: dict[str, Running] = {}
        self.lost = asyncio.Event()
        """Set when a part is down for good."""
        self._logs = logs
        self._tell = tell
        self._stopping = asyncio.Event()
        self._watchers: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Supervisor":
        self._logs.mkdir(parents=True, exist_ok=True)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, part: Part) -> Running:
        """Start `part` and wait until it is ready. Raises PartFailed when it ends before, or takes too long."""
        running = Running(part, self._logs / f"{part.name}.log")
        running.log.unlink(missing_ok=True)
        self.parts[part.name] = running
        await self._spawn(running)
        await self._wait_ready(running)
        self._watchers.append(asyncio.create_task(self._watch(running)))
        return running

    async def stop(self) -> None:
        """Ends every part, the last started first. Twice is once."""
        self._stopping.set()
        for watcher in self._watchers:
            watcher.cancel()
        for running in reversed(self.parts.values()):
            await self._end(running)
            running.state = "stopped"

    async def _spawn(self, running: Running) -> None:
        with running.log.open("ab") as log:
            running.process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-I", "-S", str(TETHER), str(os.getpid())),
                *running.part.command,
                env={**inherited(), **running.part.environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        running.since = time.monotonic()

    async def _wait_ready(self, running: Running) -> None:
        assert running.process is not None
        give_up = time.monotonic() + READY_LIMIT_S
        while True:
            if running.process.returncode is not None:
                raise PartFailed(f"{running.part.name} ended at once:\n{last_lines(running.log)}")
            if await _is_ready(running):
                running.state = "up"
                return
            if time.monotonic() > give_up:
                raise PartFailed(f"{running.part.name} is not ready:\n{last_lines(running.log)}")
            await asyncio.sleep(LOOK_EVERY_S)

    async def _watch(self, running: Running) -> None:
        """A fallen part is told; where that makes sense it is started again."""
        while True:
            assert running.process is not None
            code = await running.process.wait()
            if self._stopping.is_set():
                return
            _signal_group(running, signal.SIGKILL)  # whatever it left behind holds its port
            if not running.part.restarts or _falls_too_often(running):
                running.state = "down"
                self._tell(f"{running.part.name} ended ({_why(code)}); see {running.log}")
                self.lost.set()
                return
            running.state = "restarting"
            running.restarts.append(time.monotonic())
            self._tell(f"{running.part.name} ended ({_why(code)}) and is started again; see {running.log}")
            await self._spawn(running)
            with contextlib.suppress(PartFailed):
                await self._wait_ready(running)

    async def _end(self, running: Running) -> None:
        if running.process is None:
            return
        for step, patience_s in ((signal.SIGTERM, STOP_LIMIT_S), (signal.SIGKILL, STOP_LIMIT_S)):
            if running.process.returncode is not None:
                break
            _signal_group(running, step)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(running.process.wait(), patience_s)
        _signal_group(running, signal.SIGKILL)


async def together(work: Coroutine[Any, Any, T], *besides: Coroutine[Any, Any, object]) -> T:
    """Side by side; gives what the first gives. Whichever fails ends the others, and is what is raised."""
    first = asyncio.create_task(work)
    tasks = [first, *(asyncio.create_task(each) for each in besides)]
    try:
        await asyncio.gather(*tasks)
        return first.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _is_ready(running: Running) -> bool:
    part = running.part
    if part.is_ready is not None:
        return await part.is_ready()
    return part.says is None or part.says in running.log.read_text(errors="replace")


def last_lines(log: Path, count: int = 15) -> str:
    with contextlib.suppress(OSError):
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    return ""


def _signal_group(running: Running, number: signal.Signals) -> None:
    if running.process is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(running.process.pid, number)


def _falls_too_often(running: Running) -> bool:
    return sum(time.monotonic() - at < 60 for at in running.restarts) >= RESTARTS_MINUTE


def _why(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


def inherited() -> dict[str, str]:
    """None of our own settings from the shell: a part gets exactly what its maker gives it."""
    return {
        key: value for key, value in os.environ.items() if not key.startswith(("HJERTELOEBER_", "CAMPAIGNS_", "PG"))
    } | {"PYTHONUNBUFFERED": "1"}
