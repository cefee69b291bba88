"""An attacker who sees every figure ever told and knows all the rules, and solves for what was not told, exactly.

Unknown are the true counts of all groups, on all days, of all stages. Known is what was told; that counts are whole and
never get fewer; that a later stage has no more people than an earlier one; how a group is made of its parts: as their
sum, or, where somebody may have come by two codes, between the largest part and the sum. And more is given away than
anybody can know: of every group, on every day, whether more than k - 1 are untold.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import highspy
import numpy as np

from backend.recruitment.tell import Counted, Counts, GroupName
from tests.recruitment.population import DAYS, Population


class Cell(NamedTuple):
    group: GroupName
    day: int
    stage: int


class Leak(NamedTuple):
    """A count of which something smaller than k became known."""

    cell: Cell
    value: int  # which it cannot have, and must be able to

    def __str__(self) -> str:
        return f"{self.cell.group!r} on day {self.cell.day}, stage {self.cell.stage}, cannot be {self.value}"


class Seen(NamedTuple):
    """What is told of a count, and whether no more than k - 1 are untold."""

    told: int
    that_is_nearly_all: bool


Figures = Mapping[Cell, Seen]
Telling = Callable[[Sequence[Counted], Sequence[Counts], int], Sequence[Counts]]
"""As `tell`."""


class _Row(NamedTuple):
    terms: Mapping[Cell, int]
    at_least: float
    at_most: float


_NO_BOUND = highspy.kHighsInf
_MANY = 1_000_000.0


def leaks(population: Population, figures: Figures) -> list[Leak]:
    """What the attacker learns: empty where every count may be every one of the k values from what is told of it."""
    solver = _Solver(population, figures)
    wanted = {(cell, seen.told + more) for cell, seen in figures.items() for more in (0, population.k - 1)}
    # One look at an extreme shows many counts at theirs; only what no look has shown is asked for by itself.
    for towards in (1.0, -1.0):
        wanted -= solver.world(dict.fromkeys({cell for cell, _ in wanted}, towards))
    found: list[Leak] = []
    for cell, value in sorted(wanted):
        if (cell, value) in wanted:
            world = solver.world({}, fixed=(cell, value))
            wanted -= world
            found += [] if world else [Leak(cell, value)]
    return found


class _Solver:
    """The attacker's equations, as an integer programme."""

    def __init__(self, population: Population, figures: Figures) -> None:
        days, stages = max(cell.day for cell in figures), population.stages
        self._cells = [
            Cell(name, day, stage)
            for stage in range(stages)
            for name in population.names(stage)
            for day in range(population.opened.get(name, 1), days + 1)
        ]
        self._column = {cell: number for number, cell in enumerate(self._cells)}
        self._bounds = [_bounds(figures.get(cell), population.k) for cell in self._cells]
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (("output_flag", False), ("log_to_console", False), ("threads", 1)):
            self._highs.setOptionValue(option, value)
        lower, upper = zip(*self._bounds, strict=True)
        self._highs.addVars(len(self._cells), np.array(lower), np.array(upper))
        self._add(list(_rules(population, days)))

    def _add(self, rows: Sequence[_Row]) -> None:
        terms = [
            {self._column[cell]: factor for cell, factor in row.terms.items() if cell in self._column} for row in rows
        ]
        starts = np.cumsum([0, *(len(each) for each in terms)])
        self._highs.addRows(
            len(rows),
            np.array([row.at_least for row in rows]),
            np.array([row.at_most for row in rows]),
            int(starts[-1]),
            starts[:-1].astype(np.int32),
            np.array([column for each in terms for column in each], dtype=np.int32),
            np.array([factor for each in terms for factor in each.values()], dtype=np.double),
        )

    def world(self, towards: Mapping[Cell, float], fixed: tuple[Cell, int] | None = None) -> set[tuple[Cell, int]]:
        """Every count of one possible world, the smallest in `towards`; empty: there is none with `fixed`."""
        cost = np.zeros(len(self._cells))
        for cell, weight in towards.items():
            cost[self._column[cell]] = weight
        self._highs.changeColsCost(len(self._cells), np.arange(len(self._cells), dtype=np.int32), cost)
        if fixed is None:
            return self._solved()
        column = self._column[fixed[0]]
        self._highs.changeColBounds(column, float(fixed[1]), float(fixed[1]))
        found = self._solved()
        self._highs.changeColBounds(column, *self._bounds[column])
        return found

    def _solved(self) -> set[tuple[Cell, int]]:
        every = np.arange(len(self._cells), dtype=np.int32)
        for kind in (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger):
            self._highs.changeColsIntegrality(len(every), every, np.array([kind] * len(every)))
            self._highs.run()
            status = self._highs.getModelStatus()
            if status == highspy.HighsModelStatus.kInfeasible:
                return set()
            assert status == highspy.HighsModelStatus.kOptimal, status
            values = np.array(self._highs.getSolution().col_value)
            whole = np.rint(values)
            if np.abs(values - whole).max() < 1e-6:
                return {(cell, int(value)) for cell, value in zip(self._cells, whole, strict=True)}
        raise AssertionError("an integer programme was solved by what is not whole")


def _bounds(seen: Seen | None, k: int) -> tuple[float, float]:
    if seen is None:
        return 0.0, _MANY
    return float(seen.told), float(seen.told + k - 1) if seen.that_is_nearly_all else _MANY


def _rules(population: Population, days: int) -> Iterator[_Row]:
    for stage in range(population.stages):
        names, parted = population.names(stage), list(population.parted(stage))
        for day in range(1, days + 1):
            for whole, parts in parted:
                yield from _made_of(whole, [part for part in parts if population.opened[part] <= day], day, stage,
                                    population.twice)  # fmt: skip
            if stage:
                earlier = population.names(stage - 1)
                yield from (_no_more(Cell(name, day, stage), Cell(name, day, stage - 1)) for name in earlier)
        for before, day in pairwise(range(1, days + 1)):
            yield from (_no_more(Cell(name, before, stage), Cell(name, day, stage)) for name in names)
            for whole, parts in parted if population.twice else ():
                # Whoever is new in a group is new in one of its parts.
                grown = _grown(parts, before, day, stage, 1) | _grown([whole], before, day, stage, -1)
                yield _Row(grown, 0.0, _NO_BOUND)


def _made_of(whole: GroupName, parts: Sequence[GroupName], day: int, stage: int, twice: bool) -> Iterator[_Row]:
    its = [Cell(part, day, stage) for part in parts]
    yield _Row({Cell(whole, day, stage): -1} | dict.fromkeys(its, 1), 0.0, _NO_BOUND if twice else 0.0)
    if twice:
        yield from (_no_more(part, Cell(whole, day, stage)) for part in its)


def _no_more(fewer: Cell, more: Cell) -> _Row:
    return _Row({more: 1, fewer: -1}, 0.0, _NO_BOUND)


def _grown(names: Iterable[GroupName], before: int, day: int, stage: int, sign: int) -> dict[Cell, int]:
    return {Cell(name, when, stage): factor for name in names for when, factor in ((before, -sign), (day, sign))}


def told_of(population: Population, days: int, telling: Telling) -> dict[Cell, Seen]:
    """Every figure that is told in a campaign: of all groups at each week's end, of the campaign every day."""
    figures: dict[Cell, Seen] = {}
    told: list[Mapping[GroupName, int]] = [{} for _ in range(population.stages)]
    for day in range(1, days + 1):
        counts = [population.counts(day, stage) for stage in range(population.stages)]
        stages = [Counted(population.groups_on(day, stage), count) for stage, count in enumerate(counts)]
        told = list(telling(stages, told, population.k))
        for stage, (each, count) in enumerate(zip(told, counts, strict=True)):
            for name, number in each.items():
                if day % DAYS == 0 or name == population.groups.root:
                    nearly_all = name not in population.groups.untold and count[name] < number + population.k
                    figures[Cell(name, day, stage)] = Seen(number, nearly_all)
    return figures
