"""Statements about managers and what they were allowed."""

from datetime import datetime
from uuid import UUID

from backend.public.store import Connection, fetch_all, fetch_one
from campaigns.campaign.campaign import Actor, Campaign
from campaigns.managers.manager import Grant, Granted, GrantId, Manager, ManagerId, Seen


async def campaigns_of(connection: Connection, manager_id: ManagerId) -> list[Campaign]:
    """Those a manager may look at, the newest first."""
    return await fetch_all(
        connection,
        Campaign,
        """
        SELECT c.id, c.name, c.organisation, c.since, c.until, c.k, c.credit_days, c.colour, c.heart, c.made_up
        FROM campaigns.campaign c
        WHERE EXISTS (SELECT FROM campaigns.manager_grant g
                      WHERE g.campaign_id = c.id AND g.manager_id = $1 AND g.withdrawn_at IS NULL)
        ORDER BY c.since DESC, c.name
        """,
        manager_id,
    )


async def actors_of(connection: Connection, manager_id: ManagerId, campaign_id: UUID) -> list[Actor]:
    """As whom a manager looks at a campaign: none, one, or several. A grant that was withdrawn is none."""
    found = await fetch_all(
        connection,
        Seen,
        """
        SELECT p.code, p.name_da, p.name_en, p.part, g.unit
        FROM campaigns.manager_grant g
        JOIN campaigns.party p ON p.campaign_id = g.campaign_id AND p.code = g.party
        WHERE g.manager_id = $1 AND g.campaign_id = $2 AND g.withdrawn_at IS NULL
        ORDER BY p.part, p.code, g.unit NULLS FIRST
        """,
        manager_id,
        campaign_id,
    )
    return [each.actor() for each in found]


async def granted_of(connection: Connection, campaign_id: UUID) -> list[Granted]:
    """Everything that is allowed in a campaign now."""
    return await fetch_all(
        connection,
        Granted,
        """
        SELECT m.email, m.name, g.party, g.unit, g.digest
        FROM campaigns.manager_grant g JOIN campaigns.manager m ON m.id = g.manager_id
        WHERE g.campaign_id = $1 AND g.withdrawn_at IS NULL
        ORDER BY g.party, g.unit NULLS FIRST, m.email
        """,
        campaign_id,
    )


async def manager_by_email(connection: Connection, email: str) -> Manager | None:
    """`email` in small letters. The row is held until the transaction ends, so that two first sign-ins are one."""
    return await fetch_one(
        connection,
        Manager,
        "SELECT id, email, name, issuer, subject FROM campaigns.manager WHERE email = $1 FOR UPDATE",
        email,
    )


async def manager_by_subject(connection: Connection, issuer: str, subject: str) -> Manager | None:
    return await fetch_one(
        connection,
        Manager,
        "SELECT id, email, name, issuer, subject FROM campaigns.manager WHERE issuer = $1 AND subject = $2",
        issuer,
        subject,
    )


async def insert_manager(connection: Connection, manager: Manager) -> None:
    """One with this address there already is left as it is."""
    await connection.execute(
        "INSERT INTO campaigns.manager (id, email, name) VALUES ($1, $2, $3) ON CONFLICT (email) DO NOTHING",
        manager.id,
        manager.email,
        manager.name,
    )


async def name_manager(connection: Connection, manager_id: ManagerId, name: str) -> None:
    await connection.execute("UPDATE campaigns.manager SET name = $2 WHERE id = $1", manager_id, name)


async def bind_manager(connection: Connection, manager_id: ManagerId, issuer: str, subject: str) -> None:
    """From the first sign-in on they are known by what their provider calls them."""
    await connection.execute(
        "UPDATE campaigns.manager SET issuer = $2, subject = $3 WHERE id = $1 AND issuer IS NULL",
        manager_id,
        issuer,
        subject,
    )


async def delete_manager(connection: Connection, manager_id: ManagerId) -> None:
    await connection.execute("DELETE FROM campaigns.manager WHERE id = $1", manager_id)


async def grants_of(connection: Connection, manager_id: ManagerId) -> list[Grant]:
    """Those that hold, of every campaign."""
    return await fetch_all(
        connection,
        Grant,
        """
        SELECT id, manager_id, campaign_id, party, unit, digest, created_at, withdrawn_at FROM campaigns.manager_grant
        WHERE manager_id = $1 AND withdrawn_at IS NULL ORDER BY created_at
        """,
        manager_id,
    )


async def insert_grant(connection: Connection, grant: Grant) -> None:
    await connection.execute(
        """
        INSERT INTO campaigns.manager_grant (id, manager_id, campaign_id, party, unit, digest, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        grant.id,
        grant.manager_id,
        grant.campaign_id,
        grant.party,
        grant.unit,
        grant.digest,
        grant.created_at,
    )


async def wish_digest(connection: Connection, grant_id: GrantId, *, digest: bool) -> None:
    await connection.execute("UPDATE campaigns.manager_grant SET digest = $2 WHERE id = $1", grant_id, digest)


async def withdraw_grant(connection: Connection, grant_id: GrantId, now: datetime) -> None:
    await connection.execute(
        "UPDATE campaigns.manager_grant SET withdrawn_at = $2 WHERE id = $1 AND withdrawn_at IS NULL", grant_id, now
    )
