"""Counting without knowing: what a campaign registers, and what it is told."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.recruitment import queries
from backend.recruitment.campaign import NOWHERE, ROOT, STAGES, Besides, Campaign, Code, Group, Stage, Way
from backend.recruitment.register import CannotBe, add_codes, add_groups, close_code, register
from backend.recruitment.tell import GroupName

__all__ = [
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
