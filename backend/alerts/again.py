"""Whom another policy would have asked first: those who were looked at, ranked again. Pure but for `look`, which reads.

Only as far as the rows tell: they are kept for a week, go with a person who is erased, and end where looking ended.
Whatever they do not tell is unknown, never a number.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from backend.alerts import queries_again
from backend.alerts.choose import snapshot_digest
from backend.alerts.queries_again import FirstWave
from backend.foundation.database import Connection
from backend.foundation.ids import CentreId, IncidentId
from backend.foundation.kinds import Kind
from backend.selection import queries as selection
from backend.selection.candidate import BUSY, Candidate, Verdict, lot_of
from backend.selection.find import SPARE
from backend.selection.policy import Policy
from backend.selection.queries import CandidateRow
from backend.selection.rank import rank

AT_MOST = 200
_USABLE = frozenset({Verdict.CHOSEN, Verdict.NEARER_ONES_ASKED, Verdict.BEYOND_REACH})


class Asked(msgspec.Struct, frozen=True):
    """How many were asked, and how far the furthest of them was, in metres; None where nobody was."""

    people: int
    furthest_m: int | None


class Compared(msgspec.Struct, frozen=True):
    """An alarm as it was, and as it would have begun; `would` None: that is unknown."""

    incident_id: IncidentId
    opened_at: datetime
    asked: int | None
    would: Asked | None


async def look(
    connection: Connection, centre_id: CentreId, policy: Policy, since: datetime, until: datetime
) -> list[Compared]:
    """A centre's live alarms, opened `[since, until)`; at most AT_MOST."""
    found = await queries_again.first_waves(connection, centre_id, Kind.LIVE, since, until, AT_MOST)
    return [
        compare(first, await selection.candidates_of(connection, first.incident_id) if first.digest else [], policy)
        for first in found
    ]


def compare(first: FirstWave, rows: Sequence[CandidateRow], policy: Policy) -> Compared:
    of_wave = [row for row in rows if row.wave == first.wave]
    looked_at = [(_candidate(first.incident_id, row), row.verdict) for row in of_wave]
    kept_whole = first.digest is not None and snapshot_digest(looked_at) == first.digest
    would = _again(first, looked_at, policy) if kept_whole else None
    return Compared(first.incident_id, first.opened_at, first.asked, would)


def _again(first: FirstWave, looked_at: Sequence[tuple[Candidate, Verdict]], policy: Policy) -> Asked | None:
    if first.over_water and not policy.over_water:
        return None  # where water lies was not looked up then
    candidates = [_as_seen(candidate, verdict, policy) for candidate, verdict in looked_at]
    chosen = rank(candidates, policy.reach_m, policy.at_once, set()).chosen
    enough = len(chosen) == policy.at_once
    reaches_m = chosen[-1].metres if enough else policy.reach_m
    in_doubt = any(
        _in_doubt(candidate, verdict, policy) and candidate.metres <= reaches_m for candidate, verdict in looked_at
    )
    if in_doubt or reaches_m > _seen_to_m(first, looked_at):
        return None
    return Asked(len(chosen), chosen[-1].metres if chosen else None)


def _seen_to_m(first: FirstWave, looked_at: Sequence[tuple[Candidate, Verdict]]) -> int:
    """How far out everybody was looked at: all of the reach, or until enough are found and some spare."""
    usable = sorted(c.metres for c, verdict in looked_at if verdict in _USABLE and c.metres <= (first.reach_m or 0))
    busy = sum(verdict in BUSY for _, verdict in looked_at)  # some of them were free when they were found
    looked_for = (first.wanted or 0) + SPARE
    if len(usable) + busy < looked_for:
        return first.reach_m or 0
    return usable[min(looked_for, len(usable)) - 1] if usable else 0


def _as_seen(candidate: Candidate, verdict: Verdict, policy: Policy) -> Candidate:
    too_old = candidate.age_s is not None and candidate.age_s > policy.max_position_age_s
    obstacle = None if verdict in _USABLE else verdict
    return msgspec.structs.replace(candidate, obstacle=Verdict.POSITION_TOO_OLD if too_old else obstacle)


def _in_doubt(candidate: Candidate, verdict: Verdict, policy: Policy) -> bool:
    """Kept from being asked by what the other policy allows: nobody wrote down what else stood in the way."""
    if verdict is Verdict.POSITION_TOO_OLD:
        return candidate.age_s is not None and candidate.age_s <= policy.max_position_age_s
    return verdict is Verdict.WATER_BETWEEN and policy.over_water


def _candidate(incident_id: IncidentId, row: CandidateRow) -> Candidate:
    lot = lot_of(incident_id, row.volunteer_id)
    return Candidate(row.volunteer_id, row.metres, row.age_s, row.from_place, None, lot, cell=0)
