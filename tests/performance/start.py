"""How long `hjerteloeber demo` takes until everything answers: the first time, and again with what is there.

From the command to the line that says where everything is: database, API, worker, providers, phones, dispatch centres
(a campaign's year is made up beside them, later). Cold is a folder with nothing in it: initdb, migrations, 20,000
volunteers; what was installed is there. Warm is the next start in the same folder. Each time Ctrl-C ends it.

    python -m tests.performance start --volunteers 2000 --starts 1        a short trial
    python -m tests.performance start --write
"""

import argparse
import asyncio
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import msgspec

from backend.demo import parts
from backend.demo.embedded_postgres import temporary_folder
from backend.demo.ports import any_ports
from tests.performance.figures import Aim, Figure, Run
from tests.performance.machine import Machine, this_machine
from tests.performance.processor import used_s

COLD, WARM = "cold", "warm"
AIMS = {COLD: Aim(at_most=15.0), WARM: Aim(at_most=4.0)}
GIVE_UP_S = 300.0


class Where(msgspec.Struct, frozen=True):
    """Of what the demo says, what is looked at."""

    health: str
    volunteers: int


class Took(msgspec.Struct, frozen=True):
    """One start; `used_s` of the processor, by all that was started: what others' work beside it changes least."""

    seconds: float
    used_s: float


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--volunteers", type=int, default=20_000)
    parser.add_argument("--starts", type=int, default=3, help="cold ones, each with a warm one after it")


def run(options: argparse.Namespace) -> Iterator[Run]:
    """One run."""
    yield asyncio.run(_measured(options, this_machine(datetime.now(UTC))))


async def _measured(options: argparse.Namespace, machine: Machine) -> Run:
    took: dict[str, list[Took]] = {COLD: [], WARM: []}
    for number in range(options.starts):
        home = _folder()
        try:
            for name, own in took.items():
                own.append(await _one(options, home))
                _tell(f"start {number + 1} of {options.starts}, {name}: {own[-1].seconds:.1f} s")
        finally:
            shutil.rmtree(home, ignore_errors=True)
    figures = [
        figure
        for name, own in took.items()
        for figure in (
            Figure("start", name, options.volunteers, statistics.median(t.seconds for t in own), "s", aim=AIMS[name]),
            Figure("processor", name, options.volunteers, statistics.median(t.used_s for t in own), "s"),
        )
    ]
    typed = {name: getattr(options, name) for name in ("volunteers", "seed", "starts")}
    worst = {f"worst {name}, s": round(max(t.seconds for t in own), 1) for name, own in took.items()}
    return Run("start", machine, typed, figures, {**worst})


def _folder() -> Path:
    """Root's database runs as another user, who must be able to enter."""
    home = Path(tempfile.mkdtemp(prefix="hjerteloeber-start-", dir=temporary_folder()))
    home.chmod(0o755)
    return home


async def _one(options: argparse.Namespace, home: Path) -> Took:
    """From the command to its word; everything is up then, or this raises."""
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *(str(parts.PROGRAM), "demo", "--json", "--home", str(home), "--port", str(any_ports(1)[0])),
        *("--volunteers", str(options.volunteers), "--seed", str(options.seed)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    said = asyncio.create_task(process.stderr.read())
    try:
        async with asyncio.timeout(GIVE_UP_S):
            line = await process.stdout.readline()
        took = Took(time.monotonic() - began, used_s(process.pid))
        if not line:
            raise RuntimeError(f"the demo did not start: {(await said).decode(errors='replace')[-1000:]}")
        where = msgspec.json.decode(line, type=Where)
        async with aiohttp.ClientSession() as session, session.get(where.health) as answer:
            if answer.status != 200 or where.volunteers != options.volunteers:
                raise RuntimeError(f"the demo is not what it says: {answer.status}, {where}")
        return took
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await process.stdout.read()
        await process.wait()
        await said


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
