"""Statements of the weekly mail."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from backend.public.store import Connection, fetch_all
from campaigns.managers.manager import ManagerId


class Wish(msgspec.Struct, frozen=True):
    """A manager who wants a campaign's mail and has not had that of a week."""

    manager_id: ManagerId
    email: str
    name: str
    campaign_id: UUID


async def wishes(connection: Connection, campaign_id: UUID, week: date) -> list[Wish]:
    return await fetch_all(
        connection,
        Wish,
        """
        SELECT m.id AS manager_id, m.email, m.name, $1::uuid AS campaign_id FROM campaigns.manager m
        WHERE EXISTS (SELECT FROM campaigns.manager_grant g
                      WHERE g.manager_id = m.id AND g.campaign_id = $1 AND g.digest AND g.withdrawn_at IS NULL)
          AND NOT EXISTS (SELECT FROM campaigns.digest d
                          WHERE (d.manager_id, d.campaign_id, d.week) = (m.id, $1, $2)
                            AND (d.sent_at IS NOT NULL OR d.refused_at IS NOT NULL))
        ORDER BY m.email
        """,
        campaign_id,
        week,
    )


async def claim(connection: Connection, wish: Wish, week: date, now: datetime, stale: datetime) -> bool:
    """Whether it is ours to send: nobody else has claimed it since `stale`."""
    claimed = await connection.fetchval(
        """
        INSERT INTO campaigns.digest AS d (manager_id, campaign_id, week, claimed_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (manager_id, campaign_id, week) DO UPDATE SET claimed_at = excluded.claimed_at
        WHERE d.sent_at IS NULL AND d.refused_at IS NULL AND d.claimed_at < $5
        RETURNING true
        """,
        wish.manager_id,
        wish.campaign_id,
        week,
        now,
        stale,
    )
    return bool(claimed)


async def settle(
    connection: Connection,
    wish: Wish,
    week: date,
    *,
    claimed_at: datetime,
    sent_at: datetime | None = None,
    refused_at: datetime | None = None,
) -> None:
    """What became of it; neither sent nor refused: with an old `claimed_at` the next look tries again at once."""
    await connection.execute(
        """
        UPDATE campaigns.digest SET claimed_at = $4, sent_at = $5, refused_at = $6
        WHERE (manager_id, campaign_id, week) = ($1, $2, $3)
        """,
        wish.manager_id,
        wish.campaign_id,
        week,
        claimed_at,
        sent_at,
        refused_at,
    )
