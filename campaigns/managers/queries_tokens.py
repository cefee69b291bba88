"""Statements about tokens."""

from datetime import date, datetime
from uuid import UUID

from backend.public.store import Connection, fetch_all, fetch_one
from campaigns.campaign.campaign import Actor
from campaigns.managers.manager import Seen, Token, TokenId
from campaigns.managers.secret import Hash


async def insert_token(connection: Connection, hash_: Hash, token: Token) -> None:
    await connection.execute(
        """
        INSERT INTO campaigns.token (id, hash, name, campaign_id, party, unit, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        token.id,
        hash_,
        token.name,
        token.campaign_id,
        token.party,
        token.unit,
        token.created_at,
        token.expires_at,
    )


async def token_by(connection: Connection, hash_: Hash) -> Token | None:
    return await fetch_one(
        connection,
        Token,
        """
        SELECT id, name, campaign_id, party, unit, created_at, expires_at, withdrawn_at, used_on FROM campaigns.token
        WHERE hash = $1
        """,
        hash_,
    )


async def tokens_of(connection: Connection, campaign_id: UUID) -> list[Token]:
    """Those that were not withdrawn."""
    return await fetch_all(
        connection,
        Token,
        """
        SELECT id, name, campaign_id, party, unit, created_at, expires_at, withdrawn_at, used_on FROM campaigns.token
        WHERE campaign_id = $1 AND withdrawn_at IS NULL ORDER BY name
        """,
        campaign_id,
    )


async def actor_of(connection: Connection, token_id: TokenId) -> Actor | None:
    """As whom a token's holder looks at its campaign."""
    found = await fetch_one(
        connection,
        Seen,
        """
        SELECT p.code, p.name_da, p.name_en, p.part, t.unit
        FROM campaigns.token t JOIN campaigns.party p ON p.campaign_id = t.campaign_id AND p.code = t.party
        WHERE t.id = $1 AND t.withdrawn_at IS NULL
        """,
        token_id,
    )
    return None if found is None else found.actor()


async def use_token(connection: Connection, token_id: TokenId, day: date) -> None:
    """A day, and no moment: the programme's habits are nobody's business."""
    await connection.execute(
        "UPDATE campaigns.token SET used_on = $2 WHERE id = $1 AND used_on IS DISTINCT FROM $2", token_id, day
    )


async def withdraw_token(connection: Connection, token_id: TokenId, now: datetime) -> None:
    await connection.execute(
        "UPDATE campaigns.token SET withdrawn_at = $2 WHERE id = $1 AND withdrawn_at IS NULL", token_id, now
    )
