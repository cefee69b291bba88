"""Reading the alarms of a period, in bounded steps, each of which gives way to an alarm."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from backend.aftercare import queries
from backend.aftercare.alarm import Alarm, Region, left_out
from backend.aftercare.monthly import Group, begins, later
from backend.foundation.database import Database
from backend.foundation.ids import CentreId
from backend.foundation.kinds import Kind

MOST_INCIDENTS = 12_000
"""Two years of all Denmark's: 2,000 alarms a year were counted until 2022, and 5,000 arrests there are."""
AT_ONCE = 1_000
"""Of which the alerts are read by one statement: some 20,000 rows, and what was sent to them."""


class Read(msgspec.Struct, frozen=True):
    """`cut`: there were more than :data:`MOST_INCIDENTS`, and `alarms` are the newest of them alone."""

    alarms: list[Alarm]
    centres: list[Group]
    cut: bool


async def read(database: Database, centres: Sequence[CentreId] | None, kind: Kind, first: date, last: date) -> Read:
    """What opened from the month `first` to the month `last` at these centres (None: at every one).

    Raises Problem `overloaded` while an alarm goes on that came a moment ago: nothing is read in pieces.
    """
    async with database.statistics() as connection:
        known = await queries.centres(connection, centres)
        found = await queries.incidents(
            connection, [each.id for each in known], kind, begins(first), begins(later(last, 1)), MOST_INCIDENTS + 1
        )
    cut = len(found) > MOST_INCIDENTS
    alarms: list[Alarm] = []
    for begin in range(0, min(len(found), MOST_INCIDENTS), AT_ONCE):
        alarms += await _with_what_became_of_them(database, found[begin : min(begin + AT_ONCE, MOST_INCIDENTS)])
    groups = [Group(str(each.id), each.name, each.valid_from, each.valid_to) for each in known]
    return Read(alarms, groups, cut)


async def _with_what_became_of_them(database: Database, found: Sequence[queries.IncidentRow]) -> list[Alarm]:
    ids = [each.id for each in found]
    async with database.statistics() as connection:
        asked = {each.incident_id: each for each in await queries.asked(connection, ids)}
        pushes = {each.incident_id: each.first_push_at for each in await queries.first_pushes(connection, ids)}
    return [_alarm(each, asked.get(each.id), pushes) for each in found]


def _alarm(row: queries.IncidentRow, asked: queries.AskedRow | None, pushes: dict[UUID, datetime]) -> Alarm:
    alarm = Alarm(
        id=row.id,
        opened_at=row.opened_at,
        centre_id=row.centre_id,
        centre=row.centre,
        region=_region(row),
        left_out=left_out(row.state, row.asking, row.end_reason),
        first_push_at=pushes.get(row.id),
    )
    if asked is None:
        return alarm
    return msgspec.structs.replace(
        alarm,
        alerted=asked.alerted,
        accepted=asked.accepted,
        stood_down=asked.stood_down,
        silent=asked.silent,
        first_accept_at=asked.first_accept_at,
        arrivals=tuple(sorted(asked.arrivals)),
    )


def _region(row: queries.IncidentRow) -> Region | None:
    if row.region is None:
        return None
    da, en = row.region_da or row.region, row.region_en or row.region
    return Region(row.region, da, en, row.region_since, row.region_until)


def regions_of(alarms: Sequence[Alarm], english: bool, in_none: str) -> list[Group]:
    """The regions in which any of these lay, by name, each under the name it had when the newest of them opened."""
    found: dict[str, Group] = {}
    for alarm in sorted(alarms, key=lambda each: each.opened_at):
        region = alarm.region
        if region is None:
            found[""] = Group("", in_none)
        else:
            name = region.name_en if english else region.name_da
            found[region.code] = Group(region.code, name, region.since, region.until)
    return sorted(found.values(), key=lambda each: (each.key == "", each.name))
