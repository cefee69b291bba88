"""A PMTiles archive of one tile with a street and a lake, written by hand: what the map does with streets."""

import gzip
import json
import struct
from pathlib import Path

EXTENT = 4096


def write_tiles(path: Path, *, version: int = 3, tile_type: int = 1) -> None:
    """The whole world in one tile of zoom 0, in the layers of Protomaps' basemap."""
    metadata = gzip.compress(
        json.dumps(
            {"attribution": "<a>&copy; Opdigtet</a>", "vector_layers": [{"id": "roads"}, {"id": "water"}]}
        ).encode()
    )
    tile = gzip.compress(a_tile())
    directory = gzip.compress(b"".join(map(_varint, (1, 0, 1, len(tile), 1))))
    root, after = 127, 127 + len(directory)
    start = struct.pack(
        "<7sBQQQQQQQQQQQBBBBBBiiiiBii",
        b"PMTiles",
        version,
        root,
        len(directory),
        after,
        len(metadata),
        0,
        0,
        after + len(metadata),
        len(tile),
        1,
        1,
        1,
        1,
        2,
        2,
        tile_type,
        0,
        0,
        -1_800_000_000,
        -850_000_000,
        1_800_000_000,
        850_000_000,
        0,
        125_000_000,
        556_000_000,
    )
    path.write_bytes(start + directory + metadata + tile)


def a_tile() -> bytes:
    """A street and a lake, in the layers of Protomaps' basemap."""
    return _layer("roads", "kind", "major_road", 2, _line()) + _layer("water", "kind", "lake", 3, _square())


def _layer(name: str, key: str, value: str, kind: int, geometry: bytes) -> bytes:
    feature = _bytes(2, b"\0\0") + _number(3, kind) + _bytes(4, geometry)
    values = _bytes(1, value.encode())
    body = _number(15, 2) + _bytes(1, name.encode()) + _bytes(2, feature) + _bytes(3, key.encode()) + _bytes(4, values)
    return _bytes(3, body + _number(5, EXTENT))


def _line() -> bytes:
    """From west to east through the capital, as a tile of zoom 0 has it."""
    return b"".join(map(_varint, (9, _zigzag(2000), _zigzag(1280), 10, _zigzag(400), _zigzag(0))))


def _square() -> bytes:
    moves = (9, _zigzag(2190), _zigzag(1275), 26)
    corners = ((4, 0), (0, 2), (-4, 0))
    return b"".join(map(_varint, (*moves, *(_zigzag(each) for corner in corners for each in corner), 15)))


def _zigzag(number: int) -> int:
    return (number << 1) ^ (number >> 63)


def _varint(number: int) -> bytes:
    made = b""
    while True:
        low, number = number & 0x7F, number >> 7
        made += bytes((low | (0x80 if number else 0),))
        if not number:
            return made


def _bytes(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _number(field: int, number: int) -> bytes:
    return _varint(field << 3) + _varint(number)
