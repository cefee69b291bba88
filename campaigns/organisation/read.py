"""A tree as somebody wrote it down: a CSV, read line by line."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from campaigns.organisation.check import Line, Mistake
from campaigns.organisation.table import Row, rows_of
from campaigns.organisation.unit import Kind, Unit, UnitCode

NEEDED = ("code", "parent", "kind", "name_da", "name_en")
ALSO = ("from", "to", "merged_into", "split_from", "note")
LONGEST_CODE = 40
_CODE = re.compile(r"[A-Z][A-Z0-9-]*")
_ISO, _DANISH = re.compile(r"\d{4}-\d{2}-\d{2}"), re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})")


class Listed(msgspec.Struct, frozen=True):
    """What a file says. `dated`: it has a column `from`, so it tells the whole history."""

    lines: list[Line]
    mistakes: list[Mistake]
    dated: bool


def read_tree(file: str, content: bytes, day: date | None = None) -> Listed:
    """The units of a file. Of an undated one each is there from `day` on. What cannot be read is a mistake, no unit."""
    rows, mistakes = rows_of(file, content, NEEDED, ALSO)
    dated = bool(rows) and any(row.cells["from"] for row in rows)
    if rows and not dated and day is None:
        mistakes.append(Mistake(file, 0, "no unit has a day in `from`: name it, or say --from for the whole list"))
    if dated and day is not None:
        mistakes.append(Mistake(file, 0, "--from is for a list without days: this one has a column `from` of its own"))
    lines: list[Line] = []
    for row in rows:
        wrong = list(_wrong(row, dated))
        mistakes += [Mistake(file, row.number, said) for said in wrong]
        if not wrong and (dated or day is not None):
            lines.append(Line(file, row.number, _unit(row, day)))
    return Listed(lines, mistakes, dated)


def parse_day(text: str) -> date | None:
    """2027-01-31, or as a Danish Excel writes it: 31-01-2027, 31.01.2027. None for anything else."""
    try:
        if _ISO.fullmatch(text):
            return date.fromisoformat(text)
        if danish := _DANISH.fullmatch(text):
            day, month, year = map(int, danish.groups())
            return date(year, month, day)
    except ValueError:
        return None
    return None


def parse_code(text: str) -> UnitCode | None:
    """A unit's code, in capitals however it was typed; None for what cannot be one."""
    code = text.upper()
    return UnitCode(code) if len(code) <= LONGEST_CODE and _CODE.fullmatch(code) else None


def _wrong(row: Row, dated: bool) -> Iterator[str]:
    cells = row.cells
    for column in ("code", "parent", "merged_into", "split_from"):
        if (cells[column] or column == "code") and parse_code(cells[column]) is None:
            yield (
                f"`{column}` is {cells[column]!r}: letters A–Z, digits and hyphens, a letter first, "
                f"{LONGEST_CODE} at most"
            )
    if cells["kind"].lower() not in tuple(Kind):
        yield f"`kind` is {cells['kind']!r}: one of {', '.join(Kind)}"
    for column in ("name_da", "name_en"):
        if not cells[column]:
            yield f"`{column}` is empty: what the unit is called"
    for column in ("from", "to"):
        if (cells[column] or (column == "from" and dated)) and parse_day(cells[column]) is None:
            yield f"`{column}` is {cells[column]!r}: a day, as 2027-01-31 or 31-01-2027"
    if cells["to"] and not dated:
        yield "`to` without a column `from`: both, or neither and --from for the whole list"


def _unit(row: Row, day: date | None) -> Unit:
    cells = row.cells
    since = parse_day(cells["from"]) or day
    assert since is not None
    return Unit(
        code=UnitCode(cells["code"].upper()),
        parent=parse_code(cells["parent"]),
        kind=Kind(cells["kind"].lower()),
        name_da=cells["name_da"],
        name_en=cells["name_en"],
        since=since,
        until=parse_day(cells["to"]),
        merged_into=parse_code(cells["merged_into"]),
        split_from=parse_code(cells["split_from"]),
    )


def together(files: Sequence[Listed]) -> Listed:
    """Several files as one list. Raises ValueError for none."""
    if not files:
        raise ValueError("no file")
    return Listed(
        [line for each in files for line in each.lines],
        [mistake for each in files for mistake in each.mistakes],
        any(each.dated for each in files),
    )
