"""Statements about join codes, and the places of units they stand in."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.public.store import Connection, fetch_all, fetch_one
from campaigns.campaign.campaign import Channel
from campaigns.campaign.join_code import JoinCode
from campaigns.campaign.place import Place
from campaigns.organisation.unit import UnitCode


class Code(msgspec.Struct, frozen=True):
    """A join code; `material` is what carries it, in the manager's words."""

    code: JoinCode
    campaign_id: UUID
    unit: UnitCode
    place: int
    channel: Channel
    material: str
    opened_at: datetime
    closed_at: datetime | None = None


async def lock_campaign(connection: Connection, campaign_id: UUID) -> None:
    """One after another makes codes of a campaign, until the transaction ends."""
    await connection.execute(
        "SELECT pg_advisory_xact_lock(hashtext('campaigns'), hashtext($1::text))", str(campaign_id)
    )


async def places_of(connection: Connection, campaign_id: UUID) -> list[Place]:
    return await fetch_all(
        connection,
        Place,
        """
        SELECT unit, number, above, reshaped_on, people, own_people FROM campaigns.place
        WHERE campaign_id = $1 ORDER BY unit, number
        """,
        campaign_id,
    )


async def insert_places(connection: Connection, campaign_id: UUID, places: Sequence[Place]) -> None:
    """Those there already are left as they are."""
    await connection.execute(
        """
        INSERT INTO campaigns.place (campaign_id, unit, number, above, reshaped_on, people, own_people)
        SELECT $1, unnest($2::text[]), unnest($3::int[]), unnest($4::text[]), unnest($5::date[]), unnest($6::int[]),
               unnest($7::int[])
        ON CONFLICT (campaign_id, unit, number) DO NOTHING
        """,
        campaign_id,
        [place.unit for place in places],
        [place.number for place in places],
        [place.above for place in places],
        [place.reshaped_on for place in places],
        [place.people for place in places],
        [place.own_people for place in places],
    )


async def insert_codes(connection: Connection, codes: Sequence[Code]) -> None:
    await connection.execute(
        """
        INSERT INTO campaigns.code (code, campaign_id, unit, place, channel, material, opened_at)
        SELECT unnest($1::text[]), unnest($2::uuid[]), unnest($3::text[]), unnest($4::int[]), unnest($5::text[]),
               unnest($6::text[]), unnest($7::timestamptz[])
        """,
        [code.code for code in codes],
        [code.campaign_id for code in codes],
        [code.unit for code in codes],
        [code.place for code in codes],
        [code.channel.value for code in codes],
        [code.material for code in codes],
        [code.opened_at for code in codes],
    )


async def code_named(connection: Connection, code: JoinCode) -> Code | None:
    return await fetch_one(
        connection,
        Code,
        """
        SELECT code, campaign_id, unit, place, channel, material, opened_at, closed_at FROM campaigns.code
        WHERE code = $1
        """,
        code,
    )


async def codes_of(connection: Connection, campaign_id: UUID) -> list[Code]:
    return await fetch_all(
        connection,
        Code,
        """
        SELECT code, campaign_id, unit, place, channel, material, opened_at, closed_at FROM campaigns.code
        WHERE campaign_id = $1 ORDER BY unit, channel, material, opened_at
        """,
        campaign_id,
    )


async def close_code(connection: Connection, code: JoinCode, now: datetime) -> None:
    await connection.execute(
        "UPDATE campaigns.code SET closed_at = $2 WHERE code = $1 AND closed_at IS NULL", code, now
    )
