"""`python -m tests.performance NAME …`: one bench, its progress, a verdict for each aim, and last one JSON line."""

import argparse
import importlib
import sys
from pathlib import Path
from typing import Any

from tests.performance import everything
from tests.performance.figures import keep, kept
from tests.performance.guard import compared
from tests.performance.report import write_report

BENCHES = ("selection", "ingest", "alert", "rates", "fanout", "memory", "upkeep", "start", "campaign")
"""In the order in which all are run: who needs what another filled comes after it."""
ALL, REPORT = "all", "report"


def main(arguments: list[str]) -> int:
    """0 when it could be measured, whatever came out."""
    parser = argparse.ArgumentParser(prog="python -m tests.performance", description=__doc__)
    names = parser.add_subparsers(dest="name", required=True)
    modules: dict[str, Any] = {name: importlib.import_module(f"tests.performance.{name}") for name in BENCHES}
    for name, module in {**modules, ALL: everything}.items():
        text = module.__doc__ or ""
        sub = names.add_parser(
            name, help=text.partition("\n")[0], description=text, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        sub.add_argument("--seed", type=int, default=1, help="the same seed draws the same people and alarms")
        sub.add_argument(
            "--write", action="store_true", help="keep the figures in docs/performance/figures, write the report anew"
        )
        sub.add_argument(
            "--keep",
            type=Path,
            metavar="FOLDER",
            help="keep what was loaded there and find it again next time; as root a folder every user may enter",
        )
        module.add_options(sub)
    names.add_parser(REPORT, help="docs/performance/scale.md and its plots anew, from the figures that are kept")
    options = parser.parse_args(arguments)
    if options.name == REPORT:
        return _written()
    if options.name == ALL:
        if options.write and options.words is everything.SMALL:
            parser.error("--small is to try it: such figures are not kept")
        return everything.run_all(options, BENCHES)
    for run in modules[options.name].run(options):
        for figure in run.figures:
            _tell(figure.said())
        for moved in compared(run, kept(run.bench)):
            _tell(moved.said())
        _tell(run.machine.said())
        if options.write:
            keep(run)
        _tell(run.line())
    return _written() if options.write else 0


def _written() -> int:
    for path in write_report():
        _tell(f"written: {path}")
    return 0


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
