"""SQL on identity.staff and identity.staff_role."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_all, fetch_one
from backend.foundation.ids import CentreId
from backend.identity.staff import Granted, Staff, StaffId, StaffRole


class Listed(msgspec.Struct, frozen=True):
    """A role as it is listed for an operator."""

    email: str
    name: str
    signed_in: bool
    role: StaffRole | None
    centre_id: CentreId | None
    since: datetime | None
    until: datetime | None


class Named(msgspec.Struct, frozen=True):
    id: StaffId
    name: str


async def staff_of_subject(connection: Connection, issuer: str, subject: str) -> StaffId | None:
    """Whom an account means, asked before anybody is known."""
    found: UUID | None = await connection.fetchval("SELECT identity.staff_of_subject($1, $2)", issuer, subject)
    return None if found is None else StaffId(found)


async def staff_of_email(connection: Connection, email: str) -> StaffId | None:
    """As :func:`staff_of_subject`, by address."""
    found: UUID | None = await connection.fetchval("SELECT identity.staff_of_email($1)", email)
    return None if found is None else StaffId(found)


async def read_staff(connection: Connection, staff_id: StaffId) -> Staff | None:
    return await fetch_one(
        connection, Staff, "SELECT id, email, name, issuer, subject FROM identity.staff WHERE id = $1", staff_id
    )


async def staff_by_email(connection: Connection, email: str) -> Staff | None:
    """For an operator's commands, which see everybody."""
    return await fetch_one(
        connection, Staff, "SELECT id, email, name, issuer, subject FROM identity.staff WHERE email = $1", email
    )


async def bind(connection: Connection, staff_id: StaffId, issuer: str, subject: str) -> bool:
    """From now on the account means them. False where another one came first."""
    done = await connection.fetchval(
        """
        UPDATE identity.staff SET issuer = $2, subject = $3 WHERE id = $1 AND subject IS NULL RETURNING true
        """,
        staff_id,
        issuer,
        subject,
    )
    return bool(done)


async def unbind(connection: Connection, staff_id: StaffId) -> None:
    """An operator's: the next account with their address means them."""
    await connection.execute("UPDATE identity.staff SET issuer = NULL, subject = NULL WHERE id = $1", staff_id)


async def names_of(connection: Connection, staff_ids: Sequence[StaffId]) -> dict[StaffId, str]:
    """Of those who work where the transaction acts."""
    rows = await fetch_all(
        connection, Named, "SELECT id, name FROM identity.staff WHERE id = ANY($1::uuid[])", list(staff_ids)
    )
    return {each.id: each.name for each in rows}


async def granted_to(connection: Connection, staff_id: StaffId) -> list[Granted]:
    return await fetch_all(
        connection,
        Granted,
        """
        SELECT id, role, centre_id, since, until, withdrawn_at FROM identity.staff_role
        WHERE staff_id = $1 ORDER BY since, id
        """,
        staff_id,
    )


async def insert_staff(connection: Connection, staff: Staff, now: datetime) -> bool:
    """False when the address is taken."""
    done = await connection.fetchval(
        """
        INSERT INTO identity.staff (id, email, name, created_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (email) DO NOTHING RETURNING true
        """,
        staff.id,
        staff.email,
        staff.name,
        now,
    )
    return bool(done)


async def insert_role(connection: Connection, staff_id: StaffId, granted: Granted) -> None:
    await connection.execute(
        """
        INSERT INTO identity.staff_role (id, staff_id, role, centre_id, since, until) VALUES ($1, $2, $3, $4, $5, $6)
        """,
        granted.id,
        staff_id,
        granted.role.value,
        granted.centre_id,
        granted.since,
        granted.until,
    )


async def withdraw_role(
    connection: Connection, staff_id: StaffId, role: StaffRole, centre_id: CentreId | None, now: datetime
) -> int:
    """Ends every grant of the role there, also one that has not begun; gives how many."""
    rows = await connection.fetch(
        """
        UPDATE identity.staff_role SET withdrawn_at = $4
        WHERE staff_id = $1 AND role = $2 AND centre_id IS NOT DISTINCT FROM $3 AND withdrawn_at IS NULL
          AND (until IS NULL OR until > $4)
        RETURNING id
        """,
        staff_id,
        role.value,
        centre_id,
        now,
    )
    return len(rows)


async def withdraw_all_roles(connection: Connection, staff_id: StaffId, now: datetime) -> None:
    await connection.execute(
        "UPDATE identity.staff_role SET withdrawn_at = $2 WHERE staff_id = $1 AND withdrawn_at IS NULL", staff_id, now
    )


async def take_off(connection: Connection, staff_id: StaffId) -> None:
    """Name, address and account of somebody who works here no more are gone; what they did keeps its id."""
    await connection.execute(
        """
        UPDATE identity.staff SET email = id::text || '@left.invalid', name = '–', issuer = NULL, subject = NULL
        WHERE id = $1
        """,
        staff_id,
    )


async def listed(connection: Connection, now: datetime) -> list[Listed]:
    """Everybody who works here, by address, with what they hold or will; whoever holds nothing with no role."""
    return await fetch_all(
        connection,
        Listed,
        """
        SELECT s.email, s.name, s.subject IS NOT NULL AS signed_in, r.role, r.centre_id, r.since, r.until
        FROM identity.staff s LEFT JOIN identity.staff_role r
          ON r.staff_id = s.id AND r.withdrawn_at IS NULL AND (r.until IS NULL OR r.until > $1)
        WHERE s.email NOT LIKE '%@left.invalid'
        ORDER BY s.email, r.role, r.centre_id
        """,
        now,
    )


async def holders_of(
    connection: Connection, roles: Sequence[StaffRole], centre_id: CentreId | None, now: datetime
) -> int:
    """How many people are in one of `roles` at a centre now; None: at every one."""
    found: int = await connection.fetchval(
        """
        SELECT count(DISTINCT staff_id) FROM identity.staff_role
        WHERE role = ANY($1::text[]) AND (centre_id IS NULL OR centre_id = $2)
          AND since <= $3 AND (until IS NULL OR until > $3) AND withdrawn_at IS NULL
        """,
        [role.value for role in roles],
        centre_id,
        now,
    )
    return found
