"""Deliberate bugs in production code, one at a time: each has to be noticed by some scenario.

Each goes into a copy of the tree, where the scenarios run as they do here. First they run without any bug: what cries
wolf notices nothing.
"""

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tests.chaos.bugs import BUGS, Bug
from tests.chaos.verdict import Verdict

ROOT = Path(__file__).parents[2]
RUNS = {
    "nets": (),
    "model": ("--examples", "150"),
    "histories": ("--histories", "40"),
    "crash_points": ("--points", "800", "--processes", "1"),
    # few: of many alike the guard retires none anyway
    "faults": ("--only", "invalid_argument_few", "unregistered_few_without_sms"),
}
"""How much of each scenario is run for a bug: enough for each of BUGS, by trying."""
LIMIT_S = 1_200


class NotThere(Exception):
    """A bug's place is not in the code (any more), or not once: BUGS has to follow the code."""


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--at-once", type=int, default=2, help="bugs tried side by side")
    parser.add_argument("--only", default="", help="only bugs whose name contains this")


class Said(NamedTuple):
    """What a scenario said of a tree. Without a verdict it did not come to an end of its own."""

    noticed: bool
    has_verdict: bool
    why: str


async def run(options: argparse.Namespace) -> Verdict:
    bugs = [bug for bug in BUGS if options.only in bug.name]
    with tempfile.TemporaryDirectory(prefix="hjerteloeber-bugs-") as folder:
        healthy = _copy(Path(folder) / "healthy")
        scenarios = sorted({scenario for bug in bugs for scenario in bug.caught_by})
        wolves = [s for s in scenarios if not _is_quiet(await _run(healthy, s, options.seed))]
        room = asyncio.Semaphore(options.at_once)
        trees = [Path(folder) / str(number) for number in range(len(bugs))]
        tried = (_try(bug, tree, options.seed, room) for bug, tree in zip(bugs, trees, strict=True))
        found = await asyncio.gather(*tried)
    survived = [f"nothing noticed: {bug.name}" for bug, noticed in zip(bugs, found, strict=True) if noticed is None]
    caught = len(bugs) - len(survived)
    _say(f"{caught}/{len(bugs)}" if not wolves else f"{caught}/{len(bugs)}, but these cry wolf: {', '.join(wolves)}")
    return Verdict(
        chaos="mutants",
        seed=options.seed,
        runs=len(bugs),
        violations=[f"{scenario} sees a bug where none is" for scenario in wolves] + survived,
        figures={"caught": caught, **_sorts(bugs)},
    )


def _is_quiet(said: Said) -> bool:
    return said.has_verdict and not said.noticed


async def _try(bug: Bug, folder: Path, seed: int, room: asyncio.Semaphore) -> str | None:
    """The scenario that noticed it, if any did."""
    async with room:
        tree = await asyncio.to_thread(_copy, folder)
        plant(bug, tree)
        noticed_by = None
        for scenario in bug.caught_by:
            said = await _run(tree, scenario, seed)
            if said.noticed:
                _say(f"caught by {scenario}: {bug.name} – {said.why[:140]}")
                noticed_by = scenario
                break
            if not said.has_verdict:
                _say(f"no verdict of {scenario}: {bug.name} – {said.why[:140]}")
        if noticed_by is None:
            _say(f"SURVIVED: {bug.name}")
        await asyncio.to_thread(shutil.rmtree, tree)
        return noticed_by


def plant(bug: Bug, tree: Path) -> None:
    """Put a bug into a tree. Raises NotThere when the code has moved on."""
    if bug.file is None:
        (tree / "backend/foundation/migrations/9999_a_bug.sql").write_text(bug.new + ";\n")
        return
    file = tree / bug.file
    code = file.read_text()
    if code.count(bug.old) != 1:
        raise NotThere(f"{bug.name}: {code.count(bug.old)} times in {bug.file}")
    file.write_text(code.replace(bug.old, bug.new))


async def _run(tree: Path, scenario: str, seed: int) -> Said:
    """Whether the scenario broke a promise: a crash of the harness, or a run without an end, notices nothing."""
    command = (sys.executable, "-m", "tests.chaos", scenario, "--seed", str(seed), *RUNS[scenario])
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), LIMIT_S)
    except TimeoutError:
        process.kill()
        await process.wait()
        return Said(False, False, f"no end within {LIMIT_S} s")
    lines = said.decode(errors="replace").strip().splitlines() or [""]
    broken = [line for line in lines if line.startswith("VIOLATION")]
    has_verdict = lines[-1].startswith('{"chaos":')
    return Said(has_verdict and bool(broken), has_verdict, broken[0] if broken else lines[-1])


def _copy(to: Path) -> Path:
    for part in ("backend", "campaigns", "tests", "pyproject.toml"):
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, to / part, ignore=shutil.ignore_patterns("node_modules", "__pycache__", ".*"))
        else:
            shutil.copy(source, to / part)
    return to


def _sorts(bugs: Iterable[Bug]) -> dict[str, int]:
    return dict(Counter(bug.sort.value for bug in bugs))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
