"""The list of who was erased, outside the database: a backup does not know of what was erased after it.

A folder with a file for each host, `HOST.erasures`. Every line is a time, what happened and a volunteer's id, nothing
else; lines are only ever added. Several processes of a host take turns by a lock on the file; several hosts share the
folder and never write to each other's file, since adding at the end is not safe between hosts on a network's disk.
Whoever reads takes all files together and orders the lines by their time, which is the database's clock.
"""

import asyncio
import fcntl
import os
import re
import socket
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from uuid import UUID

import msgspec

from backend.foundation.ids import VolunteerId

ENDING = ".erasures"


class What(StrEnum):
    """What somebody asked for, of what a restored backup must not undo."""

    WITHDREW = "withdrew"
    TOOK_BACK = "took_back"
    ERASED = "erased"


class Line(msgspec.Struct, frozen=True, order=True):
    at: datetime
    what: What
    volunteer_id: VolunteerId


class Unreadable(Exception):
    """A line that is none of ours, or a folder that cannot be read; says which."""


class ErasureList:
    """`folder` None: nothing is listed, and a restored backup brings people back. For a demo and for tests only."""

    def __init__(self, folder: Path | None, host: str | None = None) -> None:
        self._folder = folder
        name = re.sub(r"[^A-Za-z0-9.-]", "-", host or socket.gethostname()) or "host"
        self._file = None if folder is None else folder / f"{name}{ENDING}"

    @property
    def is_kept(self) -> bool:
        return self._folder is not None

    async def add(self, line: Line) -> None:
        """On disk when this returns. Raises OSError."""
        if self._file is not None:
            await asyncio.to_thread(append, self._file, line)

    def read(self) -> list[Line]:
        """Every host's lines by their time. Raises Unreadable."""
        if self._folder is None:
            return []
        try:
            texts = {path.name: path.read_text("ascii") for path in sorted(self._folder.glob(f"*{ENDING}"))}
            if not texts:
                self._folder.stat()
        except (OSError, UnicodeDecodeError) as wrong:
            raise Unreadable(f"{self._folder} cannot be read: {type(wrong).__name__}") from wrong
        return sorted(line for name, text in texts.items() for line in lines_of(name, text))


def erasure_list(folder: str | None) -> ErasureList:
    """The list in the folder that the settings name."""
    return ErasureList(None if folder is None else Path(folder))


def append(file: Path, line: Line) -> None:
    """Add a line and wait until the disk has it; a line that a crash tore apart is ended first."""
    is_new = not file.exists()
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        size = os.fstat(descriptor).st_size
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        os.write(descriptor, (b"\n" if torn else b"") + written(line).encode("ascii"))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if is_new:
        _sync_folder(file.parent)


def written(line: Line) -> str:
    return f"{line.at.isoformat()} {line.what.value} {line.volunteer_id}\n"


def lines_of(name: str, text: str) -> Iterable[Line]:
    """The lines of a file. A line that a crash tore apart was never answered, and is left out wherever it stands."""
    for number, each in enumerate(text.splitlines(keepends=True), 1):
        words = each.split()
        try:
            at, what, volunteer_id = words
            found = Line(datetime.fromisoformat(at), What(what), VolunteerId(UUID(volunteer_id)))
        except ValueError:
            if _is_torn(each):
                continue
            raise Unreadable(f"{name}, line {number}, is none of ours") from None
        if found.at.tzinfo is None:
            raise Unreadable(f"{name}, line {number}, has a time without a zone")
        yield found


def last_word(lines: Iterable[Line]) -> dict[VolunteerId, What]:
    """What holds of each person: erased is for good, of the others the latest counts."""
    holds: dict[VolunteerId, What] = {}
    for line in sorted(lines):
        if holds.get(line.volunteer_id) is not What.ERASED:
            holds[line.volunteer_id] = line.what
    return holds


def _is_torn(text: str) -> bool:
    """The beginning of a line: digits of a time, then perhaps a word and a part of an id, and no more."""
    return re.fullmatch(r"[-0-9T:.+]{0,32}( [a-z_]{0,9}( [-0-9a-f]{0,35})?)?\n?", text) is not None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
