"""What a campaign registers: itself, groups, join codes. Groups are added, never changed; a code can be closed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from backend.foundation.database import Connection
from backend.recruitment import queries
from backend.recruitment.campaign import NOWHERE, ROOT, Campaign, Code, Group, Way
from backend.recruitment.tell import GroupName

OURS = frozenset({ROOT, NOWHERE})


class CannotBe(Exception):
    """What cannot be registered: where it stands in what was given, and what would be right. Nothing is kept of it."""

    def __init__(self, where: str, wanted: str) -> None:
        super().__init__(f"{where}: {wanted}")
        self.where, self.wanted = where, wanted


async def register(connection: Connection, campaign: Campaign) -> None:
    """Raises CannotBe where there is one of this name."""
    if await queries.campaign_named(connection, campaign.name) is not None:
        raise CannotBe("/name", "a name that no campaign has")
    await queries.insert_campaign(connection, campaign)


async def add_groups(connection: Connection, campaign_id: UUID, groups: Sequence[Group], now: datetime) -> None:
    """Add groups; those there already, the same in everything, are left as they are.

    Raises CannotBe naming the group: of a name that is taken, in a circle, below one that has codes.
    """
    await queries.lock_campaign(connection, campaign_id)
    there = {group.name: group for group in await queries.groups_of(connection, campaign_id)}
    taken = await queries.with_codes(connection, campaign_id)
    for number, reason in _wrong(groups, there, taken):
        raise CannotBe(f"/groups/{number}", reason)
    await queries.insert_groups(connection, campaign_id, [g for g in groups if g.name not in there], now)


def _wrong(
    groups: Sequence[Group], there: Mapping[GroupName, Group], with_codes: set[str]
) -> Iterator[tuple[int, str]]:
    """What keeps groups from being added: the number of each, and what would be right."""
    known = dict(there)
    for number, group in enumerate(groups):
        earlier = known.get(group.name)
        if earlier is not None:
            if earlier != group:
                yield number, "the group as it was registered: it cannot be changed, only another one added"
            continue
        if group.name in OURS or group.way is Way.AREA:
            yield number, "a unit or a channel; the campaign as a whole and areas are counted anyway"
        elif group.parent is not None and (
            group.parent not in known or known[group.parent].way is not group.way or group.parent in with_codes
        ):
            yield number, "below a group of the same way that was named before it and has no join codes of its own"
        known[group.name] = group


async def add_codes(connection: Connection, campaign_id: UUID, codes: Sequence[Code], now: datetime) -> None:
    """Add join codes of units without units below them. Raises CannotBe for others, and for a code there is."""
    await queries.lock_campaign(connection, campaign_id)
    there = {group.name: group for group in await queries.groups_of(connection, campaign_id)}
    wholes = {group.parent for group in there.values()}
    for number, code in enumerate(codes):
        unit, channel = there.get(code.unit), there.get(code.channel)
        if unit is None or unit.way is not Way.UNIT or unit.name in wholes:
            raise CannotBe(f"/codes/{number}/unit", "a registered unit that no other unit is below")
        if channel is None or channel.way is not Way.CHANNEL or channel.name in wholes:
            raise CannotBe(f"/codes/{number}/channel", "a registered channel")
    try:
        await queries.insert_codes(connection, campaign_id, codes, now)
    except asyncpg.UniqueViolationError:
        raise CannotBe("/codes", "codes of which none is in use already") from None


async def close_code(connection: Connection, code: str, now: datetime) -> None:
    """Whoever signs up with it from now on is not credited. Raises CannotBe for one there is not."""
    if not await queries.close_code(connection, code, now):
        raise CannotBe("/code", "a join code that was registered")
