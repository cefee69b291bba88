"""The phone book: whose phone is behind a push address or a number, and where it lies."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from backend.demo.phones.walk import Point


@dataclass(frozen=True)
class Entry:
    """One person's phone. `push` is the address its push provider knows, None for a phone without one; `signs_up` is
    somebody whom the server does not know yet."""

    phone: str
    platform: str  # android, ios
    language: str
    push: str | None
    lat: float
    lon: float
    signs_up: bool = False

    @property
    def lies_at(self) -> Point:
        return Point(self.lat, self.lon)


class Book:
    """Entries by number and by push address; new ones can be added while it is in use."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.by_phone: dict[str, Entry] = {}
        self.by_push: dict[str, Entry] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        self.by_phone[entry.phone] = entry
        if entry.push is not None:
            self.by_push[entry.push] = entry


def read_book(path: Path) -> Book:
    with path.open(encoding="utf-8") as lines:
        return Book(Entry(**json.loads(line)) for line in lines)


def write_book(path: Path, entries: Iterable[Entry]) -> None:
    """Whole or not at all."""
    half = path.with_suffix(".new")
    with half.open("w", encoding="utf-8") as lines:
        for entry in entries:
            lines.write(json.dumps(vars(entry), ensure_ascii=False) + "\n")
    half.rename(path)
