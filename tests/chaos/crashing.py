"""Starts a process of ours that kills itself with SIGKILL at a named step: production code knows nothing of it.

    CRASH_AT=answered:3 python -m tests.chaos.crashing work
    CRASH_AT=before_commit:7 python -m tests.chaos.crashing serve 8000

`STEP:N` dies the N-th time the step is reached. CRASH_LOG, a file, gets one JSON line before.
"""

import importlib
import inspect
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec


class Step(msgspec.Struct, frozen=True):
    """A function of production code, and on which side of it the process ends."""

    module: str
    name: str
    side: Literal["before", "after"]

    def owner(self) -> tuple[Any, str]:
        """What holds the function, and under which name."""
        found: Any = importlib.import_module(self.module)
        *path, last = self.name.split(".")
        for part in path:
            found = getattr(found, part)
        return found, last


WORKER_STEPS: dict[str, Step] = {
    "claimed": Step("backend.delivery.claim", "start", "before"),
    "starting": Step("backend.delivery.claim", "start", "after"),
    "started": Step("backend.worker.sending", "Sender._send", "before"),
    "push_answered": Step("backend.delivery.channels.fcm", "post", "after"),
    "text_answered": Step("backend.delivery.channels.sms", "post", "after"),
    "settling": Step("backend.delivery.settle", "settle", "after"),
    "settled": Step("backend.worker.settling", "Settler._settled", "after"),
    "taking_back": Step("backend.delivery.settle", "recover", "after"),
    "timer_taken": Step("backend.foundation.timers", "take", "after"),
    "looked_again": Step("backend.worker.run", "look_again", "after"),
    "sealing": Step("backend.foundation.sealer", "seal", "after"),
    "before_commit": Step("backend.foundation.database", "_uncancelled", "before"),
    "after_commit": Step("backend.foundation.database", "_uncancelled", "after"),
}
API_STEPS: dict[str, Step] = {
    "opened": Step("backend.alerts.alarm", "raise_alarm", "after"),
    "reported": Step("backend.api.dispatch_centre.report", "_response", "before"),
    "stopped": Step("backend.delivery.stop", "stop", "after"),
    "waiting_for_attempts": Step("backend.delivery.stop", "unsettled", "before"),
    "tallied": Step("backend.delivery.stop", "tally", "after"),
    "decided": Step("backend.responses.answer", "take", "after"),
    "written_to_socket": Step("backend.delivery.in_app", "written_to_socket", "after"),
    "before_commit": Step("backend.foundation.database", "_uncancelled", "before"),
    "after_commit": Step("backend.foundation.database", "_uncancelled", "after"),
}
ON_THE_WIRE = "on_the_wire"
"""Of a worker, too: the request has gone and is not answered; the process ends while it waits."""
_ON_THE_WIRE_FOR_S = 0.02


class Crash:
    """Ends this process, and whatever it started, the `count`-th time."""

    def __init__(self, step: str, count: int, log: Path | None) -> None:
        self._step, self._left, self._log = step, count, log

    def __call__(self) -> None:
        self._left -= 1
        if self._left == 0:
            if self._log is not None:
                line = msgspec.json.encode({"step": self._step, "at": datetime.now(UTC)})
                with self._log.open("ab", buffering=0) as file:
                    file.write(line + b"\n")
            os.killpg(0, signal.SIGKILL)


def install(wanted: str, log: Path | None) -> None:
    """Wrap what `STEP:N` names."""
    name, _, count = wanted.partition(":")
    crash = Crash(name, int(count or 1), log)
    if name == ON_THE_WIRE:
        _wrap(Step("backend.delivery.channels.fcm", "post", "before"), crash, _in_flight)
        return
    step = WORKER_STEPS.get(name) or API_STEPS[name]
    _wrap(step, crash, _wrapped)


Wrapper = Callable[[Callable[..., Any], Crash, str], Callable[..., Any]]


def _wrap(step: Step, crash: Crash, wrapper: Wrapper) -> None:
    owner, name = step.owner()
    setattr(owner, name, wrapper(getattr(owner, name), crash, step.side))


def _wrapped(original: Callable[..., Any], crash: Crash, side: str) -> Callable[..., Any]:
    async def around(*arguments: Any, **named: Any) -> Any:
        if side == "before":
            crash()
        answer = await original(*arguments, **named)
        if side == "after":
            crash()
        return answer

    def around_plain(*arguments: Any, **named: Any) -> Any:
        if side == "before":
            crash()
        answer = original(*arguments, **named)
        if side == "after":
            crash()
        return answer

    return around if inspect.iscoroutinefunction(original) else around_plain


def _in_flight(original: Callable[..., Any], crash: Crash, _side: str) -> Callable[..., Any]:
    import asyncio

    async def around(*arguments: Any, **named: Any) -> Any:
        asyncio.get_running_loop().call_later(_ON_THE_WIRE_FOR_S, crash)
        return await original(*arguments, **named)

    return around


def app() -> Any:
    """The application for a server, with CRASH_AT in it."""
    from backend.app.asgi import app as made

    _install_from_environment()
    return made()


def _install_from_environment() -> None:
    wanted, log = os.environ.get("CRASH_AT"), os.environ.get("CRASH_LOG")
    if wanted:
        install(wanted, Path(log) if log else None)


def main(words: list[str]) -> None:
    if words[0] == "serve":
        from backend.cli.server import serve

        serve("tests.chaos.crashing:app", "127.0.0.1", int(words[1]), 1)
    else:
        from backend.cli.commands import work

        _install_from_environment()
        work()


if __name__ == "__main__":
    main(sys.argv[1:])
