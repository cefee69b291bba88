"""Asking every contender the same questions, turn and turn about; and whether their answers are right."""

import asyncio
import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, AsyncExitStack

from tests.performance.brute_force import Nearest, Places, metres_of
from tests.performance.contender import REACH_M, Alarm, Ask, Contender
from tests.performance.country import Tell
from tests.performance.figures import PERCENTS, percentile
from tests.performance.reporting import Reporting

BEGIN_S = 3.0
"""Until phones report and the database has got used to it."""

Times = dict[str, list[list[float]]]
"""Milliseconds by contender, round by round."""


async def measured(contenders: Sequence[Contender], alarms: Sequence[Alarm], rounds: int, tell: Tell) -> Times:
    """Each round asks everybody everything, one question after another, and begins with another contender."""
    took: Times = {each.name: [] for each in contenders}
    async with AsyncExitStack() as stack:
        asks = {each.name: await stack.enter_async_context(each.asking()) for each in contenders}
        gc.collect()
        gc.freeze()  # the country is not looked through again and again meanwhile
        try:
            for number in range(rounds):
                first = number % len(contenders)
                for each in (*contenders[first:], *contenders[:first]):
                    await _times(asks[each.name], alarms[: len(alarms) // 10])  # connections and plans are warm
                    took[each.name].append(await _times(asks[each.name], alarms))
                tell(f"round {number + 1} of {rounds}: {_said(took, number)}")
        finally:
            gc.unfreeze()
    return took


async def under_reports(
    contenders: Sequence[Contender],
    alarms: Sequence[Alarm],
    rounds: int,
    reports: Callable[[], AbstractContextManager[Reporting]],
    tell: Tell,
) -> tuple[Times, Times, list[int]]:
    """Idle and, in turns with it, while phones report; and how many reports were kept in each second of it."""
    idle: Times = {each.name: [] for each in contenders}
    loaded: Times = {each.name: [] for each in contenders}
    kept: list[int] = []
    for number in range(rounds):
        for name, times in (await measured(contenders, alarms, 1, tell)).items():
            idle[name] += times
        with reports() as running:
            await asyncio.sleep(BEGIN_S)
            for name, times in (await measured(contenders, alarms, 1, tell)).items():
                loaded[name] += times
        kept += running.kept[1:]
        a_second = statistics.median(running.kept or [0])
        tell(f"under reports, round {number + 1} of {rounds}: {a_second:,.0f} kept a second")
    return idle, loaded, kept


async def _times(ask: Ask, alarms: Sequence[Alarm]) -> list[float]:
    took = []
    for alarm in alarms:
        began = time.perf_counter()
        await ask(alarm)
        took.append(1000 * (time.perf_counter() - began))
    return took


def _said(took: Mapping[str, Sequence[Sequence[float]]], number: int) -> str:
    return ", ".join(f"{name} {percentile(rounds[number], 50):.2f} ms" for name, rounds in took.items())


def medians(rounds: Sequence[Sequence[float]]) -> dict[str, float]:
    """p50, p90, p99 of each round, and of those the median."""
    return {f"p{each}": statistics.median(percentile(one, each) for one in rounds) for each in PERCENTS}


async def rightness(
    contender: Contender, alarms: Sequence[Alarm], expected: Sequence[Nearest], places: Places
) -> tuple[float, list[str]]:
    """Per cent of answers that are right, and of some that are not what was the matter. Warms every cache as well.

    Of an exact contender the very list is wanted. Another measures a little otherwise and has no lots: of it only that
    its people are as near as those of brute force.
    """
    wrong = []
    async with contender.asking() as ask:
        for number, (alarm, wanted) in enumerate(zip(alarms, expected, strict=True)):
            given = await ask(alarm)
            if contender.exact and given == wanted.ids:
                continue
            far = metres_of(places, alarm, given)
            if contender.exact or not as_near(far, wanted.metres):
                wrong.append(f"{contender.name}, alarm {number}: {far} m, and brute force {wanted.metres} m")
    return 100 * (1 - len(wrong) / max(1, len(alarms))), wrong[:5]


def as_near(given: Sequence[int], wanted: Sequence[int]) -> bool:
    """Whether these metres are those, but for a metre and a thousandth; at the end of the reach one more or less."""
    at_the_edge = [*given[len(wanted) :], *wanted[len(given) :]]
    return all(abs(a - b) <= 1 + b / 1000 for a, b in zip(sorted(given), wanted, strict=False)) and all(
        far >= REACH_M * 0.998 for far in at_the_edge
    )
