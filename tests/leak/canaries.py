"""Unique strings in everything that is somebody's: wherever one turns up it says whose it is."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from uuid import UUID

_WORD = "KANARIE"
_PHONE = "2931"  # where made-up numbers begin
_SOUGHT = re.compile(
    rb"(?P<word>KANARIE[0-9A-Z]{6})"
    rb"|(?<![0-9A-Za-z-])(?:(?:\+|00)?45)? ?(?P<phone>29 ?31 ?\d\d ?\d\d)(?![0-9A-Za-z-])"
    rb"|(?<![0-9.])(?P<degrees>\d{1,2}\.\d{5})\d*"
    rb"|(?<![0-9A-Fa-f])(?P<cell>8a[0-9a-f]{13})(?![0-9a-f])"
    rb"|(?<![0-9.])(?P<number>\d{18})(?!\d)",
    re.IGNORECASE,
)


class What(StrEnum):
    """Of what a canary is part."""

    CASE = "case number"
    PLACE = "patient's place"
    COLLEAGUE = "name of who works there"
    PERSON = "person"  # name, phone, push address
    WHERE = "where somebody is"
    DEFIBRILLATOR = "defibrillator's place"
    CABINET = "defibrillator's cabinet"


@dataclass(eq=False)
class Canary:
    """`owners`: whose it is, by name. `incidents`: whose patient's place it is, known once the incident is."""

    text: str
    what: What
    owners: set[str] = field(default_factory=set)
    incidents: set[UUID] = field(default_factory=set)
    aed: UUID | None = None


class Ledger:
    """Every canary there is, by its spelling."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._found: dict[bytes, Canary] = {}

    def __len__(self) -> int:
        return len(self._found)

    def word(self, what: What, owner: str) -> Canary:
        """A new text."""
        return self.known(f"{_WORD}{next(self._numbers):06}", what, owner)

    def phone(self, owner: str) -> str:
        """A new Danish number, as E.164."""
        number = f"{_PHONE}{next(self._numbers) % 10_000:04}"
        self.known(number, What.PERSON, owner)
        return f"+45{number}"

    def is_taken(self, *degrees: float) -> bool:
        """Whether a number like these is somebody's: places are drawn so that each has numbers of its own."""
        return any(text.encode() in self._found for value in degrees for text in _spellings(value))

    def degrees(self, what: What, owner: str, *point: float) -> list[Canary]:
        """Latitude and longitude; each alone gives a place away, cut off or rounded."""
        return [self.known(text, what, owner) for value in point for text in _spellings(value)]

    def cell(self, owner: str, cell: int) -> None:
        """A cell of a position, however it is written."""
        for text in (f"{cell:x}", str(cell)):
            self.known(text, What.WHERE, owner)

    def known(self, text: str, what: What, owner: str) -> Canary:
        """This spelling is `owner`'s, too."""
        canary = self._found.setdefault(text.lower().encode(), Canary(text, what))
        canary.owners.add(owner)
        return canary

    def find(self, said: bytes, *, degrees: bool = True) -> list[Canary]:
        """Which stand in what was said. `degrees`: also numbers that could be one; not in a list of durations."""
        found = (
            self._found.get(_spelling(match))
            for match in _SOUGHT.finditer(said)
            if degrees or match.lastgroup != "degrees"
        )
        return [canary for canary in found if canary is not None]


def _spellings(degrees: float) -> set[str]:
    """To about a metre: cut off, as whoever tells more begins, and rounded, as whoever tells no more does."""
    whole, _, rest = f"{degrees:.12f}".partition(".")
    return {f"{whole}.{rest[:5]}", f"{degrees:.5f}"}


def _spelling(match: re.Match[bytes]) -> bytes:
    assert match.lastgroup is not None
    return match[match.lastgroup].replace(b" ", b"").lower()
