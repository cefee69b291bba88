"""Twenty deliberate bugs in production code, one at a time: each has to be noticed by some scenario.

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

from tests.chaos.bugs import BUGS, Bug
from tests.chaos.verdict import Verdict

ROOT = Path(__file__).parents[2]
RUNS = {
    "nets": (),
    "model": ("--examples", "150"),
    "histories": ("--histories", "40"),
    "crash_points": ("--points", "800", "--processes", "1"),
    "faults": ("--only", "invalid_for_all"),
}
"""How much of each scenario is run for a bug: enough for each of BUGS, by trying."""
LIMIT_S = 300


class NotThere(Exception):
    """A bug's place is not in the code (any more), or not once: BUGS has to follow the code."""


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--at-once", type=int, default=2, help="bugs tried side by side")
    parser.add_argument("--only", default="", help="only bugs whose name contains this")


async def run(options: argparse.Namespace) -> Verdict:
    bugs = [bug for bug in BUGS if options.only in bug.name]
    with tempfile.TemporaryDirectory(prefix="hjerteloeber-bugs-") as folder:
        healthy = _copy(Path(folder) / "healthy")
        scenarios = sorted({scenario for bug in bugs for scenario in bug.caught_by})
        wolves = [s for s in scenarios if (await _run(healthy, s, options.seed))[0]]
        room = asyncio.Semaphore(options.at_once)
        found = await asyncio.gather(
            *(_try(bug, Path(folder) / str(n), options.seed, room) for n, bug in enumerate(bugs))
        )
    survived = [f"nothing noticed: {bug.name}" for bug, noticed in zip(bugs, found, strict=True) if noticed is None]
    _say(f"{len(bugs) - len(survived)}/{len(bugs)}")
    return Verdict(
        chaos="mutants",
        seed=options.seed,
        runs=len(bugs),
        violations=[f"{scenario} sees a bug where none is" for scenario in wolves] + survived,
        figures={"caught": len(bugs) - len(survived), **_sorts(bugs)},
    )


async def _try(bug: Bug, folder: Path, seed: int, room: asyncio.Semaphore) -> str | None:
    """The scenario that noticed it, if any did."""
    async with room:
        tree = await asyncio.to_thread(_copy, folder)
        plant(bug, tree)
        for scenario in bug.caught_by:
            noticed, why = await _run(tree, scenario, seed)
            if noticed:
                _say(f"caught by {scenario}: {bug.name} – {why[:140]}")
                break
        else:
            scenario = None
            _say(f"SURVIVED: {bug.name}")
        await asyncio.to_thread(shutil.rmtree, tree)
        return scenario


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


async def _run(tree: Path, scenario: str, seed: int) -> tuple[bool, str]:
    """Whether the scenario found something, and the first of it."""
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
        return True, "it never came to its end"
    lines = said.decode(errors="replace").strip().splitlines()
    why = next((line for line in lines if line.startswith("VIOLATION")), lines[-1] if lines else "")
    return process.returncode != 0, why


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
