"""`make attack-statistics`: many random campaigns, each attacked by whoever sees every figure and knows the rules.

Prints its seed first, how far it is, and one JSON line last; ends with 1 where anything was learnt.
"""

import argparse
import secrets
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

import msgspec

from backend.recruitment.tell import tell
from tests.harness.tied import end_with_the_run
from tests.recruitment.attack import Telling, leaks, told_of
from tests.recruitment.population import DAYS, WEEKS, draw

_AT_A_TIME = 50


class Found(msgspec.Struct):
    """What attacks on some campaigns came to. `leaking` are the seeds of those that told too much."""

    campaigns: int = 0
    figures: int = 0
    leaking: list[int] = []
    first: list[str] = []


def attacked(seeds: Sequence[int], telling: Telling = tell) -> Found:
    """Attack the campaigns of these seeds."""
    found = Found()
    for seed in seeds:
        population = draw(seed)
        figures = told_of(population, WEEKS * DAYS, telling)
        learnt = leaks(population, figures)
        found.campaigns += 1
        found.figures += len(figures)
        if learnt:
            found.leaking.append(seed)
            found.first += [f"seed {seed}: {learnt[0]}"][: 5 - len(found.first)]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="make attack-statistics", description=__doc__)
    parser.add_argument("--populations", type=int, default=10_000, help="random campaigns (10,000)")
    parser.add_argument("--seed", type=int, default=None, help="the first one's; left out: a new one, printed first")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    first = secrets.randbelow(1_000_000_000) if options.seed is None else options.seed
    sys.stdout.write(f"attack-statistics: seed {first}\n")
    began, whole = time.monotonic(), Found()
    seeds = range(first, first + options.populations)
    with ProcessPoolExecutor(options.processes, initializer=end_with_the_run) as processes:
        batches = [seeds[at : at + _AT_A_TIME] for at in range(0, len(seeds), _AT_A_TIME)]
        for found in processes.map(attacked, batches):
            whole.campaigns += found.campaigns
            whole.figures += found.figures
            whole.leaking += found.leaking
            whole.first += found.first[: 5 - len(whole.first)]
            took = time.monotonic() - began
            sys.stdout.write(f"{whole.campaigns} campaigns, {len(whole.leaking)} told too much, {took:.0f} s\n")
            sys.stdout.flush()
    summary = msgspec.structs.asdict(whole) | {"leaking": len(whole.leaking), "seeds": whole.leaking[:5]}
    summary |= {"seed": first, "weeks": WEEKS, "seconds": round(time.monotonic() - began, 1)}
    sys.stdout.write(msgspec.json.encode(summary).decode() + "\n")
    return 1 if whole.leaking else 0


if __name__ == "__main__":
    sys.exit(main())
