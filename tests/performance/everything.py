"""Every bench, one after another, each in a process of its own; last the issue's table: reached, missed, not measured.

What is filled is kept for the benches after it (and in FOLDER for the next time). The sizes end in forty minutes or so
on two quiet cores; `--small` in minutes, to try it; `--full` are the issue's, ten millions among them: hours the first
time, and some 60 GB. A bench that fails is told, and the others run all the same.

    python -m tests.performance all
    python -m tests.performance all --full --keep FOLDER --write
    python -m tests.performance all --small --only start memory
"""

import argparse
import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from tests.performance.figures import Run
from tests.performance.wanted import table

SMALL: Mapping[str, str] = {
    "selection": "--volunteers 2000 --queries 20 --rounds 1 --reports 100 --server embedded --memory-mb 32",
    "ingest": "--volunteers 1500 --phones 1500 --connections 20 --seconds 1 --rounds 1 --no-install",
    "alert": "--volunteers 3000 4000 --incidents 3 --rounds 1 --warm-up 2 --rate 200 --pause-s 0 --latency-ms 5 "
    "--memory-mb 32",
    "rates": "--volunteers 4000 --reports 50 100 --alarms 2 4 --seconds 0.5 --fewest 4 --warm-up 2 --latency-ms 5 "
    "--memory-mb 32",
    "fanout": "--devices 300 --rounds 1 --connections 16 --admin-pushes 100 --latency-ms 0 --volunteers 2000 "
    "--alarms 3 --beside 300 --alarm-latency-ms 5",
    "memory": "--volunteers 4000 --alarms 4 --rate 50 --latency-ms 5 --memory-mb 32",
    "upkeep": "--volunteers 4000 --seconds 0.5 --memory-mb 32",
    "start": "--volunteers 300 --starts 1",
    "campaign": "--volunteers 2000 --incidents 4 --rounds 1 --sign-ups 60 --views 10 --no-pages",
}
USUAL: Mapping[str, str] = {
    "selection": "--volunteers 100000 1000000 --queries 500 --checked 100 --reports 10000",
    "ingest": "--volunteers 50000 --seconds 6",
    "alert": "--volunteers 100000 1000000 --incidents 60 --rounds 2",
    "rates": "--volunteers 1000000 --reports 500 1000 2000 3000 --alarms 4 8 16 24 32 --seconds 5 --fewest 40",
    "fanout": "--devices 20000 --alarms 40 --beside 20000 --admin-pushes 2000",
    "memory": "--volunteers 1000000 --alarms 300",
    "upkeep": "--volunteers 100000 --seconds 65",
    "start": "--starts 2",
    "campaign": "--incidents 60 --rounds 2",
}
FULL: Mapping[str, str] = {
    "selection": "--volunteers 100000 1000000 10000000 --reports 10000",
    "ingest": "",
    "alert": "--volunteers 100000 1000000 10000000",
    "rates": "--volunteers 1000000",
    "fanout": "",
    "memory": "",
    "upkeep": "",
    "start": "",
    "campaign": "",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--small", dest="words", action="store_const", const=SMALL, help="to try it: minutes")
    sizes.add_argument("--full", dest="words", action="store_const", const=FULL, help="the issue's sizes: hours")
    parser.set_defaults(words=USUAL)
    parser.add_argument("--only", nargs="+", choices=list(SMALL), help="these benches, in the order of all")


def run_all(options: argparse.Namespace, benches: Sequence[str]) -> int:
    """0 when every bench could be measured, whatever came out."""
    wanted = [name for name in benches if not options.only or name in options.only]
    found: list[Run] = []
    broken = []
    with _kept(options.keep) as folder:
        for number, name in enumerate(wanted, 1):
            words = ["--seed", str(options.seed), "--keep", str(folder), *options.words[name].split()]
            words += ["--write"] * options.write
            _tell(f"\n== {name} ({number} of {len(wanted)}): {options.words[name] or 'as the issue has it'}")
            began = time.monotonic()
            ended_with, runs = _heard(sys.executable, "-m", "tests.performance", name, *words)
            found += runs
            if ended_with != 0:
                broken.append(name)
            _tell(f"== {name}: {_verdict(runs, ended_with)}; {time.monotonic() - began:.0f} s")
    _tell("")
    for line in table(found):
        _tell(line)
    if found:
        _tell(found[-1].machine.said())
    if broken:
        sys.stderr.write(f"could not be measured: {' '.join(broken)}\n")
    return 1 if broken else 0


def _heard(*command: str) -> tuple[int, list[Run]]:
    """What it ended with, and its figures; all it says is passed on as it comes."""
    runs = []
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for line in process.stdout:
            _tell(line.decode().rstrip("\n"))
            if line.startswith(b'{"bench":'):
                with contextlib.suppress(msgspec.ValidationError):  # a bench's own account of another shape
                    runs.append(msgspec.json.decode(line, type=Run))
    return process.returncode, runs


def _verdict(runs: Sequence[Run], ended_with: int) -> str:
    if ended_with != 0:
        return f"could not be measured (ended with {ended_with})"
    judged = [figure.is_met for run in runs for figure in run.figures if figure.is_met is not None]
    if not judged:
        return "measured; nothing is wanted of it"
    return f"{sum(judged)} of {len(judged)} aims reached"


@contextlib.contextmanager
def _kept(folder: Path | None) -> Iterator[Path]:
    """The folder given, or one that is gone afterwards; as root every user may enter, since the database's has to."""
    if folder is not None:
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="hjerteloeber-bench-") as own:
        Path(own).chmod(0o755)
        yield Path(own)


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
