"""Taking over which municipalities a postcode lies in, from a CSV file with the columns postcode,municipality."""

import csv
from collections.abc import Sequence
from datetime import datetime

from backend.foundation.database import Connection
from backend.regions import queries, queries_import
from backend.regions.boundary_file import WrongFile

COLUMNS = ("postcode", "municipality")


def read(text: str) -> list[tuple[str, str]]:
    """Pairs of postcode and municipality code, each once; a postcode may lie in several. Raises WrongFile."""
    lines = text.removeprefix("\ufeff").splitlines()
    delimiter = ";" if lines and ";" in lines[0] else ","
    rows = csv.DictReader(lines, delimiter=delimiter)
    if not set(COLUMNS) <= set(rows.fieldnames or ()):
        raise WrongFile(
            f"line 1: the columns are {','.join(COLUMNS)}; the file has {','.join(rows.fieldnames or ()) or 'none'}"
        )
    pairs: dict[tuple[str, str], None] = {}
    for row in rows:
        postcode, municipality = (str(row[column] or "").strip().zfill(4) for column in COLUMNS)
        for column, value in zip(COLUMNS, (postcode, municipality), strict=True):
            if not (value.isascii() and value.isdigit() and len(value) == 4 and value != "0000"):
                raise WrongFile(f"line {rows.line_num}: {column} is four digits, such as 2100 or 0101")
        pairs[postcode, municipality] = None
    if not pairs:
        raise WrongFile("the file has no line below its first")
    return sorted(pairs)


async def import_postcodes(connection: Connection, pairs: Sequence[tuple[str, str]], now: datetime) -> list[str]:
    """Replace all postcodes; returns codes of municipalities nobody knows, whose lines are left out."""
    known = {each.code for each in await queries.municipalities(connection, now)}
    await queries_import.replace_postcodes(connection, [pair for pair in pairs if pair[1] in known])
    return sorted({municipality for _, municipality in pairs} - known)
