"""Runs a program to its end in the background: it gives way to everything else, and never outlives who sent it."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence

from backend.demo.lighter import lighter
from backend.demo.supervisor import TETHER, PartFailed, inherited


async def run_errand(
    command: Sequence[str], environment: Mapping[str, str], hear: Callable[[str], None] = lambda _line: None
) -> list[str]:
    """What it printed, line by line; each is passed to `hear` as it comes. Raises PartFailed with its last words."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-I", "-S", str(TETHER), str(os.getpid())),
        *lighter(*command),
        env={**inherited(), **environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    said: list[str] = []
    try:
        assert process.stdout is not None
        async for line in process.stdout:
            said.append(line.decode(errors="replace").rstrip())
            hear(said[-1])
        if await process.wait() != 0:
            raise PartFailed(f"`{' '.join(command[-4:])}` failed: {said[-1] if said else 'it said nothing'}")
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    return said
