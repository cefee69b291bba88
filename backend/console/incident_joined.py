"""Two reports of one arrest: which incident goes on, and whose hjerteløbere went where. Pure: the journal says it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.foundation.journal import Entry, Event, Fact
from backend.incidents.incident import EndReason

OTHERS = ("into", "from")
"""Facts that are another incident's id: it is told by its case number, or not at all."""


class Joined(msgspec.Struct, frozen=True):
    """Another report of the same arrest. `goes_on`: that one does, and this one ended; else it ended and came here.

    `case_number`: null for another centre's. `people`: who went on there, or came from there, by their names here.
    """

    id: UUID
    case_number: str | None
    goes_on: bool
    at: datetime
    people: list[str]


def named(facts: dict[str, Fact], cases: Mapping[UUID, str]) -> dict[str, Fact]:
    """An entry's facts with the other incident's case number in place of its id."""
    return {name: cases.get(UUID(str(value))) if name in OTHERS else value for name, value in facts.items()}


def others_in(entries: Iterable[Entry]) -> list[UUID]:
    """Which incidents this one was joined with."""
    found = (_other_of(each) for each in entries if each.event == Event.JOINED)
    return [other for other in found if other is not None]


def _other_of(entry: Entry) -> UUID | None:
    named = next((entry.facts[name] for name in OTHERS if name in entry.facts), None)
    return UUID(named) if isinstance(named, str) else None


def joined_of(entries: Sequence[Entry], cases: Mapping[UUID, str]) -> list[Joined]:
    """Both ways: what this one went on in, and what came to it. A joining and whom it moves are of one moment."""
    found = []
    for each in (entry for entry in entries if entry.event == Event.JOINED):
        other = _other_of(each)
        if other is None:
            continue
        goes_on = "into" in each.facts
        people = [str(moved.facts["volunteer"]) for moved in entries if moved.at == each.at and _moves(moved, goes_on)]
        found.append(Joined(other, cases.get(other), goes_on, each.at, sorted(people)))
    return found


def _moves(entry: Entry, away: bool) -> bool:
    if "volunteer" not in entry.facts:
        return False
    if away:
        return entry.event == Event.STOOD_DOWN and entry.facts.get("reason") == EndReason.JOINED
    return entry.event == Event.ACCEPTED and entry.facts.get("carried") is True
