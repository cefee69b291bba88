"""A phone says where it was: one position or a batch, in any order, judged item by item."""

import math
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId
from backend.locations import queries
from backend.locations.blackout import cells_in_doubt
from backend.locations.cells import cell_of, coarsened, res9_parent
from backend.locations.position import AHEAD, FURTHEST_M, KEPT_FOR, Judged, Outcome, Reason, Report, on_our_clock
from backend.locations.queries import Kept, Newest

Keep = Callable[[Newest, datetime], Awaitable[Kept | None]]
"""Keeps one volunteer's newest position, for a moment on our clock; None: there is no such volunteer."""


class Exact(msgspec.Struct, frozen=True):
    """Where somebody on a mission is, to be kept for as long as it lasts."""

    item: Report
    measured_at: datetime  # on our clock


class Reported(msgspec.Struct, frozen=True):
    """What became of each item, in the order given. `mission`: the incident they are on their way to."""

    judged: list[Judged]
    mission: UUID | None = None
    exact: Exact | None = None


async def report(
    keep: Keep, volunteer_id: VolunteerId, reports: Sequence[Report], sent_at: datetime, now: datetime
) -> Reported:
    """Keep the newest usable position; say of each item what became of it.

    `sent_at` is the phone's clock at the moment of sending, `now` ours at receiving.
    """
    judged = [judge(each, sent_at, now) for each in reports]
    times = [on_our_clock(each.measured_at, sent_at, now) for each in reports]
    usable = [i for i, verdict in enumerate(judged) if verdict is None]
    newest = max(usable, key=lambda i: times[i], default=None)
    item = _nothing(volunteer_id) if newest is None else _newest(volunteer_id, reports[newest], times[newest])
    stands = await keep(item, now)
    if stands is None or not stands.active:
        return Reported(_all_refused(judged, Reason.WITHDRAWN))
    if not stands.location_consent:
        return Reported(_all_refused(judged, Reason.NO_LOCATION_CONSENT), stands.mission)
    exact = None
    if newest is not None and stands.mission is not None and not stands.hidden:
        exact = Exact(reports[newest], times[newest])
    return Reported(_in_turn(judged, times, stands), stands.mission, exact)


async def keep_exact(connection: Connection, volunteer_id: VolunteerId, mission: UUID, exact: Exact) -> None:
    """The newest exact point of a mission; safe to repeat."""
    item = exact.item
    await queries.keep_mission_position(
        connection, volunteer_id, mission, item.lat, item.lon, item.accuracy_m, exact.measured_at
    )


def judge(item: Report, sent_at: datetime, now: datetime) -> Judged | None:
    """What is wrong with an item in itself; None when it is usable."""
    if not (math.isfinite(item.lat) and math.isfinite(item.lon)):
        return Judged(Outcome.REFUSED, Reason.NOT_FINITE)
    if not (-90 <= item.lat <= 90 and -180 <= item.lon <= 180):
        return Judged(Outcome.REFUSED, Reason.OUT_OF_RANGE)
    if item.accuracy_m is not None and not 0 <= item.accuracy_m <= FURTHEST_M:
        return Judged(Outcome.REFUSED, Reason.ACCURACY)  # phones mark a fix as invalid by a negative accuracy
    if item.measured_at > sent_at + AHEAD:
        return Judged(Outcome.REFUSED, Reason.IN_THE_FUTURE)
    if on_our_clock(item.measured_at, sent_at, now) < now - KEPT_FOR:
        return Judged(Outcome.REFUSED, Reason.TOO_OLD)
    return None


def _in_turn(judged: Sequence[Judged | None], times: Sequence[datetime], stands: Kept) -> list[Judged]:
    """Usable items as if they had come one by one: newer than all before is accepted, the rest is older."""
    known = stands.known_since
    verdicts = []
    for verdict, measured_at in zip(judged, times, strict=True):
        if verdict is not None:
            verdicts.append(verdict)
        elif known is None or measured_at > known:
            known = measured_at
            if stands.hidden:
                verdicts.append(Judged(Outcome.REFUSED, Reason.BLACKOUT))
                continue
            # Not kept although it was newer: another report of the same volunteer, newer still, came in between.
            verdicts.append(Judged(Outcome.ACCEPTED if stands.kept else Outcome.OLDER))
        else:
            verdicts.append(Judged(Outcome.OLDER))
    return verdicts


def _all_refused(judged: Sequence[Judged | None], reason: Reason) -> list[Judged]:
    return [verdict or Judged(Outcome.REFUSED, reason) for verdict in judged]


def _newest(volunteer_id: VolunteerId, item: Report, measured_at: datetime) -> Newest:
    cell = cell_of(item.lat, item.lon)
    coarse = coarsened(cell)
    return Newest(
        volunteer_id=volunteer_id,
        cell=cell,
        cell_r9=res9_parent(cell),
        coarse_cell=coarse,
        coarse_cell_r9=res9_parent(coarse),
        accuracy_m=item.accuracy_m,
        measured_at=measured_at,
        in_doubt=cells_in_doubt(item.lat, item.lon, item.accuracy_m),
    )


def _nothing(volunteer_id: VolunteerId) -> Newest:
    return Newest(volunteer_id, None, None, None, None, None, None)
