"""The list of who was erased, outside the database: a backup does not know of what was erased after it.

A folder with a file for each host, `HOST.erasures`. Every line is a time, what happened and a volunteer's id, nothing
else; lines are only ever added. Several processes of a host take turns by a lock on the file; several hosts share the
folder and never write to each other's file, since adding at the end is not safe between hosts on a network's disk.
Whoever reads takes all files together and orders the lines by their time, which is the database's clock.
"""

import asyncio
import errno
import fcntl
import os
import re
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import msgspec

from backend.foundation.ids import VolunteerId

T = TypeVar("T")

ENDING = ".erasures"

ADDED_WITHIN_S = 0.5
"""A transaction is open meanwhile (ours): a disk that hangs is one that is away."""
READ_WITHIN_S = 10.0
"""A process that starts waits so long for the list (ours), and then serves without having read it."""
THREADS = 32
"""Of all lists of a process: where so many hang, whoever comes next is refused at once."""


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
    """A line that is none of ours, or a folder that cannot be read; says which. `legible`: every line that is ours."""

    def __init__(self, why: str, legible: Sequence[Line] = ()) -> None:
        super().__init__(why)
        self.legible = legible


class ErasureList:
    """`folder` None: nothing is listed, and a restored backup brings people back. For a demo and for tests only.

    A disk that hangs takes a few threads and nothing else: alarms go on beside it.
    """

    def __init__(
        self,
        folder: Path | None,
        host: str | None = None,
        read_within_s: float = READ_WITHIN_S,
        added_within_s: float = ADDED_WITHIN_S,
    ) -> None:
        self._read_within_s = read_within_s
        self._added_within_s = added_within_s
        self._folder = folder
        name = re.sub(r"[^A-Za-z0-9.-]", "-", host or socket.gethostname()) or "host"
        self._file = None if folder is None else folder / f"{name}{ENDING}"

    @property
    def is_kept(self) -> bool:
        return self._folder is not None

    async def add(self, line: Line) -> None:
        """On disk when this returns. Raises OSError, TimeoutError among them: nobody waits for a disk that hangs."""
        if self._file is None:
            return
        file, given_up = self._file, threading.Event()
        try:
            await _aside(lambda: append(file, line, given_up), self._added_within_s)
        finally:
            given_up.set()

    async def read(self) -> list[Line]:
        """Every host's lines by their time. Raises Unreadable."""
        if self._folder is None:
            return []
        folder = self._folder
        try:
            return await _aside(lambda: read_all(folder), self._read_within_s)
        except TimeoutError:
            raise Unreadable(f"{folder} does not answer") from None


_free_threads = threading.Semaphore(THREADS)


async def _aside(work: Callable[[], T], within_s: float) -> T:
    """In a thread that holds up neither the loop nor, as a pool's would, the process's end. Raises TimeoutError."""
    if not _free_threads.acquire(blocking=False):
        raise TimeoutError
    future: Future[T] = Future()
    future.set_running_or_notify_cancel()  # whoever gives up waiting does not keep it from ending

    def run() -> None:
        try:
            found = work()
        except Exception as wrong:  # noqa: BLE001 – handed to whoever waits
            future.set_exception(wrong)
        else:
            future.set_result(found)
        finally:
            _free_threads.release()

    threading.Thread(target=run, name="erasures", daemon=True).start()
    return await asyncio.wait_for(asyncio.wrap_future(future), within_s)


def erasure_list(folder: str | None) -> ErasureList:
    """The list in the folder that the settings name."""
    return ErasureList(None if folder is None else Path(folder))


def read_all(folder: Path) -> list[Line]:
    """What :meth:`ErasureList.read` gives, however long it takes."""
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix == ENDING)  # a glob hides what it may not read
        texts = {path.name: path.read_text("ascii", "replace") for path in files}
    except OSError as wrong:
        raise Unreadable(f"{folder} cannot be read: {type(wrong).__name__}") from wrong
    found = [each for name, text in texts.items() for each in lines_of(name, text)]
    legible = sorted(each for each in found if isinstance(each, Line))
    for each in found:
        if isinstance(each, Unreadable):
            raise Unreadable(str(each), legible)
    return legible


def append(file: Path, line: Line, given_up: threading.Event) -> None:
    """Add a line and wait until the disk has it; a line that a crash tore apart is ended first.

    Raises OSError where it is not whole: a disk that is full takes a part and says so by a number alone. Nothing is
    added for whoever has `given_up` waiting.
    """
    is_new = not file.exists()
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if given_up.is_set():
            raise TimeoutError
        size = os.fstat(descriptor).st_size
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        added = (b"\n" if torn else b"") + written(line).encode("ascii")
        if os.write(descriptor, added) < len(added):
            os.ftruncate(descriptor, size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if is_new:
        _sync_folder(file.parent)


def written(line: Line) -> str:
    return f"{line.at.isoformat()} {line.what.value} {line.volunteer_id}\n"


def lines_of(name: str, text: str) -> Iterable[Line | Unreadable]:
    """The lines of a file, in the place of one that is none of ours what is wrong with it.

    A line that a crash tore apart was never answered, and is left out wherever it stands.
    """
    for number, each in enumerate(text.splitlines(keepends=True), 1):
        words = each.split()
        try:
            at, what, volunteer_id = words
            found = Line(datetime.fromisoformat(at), What(what), VolunteerId(UUID(volunteer_id)))
        except ValueError:
            if _is_torn(each):
                continue
            yield Unreadable(f"{name}, line {number}, is none of ours")
            continue
        if found.at.tzinfo is None:
            yield Unreadable(f"{name}, line {number}, has a time without a zone")
            continue
        yield found


def last_word(lines: Iterable[Line]) -> dict[VolunteerId, Line]:
    """What holds of each person: erased is for good, of the others the latest counts."""
    holds: dict[VolunteerId, Line] = {}
    for line in sorted(lines):
        before = holds.get(line.volunteer_id)
        if before is None or before.what is not What.ERASED:
            holds[line.volunteer_id] = line
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
