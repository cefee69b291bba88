"""What a run spreads over processes of its own ends with it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.ground.test_embedded_postgres import wait_until_gone

ROOT = Path(__file__).parents[2]
RUN = """
import sys, time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from tests.harness.tied import end_with_the_run

with ProcessPoolExecutor(2, mp_context=get_context(sys.argv[1]), initializer=end_with_the_run) as pool:
    working = [pool.submit(time.sleep, 0.5) for _ in range(2)]
    [each.result() for each in working]
    print(*pool._processes, flush=True)
    if sys.argv[2] == "busy":
        pool.submit(time.sleep, 600).result()
    time.sleep(600)
"""


@pytest.mark.parametrize("how", ["spawn", "fork"])
@pytest.mark.parametrize("meanwhile", ["busy", "idle"])
def test_a_run_that_is_killed_leaves_no_process_behind(how: str, meanwhile: str) -> None:
    run = subprocess.Popen([sys.executable, "-c", RUN, how, meanwhile], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert run.stdout
    left = [int(pid) for pid in run.stdout.readline().split()]
    run.kill()
    run.wait()
    assert len(left) == 2
    for pid in left:
        wait_until_gone(pid)
    run.stdout.close()
