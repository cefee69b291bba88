"""Any sequence of events in a small town keeps the promises: drawn histories and a state machine over the pure core."""

import argparse
import sys
import time

from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.chaos.drawing import draw
from tests.chaos.machine import Alarms
from tests.chaos.verdict import Verdict

STEPS = 60


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--histories", type=int, default=3_000, help="drawn by how the model stands")
    parser.add_argument("--examples", type=int, default=300, help="of the state machine")
    parser.add_argument("--steps", type=int, default=STEPS)


async def run(options: argparse.Namespace) -> Verdict:
    """Histories of consecutive seeds, then the state machine, which shrinks what it finds."""
    began = time.monotonic()
    verdict = Verdict(chaos="model", seed=options.seed)
    for number in range(options.seed, options.seed + options.histories):
        try:
            draw(number, options.steps)
        except AssertionError as broken:
            verdict.violations.append(f"seed {number}, {options.steps} steps: {broken}")
        verdict.runs += 1
        if verdict.runs % 500 == 0:
            sys.stdout.write(f"{verdict.runs} histories, {len(verdict.violations)} violations\n")
            sys.stdout.flush()
    try:
        machine(options.examples, options.steps, options.seed)
    except AssertionError as broken:
        verdict.violations.append(f"state machine, seed {options.seed}: {broken}")
    verdict.figures |= {"steps": verdict.runs * options.steps, "examples": options.examples}
    verdict.figures["seconds"] = round(time.monotonic() - began, 1)
    return verdict


def machine(examples: int, steps: int, number: int) -> None:
    """Raises what the smallest failing sequence broke; prints that sequence."""
    seeded = seed(number)(type("SeededAlarms", (Alarms,), {}))
    run_state_machine_as_test(
        seeded,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
