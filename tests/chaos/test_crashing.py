"""Every crash point names a function there is: renamed in production, it is missed here and not in a quiet run."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.chaos.crashing import API_STEPS, WORKER_STEPS, Step

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("step", [*WORKER_STEPS.values(), *API_STEPS.values()], ids=lambda step: f"{step.name}")
def test_the_function_of_every_crash_point_is_there(step: Step) -> None:
    owner, name = step.owner()
    assert callable(getattr(owner, name))


async def test_a_process_ends_itself_the_nth_time_it_comes_by(tmp_path: Path) -> None:
    log = tmp_path / "crashes.jsonl"
    script = (
        "import asyncio, pathlib, tests.chaos.crashing as c\n"
        "from backend.foundation import database\n"
        f"c.install('after_commit:3', pathlib.Path({str(log)!r}))\n"
        "async def nothing(): print('committed', flush=True)\n"
        "async def main():\n"
        "    for _ in range(5): await database._uncancelled(nothing())\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script), cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True, env=os.environ
    )
    said, _ = await process.communicate()
    assert (process.returncode, said.split()) == (-9, [b"committed"] * 3)
    assert msgspec.json.decode(log.read_bytes())["step"] == "after_commit"
