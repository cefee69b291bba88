"""Which centre may act for another's incidents: lent for a while, or for good because its work has moved."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from backend.foundation.database import Actor, Connection
from backend.foundation.ids import CentreId, in_order
from backend.foundation.journal import Event, Happening, write_outside_incidents
from backend.regions import queries_access as queries

_WHEN_ALL_HAS_MOVED = datetime.max.replace(tzinfo=UTC)


class Why(StrEnum):
    """Why one centre acts for another."""

    OVERFLOW = "overflow"  # for a while, with an end: who is lent the other's incidents keeps its own, too
    AGREEMENT = "agreement"  # for a while, by a standing agreement: to see, to follow and to stand down, nothing more
    MERGED = "merged"  # from a moment on: the other's clients act as this one, and what it had open is this one's


class Grant(msgspec.Struct, frozen=True):
    """From `valid_from` to before `valid_to` `acting_id` may do with incidents of `centre_id` what that one may."""

    centre_id: CentreId
    acting_id: CentreId
    why: Why
    valid_from: datetime
    valid_to: datetime | None

    def holds(self, at: datetime) -> bool:
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)


class NoEnd(Exception):
    """What is lent must come back at a moment that is named, and is still to come."""


class GoesRound(Exception):
    """The work of the centre it would move to moves to this very one, now or later: neither would be done."""


class Access:
    """Every grant there is, asked at a moment. Pure."""

    def __init__(self, grants: Iterable[Grant] = ()) -> None:
        self._grants = tuple(grants)

    def acts_as(self, centre_id: CentreId, at: datetime) -> CentreId:
        """Whom a centre's clients act for: itself, or the one its work has moved to, and on from there."""
        seen = {centre_id}
        while (moved_to := self._moved_to(centre_id, at)) is not None and moved_to not in seen:
            seen.add(moved_to)
            centre_id = moved_to
        return centre_id

    def acts_for(self, centre_id: CentreId, at: datetime) -> tuple[CentreId, ...]:
        """Whose incidents a centre may act on beside its own: those whose work came to it, and what it was lent.

        What was lent to a centre whose work has moved came along; who is lent a centre is not lent what came to it.
        """
        own, found = self._own(centre_id, at), list[CentreId]()
        for each in own:
            for grant in self._grants:
                new = grant.centre_id not in (*own, *found)
                if grant.acting_id == each and grant.holds(at) and new:
                    found.append(grant.centre_id)
        return (*own[1:], *found)

    def centres_of(self, centre_id: CentreId, at: datetime) -> tuple[CentreId, ...]:
        """Whose incidents those who work at a centre see and act on: of the one they work as first."""
        acting = self.acts_as(centre_id, at)
        return (acting, *self.acts_for(acting, at))

    def only_stops(self, centre_id: CentreId, at: datetime) -> frozenset[CentreId]:
        """Of those a centre acts for: where it may see, follow and stand down, and nothing more."""
        return frozenset(self.lent_since(centre_id, at))

    def lent_since(self, centre_id: CentreId, at: datetime) -> Mapping[CentreId, datetime]:
        """Of :meth:`only_stops`: since when. What had ended before that is its owner's alone."""
        own = self._own(self.acts_as(centre_id, at), at)
        mine = [g for g in self._grants if g.acting_id in own and g.centre_id not in own and g.holds(at)]
        whole = {g.centre_id for g in mine if g.why is not Why.AGREEMENT}
        lent = [g for g in mine if g.centre_id not in whole]
        return {g.centre_id: g.valid_from for g in sorted(lent, key=lambda g: g.valid_from, reverse=True)}

    def _own(self, centre_id: CentreId, at: datetime) -> list[CentreId]:
        """A centre, and those whose work has come to it, and to those."""
        own = [centre_id]
        for each in own:
            moved = [g for g in self._grants if g.why is Why.MERGED and g.acting_id == each and g.holds(at)]
            own += [g.centre_id for g in moved if g.centre_id not in own]
        return own

    def _moved_to(self, centre_id: CentreId, at: datetime) -> CentreId | None:
        moved = (g.acting_id for g in self._grants if g.why is Why.MERGED and g.centre_id == centre_id and g.holds(at))
        return next(moved, None)


async def load(connection: Connection) -> Access:
    """Every grant there is, was or will be."""
    return Access(
        Grant(row.centre_id, row.acting_id, Why(row.why), row.valid_from, row.valid_to)
        for row in await queries.grants(connection)
    )


async def lend(
    connection: Connection,
    actor: Actor,
    centre_id: CentreId,
    to: CentreId,
    until: datetime,
    author: str,
    now: datetime,
) -> None:
    """Let another centre act for this one's incidents until a moment. Raises NoEnd when that is not to come."""
    if until <= now:
        raise NoEnd
    await _grant(connection, actor, Grant(centre_id, to, Why.OVERFLOW, now, until), author, now)


async def lend_by_agreement(
    connection: Connection, actor: Actor, centre_id: CentreId, to: CentreId, until: datetime, author: str, now: datetime
) -> bool:
    """Let a neighbour see, follow and stand down until a moment. The centre was entered.

    False where it is lent so already: once, whoever tries.
    """
    grant = Grant(centre_id, to, Why.AGREEMENT, now, until)
    if not await queries.insert_agreed(connection, in_order(), centre_id, to, now, until, author):
        return False
    await _write_down(connection, actor, centre_id, _facts(grant, author), now)
    return True


async def take_back(
    connection: Connection, actor: Actor, centre_id: CentreId, to: CentreId, author: str, now: datetime
) -> bool:
    """End what was lent now. False when nothing is."""
    if not await queries.end_overflow(connection, centre_id, to, now):
        return False
    facts: dict[str, str | None] = {
        "change": "access_ended",
        "why": Why.OVERFLOW.value,
        "to": str(to),
        "author": author,
    }
    await _write_down(connection, actor, centre_id, facts, now)
    return True


async def merge(
    connection: Connection,
    actor: Actor,
    centre_id: CentreId,
    into: CentreId,
    since: datetime,
    author: str,
    now: datetime,
) -> None:
    """From `since` on this centre's work is the other's: its clients act as that one, its open incidents go along.

    Raises GoesRound.
    """
    in_the_end = (await load(connection)).acts_as(into, _WHEN_ALL_HAS_MOVED)
    if in_the_end == centre_id:
        raise GoesRound
    await _grant(connection, actor, Grant(centre_id, into, Why.MERGED, since, None), author, now)


async def _grant(connection: Connection, actor: Actor, grant: Grant, author: str, now: datetime) -> None:
    await queries.insert_grant(
        connection,
        in_order(),
        grant.centre_id,
        grant.acting_id,
        grant.why.value,
        grant.valid_from,
        grant.valid_to,
        author,
        now,
    )
    await _write_down(connection, actor, grant.centre_id, _facts(grant, author), now)


def _facts(grant: Grant, author: str) -> dict[str, str | None]:
    return {
        "change": "access_granted",
        "why": grant.why.value,
        "to": str(grant.acting_id),
        "from": grant.valid_from.isoformat(),
        "until": None if grant.valid_to is None else grant.valid_to.isoformat(),
        "author": author,
    }


async def _write_down(
    connection: Connection, actor: Actor, centre_id: CentreId, facts: dict[str, str | None], now: datetime
) -> None:
    whose = msgspec.structs.replace(actor, centre_id=centre_id)
    await write_outside_incidents(connection, whose, Happening(Event.RIGHT_CHANGED, {**facts}), now)
