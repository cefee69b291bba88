"""Ranking: pure, exact, and the same every time."""

from collections.abc import Iterable, Set

import msgspec

from backend.foundation.ids import VolunteerId
from backend.selection.candidate import Candidate, Verdict


class Ranking(msgspec.Struct, frozen=True):
    """`chosen` nearest first; `passed_over` says of everybody else looked at why not, nearest first."""

    chosen: tuple[Candidate, ...]
    passed_over: tuple[tuple[Candidate, Verdict], ...]


def rank(candidates: Iterable[Candidate], reach_m: int, count: int, asked_already: Set[VolunteerId]) -> Ranking:
    """The `count` nearest who can be asked and have not been for this incident.

    A person seen at several places (live, home, work) counts at the nearest usable one.
    """
    chosen: list[Candidate] = []
    passed_over: list[tuple[Candidate, Verdict]] = []
    for candidate in _each_person_once(candidates):
        if candidate.volunteer_id in asked_already:
            continue
        obstacle = candidate.obstacle or (Verdict.BEYOND_REACH if candidate.metres > reach_m else None)
        if obstacle is not None:
            passed_over.append((candidate, obstacle))
        elif len(chosen) < count:
            chosen.append(candidate)
        else:
            passed_over.append((candidate, Verdict.NEARER_ONES_ASKED))
    return Ranking(tuple(chosen), tuple(passed_over))


def _each_person_once(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Nearest first; of somebody's several places the nearest one that can be used, else the nearest."""
    best: dict[VolunteerId, Candidate] = {}
    for candidate in candidates:
        known = best.get(candidate.volunteer_id)
        if known is None or _preference(candidate) < _preference(known):
            best[candidate.volunteer_id] = candidate
    return sorted(best.values(), key=lambda c: (c.metres, c.lot))


def _preference(candidate: Candidate) -> tuple[bool, int, bytes]:
    return (candidate.obstacle is not None, candidate.metres, candidate.lot)
