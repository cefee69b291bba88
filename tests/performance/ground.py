"""What benches of the running product stand on: a country filled into the product's own tables, and found again."""

import argparse
import asyncio
import contextlib
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from backend.demo.folder import Folder
from tests.performance import servers
from tests.performance.country import kept_country
from tests.performance.figures import Run
from tests.performance.machine import Machine, this_machine
from tests.performance.registered import register
from tests.performance.servers import Which
from tests.performance.site import Ground

Measure = Callable[[argparse.Namespace, Ground, Machine], Awaitable[Run]]


def add_ground_options(parser: argparse.ArgumentParser) -> None:
    """Of the database; and of the stand-in that pushes go to."""
    parser.add_argument("--latency-ms", type=float, default=50.0, help="how long the FCM stand-in takes to answer")
    parser.add_argument("--server", type=Which, choices=list(Which), default=Which.EMBEDDED)
    parser.add_argument("--memory-mb", type=int, default=2_048, help="PostgreSQL's shared_buffers")


def on_one_ground(options: argparse.Namespace, measure: Measure) -> Iterator[Run]:
    """One run, of one size."""
    machine = this_machine(datetime.now(UTC))

    async def measured(ground: Ground) -> Run:
        return await measure(options, ground, machine)

    with ground_of(options.volunteers, options) as ground:
        yield asyncio.run(measured(ground))


@contextlib.contextmanager
def ground_of(volunteers: int, options: argparse.Namespace) -> Iterator[Ground]:
    """Filled, or found in the folder that is kept; autovacuum at work as in earnest."""
    people = kept_country(volunteers, options.seed, options.keep, tell)
    with contextlib.ExitStack() as stack:
        home = options.keep and options.keep / f"alert-{options.server}-{volunteers}-{options.seed}"
        if home is None:
            own = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hjerteloeber-alert-")))
        else:
            home.mkdir(mode=0o755, parents=True, exist_ok=True)
            own = home / "product"
        folder = Folder(own)
        folder.prepare()
        server = stack.enter_context(
            servers.postgres(options.server, home and home / "postgres", options.memory_mb, {"autovacuum": "on"})
        )
        dsn = asyncio.run(register(server, people, folder, options.seed, tell))
        yield Ground(people, server, dsn, folder)


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
