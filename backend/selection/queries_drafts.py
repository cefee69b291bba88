"""SQL of policies as they are kept, of what is in force when, and of drafts."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_all, fetch_one
from backend.foundation.ids import CentreId


class Version(msgspec.Struct, frozen=True):
    """A version of a policy: it never changes."""

    id: UUID
    name: str
    version: int
    fields: dict[str, Any]
    author: str
    made_at: datetime


class InForce(msgspec.Struct, frozen=True):
    """`everywhere`: where a centre has none of its own."""

    name: str
    version: int
    everywhere: bool
    author: str
    since: datetime
    until: datetime | None


class Draft(msgspec.Struct, frozen=True):
    """`based_on`: the version whose fields were changed."""

    id: UUID
    based_on: UUID
    name: str
    fields: dict[str, Any]
    made_by: UUID
    made_at: datetime


async def versions(connection: Connection, at_most: int) -> list[Version]:
    """By name, the newest version first."""
    return await fetch_all(
        connection,
        Version,
        """
        SELECT id, name, version, fields, author, made_at FROM selection.policy ORDER BY name, version DESC LIMIT $1
        """,
        at_most,
    )


async def version(connection: Connection, policy_id: UUID) -> Version | None:
    return await fetch_one(
        connection,
        Version,
        "SELECT id, name, version, fields, author, made_at FROM selection.policy WHERE id = $1",
        policy_id,
    )


async def in_force(connection: Connection, centre_id: CentreId, at_most: int) -> list[InForce]:
    """At a centre, and where a centre has none of its own: what will be, is and was, the latest first."""
    return await fetch_all(
        connection,
        InForce,
        """
        SELECT p.name, p.version, f.centre_id IS NULL AS everywhere, f.author, lower(f.valid) AS since,
               upper(f.valid) AS until
        FROM selection.policy_in_force f JOIN selection.policy p ON p.id = f.policy_id
        WHERE f.centre_id = $1 OR f.centre_id IS NULL ORDER BY lower(f.valid) DESC, everywhere LIMIT $2
        """,
        centre_id,
        at_most,
    )


async def insert_draft(connection: Connection, draft: Draft, centre_id: CentreId) -> None:
    await connection.execute(
        """
        INSERT INTO selection.policy_draft (id, centre_id, based_on, name, fields, made_by, made_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        draft.id,
        centre_id,
        draft.based_on,
        draft.name,
        draft.fields,
        draft.made_by,
        draft.made_at,
    )


async def draft(connection: Connection, draft_id: UUID) -> Draft | None:
    """Of the centre that was entered."""
    return await fetch_one(
        connection,
        Draft,
        "SELECT id, based_on, name, fields, made_by, made_at FROM selection.policy_draft WHERE id = $1",
        draft_id,
    )
