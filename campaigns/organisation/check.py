"""Whether a history of units can be: every mistake at once, each with its line and what would be right."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby, pairwise

import msgspec

from campaigns.organisation.unit import Tree, Unit, UnitCode, days_of_change, tree_on


class Line(msgspec.Struct, frozen=True):
    """A unit as it stands in a file."""

    file: str
    number: int
    unit: Unit


class Mistake(msgspec.Struct, frozen=True):
    """What cannot be, in one sentence that says what would be right. `number` 0: the file as a whole."""

    file: str
    number: int
    said: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.number}: {self.said}" if self.number else f"{self.file}: {self.said}"


def mistakes_in(lines: Sequence[Line]) -> list[Mistake]:
    """Everything that keeps these units from being a tree on every day; in the order of the lines."""
    found = [
        *_backwards(lines),
        *_twice(lines),
        *_without_parent(lines),
        *_joined_to_nobody(lines),
    ]
    if not found:  # a tree of each day is only to be had of what is right by itself
        found = [*_second_roots(lines), *_circles(lines)]
    return sorted(found, key=lambda mistake: (mistake.file, mistake.number))


def _mistake(line: Line, said: str) -> Mistake:
    return Mistake(line.file, line.number, said)


def _backwards(lines: Sequence[Line]) -> Iterator[Mistake]:
    for line in lines:
        unit = line.unit
        if unit.until is not None and unit.until <= unit.since:
            yield _mistake(line, f"{unit.code} ends on {unit.until}, before its first day is over: a later day in `to`")


def _twice(lines: Sequence[Line]) -> Iterator[Mistake]:
    for code, several in groupby(sorted(lines, key=_by_code_and_time), key=lambda line: line.unit.code):
        for earlier, later in pairwise(several):
            before, after = earlier.unit, later.unit
            if before.until is not None and before.until <= after.since:
                continue
            if before.since == after.since and before.parent == after.parent:
                said = f"{code} is there twice (line {earlier.number}): each unit once for each time"
            elif before.parent != after.parent:
                said = (
                    f"{code} would be below {before.parent or 'nobody'} (line {earlier.number}) and below "
                    f"{after.parent or 'nobody'} on {after.since}: `to` of the earlier line on that day or before"
                )
            else:
                said = f"{code} overlaps line {earlier.number} on {after.since}: `to` there on that day or before"
            yield _mistake(later, said)


def _by_code_and_time(line: Line) -> tuple[UnitCode, date, date, int]:
    return line.unit.code, line.unit.since, line.unit.until or date.max, line.number


def _without_parent(lines: Sequence[Line]) -> Iterator[Mistake]:
    """Whoever is below a unit that is not there all the time."""
    times: dict[UnitCode, list[Unit]] = {}
    for line in sorted(lines, key=_by_code_and_time):
        times.setdefault(line.unit.code, []).append(line.unit)
    for line in lines:
        unit = line.unit
        if unit.parent is None:
            continue
        if unit.parent == unit.code:
            yield _mistake(line, f"{unit.code} is below itself: the unit it belongs to in `parent`, or none at the top")
        elif unit.parent not in times:
            yield _mistake(line, f"there is no unit {unit.parent} for {unit.code} to be below: a unit of this file")
        elif (alone := _first_day_alone(unit, times[unit.parent])) is not None:
            yield _mistake(
                line,
                f"{unit.code} is below {unit.parent}, which is not there on {alone}: close {unit.code} by that day, or "
                f"give it another line below another unit from that day on",
            )


def _first_day_alone(unit: Unit, parents: Sequence[Unit]) -> date | None:
    """The first day on which the unit is there and none of `parents` (one unit's times, oldest first) is."""
    day = unit.since
    for parent in parents:
        if parent.is_there(day):
            if parent.until is None:
                return None
            day = parent.until
    return day if unit.is_there(day) else None


def _joined_to_nobody(lines: Sequence[Line]) -> Iterator[Mistake]:
    history = [line.unit for line in lines]
    for line in lines:
        unit = line.unit
        if unit.merged_into is not None:
            if unit.until is None:
                yield _mistake(line, f"{unit.code} merged into {unit.merged_into}: on which day, in `to`")
            elif any(other.code == unit.code and other.is_there(unit.until) for other in history):
                yield _mistake(line, f"{unit.code} is still there on {unit.until}: `merged_into` in its last line only")
            elif not _is_another(unit, unit.merged_into, unit.until, history):
                yield _mistake(
                    line,
                    f"{unit.code} merged into {unit.merged_into}, which is not there on {unit.until}: a unit that is",
                )
        if unit.split_from is not None and not _is_another(unit, unit.split_from, _day_before(unit.since), history):
            yield _mistake(
                line,
                f"{unit.code} was split from {unit.split_from}, which was not there the day before {unit.since}: "
                f"a unit that was",
            )


def _day_before(day: date) -> date:
    return date.fromordinal(max(day.toordinal() - 1, 1))


def _is_another(unit: Unit, code: UnitCode, day: date, history: Sequence[Unit]) -> bool:
    return code != unit.code and any(other.code == code and other.is_there(day) for other in history)


def _second_roots(lines: Sequence[Line]) -> Iterator[Mistake]:
    tops = sorted((line for line in lines if line.unit.parent is None), key=lambda line: (line.unit.since, line.number))
    for number, line in enumerate(tops):
        for other in tops[:number]:
            if other.unit.until is None or line.unit.since < other.unit.until:
                yield _mistake(
                    line,
                    f"{line.unit.code} has no unit above it, and neither has {other.unit.code} (line {other.number}): "
                    f"a unit in `parent`; one alone stands at the top",
                )
                break


def _circles(lines: Sequence[Line]) -> Iterator[Mistake]:
    told: set[frozenset[UnitCode]] = set()
    history = [line.unit for line in lines]
    for day in days_of_change(history):
        for circle in _circles_of(tree_on(history, day)):
            if frozenset(circle) not in told:
                told.add(frozenset(circle))
                line = max((x for x in lines if x.unit.code in circle and x.unit.is_there(day)), key=lambda x: x.number)
                way = ", ".join(f"{a} below {b}" for a, b in pairwise([*circle, circle[0]]))
                yield _mistake(line, f"a circle on {day} ({way}): one of them below a unit outside it")


def _circles_of(tree: Tree) -> Iterator[list[UnitCode]]:
    done: set[UnitCode] = set()
    for start in sorted(tree.units):
        way: list[UnitCode] = []
        at: UnitCode | None = start
        while at is not None and at not in done and at not in way:
            way.append(at)
            at = tree.units[at].parent
        if at is not None and at in way:
            yield way[way.index(at) :]
        done.update(way)
