"""Streets for the map, as an operator brings them: one PMTiles archive of vector tiles in a folder of the processes.

Only its header is read here; a browser asks for the parts it needs. The archive's form is version 3 of the PMTiles
specification (github.com/protomaps/PMTiles).
"""

import shutil
from pathlib import Path
from uuid import uuid4

import msgspec

NAME = "streets.pmtiles"
HEADER_BYTES = 127
_MAGIC, _VERSION, _VECTOR = b"PMTiles", 3, 1
_UNPACKED_BY_BROWSERS = (1, 2)  # not packed, gzip
_E7 = 10_000_000
_DENMARK = (8.0, 54.6, 12.6, 57.7)  # west, south, east, north; what lies outside (Bornholm) is welcome too


class NotTiles(Exception):
    """What is wrong with a file, as a sentence."""


class Header(msgspec.Struct, frozen=True):
    """`bounds`: west, south, east, north in degrees."""

    min_zoom: int
    max_zoom: int
    bounds: tuple[float, float, float, float]


class Streets(msgspec.Struct, frozen=True):
    """An archive that is there. `version` changes with it."""

    path: Path
    size: int
    version: str


def read_header(start: bytes) -> Header:
    """The header of an archive that this map can draw. Raises NotTiles."""
    if len(start) < HEADER_BYTES or start[:7] != _MAGIC:
        raise NotTiles("This is no PMTiles archive.")
    if start[7] != _VERSION:
        raise NotTiles(f"This is version {start[7]} of PMTiles; `pmtiles convert` makes version {_VERSION} of it.")
    if start[99] != _VECTOR:
        raise NotTiles("It holds pictures; the map draws vector tiles, in its own colours.")
    if start[97] not in _UNPACKED_BY_BROWSERS or start[98] not in _UNPACKED_BY_BROWSERS:
        raise NotTiles("It is packed in a way that browsers do not unpack: gzip, or not at all.")
    west, south, east, north = (_degrees(start, at) for at in (102, 106, 110, 114))
    return Header(start[100], start[101], (west, south, east, north))


def covers_denmark(header: Header) -> bool:
    west, south, east, north = header.bounds
    return west <= _DENMARK[0] and south <= _DENMARK[1] and east >= _DENMARK[2] and north >= _DENMARK[3]


def bring_in(file: Path, folder: Path) -> Header:
    """Put an archive where the processes serve it from; at once and as a whole, or not. Raises NotTiles, OSError."""
    with file.open("rb") as opened:
        header = read_header(opened.read(HEADER_BYTES))
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f".{NAME}.{uuid4().hex}"
    try:
        shutil.copyfile(file, beside)
        beside.replace(folder / NAME)
    finally:
        beside.unlink(missing_ok=True)
    return header


def streets_in(folder: str | None) -> Streets | None:
    """What is served from a folder; None where there is nothing."""
    if folder is None:
        return None
    path = Path(folder) / NAME
    try:
        found = path.stat()
    except OSError:
        return None
    return Streets(path, found.st_size, f"{found.st_mtime_ns:x}-{found.st_size:x}")


def _degrees(start: bytes, at: int) -> float:
    return int.from_bytes(start[at : at + 4], "little", signed=True) / _E7
