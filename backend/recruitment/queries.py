"""SQL of campaigns, groups, codes, and of who came by them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_all, fetch_one
from backend.foundation.ids import VolunteerId
from backend.recruitment.campaign import Campaign, Code, Group
from backend.recruitment.tell import GroupName


async def insert_campaign(connection: Connection, campaign: Campaign) -> None:
    await connection.execute(
        """
        INSERT INTO recruitment.campaign (id, name, k, credit_days, opens_at, closes_at, made_up)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        campaign.id,
        campaign.name,
        campaign.k,
        campaign.credit_days,
        campaign.opens_at,
        campaign.closes_at,
        campaign.made_up,
    )


async def campaign_named(connection: Connection, name: str) -> Campaign | None:
    return await fetch_one(
        connection,
        Campaign,
        "SELECT id, name, k, credit_days, opens_at, closes_at, made_up FROM recruitment.campaign WHERE name = $1",
        name,
    )


async def lock_campaign(connection: Connection, campaign_id: UUID) -> None:
    """Until the transaction ends nobody else adds groups or codes to it."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", str(campaign_id))


async def groups_of(connection: Connection, campaign_id: UUID) -> list[Group]:
    """Oldest first: parts are looked at in this order."""
    return await fetch_all(
        connection,
        Group,
        """
        SELECT name, way, parent, invited FROM recruitment.counting_group WHERE campaign_id = $1
        ORDER BY opened_at, name
        """,
        campaign_id,
    )


async def insert_groups(connection: Connection, campaign_id: UUID, groups: Sequence[Group], now: datetime) -> None:
    await connection.execute(
        """
        INSERT INTO recruitment.counting_group (campaign_id, name, way, parent, invited, opened_at)
        SELECT $1, name, way, parent, invited, $6
        FROM unnest($2::text[], $3::text[], $4::text[], $5::int[]) AS g (name, way, parent, invited)
        """,
        campaign_id,
        [group.name for group in groups],
        [group.way.value for group in groups],
        [group.parent for group in groups],
        [group.invited for group in groups],
        now,
    )


async def with_codes(connection: Connection, campaign_id: UUID) -> set[str]:
    """Units that have codes of their own."""
    rows = await connection.fetch("SELECT DISTINCT unit FROM recruitment.join_code WHERE campaign_id = $1", campaign_id)
    return {row["unit"] for row in rows}


class Held(msgspec.Struct, frozen=True):
    """A unit that has codes of a channel."""

    unit: GroupName
    channel: GroupName


async def held(connection: Connection, campaign_id: UUID) -> list[Held]:
    return await fetch_all(
        connection,
        Held,
        "SELECT DISTINCT unit, channel FROM recruitment.join_code WHERE campaign_id = $1 ORDER BY unit, channel",
        campaign_id,
    )


async def insert_codes(connection: Connection, campaign_id: UUID, codes: Sequence[Code], now: datetime) -> None:
    await connection.execute(
        """
        INSERT INTO recruitment.join_code (code, campaign_id, unit, channel, opened_at)
        SELECT code, $1, unit, channel, $5 FROM unnest($2::text[], $3::text[], $4::text[]) AS c (code, unit, channel)
        """,
        campaign_id,
        [code.code for code in codes],
        [code.unit for code in codes],
        [code.channel for code in codes],
        now,
    )


async def close_code(connection: Connection, code: str, now: datetime) -> bool:
    """Whether there is such a code; closed once, it stays closed from then on."""
    done: str = await connection.execute(
        "UPDATE recruitment.join_code SET closed_at = coalesce(closed_at, $2) WHERE code = $1", code, now
    )
    return done != "UPDATE 0"


class Known(msgspec.Struct, frozen=True):
    """A code that exists: of which campaign, and whether it counts now."""

    campaign_id: UUID
    credit_days: int
    counts: bool


async def known(connection: Connection, code: str, now: datetime) -> Known | None:
    return await fetch_one(
        connection,
        Known,
        """
        SELECT j.campaign_id, c.credit_days,
               $2 >= c.opens_at AND $2 < c.closes_at AND (j.closed_at IS NULL OR $2 < j.closed_at) AS counts
        FROM recruitment.join_code j JOIN recruitment.campaign c ON c.id = j.campaign_id WHERE j.code = $1
        """,
        code,
        now,
    )


async def count_begun(connection: Connection, code: str) -> None:
    await connection.execute("UPDATE recruitment.join_code SET begun = begun + 1 WHERE code = $1", code)


async def insert_touch(
    connection: Connection, campaign_id: UUID, phone_key: bytes, code: str, already: bool, now: datetime
) -> None:
    """The first time counts."""
    await connection.execute(
        """
        INSERT INTO recruitment.touch (campaign_id, phone_key, code, proven_at, already) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING
        """,
        campaign_id,
        phone_key,
        code,
        now,
        already,
    )


async def credited_code(
    connection: Connection, campaign_id: UUID, phone_key: bytes, within: timedelta, now: datetime
) -> str | None:
    """The code this phone was first proven with, not longer ago than `within`."""
    found: str | None = await connection.fetchval(
        """
        SELECT code FROM recruitment.touch WHERE campaign_id = $1 AND phone_key = $2 AND proven_at >= $3
        ORDER BY proven_at, code LIMIT 1
        """,
        campaign_id,
        phone_key,
        now - within,
    )
    return found


async def code_of(connection: Connection, volunteer_id: VolunteerId) -> str | None:
    found: str | None = await connection.fetchval(
        "SELECT code FROM recruitment.member WHERE volunteer_id = $1", volunteer_id
    )
    return found


async def is_member(connection: Connection, campaign_id: UUID, volunteer_id: VolunteerId) -> bool:
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT 1 FROM recruitment.member WHERE volunteer_id = $1 AND campaign_id = $2)",
        volunteer_id,
        campaign_id,
    )
    return found


async def insert_member(
    connection: Connection, volunteer_id: VolunteerId, campaign_id: UUID, code: str, area: str, now: datetime
) -> None:
    """Nobody is in two campaigns, nor in one twice."""
    await connection.execute(
        """
        INSERT INTO recruitment.member (volunteer_id, campaign_id, code, area, stage, registered_at)
        VALUES ($1, $2, $3, $4, 'registered', $5) ON CONFLICT DO NOTHING
        """,
        volunteer_id,
        campaign_id,
        code,
        area,
        now,
    )
