"""Reading a table somebody made with Excel: rows by the names of their columns, or what is wrong, line by line."""

import csv
from collections.abc import Sequence
from typing import NamedTuple

from campaigns.organisation.check import Mistake

MOST_BYTES = 2_000_000
MOST_ROWS = 10_000
LONGEST_CELL = 200


class Row(NamedTuple):
    """A line of a file: its number and what stands in each column, stripped; a column left out is empty."""

    number: int
    cells: dict[str, str]


def rows_of(
    file: str, content: bytes, needed: Sequence[str], also: Sequence[str] = ()
) -> tuple[list[Row], list[Mistake]]:
    """The rows of a CSV with `;` or `,`, UTF-8 with or without BOM; and what is wrong with it as a table."""
    text = _decoded(content)
    if isinstance(text, str) and "\0" in text:
        text = Mistake(file, 0, "not a CSV file: save it as »CSV UTF-8«")
    if isinstance(text, Mistake):
        return [], [Mistake(file, text.number, text.said)]
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.reader(text.splitlines(), delimiter=delimiter)
    header = [name.strip().lower() for name in next(reader, [])]
    if wrong := _wrong_header(header, needed, also):
        return [], [Mistake(file, 1, wrong)]
    rows: list[Row] = []
    mistakes: list[Mistake] = []
    for cells in reader:
        if not any(map(str.strip, cells)):
            continue
        if wrong := _wrong_row(cells, len(header), len(rows)):
            mistakes.append(Mistake(file, reader.line_num, wrong))
        row = Row(reader.line_num, dict.fromkeys((*needed, *also), ""))
        row.cells.update({name: cell.strip() for name, cell in zip(header, cells, strict=False)})
        rows.append(row)
        if len(rows) > MOST_ROWS:
            break
    if not rows:
        mistakes.append(Mistake(file, 0, "no line below the names of the columns: one line for each"))
    return rows, mistakes


def _decoded(content: bytes) -> str | Mistake:
    if len(content) > MOST_BYTES:
        return Mistake("", 0, f"larger than {MOST_BYTES // 1_000_000} MB: a list of units is much smaller")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = content[: wrong.start].count(b"\n") + 1
        return Mistake("", line, "a letter that is not UTF-8: save the file as »CSV UTF-8«")


def _wrong_header(header: Sequence[str], needed: Sequence[str], also: Sequence[str]) -> str | None:
    wanted = f"the first line names the columns {', '.join(needed)}" + (
        f"; there may be {', '.join(also)} as well" if also else ""
    )
    if missing := [name for name in needed if name not in header]:
        return f"no column {', '.join(missing)}: {wanted}"
    if unknown := [name for name in header if name not in (*needed, *also)]:
        return f"no column is called {', '.join(repr(name) for name in unknown)}: {wanted}"
    if twice := sorted({name for name in header if header.count(name) > 1}):
        return f"the column {', '.join(twice)} is there twice: each once"
    return None


def _wrong_row(cells: Sequence[str], width: int, rows_before: int) -> str | None:
    if rows_before >= MOST_ROWS:
        return f"more than {MOST_ROWS:,} lines: fewer"
    if len(cells) != width:
        return f'{len(cells)} cells, and the first line has {width}: as many, a text with the separator in it in »"«'
    for cell in cells:
        if len(cell) > LONGEST_CELL:
            return f"a cell of {len(cell)} letters: {LONGEST_CELL} at most"
        if not cell.isprintable():
            return "a letter that cannot be printed: text alone"
    return None
