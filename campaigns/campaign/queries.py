"""Statements about campaigns, their parties, what they say, and whom they ask."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.public.store import Connection, fetch_all, fetch_one
from campaigns.campaign.campaign import Asked, Campaign
from campaigns.modules.module import Party, PartyCode
from campaigns.modules.texts import Texts


class Version(msgspec.Struct, frozen=True):
    """What a campaign says or said; `missing`: which parties have not approved it."""

    number: int
    texts: Texts
    written_at: datetime
    missing: list[PartyCode]


async def campaign_named(connection: Connection, name: str) -> Campaign | None:
    return await fetch_one(
        connection,
        Campaign,
        """
        SELECT id, name, organisation, since, until, k, credit_days, colour, heart, made_up FROM campaigns.campaign
        WHERE name = $1
        """,
        name,
    )


async def campaign(connection: Connection, campaign_id: UUID) -> Campaign | None:
    return await fetch_one(
        connection,
        Campaign,
        """
        SELECT id, name, organisation, since, until, k, credit_days, colour, heart, made_up FROM campaigns.campaign
        WHERE id = $1
        """,
        campaign_id,
    )


async def campaigns(connection: Connection) -> list[Campaign]:
    """All of them, the newest first."""
    return await fetch_all(
        connection,
        Campaign,
        """
        SELECT id, name, organisation, since, until, k, credit_days, colour, heart, made_up FROM campaigns.campaign
        ORDER BY since DESC, name
        """,
    )


async def insert_campaign(connection: Connection, campaign: Campaign) -> None:
    await connection.execute(
        """
        INSERT INTO campaigns.campaign (id, name, organisation, since, until, k, credit_days, colour, heart, made_up)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        campaign.id,
        campaign.name,
        campaign.organisation,
        campaign.since,
        campaign.until,
        campaign.k,
        campaign.credit_days,
        campaign.colour,
        campaign.heart,
        campaign.made_up,
    )


async def insert_parties(connection: Connection, campaign_id: UUID, parties: Sequence[Party]) -> None:
    await connection.execute(
        """
        INSERT INTO campaigns.party (campaign_id, code, name_da, name_en, part)
        SELECT $1, unnest($2::text[]), unnest($3::text[]), unnest($4::text[]), unnest($5::text[])
        """,
        campaign_id,
        [party.code for party in parties],
        [party.name_da for party in parties],
        [party.name_en for party in parties],
        [party.part.value for party in parties],
    )


async def parties_of(connection: Connection, campaign_id: UUID) -> list[Party]:
    return await fetch_all(
        connection,
        Party,
        "SELECT code, name_da, name_en, part FROM campaigns.party WHERE campaign_id = $1 ORDER BY part, code",
        campaign_id,
    )


async def insert_version(
    connection: Connection, campaign_id: UUID, number: int, texts: Texts, written_at: datetime
) -> None:
    await connection.execute(
        "INSERT INTO campaigns.version (campaign_id, number, texts, written_at) VALUES ($1, $2, $3, $4)",
        campaign_id,
        number,
        msgspec.to_builtins(texts),
        written_at,
    )


async def versions_of(connection: Connection, campaign_id: UUID) -> list[Version]:
    """The newest first. An observer's approval is not asked for."""
    return await fetch_all(
        connection,
        Version,
        """
        SELECT v.number, v.texts, v.written_at,
               ARRAY(SELECT p.code FROM campaigns.party p
                     WHERE p.campaign_id = v.campaign_id AND p.part <> 'observer' AND NOT EXISTS (
                       SELECT FROM campaigns.approval a
                       WHERE a.campaign_id = v.campaign_id AND a.number = v.number AND a.party = p.code)
                     ORDER BY p.code) AS missing
        FROM campaigns.version v WHERE v.campaign_id = $1 ORDER BY v.number DESC
        """,
        campaign_id,
    )


async def approved_version(connection: Connection, campaign_id: UUID) -> Version | None:
    """The newest that owner and partners have all approved."""
    return await fetch_one(
        connection,
        Version,
        """
        SELECT v.number, v.texts, v.written_at, '{}'::text[] AS missing FROM campaigns.version v
        WHERE v.campaign_id = $1 AND NOT EXISTS (
          SELECT FROM campaigns.party p
          WHERE p.campaign_id = v.campaign_id AND p.part <> 'observer' AND NOT EXISTS (
            SELECT FROM campaigns.approval a
            WHERE a.campaign_id = v.campaign_id AND a.number = v.number AND a.party = p.code))
        ORDER BY v.number DESC LIMIT 1
        """,
        campaign_id,
    )


async def insert_approval(
    connection: Connection, campaign_id: UUID, number: int, party: PartyCode, now: datetime
) -> None:
    await connection.execute(
        """
        INSERT INTO campaigns.approval (campaign_id, number, party, approved_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (campaign_id, number, party) DO NOTHING
        """,
        campaign_id,
        number,
        party,
        now,
    )


async def upsert_asked(connection: Connection, campaign_id: UUID, asked: Sequence[Asked]) -> None:
    await connection.execute(
        """
        INSERT INTO campaigns.asked (campaign_id, unit, people, target, target_on)
        SELECT $1, unnest($2::text[]), unnest($3::int[]), unnest($4::int[]), unnest($5::date[])
        ON CONFLICT (campaign_id, unit) DO UPDATE
        SET people = excluded.people, target = excluded.target, target_on = excluded.target_on
        """,
        campaign_id,
        [each.unit for each in asked],
        [each.people for each in asked],
        [each.target for each in asked],
        [each.target_on for each in asked],
    )


async def asked_of(connection: Connection, campaign_id: UUID) -> list[Asked]:
    return await fetch_all(
        connection,
        Asked,
        "SELECT unit, people, target, target_on FROM campaigns.asked WHERE campaign_id = $1 ORDER BY unit",
        campaign_id,
    )
