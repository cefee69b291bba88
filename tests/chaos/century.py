"""A century of Danish alarms through the pure core with a model store, with faults; 314,000 incidents in an hour."""

import argparse
import asyncio
import math
import random
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta

import msgspec

from backend.foundation.clock import SetClock
from backend.selection.policy import Role
from tests.chaos import laws
from tests.chaos.model_level import Model
from tests.chaos.model_store import Case
from tests.chaos.people import ACCEPTS, FOLLOWS_AT_ONCE, Alarm, Episode
from tests.chaos.player import START, Providers
from tests.chaos.town import POLICIES, Town
from tests.chaos.verdict import Verdict
from tests.harness.tied import end_with_the_run

INCIDENTS = 314_000
TOWNS = 98
DANISH = 0.85  # of the alarms are under the Danish rule, the rest under every other one served
_DK = "dk-2026"


class Told(msgspec.Struct):
    """What a part of the century gave, for the figures; of alarms under the Danish rule but for the first three."""

    incidents: int = 0
    events: int = 0
    violations: list[str] = []
    alarms: int = 0
    alerted: int = 0
    accepted: int = 0
    with_one: int = 0
    with_five: int = 0
    nobody_direct: int = 0
    expected_one: float = 0.0
    expected_five: float = 0.0
    spread_one: float = 0.0
    spread_five: float = 0.0
    ends: dict[str, int] = {}

    def add(self, other: "Told") -> None:
        for name in self.__struct_fields__:
            mine, theirs = getattr(self, name), getattr(other, name)
            setattr(self, name, dict(Counter(mine) + Counter(theirs)) if name == "ends" else mine + theirs)


def live_through(number: int, seed: int, incidents: int) -> Told:
    """One town's share of the century, one episode after another."""
    rng = random.Random(f"century {seed} {number}")
    told = Told()
    # Six of ten alarms have more than enough people in reach, the others 4–18: 16.4 alerted on average (DOMAIN 1).
    people = 44 if rng.random() < 0.6 else rng.randrange(5, 20)
    town = Town(seed * 1_000 + number, people, boxes=rng.randrange(0, 14))
    while told.incidents < incidents:
        _episode(town, rng, told, f"{number}-{told.incidents}")
        if told.incidents % 97 == 0:  # people move
            town = Town(town.seed + TOWNS * 1_000, people, boxes=rng.randrange(0, 14))
    return told


def _episode(town: Town, rng: random.Random, told: Told, name: str) -> None:
    model = _model_of(town, rng)
    episode = Episode(model, rng, name)
    after_s = 0.0
    while not after_s or rng.random() < FOLLOWS_AT_ONCE:
        policy = None if rng.random() < DANISH else rng.choice(list(POLICIES))
        episode.arrest(policy, rng.randrange(len(town.spots)), after_s)
        after_s += rng.choice((0.001, 1, 30, 200, 600))
    try:
        episode.play()
        laws.hold(model)
        _everything_is_over(model)
    except AssertionError as broken:
        told.violations.append(f"town {town.seed}, episode {name}: {broken}")
    told.events += episode.events
    told.incidents += len(model.cases)
    for case, alarm in zip(model.cases, episode.alarms, strict=False):
        _count(told, case, alarm)


def _model_of(town: Town, rng: random.Random) -> Model:
    """The town as it is this time: who is on duty, whose phone forgot its address, which defibrillators are away."""
    clock = SetClock(START + timedelta(seconds=rng.randrange(86_400 * 7)))
    model = Model(town, clock, Providers(rng.getrandbits(30)))
    for number, health in enumerate(model.post.health):
        model.post.on_duty[number] = rng.random() > 0.05
        if "fcm" in health and rng.random() < 0.02:
            health["fcm"] = "retired"
    return model


def _everything_is_over(model: Model) -> None:
    if any(case.is_open for case in model.cases) or model.engaged or model.reserved or model.timers.rows:
        raise AssertionError("1: nothing is due any more, and not everything is over")


def _count(told: Told, case: Case, alarm: Alarm) -> None:
    told.ends[case.incident.end_reason or "open"] = told.ends.get(case.incident.end_reason or "open", 0) + 1
    if case.policy.name != _DK or case.incident.exclusions:
        return
    alerts = list(case.alerts.values())
    accepted = [a for a in alerts if a.place is not None]
    told.alarms += 1
    told.alerted += sum(not a.never_asked for a in alerts)
    told.accepted += len(accepted)
    told.with_one += bool(accepted)
    told.with_five += len(accepted) >= 5
    told.nobody_direct += not any(a.role is Role.DIRECT for a in accepted)
    one, five = (at_least(k, alarm.deciding, alarm.share) for k in (1, 5))
    told.expected_one += one
    told.expected_five += five
    told.spread_one += one * (1 - one)
    told.spread_five += five * (1 - five)


def at_least(least: int, people: int, share: float) -> float:
    """Chance that of so many, each saying yes with this chance, at least `least` do."""
    return 1 - sum(math.comb(people, k) * share**k * (1 - share) ** (people - k) for k in range(min(least, people + 1)))


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--incidents", type=int, default=INCIDENTS)
    parser.add_argument("--processes", type=int, default=2)


async def run(options: argparse.Namespace) -> Verdict:
    """Town after town, as many at a time as there are processes."""
    began = time.monotonic()
    whole = Told()
    share = -(-options.incidents // TOWNS)
    with ProcessPoolExecutor(options.processes, initializer=end_with_the_run) as processes:
        loop = asyncio.get_running_loop()
        towns = [loop.run_in_executor(processes, live_through, n, options.seed, share) for n in range(TOWNS)]
        for number, town in enumerate(asyncio.as_completed(towns), 1):
            whole.add(await town)
            took = timedelta(seconds=round(time.monotonic() - began))
            sys.stdout.write(
                f"{number} towns, {whole.incidents} incidents, {len(whole.violations)} violations, {took}\n"
            )
            sys.stdout.flush()
    return verdict_on(whole, options, time.monotonic() - began)


def verdict_on(told: Told, options: argparse.Namespace, seconds: float) -> Verdict:
    """The figures beside their sources; not reached where what was simulated and what can be calculated part."""
    alarms = max(1, told.alarms)
    beside = {
        "alerted per alarm (16.4)": round(told.alerted / alarms, 2),
        "share of alerts accepted (0.353)": round(told.accepted / max(1, told.alerted), 4),
        "acceptors per alarm (5.8)": round(told.accepted / alarms, 2),
        "share with an acceptor": round(told.with_one / alarms, 4),
        "calculated: with an acceptor": round(told.expected_one / alarms, 4),
        "share with five": round(told.with_five / alarms, 4),
        "calculated: with five": round(told.expected_five / alarms, 4),
        "share with nobody direct": round(told.nobody_direct / alarms, 4),
        "chance of five of twenty (0.886)": round(at_least(5, 20, ACCEPTS), 4),
    }
    verdict = Verdict(chaos="century", seed=options.seed, runs=TOWNS, incidents=told.incidents)
    verdict.violations = told.violations
    verdict.figures = {**beside, "events": told.events, "seconds": round(seconds, 1)}
    verdict.figures["incidents an hour"] = round(told.incidents / max(seconds, 0.001) * 3600)
    verdict.figures |= {f"ended {reason}": count for reason, count in sorted(told.ends.items())}
    verdict.reached = told.incidents >= options.incidents and agrees(told)
    return verdict


def agrees(told: Told) -> bool:
    """Whether as many alarms had one, and five, acceptors as can be calculated from who had to decide (four sigma)."""
    one = abs(told.with_one - told.expected_one) <= 4 * math.sqrt(told.spread_one) + 0.002 * told.alarms
    five = abs(told.with_five - told.expected_five) <= 4 * math.sqrt(told.spread_five) + 0.01 * told.alarms
    return one and five
