"""Who saw what: for a breach, and for whoever asks who looked at them. Ids only; what was seen stands in no list."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec


class Seen(msgspec.Struct, frozen=True):
    """One time that somebody could see something.

    `how`: *shown* is a view that was written down as it happened; *opened* says that from then on it could be seen.
    `viewer_id`: a client, one of the staff, a volunteer's id; in *opened* a volunteer's pseudonym in that incident, or
    operators' signs. `about_id`: whose position or copy it was; of an address it is the incident's patient.
    """

    at: datetime
    how: str
    what: str
    viewer: str
    viewer_id: str | None
    centre_id: UUID | None
    incident_id: UUID | None
    about_id: UUID | None
    note: str | None
    kind: str | None


class Caller(msgspec.Struct, frozen=True):
    """What one viewer has seen: how often, of how many incidents, and whose."""

    viewer: str
    viewer_id: str | None
    what: str
    times: int
    incidents: int
    people: list[UUID]
    first: datetime
    last: datetime


class Exposure(msgspec.Struct, frozen=True):
    """Everything of a time, and added up by caller: the busiest first."""

    since: datetime
    until: datetime
    callers: list[Caller]
    seen: list[Seen]


def added_up(since: datetime, until: datetime, seen: Sequence[Seen]) -> Exposure:
    """By viewer and what they saw; in the order of time."""
    ordered = sorted(seen, key=lambda each: each.at)
    groups: dict[tuple[str, str | None, str], list[Seen]] = {}
    for each in ordered:
        groups.setdefault((each.viewer, each.viewer_id, each.what), []).append(each)
    callers = [
        Caller(
            viewer=viewer,
            viewer_id=viewer_id,
            what=what,
            times=len(theirs),
            incidents=len({each.incident_id for each in theirs if each.incident_id is not None}),
            people=list(dict.fromkeys(each.about_id for each in theirs if each.about_id is not None)),
            first=theirs[0].at,
            last=theirs[-1].at,
        )
        for (viewer, viewer_id, what), theirs in groups.items()
    ]
    callers.sort(key=lambda c: (-c.times, c.viewer, c.viewer_id or "", c.what))
    return Exposure(since, until, callers, ordered)


def tally(exposure: Exposure) -> Counter[str]:
    """How often each thing was seen."""
    return Counter(each.what for each in exposure.seen)
