"""Where processes spend their time, drawn as flame graphs by py-spy while they are measured.

py-spy is no dependency of ours: `pip install py-spy` somewhere, and name the program. It looks from outside,
and stops it for a blink each time: figures of such a run are not kept. The folder of the pictures must be there.
"""

import asyncio
import contextlib
import re
import signal
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from tests.performance.figures import KEPT
from tests.performance.processor import family

FLAMES = KEPT.parent / "flames"

LOOKS_A_SECOND = 200
_TITLE = re.compile(r'(<text id="title"[^>]*>)[^<]*</text>')


@contextlib.asynccontextmanager
async def flames(pids: Mapping[str, int], program: Path | None, folder: Path = FLAMES) -> AsyncIterator[None]:
    """A picture of the block for each process, by its title (`alert: api` is alert-api.svg); none without a program."""
    if program is None:
        yield
        return
    pictures = {title: folder / f"{title.replace(': ', '-')}.svg" for title in pids}
    looking = [await _look_at(pid, program, pictures[title]) for title, pid in pids.items()]
    try:
        yield
    finally:
        for process in looking:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGINT)
            await process.wait()
        for title, picture in pictures.items():
            entitle(picture, title)


def entitle(picture: Path, title: str) -> None:
    """py-spy writes the command it was called by, with the folders of this machine."""
    text = picture.read_text("utf-8")
    picture.write_text(_TITLE.sub(lambda found: f"{found[1]}{title}</text>", text, count=1), "utf-8")


async def _look_at(pid: int, program: Path, picture: Path) -> asyncio.subprocess.Process:
    """At the youngest it started: a server's parent process only waits."""
    return await asyncio.create_subprocess_exec(
        *(str(program), "record", "--pid", str(max(family(pid))), "--function", "--format", "flamegraph"),
        *("--rate", str(LOOKS_A_SECOND), "--output", str(picture)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
