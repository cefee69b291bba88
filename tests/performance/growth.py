"""How cost grows with volunteers, reports and alarms, fitted to the figures that are kept, and the next wall."""

import math
from collections.abc import Mapping, Sequence
from enum import Enum

import msgspec

from tests.performance.figures import Figure, Run, number
from tests.performance.fits import BENDS_AT, Straight, bend, power, straight
from tests.performance.in_memory import IN_MEMORY
from tests.performance.rates import ALARMS, REPORTS

FULL = 0.85
"""Of the cores: a rate that takes more has no line to fit, it takes all there is."""


ENOUGH = 0.8
"""Of what is offered ††."""


class Limit(Enum):
    """What cannot be had more of."""

    CORES = "all cores"
    MEMORY = "all memory"
    CHOOSING = "the 500 ms an alarm gives to choosing"
    AIM = "the 300 ms aimed at"
    NONE = ""


class Grows(msgspec.Struct, frozen=True):
    """One figure and what it grows with; a `line` where it is a sum over what comes, else a power.

    `bends`: the wall is where it bends; `carried`: where fewer come through than are offered.
    """

    bench: str
    name: str
    of: str
    what: str
    grows_with: str
    limit: Limit = Limit.NONE
    line: bool = False
    bends: bool = False
    carried: bool = False


GROWS = (
    Grows("selection", "p50", "ours", "choosing, p50", "volunteers"),
    Grows("selection", "p99", "ours", "choosing, p99", "volunteers", Limit.CHOOSING),
    Grows("selection", "p50", IN_MEMORY, "choosing in memory, p50", "volunteers"),
    Grows("selection", "p99", IN_MEMORY, "choosing in memory, p99", "volunteers"),
    Grows("selection", "size", "ours", "positions and their indexes", "volunteers", Limit.MEMORY, line=True),
    Grows("alert", "p50", "idle", "an alarm, p50", "volunteers"),
    Grows("alert", "p99", "idle", "an alarm, p99", "volunteers", Limit.AIM),
    Grows("alert", "p99", "2,000 reports a second", "an alarm under reports, p99", "volunteers", Limit.AIM),
    Grows("alert", "WAL an alarm", "idle", "journal of an alarm", "volunteers"),
    Grows("rates", "report p99", REPORTS, "a report, p99", REPORTS, bends=True),
    Grows("rates", "reports carried", REPORTS, "reports carried", REPORTS, carried=True),
    Grows("rates", "reports' processor", REPORTS, "processor of reports", REPORTS, Limit.CORES, line=True),
    Grows("rates", "alarm p99", ALARMS, "an alarm, p99", ALARMS, bends=True),
    Grows("rates", "alarms carried", ALARMS, "alarms carried", ALARMS, carried=True),
    Grows("rates", "alarms' processor", ALARMS, "processor of alarms", ALARMS, Limit.CORES, line=True),
)


def grown(runs: Mapping[str, Sequence[Run]]) -> list[list[str]]:
    """A row for each that was measured at more than one size: what, with what, from and to, how, and the wall."""
    rows = []
    for each in GROWS:
        series = _series(runs.get(each.bench, ()), each)
        if len(series) > 1:
            cells = _row(each, series, runs[each.bench][-1])
            rows += [cells] if cells else []
    return rows


def _series(runs: Sequence[Run], each: Grows) -> list[Figure]:
    found = {f.size: f for run in runs for f in run.figures if (f.name, f.of) == (each.name, each.of) and f.value > 0}
    return [found[size] for size in sorted(found)]


def _row(each: Grows, series: Sequence[Figure], run: Run) -> list[str] | None:
    limit = _limit(each.limit, run)
    if each.line and each.limit is Limit.CORES and limit is not None:
        series = [figure for figure in series if figure.value < FULL * limit]
    sizes, values = [float(figure.size) for figure in series], [figure.value for figure in series]
    ends = f"{series[0].size:,}–{series[-1].size:,}" if series else ""
    unit = series[0].unit if series else ""
    if each.carried:
        return [each.what, each.grows_with, ends, _from_to(values, unit), "", _carried(sizes, values)]
    if each.bends:
        return [each.what, each.grows_with, ends, _from_to(values, unit), "", _bent(sizes, values)]
    fit = straight(sizes, values) if each.line else power(sizes, values)
    if fit is None:
        return None
    if isinstance(fit, Straight):
        how = f"{number(round(fit.start, 6) + 0.0)} {unit} and {_small(fit.each, unit)} each"
    else:
        how = f"ten times as many: {fit.tenfold:.2f} times"
    wall = _wall(fit.reaches(limit), each.limit, sizes) if limit is not None else ""
    explained = f"{fit.r2:.2f}" if len(series) > 2 else "two sizes"
    return [each.what, each.grows_with, ends, f"{_from_to(values, unit)}; {how}", explained, wall]


def _limit(limit: Limit, run: Run) -> float | None:
    return {
        Limit.CORES: float(run.machine.cores),
        Limit.MEMORY: run.machine.memory_gb * 1024,
        Limit.CHOOSING: 500.0,
        Limit.AIM: 300.0,
        Limit.NONE: None,
    }[limit]


def _from_to(values: Sequence[float], unit: str) -> str:
    return f"{number(values[0])} → {number(values[-1])} {unit}"


def _small(value: float, unit: str) -> str:
    """A share of a unit in a smaller one."""
    smaller = {"MB": (2**20, "B"), "cores": (1e3, "ms of processor"), "ms": (1e3, "µs")}
    times, name = smaller.get(unit, (1.0, unit))
    return f"{number(value * times)} {name}"


def _bent(sizes: Sequence[float], values: Sequence[float]) -> str:
    bent = bend(sizes, values)
    if bent is None:
        return f"not yet at {sizes[-1]:,.0f}"
    return f"bends between {bent[0]:,.0f} and {bent[1]:,.0f}: {BENDS_AT:g} times the first, and more after"


def _carried(offered: Sequence[float], came: Sequence[float]) -> str:
    """Of alarms, which come by chance, a few more or fewer come than the rate says: that is no wall."""
    left = next((n for n, (rate, own) in enumerate(zip(offered, came, strict=True)) if own < ENOUGH * rate), None)
    return (
        f"all of them at {offered[-1]:,.0f}"
        if left is None
        else f"{max(came):,.0f} at the most, offered {offered[left]:,.0f}"
    )


def _wall(size: float, limit: Limit, sizes: Sequence[float]) -> str:
    if math.isinf(size) or size > 1e4 * sizes[-1]:
        return f"{limit.value}: at no size to be met"
    rounded = float(f"{size:.2g}")
    return f"{limit.value}: at {rounded:,.0f}"
