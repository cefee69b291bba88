"""1,000 random histories through the model and through the real verbs on a real PostgreSQL: they must agree."""

import argparse
import logging
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

import asyncpg
import msgspec
import structlog

from backend.demo.embedded_postgres import Server
from backend.foundation.clock import SetClock
from backend.foundation.database import Database, connect
from tests.chaos import ground, snapshot
from tests.chaos.drawing import draw
from tests.chaos.ground import Knife
from tests.chaos.model_level import new_model
from tests.chaos.player import Player, Providers, at_once, day_of
from tests.chaos.real_console import AtTheConsole
from tests.chaos.steps import History
from tests.chaos.town import Town
from tests.chaos.verdict import Verdict
from tests.harness.keys import RING

HISTORIES_A_DATABASE = 25
TOO_SLOW_AT_MOST = 0.25  # of the histories: more, and the machine is too crowded to say anything


class Difference(msgspec.Struct, frozen=True):
    """Where the two levels part: what was answered, or what stands in the tables afterwards."""

    history: History
    step: int | None
    what: str

    def __str__(self) -> str:
        where = "at the end" if self.step is None else f"at step {self.step} {self.history.steps[self.step]}"
        return f"seed {self.history.seed}, {len(self.history.steps)} steps, {where}: {self.what}"


class Place:
    """A database in which real histories are played, with a connection nobody cuts."""

    def __init__(self, database: Database, owner: asyncpg.Connection, knife: Knife) -> None:
        self.database = database
        self.owner = owner
        self.knife = knife
        self.too_slow = False  # whether a choice ran out of its half second in the last history

    async def moves_in(self, town: Town, clock: SetClock, providers: Providers) -> AtTheConsole:
        await ground.settle_in(self.owner, town)
        return AtTheConsole(self.database, self.owner, town, clock, providers)


@asynccontextmanager
async def a_place(dsn: str) -> AsyncIterator[Place]:
    knife = Knife()
    owner = await connect(dsn, RING)
    await owner.execute("SET timezone = 'UTC'")
    try:
        async with ground.open_with(dsn, knife) as database:
            yield Place(database, owner, knife)
    finally:
        await owner.close()


async def differs(
    history: History, place: Place, *, at_every_step: bool = False, before_the_end: str | None = None
) -> Difference | None:
    """Play a history through both levels; None where they agree in every answer and in all that stands at the end.

    `before_the_end` is a statement that puts something in the tables wrong: a test of this very look. None as well, and
    `place.too_slow`, where a choice ran out of its half second: that is a true history, but another one.
    """
    difference = await _differs(history, place, at_every_step, before_the_end)
    return None if place.too_slow else difference


async def _differs(
    history: History, place: Place, at_every_step: bool, before_the_end: str | None
) -> Difference | None:
    town = Town(history.seed, history.people, history.boxes)
    model = new_model(town)
    clock, providers = SetClock(day_of(town.seed)), Providers(town.seed)
    real = await place.moves_in(town, clock, providers)
    by_model, by_verbs = Player(model, model.clock, model.post.providers), Player(real, clock, providers)
    try:
        for number, step in enumerate(history.steps):
            wanted, got = at_once(by_model.do(step)), await by_verbs.do(step)
            if wanted != got:
                return Difference(history, number, f"the model answers {wanted!r}, the real verbs {got!r}")
            if at_every_step:
                for line in snapshot.differences(snapshot.of_model(model), await snapshot.of_real(real)):
                    return Difference(history, number, line)
        if before_the_end is not None:
            await place.owner.execute(before_the_end)
        for line in snapshot.differences(snapshot.of_model(model), await snapshot.of_real(real)):
            return Difference(history, None, line)
        return None
    finally:
        place.too_slow = await real.chose_too_slowly()
        await real.clear()


async def first_step_of(difference: Difference, server: Server) -> Difference:
    """The same again, looked at after every step: where it begins."""
    async with ground.clone(server) as dsn, a_place(dsn) as place:
        return await differs(difference.history, place, at_every_step=True) or difference


@contextmanager
def quiet() -> Iterator[None]:
    """What production logs of faults that were made on purpose would bury everything else."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--histories", type=int, default=1_000)
    parser.add_argument("--steps", type=int, default=50, help="of each history")


async def run(options: argparse.Namespace) -> Verdict:
    """Histories of consecutive seeds, a database for every few."""
    began = time.monotonic()
    verdict = Verdict(chaos="histories", seed=options.seed)
    seeds = range(options.seed, options.seed + options.histories)
    with quiet(), ground.ground() as server:
        await ground.make_template(server)
        for first in range(0, len(seeds), HISTORIES_A_DATABASE):
            batch = seeds[first : first + HISTORIES_A_DATABASE]
            found = await play_batch(server, batch, options.steps, verdict)
            verdict.violations += [str(await first_step_of(each, server)) for each in found]
            took = time.monotonic() - began
            sys.stdout.write(f"{verdict.runs} histories, {len(verdict.violations)} differ, {took:.0f} s\n")
            sys.stdout.flush()
    verdict.figures |= {"seconds": round(time.monotonic() - began, 1), "steps": options.steps * verdict.runs}
    verdict.reached = int(verdict.figures.get("too slow to compare") or 0) <= verdict.runs * TOO_SLOW_AT_MOST
    return verdict


async def play_batch(server: Server, seeds: Sequence[int], steps: int, verdict: Verdict) -> list[Difference]:
    """Some histories in one database, far apart from each other."""
    found = []
    async with ground.clone(server) as dsn, a_place(dsn) as place:
        for seed in seeds:
            try:
                history = draw(seed, steps)
            except AssertionError as broken:
                verdict.violations.append(f"seed {seed}, {steps} steps, in the model: {broken}")
                continue
            verdict.runs += 1
            try:
                difference = await differs(history, place)
            except asyncpg.IntegrityConstraintViolationError as refused:  # no verb relies on the last net
                verdict.violations.append(f"seed {seed}, {steps} steps: the database had to hold it: {refused}")
                continue
            if place.too_slow:
                verdict.figures["too slow to compare"] = int(verdict.figures.get("too slow to compare") or 0) + 1
            elif difference is not None:
                found.append(difference)
        verdict.incidents += await place.owner.fetchval("SELECT count(*) FROM incidents.incident")
    return found
