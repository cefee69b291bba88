"""Areas of a day, and taking over how many live there."""

import re
from collections.abc import Set as AbstractSet
from datetime import date
from functools import cache
from importlib import resources

from backend.public.places import Level, places_at, shapes_at
from backend.public.store import Connection
from campaigns.areas import queries
from campaigns.areas.area import Area, Inhabitants, with_inhabitants
from campaigns.danish_day import start_of
from campaigns.organisation.check import Mistake
from campaigns.organisation.keep import Wrong
from campaigns.organisation.table import Row, rows_of

_COLUMNS = ("code", "year", "people")
_YEARS = range(2000, 2101)
MOST_PEOPLE = 10_000_000


async def areas_on(connection: Connection, day: date) -> list[Area]:
    """Regions and municipalities of a Danish day with their inhabitants, by level and code."""
    told = {each.code: each for each in (*_shipped(), *await queries.newest_inhabitants(connection))}
    return with_inhabitants(await places_at(connection, start_of(day)), told)


async def shapes_on(connection: Connection, day: date, level: Level) -> dict[str, str]:
    """GeoJSON geometries by code, of areas that have one; takes the processor a while for municipalities."""
    return await shapes_at(connection, start_of(day), level)


async def import_inhabitants(connection: Connection, file: str, content: bytes, today: date) -> int:
    """Take over a CSV of code, year and people; how many areas it told of. Raises Wrong, and then took nothing."""
    known = {place.code for place in await places_at(connection, start_of(today))}
    inhabitants = read_inhabitants(file, content, known)
    await queries.upsert_inhabitants(connection, inhabitants)
    return len(inhabitants)


def read_inhabitants(file: str, content: bytes, known: AbstractSet[str]) -> list[Inhabitants]:
    """Raises Wrong with every mistake."""
    rows, mistakes = rows_of(file, content, _COLUMNS)
    seen: set[tuple[str, str]] = set()
    for row in rows:
        mistakes += [Mistake(file, row.number, said) for said in _wrong(row, known, seen)]
    if mistakes:
        raise Wrong(mistakes)
    return [Inhabitants(_code(row), int(row.cells["year"]), int(row.cells["people"])) for row in rows]


def _wrong(row: Row, known: AbstractSet[str], seen: set[tuple[str, str]]) -> list[str]:
    cells, wrong = row.cells, []
    if _code(row) not in known:
        wrong.append(f"{cells['code']!r} is no municipality or region of today: its code, as 0101")
    if not re.fullmatch(r"[0-9]{4}", cells["year"]) or int(cells["year"]) not in _YEARS:
        wrong.append(f"`year` is {cells['year']!r}: the year of whose 1 January they were counted, as 2026")
    if not re.fullmatch(r"[0-9]{1,8}", cells["people"]) or not 1 <= int(cells["people"]) <= MOST_PEOPLE:
        wrong.append(f"`people` is {cells['people']!r}: how many live there, in digits alone, 1 to {MOST_PEOPLE}")
    if (_code(row), cells["year"]) in seen:
        wrong.append(f"{_code(row)} is there twice for {cells['year']}: each once")
    seen.add((_code(row), cells["year"]))
    return wrong


def _code(row: Row) -> str:
    """Excel takes the leading zero of a municipality's code."""
    code = row.cells["code"]
    return code.zfill(4) if re.fullmatch(r"[0-9]{3}", code) else code


@cache
def _shipped() -> tuple[Inhabitants, ...]:
    file = resources.files("campaigns.areas").joinpath("inhabitants.csv")
    rows, _ = rows_of(file.name, file.read_bytes(), _COLUMNS)
    return tuple(Inhabitants(_code(row), int(row.cells["year"]), int(row.cells["people"])) for row in rows)
