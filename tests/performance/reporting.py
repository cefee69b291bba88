"""A process of phones that report where they are, so many a second, in commits as the product's gatherer makes them.

    python -m tests.performance.reporting PHONES.npz RATE < address of the database

It says that it begins, ends with its standard input, and says then how many reports were kept in each second. HTTP is
left out: what matters here is what reports do to the database that selection asks. What phones say changes nobody's
answer: whoever can be asked reports the cell they are in, whoever cannot be asked anyway (snoozed, quiet, without an
address) moves to a neighbouring cell and back. So afterwards the country answers as before.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec
import numpy as np
import uvloop
from numpy.typing import NDArray

from backend.foundation.database import Actor, Connection, Lane, Role, open_database
from backend.foundation.ids import VolunteerId
from backend.locations import queries
from backend.locations.cells import coarsened, res9_parent, with_neighbours
from backend.locations.gather import MOST, WINDOW_S
from backend.locations.queries import Newest
from tests.performance.binary_copy import Bytes, moments, same
from tests.performance.brute_force import can_be_asked, counted
from tests.performance.country import NOW, Cells, Country, Flags
from tests.performance.filling import Groups, copied, once, pieces, run

MOST_PHONES = 200_000


class Phones(msgspec.Struct, frozen=True):
    """Who reports, from which cell, and whether from a neighbouring one every other time."""

    ids: NDArray[np.uint8]
    cell: Cells
    moves: Flags


def write_phones(people: Country, seed: int, file: Path) -> None:
    """Some of those whose live position counts. Nobody on a mission, whose exact point would be kept as well."""
    live, _ = counted(people)
    of = np.flatnonzero(live & (people.engaged == 0) & ~people.coarse & people.available)
    drawn = np.random.default_rng([seed, 5]).permutation(of)[:MOST_PHONES]
    np.savez(file, ids=people.ids[drawn], cell=people.live.cell[drawn], moves=~can_be_asked(people)[drawn])


async def consents(dsn: str, people: Country) -> None:
    """What reports are judged by, and selection does not read; once."""

    def agreed(purpose: str, last: int) -> Groups:
        for piece in pieces(len(people)):
            own: Bytes = people.ids[piece].copy()
            own[:, 15] = (own[:, 15] & 0xFE) | last
            yield {
                "id": own,
                "volunteer_id": people.ids[piece],
                "purpose": same(purpose, len(piece)),
                "version": same("seeded", len(piece)),
                "given_at": moments(NOW, np.full(len(piece), -86_400)),
            }

    async def fill() -> None:
        await run(dsn, "TRUNCATE volunteers.consent")
        for last, purpose in enumerate(("alarms", "location")):
            await copied(dsn, "volunteers", "consent", agreed(purpose, last))
        await run(dsn, "VACUUM (ANALYZE, FREEZE) volunteers.consent")

    await once(dsn, "consents", fill)


class Reporting:
    """A running process of phones."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.kept: list[int] = []

    def end(self) -> None:
        """Afterwards `kept` has the reports kept in each whole second."""
        said, _ = self._process.communicate()
        self.kept = [int(line) for line in said.split()]


@contextlib.contextmanager
def reporting(dsn: str, file: Path, rate: int) -> Iterator[Reporting]:
    """For the length of the block, once it has begun."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.performance.reporting", str(file), str(rate)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env=os.environ,
    )
    assert process.stdin
    process.stdin.write(dsn + "\n")
    process.stdin.flush()
    running = Reporting(process)
    assert process.stdout
    try:
        if not process.stdout.readline():
            raise RuntimeError("the phones' process ended before it began")
        yield running
    finally:
        running.end()


async def _report(dsn: str, them: Phones, rate: int) -> None:
    """Commit by commit what is due, as the gatherer does with what has come meanwhile; what was not in time is left."""
    database = await open_database(dsn, {Lane.LOCATIONS: 1})
    items = [_items(them, number) for number in range(len(them.ids))]
    loop = asyncio.get_running_loop()

    async def keep(connection: Connection) -> int:
        now = datetime.now(UTC)
        said = [msgspec.structs.replace(items[n % len(items)][n // len(items) % 2], measured_at=now) for n in due]
        return sum(each.kept for each in await queries.keep_newest(connection, said, now))

    ended = loop.run_in_executor(None, sys.stdin.read)
    kept_in: Counter[int] = Counter()
    sys.stdout.write("begins\n")
    sys.stdout.flush()
    began, sent = loop.time(), 0
    while not ended.done():
        wanted = int(rate * (loop.time() - began))
        due = range(max(sent, wanted - MOST), wanted)
        if due:
            kept = await database.in_transaction(Actor(Role.API), Lane.LOCATIONS, keep)
            kept_in[int(loop.time() - began)] += kept
        sent = wanted
        await asyncio.sleep(WINDOW_S)
    for second in range(int(loop.time() - began)):
        sys.stdout.write(f"{kept_in[second]}\n")
    await database.close()


def _items(them: Phones, number: int) -> tuple[Newest, Newest]:
    """What a phone says in one turn and in the next."""
    cell = int(them.cell[number])
    elsewhere = next(each for each in with_neighbours(cell) if each != cell) if them.moves[number] else cell
    volunteer_id = VolunteerId(UUID(bytes=them.ids[number].tobytes()))
    return _newest(volunteer_id, cell), _newest(volunteer_id, elsewhere)


def _newest(volunteer_id: VolunteerId, cell: int) -> Newest:
    coarse = coarsened(cell)
    return Newest(volunteer_id, cell, res9_parent(cell), coarse, res9_parent(coarse), 20.0, NOW)


def main(arguments: list[str]) -> None:
    file, rate = arguments
    with np.load(file) as found:
        them = Phones(found["ids"], found["cell"], found["moves"])
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_report(sys.stdin.readline().strip(), them, int(rate)))


if __name__ == "__main__":
    main(sys.argv[1:])
