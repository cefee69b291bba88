"""Taking over official boundaries: shapes for the dated areas that are known, new rows for those that are not.

A border that was missing or coarse is filled in. A border that was imported before ends on the given day, and the new
one begins. To which region a known municipality belongs is said by the dated list, not by the file: a file of before
1 January 2027 must not undo Region Østdanmark.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from backend.foundation.database import Connection
from backend.foundation.ids import in_order
from backend.regions import queries, queries_import
from backend.regions.area import OWN_CODE_MARK, Area, Level
from backend.regions.boundary_file import Boundary

IMPORTED = "imported: "
"""How the source of an imported shape begins; anything else was shipped."""


class AreasImported(msgspec.Struct, frozen=True):
    """What an import did, by area code."""

    filled: list[str]  # had no shape, or a coarse one
    redrawn: list[str]  # had another official shape until the given day
    unchanged: list[str]
    new: list[str]
    repaired: list[str]
    missing: list[str]  # in force, without an official shape, and not in the file
    remarks: list[str]


class _Doing(msgspec.Struct):
    areas: list[Area]
    source: str
    starts: datetime
    filled: list[str] = []
    redrawn: list[str] = []
    unchanged: list[str] = []
    new: list[str] = []
    remarks: list[str] = []


async def import_areas(
    connection: Connection,
    boundaries: Sequence[Boundary],
    source: str,
    starts: datetime,
    tell: Callable[[int], None] = lambda _done: None,
) -> AreasImported:
    """Take over `boundaries`, which come from `source` and hold from `starts`; `tell` hears how many are done."""
    doing = _Doing(areas=await queries.areas(connection), source=IMPORTED + source, starts=starts)
    if await _adopt_official_codes(connection, boundaries, doing):
        doing.areas = await queries.areas(connection)
    for done, boundary in enumerate(boundaries, start=1):
        await _take(connection, boundary, doing)
        tell(done)
    levels, codes = {boundary.level for boundary in boundaries}, {boundary.code for boundary in boundaries}
    return AreasImported(
        filled=doing.filled,
        redrawn=doing.redrawn,
        unchanged=doing.unchanged,
        new=doing.new,
        repaired=[boundary.code for boundary in boundaries if boundary.repaired],
        missing=[
            area.code
            for area in doing.areas
            if area.level in levels and area.holds_at(starts) and area.code not in codes and not _official(area)
        ],
        remarks=doing.remarks,
    )


async def _take(connection: Connection, boundary: Boundary, doing: _Doing) -> None:
    """One area: every row of its code that is in force on the day or later."""
    rows = [
        area
        for area in doing.areas
        if area.level is boundary.level
        and area.code == boundary.code
        and (area.valid_to is None or area.valid_to > doing.starts)
    ]
    if not rows:
        await _insert(connection, boundary, doing)
        return
    _compare_region(boundary, rows[0], doing)
    outcome = doing.unchanged
    for row in rows:
        if row.shape == boundary.shape and _official(row):
            continue
        if _official(row) and row.valid_from < doing.starts:
            await queries_import.close_area(connection, row.id, doing.starts)
            successor = msgspec.structs.replace(
                row, id=in_order(), valid_from=doing.starts, shape=boundary.shape, source=doing.source
            )
            await queries_import.insert_areas(connection, [successor])
            outcome = doing.redrawn
        else:
            await queries_import.set_shape(connection, row.id, boundary.shape, doing.source)
            outcome = doing.redrawn if outcome is doing.redrawn or _official(row) else doing.filled
    outcome.append(boundary.code)


async def _insert(connection: Connection, boundary: Boundary, doing: _Doing) -> None:
    area = Area(
        id=in_order(),
        level=boundary.level,
        code=boundary.code,
        name_da=boundary.name,
        name_en=boundary.name,
        parent=boundary.region_code,
        valid_from=doing.starts,
        valid_to=None,
        shape=boundary.shape,
        source=doing.source,
    )
    await queries_import.insert_areas(connection, [area])
    doing.new.append(boundary.code)


def _compare_region(boundary: Boundary, row: Area, doing: _Doing) -> None:
    if boundary.level is Level.MUNICIPALITY and boundary.region_code != row.parent:
        doing.remarks.append(
            f"{boundary.code} {boundary.name}: region {boundary.region_code or 'none'} in the file, in the dated list "
            f"{row.parent or 'none'} and is kept"
        )


async def _adopt_official_codes(connection: Connection, boundaries: Sequence[Boundary], doing: _Doing) -> bool:
    """A region that bears a code of our own gets the official one from a file that names it."""
    known = {area.code for area in doing.areas if area.level is Level.REGION}
    ours = {
        area.name_da: area.code for area in doing.areas if area.level is Level.REGION and OWN_CODE_MARK in area.code
    }
    official = {}
    for boundary in boundaries:
        of_region = boundary.level is Level.REGION
        name, code = (boundary.name, boundary.code) if of_region else (boundary.region_name, boundary.region_code)
        if name in ours and code is not None and code not in known:
            official[ours[name]] = (name, code)
    for own_code, (name, code) in official.items():
        await queries_import.recode_region(connection, own_code, code)
        doing.remarks.append(f"{name}: our own code {own_code} became the official {code}")
    return bool(official)


def _official(area: Area) -> bool:
    return area.source.startswith(IMPORTED)
