"""What is sent, as a table for programmes: names of fields as columns, points in numbers, empty where there is none."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import msgspec

from campaigns.figures.as_csv import harmless


def as_csv(shape: type[msgspec.Struct], rows: Sequence[msgspec.Struct]) -> bytes:
    """RFC 4180, UTF-8. A figure is two columns, `registered` and `registered_why`; a struct within is its fields."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(_columns(shape))
    for row in rows:
        lines.writerow([_said(cell) for cell in _cells(shape, row)])
    return out.getvalue().encode()


def _columns(shape: type[msgspec.Struct], before: str = "") -> list[str]:
    found: list[str] = []
    for field in msgspec.structs.fields(shape):
        within = _struct_in(field.type)
        if within is None:
            found.append(before + field.encode_name)
        elif within.__name__ == "Figure":
            found += [before + field.encode_name, f"{before}{field.encode_name}_why"]
        else:
            found += _columns(within, f"{before}{field.encode_name}_")
    return found


def _cells(shape: type[msgspec.Struct], row: msgspec.Struct | None) -> list[Any]:
    cells: list[Any] = []
    for field in msgspec.structs.fields(shape):
        value = None if row is None else getattr(row, field.name)
        within = _struct_in(field.type)
        if within is None:
            cells.append(value)
        elif within.__name__ == "Figure":
            cells += [None, None] if value is None else [value.at_least, value.why]
        else:
            cells += _cells(within, value)
    return cells


def _struct_in(kind: Any) -> type[msgspec.Struct] | None:
    """The struct of a field's type, also where it may be missing."""
    for each in getattr(kind, "__args__", None) or (kind,):
        if isinstance(each, type) and issubclass(each, msgspec.Struct):
            return each
    return None


def _said(cell: Any) -> str:
    match cell:
        case None:
            return ""
        case str():
            return harmless(cell)
        case float():
            return f"{cell:.4f}"
        case _:
            return str(cell)
