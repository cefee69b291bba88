"""The real verbs on a real PostgreSQL, their connection cut before or after any statement or COMMIT, beside the model.

Whoever was cut off does what its contract says: a dispatch system sends again with the same key, a phone repeats, a
worker that got no answer claims anew, and what it held is somebody else's when the lease is over. Right after every cut
the tables must hold what is promised; at the end of a history everything stands as the model, which was never cut, has
it: nothing lost, nothing doubled.
"""

import argparse
import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from typing import Any, TypeVar

import msgspec

from backend.delivery.queries_claim import Claim
from backend.demo.embedded_postgres import Server
from backend.foundation.clock import SetClock
from backend.foundation.problems import Problem
from tests.chaos import checker, ground, snapshot
from tests.chaos.console_laws import CONSOLE_LAWS
from tests.chaos.drawing import draw
from tests.chaos.ground import Knife
from tests.chaos.histories import TOO_SLOW_AT_MOST, Place, a_place, quiet
from tests.chaos.model_level import new_model
from tests.chaos.player import Player, Providers, at_once, day_of
from tests.chaos.real_console import AtTheConsole
from tests.chaos.records import Records, Reported
from tests.chaos.steps import ByHand, History
from tests.chaos.steps import Report as Arrest
from tests.chaos.town import Town
from tests.chaos.verdict import Verdict
from tests.harness.tied import end_with_the_run

T = TypeVar("T")
HISTORIES_A_DATABASE = 3
STEPS = 60
_CUTS_OF_ONE_CALL = 5
# What a worker does at every round, mostly to find nothing: cut as well, but not most of the time.
_ROUTINE = {"end_the_late": 0.05, "end_unserved": 0.05, "recover": 0.3, "claim": 0.3}
# A round that goes on with the rest where one part of it fails: what was cut off is done by the next round.
_TRIES_EACH_ALONE = frozenset({"looks"})
_USUAL_STATEMENTS = 12
_AT_THE_LAST = 0.25


class Killed(Exception):
    """A worker that was cut off between claiming and sending: what it held is nobody's until the lease is over."""


class Tally(msgspec.Struct):
    """What some crash points came to."""

    histories: int = 0
    points: int = 0
    incidents: int = 0
    violations: list[str] = []
    cuts: dict[str, int] = {}
    too_slow: int = 0  # histories in which a choice ran out of its half second: not laid beside the model


class CutOff(AtTheConsole):
    """As the real level, but that its connections are cut, and callers do what they have promised to do then."""

    def __init__(self, *arguments: Any, knife: Knife, rng: random.Random, often: float) -> None:
        super().__init__(*arguments)
        self.knife = knife
        self.rng = rng
        self.often = often
        self.cuts: Counter[str] = Counter()
        self.broken: list[str] = []
        self._usual: dict[str, int] = {}

    async def once(self, what: str, work: Callable[[], Awaitable[T]]) -> T:
        for _ in range(_CUTS_OF_ONE_CALL):
            if self.rng.random() >= self.often * _ROUTINE.get(what, 1.0):
                break
            self._arm(what)
            try:
                done = await work()
            except Problem:
                self.knife.disarm()
                raise  # an answer, which reached its caller
            except Exception:
                if self.knife.cut_at is None:
                    raise
            else:
                self._usual[what] = max(1, self.knife.seen)
                self.knife.disarm()
                if self.knife.cut_at is None:
                    return done
                if what not in _TRIES_EACH_ALONE:
                    self.broken.append(f"{what} was answered though cut off at {self.knife.cut_at[:60]!r}")
                    return done
            await self._after_a_cut(what)
            if what in ("claim", "start"):
                raise Killed
        self.knife.arm(0, after=False)
        done = await work()
        self._usual[what] = max(1, self.knife.seen)
        return done

    def _arm(self, what: str) -> None:
        """At any statement, and often at the last one: that is the commit."""
        usual = self._usual.get(what, _USUAL_STATEMENTS)
        at = usual if self.rng.random() < _AT_THE_LAST else self.rng.randint(1, usual)
        self.knife.arm(at, after=self.rng.random() < 0.5)

    async def _after_a_cut(self, what: str) -> None:
        assert self.knife.cut_at is not None
        word = self.knife.cut_at.partition(" ")[0].rstrip(";").lower()
        self.cuts[f"{what}: {'after' if self.knife.committed else 'at'} {word}"] += 1
        self.broken += [
            f"after a cut of {what} at {self.knife.cut_at[:80]!r}: {b}" for b in await self.look_at_tables()
        ]

    async def look_at_tables(self) -> list[str]:
        """What must hold between any two transactions."""
        return [row["broken"] for laws in (_LAWS, CONSOLE_LAWS) for row in await self.owner.fetch(laws)]

    async def work(self, dies: str | None) -> str | None:
        while True:
            try:
                return await super().work(dies)
            except Killed:
                held = await self._held()
                if held:  # else nothing was committed: the next worker claims anew
                    started = await self.owner.fetchval(_STARTED, [c.id for c in held], [c.fence for c in held])
                    await self._killed(held)
                    return "started" if started else "claimed"

    async def _held(self) -> list[Claim]:
        known = {each.id for _, claims in self.dead for each in claims}
        rows = await self.owner.fetch("SELECT id, fence, channel FROM delivery.delivery WHERE state = 'leased'")
        return [Claim(row["id"], row["fence"], row["channel"]) for row in rows if row["id"] not in known]


_STARTED = """
    SELECT EXISTS (SELECT 1 FROM delivery.attempt a JOIN unnest($1::uuid[], $2::bigint[]) AS c (id, fence)
      ON a.delivery_id = c.id AND a.fence = c.fence)
"""
_LAWS = """
    SELECT 'live without engagement: ' || live::text AS broken FROM (
      SELECT volunteer_id, incident_id, CASE state WHEN 'ringing' THEN 'ringing' ELSE 'mission' END
      FROM alerts.alert WHERE state IN ('ringing', 'accepted')
      EXCEPT SELECT volunteer_id, incident_id, state FROM volunteers.engagement) live
    UNION ALL
    SELECT 'engaged without a live alert: ' || engaged::text FROM (
      SELECT volunteer_id, incident_id, state FROM volunteers.engagement
      EXCEPT SELECT volunteer_id, incident_id, CASE state WHEN 'ringing' THEN 'ringing' ELSE 'mission' END
      FROM alerts.alert WHERE state IN ('ringing', 'accepted')) engaged
    UNION ALL
    SELECT 'sent by a defibrillator that is not reserved: ' || sent::text FROM (
      SELECT aed_id, volunteer_id, incident_id FROM alerts.alert WHERE state = 'accepted' AND aed_id IS NOT NULL
      EXCEPT SELECT aed_id, volunteer_id, incident_id FROM aeds.reservation) sent
    UNION ALL
    SELECT 'reserved for nobody: ' || kept::text FROM (
      SELECT aed_id, volunteer_id, incident_id FROM aeds.reservation
      EXCEPT SELECT aed_id, volunteer_id, incident_id FROM alerts.alert
      WHERE state = 'accepted' AND aed_id IS NOT NULL) kept
    UNION ALL
    SELECT 'open and nobody looks at it again: ' || i.id FROM incidents.incident i
    WHERE i.state = 'open' AND NOT EXISTS (
      SELECT 1 FROM foundation.timer t WHERE t.subject_id = i.id AND t.reason = 'look_again')
    UNION ALL
    SELECT 'a gap in the journal of ' || i.id FROM incidents.incident i
    WHERE i.next_seq - 1 <> (SELECT count(*) FROM foundation.journal_entry j WHERE j.incident_id = i.id)
    UNION ALL
    SELECT 'ended, and somebody still rings or goes: ' || a.id FROM alerts.alert a
    JOIN incidents.incident i ON i.id = a.incident_id WHERE i.state = 'ended' AND a.state IN ('ringing', 'accepted')
    UNION ALL
    SELECT 'rings without a message: ' || a.id FROM alerts.alert a
    WHERE a.state = 'ringing' AND NOT EXISTS (
      SELECT 1 FROM delivery.message m WHERE m.subject_id = a.id AND m.what = 'ring')
    UNION ALL
    SELECT 'a key without its incident: ' || k.key FROM incidents.request_key k
    WHERE NOT EXISTS (SELECT 1 FROM incidents.incident i WHERE i.id = k.incident_id)
    UNION ALL
    SELECT 'sent again though it was taken: ' || d.id FROM delivery.delivery d
    WHERE d.attempts > 1 + (SELECT count(*) FROM delivery.attempt a LEFT JOIN delivery.attempt_result r
      ON r.attempt_id = a.id WHERE a.delivery_id = d.id AND r.outcome IS DISTINCT FROM 'accepted')
"""


async def cut_history(history: History, place: Place, rng: random.Random, often: float, tally: Tally) -> None:
    """One history with cuts beside the model without: what was answered without a cut, and all that stands, agree."""
    town = Town(history.seed, history.people, history.boxes)
    model = new_model(town)
    clock, providers = SetClock(day_of(town.seed)), Providers(town.seed)
    await ground.settle_in(place.owner, town)
    real = CutOff(place.database, place.owner, town, clock, providers, knife=place.knife, rng=rng, often=often)
    by_verbs, by_model = Player(real, clock, providers), Player(model, model.clock, model.post.providers)
    reported: dict[str, Reported] = {}
    where = f"seed {history.seed}"
    try:
        for number, step in enumerate(history.steps):
            cuts = sum(real.cuts.values())
            got = await by_verbs.do(step)
            wanted = at_once(by_model.do(step, by_verbs.deaths))
            is_report = isinstance(step, Arrest | ByHand) and got.isdigit()
            if isinstance(step, Arrest | ByHand) and is_report:
                key = step.key if isinstance(step, Arrest) else real.key_of(step)
                reported[key] = Reported(key, step.case, real.incidents[int(got)], clock.now(), 201)
            # What was done and not heard of is answered otherwise when it is said again; only a report never is.
            if got != wanted and (cuts == sum(real.cuts.values()) or is_report):
                if not await real.chose_too_slowly():
                    tally.violations.append(f"{where}, step {number} {step}: answered {got!r}, the model {wanted!r}")
                break
            if real.broken:
                break
        real.broken += await real.look_at_tables()
        tally.violations += [f"{where}: {sentence}" for sentence in real.broken]
        if await real.chose_too_slowly():
            tally.too_slow += 1
        elif not real.broken:
            apart = snapshot.differences(snapshot.of_model(model), await snapshot.of_real(real))
            tally.violations += [f"{where}: {line}" for line in list(apart)[:3]]
        records = Records(reports=list(reported.values()), sealed=False)
        lies = await checker.check(place.database.dsn, records, clock.now())
        tally.violations += [f"{where}: {sentence}" for sentence in lies[:3]]
    except Exception as bug:  # noqa: BLE001 - whatever it is, it belongs into the report with its seed
        tally.violations.append(f"{where}: {type(bug).__name__} {bug}")
    finally:
        place.knife.disarm()
        await real.clear()
        tally.histories += 1
        tally.points += sum(real.cuts.values())
        for word, count in real.cuts.items():
            tally.cuts[word] = tally.cuts.get(word, 0) + count


async def cut_many(server: Server, first_seed: int, points: int, steps: int, often: float, name: str) -> Tally:
    """Histories of consecutive seeds until there were so many crash points."""
    tally, seed, began = Tally(), first_seed, time.monotonic()
    while tally.points < points and len(tally.violations) < 5:
        async with ground.clone(server) as dsn, a_place(dsn) as place:
            for _ in range(HISTORIES_A_DATABASE):
                if tally.points < points:
                    await _one(seed, steps, place, often, tally)
                    seed += 1
            tally.incidents += await place.owner.fetchval("SELECT count(*) FROM incidents.incident")
        took = timedelta(seconds=round(time.monotonic() - began))
        slow = f", {tally.too_slow} histories too slow" if tally.too_slow else ""
        said = f"{tally.points} points, {len(tally.violations)} violations{slow}, {took}, next seed {seed}"
        sys.stdout.write(f"{name}{said}\n")
        sys.stdout.flush()
    return tally


async def _one(seed: int, steps: int, place: Place, often: float, tally: Tally) -> None:
    try:
        history = await asyncio.to_thread(draw, seed, steps)
    except AssertionError as broken:
        tally.violations.append(f"seed {seed}, {steps} steps, in the model: {broken}")
    else:
        await cut_history(history, place, random.Random(f"cuts {seed}"), often, tally)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--points", type=int, default=2_000, help="crash points; 100,000 is the figure to reach")
    parser.add_argument("--steps", type=int, default=STEPS, help="of each history")
    parser.add_argument("--often", type=float, default=0.7, help="share of the calls that are cut")
    parser.add_argument("--processes", type=int, default=2)


def _process(number: int, seed: int, points: int, steps: int, often: float) -> Tally:
    async def alone() -> Tally:
        with ground.ground() as server:
            await ground.make_template(server)
            return await cut_many(server, seed, points, steps, often, f"process {number}: ")

    with quiet():
        return asyncio.run(alone())


async def run(options: argparse.Namespace) -> Verdict:
    """As many processes as wanted, each with a server and seeds of its own."""
    began = time.monotonic()
    share = -(-options.points // options.processes)
    with ProcessPoolExecutor(options.processes, initializer=end_with_the_run) as processes:
        loop = asyncio.get_running_loop()
        tallies = await asyncio.gather(
            *(
                loop.run_in_executor(
                    processes, _process, n, options.seed + n * 1_000_000, share, options.steps, options.often
                )
                for n in range(options.processes)
            )
        )
    verdict = Verdict(chaos="crash_points", seed=options.seed)
    cuts: Counter[str] = Counter()
    too_slow = 0
    for tally in tallies:
        verdict.runs += tally.histories
        verdict.kills += tally.points
        verdict.incidents += tally.incidents
        verdict.violations += tally.violations
        cuts.update(tally.cuts)
        too_slow += tally.too_slow
    verdict.reached = verdict.kills >= options.points and too_slow <= verdict.runs * TOO_SLOW_AT_MOST
    verdict.figures |= {"seconds": round(time.monotonic() - began, 1), "cuts after a commit nobody heard of": 0}
    verdict.figures["cuts after a commit nobody heard of"] = sum(n for w, n in cuts.items() if "after commit" in w)
    verdict.figures["histories too slow to compare"] = too_slow
    for verb in sorted({word.partition(":")[0] for word in cuts}):
        verdict.figures[verb] = sum(n for word, n in cuts.items() if word.startswith(f"{verb}:"))
    return verdict
