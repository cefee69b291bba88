"""Reading a file of addresses, line by line: columns as the address register and its services name them."""

import csv
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

import msgspec

from backend.regions.boundary_file import WrongFile
from backend.regions.projection import many_to_wgs84

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "id_lokalid", "adresseid"),
    "street": ("vejnavn",),
    "number": ("husnr", "husnummertekst"),
    "floor": ("etage", "etagebetegnelse"),
    "door": ("dør", "doerbetegnelse", "dørbetegnelse", "doer"),
    "postcode": ("postnr", "postnummer"),
    "place": ("postnrnavn", "postnummernavn", "postdistrikt"),
    "village": ("supplerendebynavn",),
    "municipality": ("kommunekode", "kommune"),
    "status": ("status",),
    "lat": ("wgs84koordinat_bredde", "bredde", "lat"),
    "lon": ("wgs84koordinat_længde", "længde", "lon"),
    "east": ("etrs89koordinat_øst", "øst"),
    "north": ("etrs89koordinat_nord", "nord"),
    "position": ("position",),
}
"""What we read, and what the column may be called; which of the three ways to say where is up to the file."""
NEEDED = ("id", "street", "number", "postcode", "place")
_WHERE = (("lat", "lon"), ("east", "north"), ("position",))
_GIVEN_UP = {"husnr": frozenset("24"), "husnummertekst": frozenset("45")}
"""Statuses of what is no address any more: the service and the register number them differently."""
_NUMBER = re.compile(r"0*([1-9]\d{0,2})([A-ZÆØÅ]?)")
_POINT = re.compile(r"POINT ?\(([\d.]+) ([\d.]+)\)")
BATCH = 10_000


class Listed(msgspec.Struct, frozen=True):
    """An address as a file has it. `letter` is large, `floor` and `door` are small and empty for most houses."""

    id: UUID
    street: str
    number: int
    letter: str
    floor: str
    door: str
    postcode: str
    place: str
    village: str
    municipality: str
    lat: float
    lon: float


class Reading:
    """A file as it is read once: iterate, and afterwards `without_place` and `given_up` say what was left out."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.without_place = self.given_up = 0
        lines = iter(lines)
        first = next(lines, "").removeprefix("\ufeff").rstrip("\r\n")
        self._separator = ";" if first.count(";") > first.count(",") else ","
        names = [name.strip().lower() for name in next(csv.reader([first], delimiter=self._separator), [])]
        self._lines, self._width = lines, len(names)
        self._at = {ours: _column(names, theirs) for ours, theirs in COLUMNS.items()}
        missing = [" or ".join(COLUMNS[each]) for each in NEEDED if self._at[each] is None]
        self._where = next((way for way in _WHERE if all(self._at[each] is not None for each in way)), None)
        if self._where is None:
            missing.append(
                "wgs84koordinat_bredde and wgs84koordinat_længde, or etrs89koordinat_øst and _nord, or position"
            )
        if missing:
            raise WrongFile(f"line 1: there is no column {'; no column '.join(missing)}")
        self._ended = next((gone for name, gone in _GIVEN_UP.items() if name in names), frozenset())

    def batches(self) -> Iterator[list[Listed]]:
        """Every address that holds and has a place, some thousand at a time. Raises WrongFile with line and column."""
        rows = csv.reader(self._lines, delimiter=self._separator)
        batch: list[tuple[dict[str, Any], tuple[float, float]]] = []
        for row in rows:
            if not row:
                continue
            line = rows.line_num + 1
            if len(row) != self._width:
                raise WrongFile(f"line {line}: {len(row)} columns where line 1 has {self._width}")
            values = {ours: "" if at is None else row[at].strip() for ours, at in self._at.items()}
            if values["status"] in self._ended:
                self.given_up += 1
            elif (where := self._read_where(values, line)) is None:
                self.without_place += 1
            else:
                batch.append((_read(values, line), where))
            if len(batch) == BATCH:
                yield self._in_degrees(batch)
                batch = []
        if batch:
            yield self._in_degrees(batch)

    def _read_where(self, values: dict[str, str], line: int) -> tuple[float, float] | None:
        """The two numbers as they stand there; None where there are none: the register has such addresses."""
        assert self._where is not None
        told = [values[each] for each in self._where]
        if not any(told):
            return None
        if self._where == ("position",):
            point = _POINT.match(told[0])
            if point is None:
                raise WrongFile(f"line {line}, column position: is like POINT(724337.52 6175711.09)")
            return float(point[1]), float(point[2])
        try:
            first, second = (float(each.replace(",", ".")) for each in told)
        except ValueError:
            first = second = math.nan
        if not (math.isfinite(first) and math.isfinite(second)):
            raise WrongFile(f"line {line}, column {self._where[0]}: two numbers say where an address is")
        return first, second

    def _in_degrees(self, batch: list[tuple[dict[str, Any], tuple[float, float]]]) -> list[Listed]:
        places = [where for _, where in batch]
        if self._where != ("lat", "lon"):
            places = many_to_wgs84(places)
        return [Listed(**values, lat=lat, lon=lon) for (values, _), (lat, lon) in zip(batch, places, strict=True)]


def _column(names: list[str], theirs: tuple[str, ...]) -> int | None:
    return next((names.index(name) for name in theirs if name in names), None)


def _read(values: dict[str, str], line: int) -> dict[str, Any]:
    def wrong(column: str, wanted: str) -> WrongFile:
        return WrongFile(f"line {line}, column {' or '.join(COLUMNS[column])}: {wanted}")

    try:
        identity = UUID(values["id"])
    except ValueError:
        raise wrong("id", "is a UUID, such as 0a3f507a-b2e6-32b8-e044-0003ba298018") from None
    number = _NUMBER.fullmatch(values["number"].upper().replace(" ", ""))
    if number is None:
        raise wrong("number", "is 1 to 999 with a letter or without, such as 12 or 12B")
    postcode = values["postcode"].zfill(4)
    if not (len(postcode) == 4 and postcode.isascii() and postcode.isdigit()):
        raise wrong("postcode", "is four digits, such as 2100")
    for column in ("street", "place"):
        if not values[column] or len(values[column]) > 100:
            raise wrong(column, "is a name")
    return {
        "id": identity,
        "street": values["street"],
        "number": int(number[1]),
        "letter": number[2],
        "floor": values["floor"].lower(),
        "door": values["door"].lower(),
        "postcode": postcode,
        "place": values["place"],
        "village": values["village"],
        "municipality": values["municipality"].zfill(4) if values["municipality"] else "",
    }
