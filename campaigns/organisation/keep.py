"""Importing a tree: as a whole or not at all."""

from collections.abc import Sequence
from datetime import date

import msgspec

from backend.public.store import Connection
from campaigns.organisation import queries
from campaigns.organisation.change import Change, changes, from_day_on
from campaigns.organisation.check import Line, Mistake, mistakes_in
from campaigns.organisation.read import Listed
from campaigns.organisation.unit import Unit

STORED = "what is there"
"""Where a unit stands that no file names: in the tree as it was imported before."""


class Wrong(Exception):
    """Says everything that is wrong with what was given; nothing of it was kept."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)


class Imported(msgspec.Struct, frozen=True):
    """What an import changed; nothing the second time."""

    units: int
    changes: list[Change]


async def import_tree(connection: Connection, organisation: str, listed: Listed, day: date | None = None) -> Imported:
    """Make the organisation's tree what `listed` says, an undated list from `day` on.

    Raises Wrong with every mistake.
    """
    if listed.mistakes:
        raise Wrong(listed.mistakes)
    await queries.lock_organisation(connection, organisation)
    before = await queries.history_of(connection, organisation)
    lines = listed.lines
    if not listed.dated and day is not None:
        lines = from_day_on(before, listed.lines, day, STORED)
    known = {line.unit.code for line in lines}
    forgotten = sorted({unit.code for unit in before} - known)
    mistakes = [
        Mistake(
            _file_of(lines), 0, f"{code} was imported before and is not in the list: its line, with the day it ended"
        )
        for code in forgotten
    ]
    if mistakes := mistakes + mistakes_in(lines):
        raise Wrong(mistakes)
    after = [line.unit for line in lines]
    if sorted(before, key=_order) != sorted(after, key=_order):
        await queries.delete_units(connection, organisation)
        await queries.insert_units(connection, organisation, after)
    return Imported(len(known), changes(before, after))


def _file_of(lines: Sequence[Line]) -> str:
    return lines[0].file if lines else STORED


def _order(unit: Unit) -> tuple[str, date]:
    return unit.code, unit.since
