"""Counting without knowing: what a campaign registers, and what it is told."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.recruitment import queries
from backend.recruitment.campaign import (
    LEAST_INVITED,
    NOWHERE,
    ROOT,
    STAGES,
    Besides,
    Campaign,
    Code,
    Group,
    Stage,
    Way,
)
from backend.recruitment.register import CannotBe, add_codes, add_groups, close_code, register
from backend.recruitment.tell import GroupName

__all__ = [
    "LEAST_INVITED",
    "NOWHERE",
    "ROOT",
    "STAGES",
    "Besides",
    "Campaign",
    "CannotBe",
    "Code",
    "Group",
    "GroupName",
    "Stage",
    "Told",
    "Way",
    "add_codes",
    "add_groups",
    "campaign_named",
    "close_code",
    "register",
    "told",
    "told_by",
    "told_until",
]


class Told(msgspec.Struct, frozen=True):
    """At least so many, by the end of a Danish day. Of groups other than ROOT only on the last day of each week."""

    day: date
    stage: str
    group_name: GroupName
    at_least: int


async def campaign_named(connection: Connection, name: str) -> Campaign | None:
    return await queries.campaign_named(connection, name)


async def told(
    connection: Connection, campaign_id: UUID, groups: Sequence[GroupName], since: date, until: date
) -> list[Told]:
    """What was told of these groups on the days from `since` to `until`, both among them; oldest first."""
    return await fetch_all(
        connection,
        Told,
        """
        SELECT day, stage, group_name, at_least FROM recruitment.told
        WHERE campaign_id = $1 AND group_name = ANY($2::text[]) AND day BETWEEN $3 AND $4
        ORDER BY day, stage, group_name
        """,
        campaign_id,
        list(groups),
        since,
        until,
    )


async def told_by(
    connection: Connection, campaign_id: UUID, groups: Sequence[GroupName], stages: Sequence[str], days: Sequence[date]
) -> list[Told]:
    """What was told last of these groups by the end of each of these days; no row where nothing had been told by then.

    `day` is the day that was asked for. So many look-ups as are asked for, however long the campaign has been told of.
    """
    return await fetch_all(
        connection,
        Told,
        """
        SELECT d.day, s.stage, g.name AS group_name, t.at_least
        FROM unnest($2::text[]) AS g (name), unnest($3::text[]) AS s (stage), unnest($4::date[]) AS d (day)
        CROSS JOIN LATERAL (
          SELECT at_least FROM recruitment.told
          WHERE campaign_id = $1 AND stage = s.stage AND group_name = g.name AND day <= d.day
          ORDER BY day DESC LIMIT 1) t
        """,
        campaign_id,
        list(groups),
        list(stages),
        list(days),
    )


async def told_until(connection: Connection, campaign_id: UUID) -> date | None:
    """The last day of which anything was told; None before the first."""
    last: date | None = await connection.fetchval(
        "SELECT max(day) FROM recruitment.told WHERE campaign_id = $1 AND stage = $2 AND group_name = $3",
        campaign_id,
        Stage.REGISTERED.value,
        ROOT,
    )
    return last
