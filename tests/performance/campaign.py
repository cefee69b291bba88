"""A minute of television while hearts stop: alarms beside the crowd, and beside themselves quiet; the managers' pages.

`hjerteloeber bench campaign` measures, in a process of its own; its last line is made figures here. Before it the pages
of numbers are timed (`python -m tests.campaigns.bench_numbers`): they are printed, not judged.

    python -m tests.performance campaign --volunteers 2000 --incidents 4 --rounds 1 --no-pages        a short trial
    python -m tests.performance campaign
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from backend.demo import parts
from tests.performance.figures import Aim, Figure, Run
from tests.performance.machine import Machine, this_machine

BESIDE, QUIET = "beside the crowd", "quiet"
SERVED = 0.95
NONE = Aim(at_most=0.0)


class Told(msgspec.Struct, frozen=True):
    """Of the bench's last line, what becomes figures."""

    volunteers: int
    quiet_p50_ms: float
    quiet_p99_ms: float
    loaded_p50_ms: float
    loaded_p99_ms: float
    quiet_short_of_pushes: int
    loaded_short_of_pushes: int
    aim: float
    sign_ups_a_minute: float
    views_a_second: float


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--volunteers", type=int, default=20_000)
    parser.add_argument("--incidents", type=int, default=120, help="of each sort, quiet and loaded")
    parser.add_argument("--rounds", type=int, default=3, help="in how many turns")
    parser.add_argument("--sign-ups", type=float, default=1_000.0, help="begun a minute")
    parser.add_argument("--views", type=float, default=200.0, help="of the campaign's pages a second")
    parser.add_argument("--no-pages", dest="pages", action="store_false", help="leave out the managers' pages")


def run(options: argparse.Namespace) -> Iterator[Run]:
    """One run. Raises RuntimeError where a part failed."""
    machine = this_machine(datetime.now(UTC))
    if options.pages:
        _heard(sys.executable, "-m", "tests.campaigns.bench_numbers")
    names = ("volunteers", "incidents", "rounds", "sign_ups", "views", "seed")
    asked = [word for name in names for word in (f"--{name.replace('_', '-')}", str(getattr(options, name)))]
    told = msgspec.json.decode(_heard(str(parts.PROGRAM), "bench", "campaign", *asked), type=Told)
    yield run_of(told, options, machine)


def run_of(told: Told, options: argparse.Namespace, machine: Machine) -> Run:
    """Alarms beside themselves quiet, and whether the crowd was served."""
    size = told.volunteers

    def served(name: str, value: float, offered: float, unit: str) -> Figure:
        return Figure(name, BESIDE, size, value, unit, "offered", offered, Aim(at_least=SERVED))

    figures = [
        Figure("p50", BESIDE, size, told.loaded_p50_ms, "ms", QUIET, told.quiet_p50_ms),
        Figure("p99", BESIDE, size, told.loaded_p99_ms, "ms", QUIET, told.quiet_p99_ms, Aim(at_most=told.aim)),
        served("sign-ups", told.sign_ups_a_minute, options.sign_ups, "/min"),
        served("views", told.views_a_second, options.views, "/s"),
        Figure("alarms short of pushes", QUIET, size, told.quiet_short_of_pushes, "", aim=NONE),
        Figure("alarms short of pushes", BESIDE, size, told.loaded_short_of_pushes, "", aim=NONE),
    ]
    typed = {name: getattr(options, name) for name in ("volunteers", "incidents", "rounds", "sign_ups", "views")}
    return Run("campaign", machine, {**typed, "seed": options.seed}, figures)


def _heard(*command: str) -> bytes:
    """The last line of what it says; the others are passed on as they come."""
    last = b""
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if last:
                _tell(last)
            last = line
    if process.returncode != 0:
        _tell(last)
        raise RuntimeError(f"{' '.join(_without_folder(command))} ended with {process.returncode}")
    return last


def _without_folder(command: Sequence[str]) -> list[str]:
    return [command[0].rpartition("/")[2], *command[1:]]


def _tell(line: bytes) -> None:
    sys.stdout.write(line.decode())
    sys.stdout.flush()
