"""A unit of an organisation, where it stands and how long; and the tree of one day."""

from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import NewType

import msgspec

UnitCode = NewType("UnitCode", str)
"""Letters A–Z, digits and hyphens, a letter first: what a unit is called for good, whatever becomes of it."""


class Kind(StrEnum):
    """What a unit is. The last five are *underafdelinger*; `enhed` is any other."""

    KONCERN = "koncern"
    DEPARTEMENT = "departement"
    STYRELSE = "styrelse"
    KOMMANDO = "kommando"
    VAERN = "værn"
    SKOLE = "skole"
    CENTER = "center"
    REGION = "region"
    DISTRIKT = "distrikt"
    KOMMUNE = "kommune"
    FORVALTNING = "forvaltning"
    ENHED = "enhed"
    KOMPAGNI = "kompagni"
    FLOTILLE = "flotille"
    ESKADRILLE = "eskadrille"
    DELING = "deling"
    UNDERAFDELING = "underafdeling"


class Unit(msgspec.Struct, frozen=True):
    """A unit in one place under one name, from the Danish day `since` until the day before `until`.

    A unit that moves or is named anew has one of these for each time. `until` None: it goes on. `merged_into` belongs
    to its last, `split_from` to its first time.
    """

    code: UnitCode
    parent: UnitCode | None
    kind: Kind
    name_da: str
    name_en: str
    since: date
    until: date | None = None
    merged_into: UnitCode | None = None
    split_from: UnitCode | None = None

    def is_there(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


class Tree:
    """The units of one day, each below the one it belongs to."""

    def __init__(self, day: date, units: Sequence[Unit]) -> None:
        self.day = day
        self.units = {unit.code: unit for unit in units}

    @cached_property
    def _below(self) -> dict[UnitCode | None, list[UnitCode]]:
        below: dict[UnitCode | None, list[UnitCode]] = {}
        for unit in sorted(self.units.values(), key=lambda unit: unit.code):
            below.setdefault(unit.parent, []).append(unit.code)
        return below

    def roots(self) -> list[UnitCode]:
        return self._below.get(None, [])

    def below(self, code: UnitCode) -> list[UnitCode]:
        """The units right below."""
        return self._below.get(code, [])

    def way_to(self, code: UnitCode) -> list[UnitCode]:
        """From the top down to the unit itself. Raises KeyError if it is not there that day."""
        way = [code]
        while (parent := self.units[way[0]].parent) is not None:
            way.insert(0, parent)
        return way

    def whole(self, code: UnitCode) -> Iterator[UnitCode]:
        """The unit and all below it, each after the one it is below."""
        yield code
        for child in self.below(code):
            yield from self.whole(child)


def tree_on(history: Sequence[Unit], day: date) -> Tree:
    """The tree of a Danish day."""
    return Tree(day, [unit for unit in history if unit.is_there(day)])


def days_of_change(history: Sequence[Unit]) -> list[date]:
    """Every day on which something is otherwise than the day before."""
    return sorted({unit.since for unit in history} | {unit.until for unit in history if unit.until is not None})
