"""An incident's journal, step by step, as a replay shows it. Pure: it knows no more than the journal and who is erased.

No positions: they were never written down, or are gone.
"""

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.alerts.alert import AlertState
from backend.alerts.distance import facts_for_a_centre
from backend.alerts.replay import CannotBe, Replayed, steps
from backend.foundation.ids import AlertId
from backend.foundation.journal import Entry
from backend.incidents.incident import EndReason, State
from backend.selection.policy import Role


class Step(msgspec.Struct, frozen=True):
    """One entry. `who` is erased where `pseudonym` is None and `alert` is not; distances are up to the next hundred."""

    number: int
    at: datetime
    event: str
    alert: AlertId | None
    pseudonym: str | None
    facts: Mapping[str, Any]


class Standing(msgspec.Struct, frozen=True):
    """How one person's alert stood from a step on."""

    since: int
    state: AlertState
    role: Role | None
    reason: str | None


class Asked(msgspec.Struct, frozen=True):
    """`pseudonym` None: erased since."""

    pseudonym: str | None
    standings: Sequence[Standing]

    def at(self, step: int) -> Standing | None:
        """None: not asked yet."""
        found = bisect_right(self.standings, step, key=lambda each: each.since)
        return self.standings[found - 1] if found else None


class Course(msgspec.Struct, frozen=True):
    """How the incident itself stood from a step on."""

    since: int
    state: State
    end_reason: EndReason | None
    revision: int


class Replay(msgspec.Struct, frozen=True):
    """`contradicts_at`: from this step on the journal tells what cannot have happened, and nothing is shown but it."""

    steps: Sequence[Step]
    people: Sequence[Asked]
    course: Sequence[Course]
    contradicts_at: int | None


def replay_of(entries: Sequence[Entry], pseudonyms: Mapping[AlertId, str], erased: Collection[AlertId]) -> Replay:
    """`pseudonyms`: of every alert there is; `erased`: those whose hjerteløber is nobody any more."""
    names = {alert: name for alert, name in pseudonyms.items() if alert not in erased}
    people: dict[AlertId, list[Standing]] = {}
    course: list[Course] = []
    number, contradicts_at = 0, None
    try:
        for number, told in enumerate(steps(entries), start=1):
            _take(told, number, people, course)
    except (CannotBe, KeyError, ValueError):
        contradicts_at = number + 1
    return Replay(
        steps=[_step(each, names) for each in entries],
        people=[Asked(names.get(alert), standings) for alert, standings in people.items()],
        course=course,
        contradicts_at=contradicts_at,
    )


def _take(told: Replayed, number: int, people: dict[AlertId, list[Standing]], course: list[Course]) -> None:
    now = Course(number, told.state, told.end_reason, told.revision)
    if not course or msgspec.structs.replace(now, since=course[-1].since) != course[-1]:
        course.append(now)
    for alert in told.alerts.values():
        standings = people.setdefault(alert.id, [])
        stands = Standing(number, alert.state, alert.role, alert.reason)
        if not standings or msgspec.structs.replace(stands, since=standings[-1].since) != standings[-1]:
            standings.append(stands)


def _step(entry: Entry, names: Mapping[AlertId, str]) -> Step:
    facts = facts_for_a_centre(entry.facts)
    alert = facts.get("alert")
    about = AlertId(UUID(alert)) if isinstance(alert, str) else None
    name = None if about is None else names.get(about)
    # The journal's own copy of a pseudonym is not shown: of somebody erased nothing is.
    hidden = ("alert", "alerts", "volunteer", "into", "from")
    shown = {key: value for key, value in facts.items() if key not in hidden}
    return Step(entry.seq or 0, entry.at, entry.event, about, name, shown)
