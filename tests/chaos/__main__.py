"""`python -m tests.chaos NAME --seed N …`: one scenario, its progress, and last one JSON line."""

import argparse
import asyncio
import importlib
import random
import sys
from pathlib import Path
from typing import Any

SCENARIOS = (
    "model",
    "histories",
    "crash_points",
    "century",
    "kills",
    "faults",
    "surge",
    "outage",
    "overload",
    "nets",
    "mutants",
)


def main(arguments: list[str]) -> int:
    """Run one scenario; 0 when every promise held and every figure was reached."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    names = parser.add_subparsers(dest="name", required=True)
    there = [name for name in SCENARIOS if Path(__file__).with_name(f"{name}.py").exists()]
    modules: dict[str, Any] = {name: importlib.import_module(f"tests.chaos.{name}") for name in there}
    for name, module in modules.items():
        sub = names.add_parser(name, help=(module.__doc__ or "").partition("\n")[0])
        sub.add_argument("--seed", type=int, help="the same seed does the same; left out: a new one, printed first")
        module.add_options(sub)
    options = parser.parse_args(arguments)
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(1_000_000)
    sys.stdout.write(f"{options.name}: seed {options.seed}\n")
    sys.stdout.flush()
    verdict = asyncio.run(modules[options.name].run(options))
    for violation in verdict.violations[:20]:
        sys.stdout.write(f"VIOLATION {violation}\n")
    sys.stdout.write(verdict.line() + "\n")
    return 0 if verdict.good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
