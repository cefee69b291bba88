"""`python -m tests.leak --calls 1000000`: as many calls as everybody; the seed first, one JSON line last."""

import argparse
import asyncio
import random
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from time import monotonic

import msgspec

from backend.demo.embedded_postgres import running_server
from tests.harness.tied import end_with_the_run
from tests.leak.grounds import CALLS_OF_A_WORLD, make_template, run_world
from tests.leak.run import Tally


class Verdict(msgspec.Struct, kw_only=True):
    """The same members every time. `routes`: how many were called; `pairs`: answers compared with one of nothing."""

    leak: str = "two-tenant differential"
    seed: int
    calls: int = 0
    pairs: int = 0
    worlds: int = 0
    routes: int = 0
    bytes_read: int = 0
    bytes_leaked: int = 0
    own_canaries: int = 0
    seconds: float = 0.0
    calls_a_second: float = 0.0
    violations: int = 0
    statuses: dict[str, int] = {}
    first: list[str] = []


def main(arguments: list[str]) -> int:
    """0 when nothing leaked and nothing else was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.leak", description=__doc__)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, help="the same seed makes the same calls; left out: a new one")
    options = parser.parse_args(arguments)
    seed = random.SystemRandom().randrange(1_000_000) if options.seed is None else options.seed
    sys.stdout.write(f"leak: seed {seed}\n")
    sys.stdout.flush()
    verdict = _run(seed, options.calls, options.processes)
    sys.stdout.write(msgspec.json.encode(verdict).decode() + "\n")
    return 0 if not verdict.violations and not verdict.bytes_leaked else 1


def _run(seed: int, wanted: int, processes: int) -> Verdict:
    worlds = max(1, -(-wanted // CALLS_OF_A_WORLD))
    each = -(-wanted // worlds)
    began, total = monotonic(), Tally()
    with running_server(None, fast=True, settings={"autovacuum": "off"}) as server:
        asyncio.run(make_template(server.dsn))
        with ProcessPoolExecutor(processes, get_context("spawn"), end_with_the_run) as pool:
            dsn = server.dsn()
            running = [pool.submit(run_world, dsn, seed * 10_000 + number, each) for number in range(worlds)]
            for done, finished in enumerate(as_completed(running), start=1):
                found = finished.result()
                _add(total, found)
                for violation in found.violations[:20]:
                    sys.stdout.write(f"VIOLATION {violation}\n")
                if done % 10 == 0 or done == worlds:
                    sys.stdout.write(f"{total.calls:,} calls, {len(total.violations)} violations\n")
                    sys.stdout.flush()
    took = monotonic() - began
    return Verdict(
        seed=seed,
        calls=total.calls,
        pairs=total.pairs,
        worlds=worlds,
        routes=len(total.routes),
        bytes_read=total.bytes_read,
        bytes_leaked=total.bytes_leaked,
        own_canaries=total.own_canaries,
        seconds=round(took, 1),
        calls_a_second=round(total.calls / took, 1),
        violations=len(total.violations),
        statuses={str(status): number for status, number in sorted(total.statuses.items())},
        first=total.violations[:20],
    )


def _add(total: Tally, one: Tally) -> None:
    for name in ("calls", "pairs", "bytes_read", "bytes_leaked", "own_canaries"):
        setattr(total, name, getattr(total, name) + getattr(one, name))
    total.violations += one.violations
    total.routes += one.routes
    total.statuses = Counter(total.statuses) + one.statuses


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
