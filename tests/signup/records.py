"""What the database holds after somebody has been on the pages."""

from datetime import datetime
from typing import Any

from backend.foundation.database import Actor, Database, Role
from backend.signup import session
from tests.harness.above import ABOVE
from tests.harness.opened import person_of

API = ABOVE


async def account_of(database: Database, phone: str) -> dict[str, Any] | None:
    async with database.acting_as(API) as connection:
        who = await person_of(connection, phone)
        if who is None:
            return None
        row = await connection.fetchrow(
            """
            SELECT v.id, i.birth_year, v.training, v.languages, v.municipality, v.state, v.kind, m.code AS join_code
            FROM volunteers.volunteer v JOIN volunteers.volunteer_identity i ON i.volunteer_id = v.id
            LEFT JOIN recruitment.member m ON m.volunteer_id = v.id WHERE v.id = $1
            """,
            who[0],
        )
    assert row is not None
    return {"name": who[1], **dict(row)}


async def consents_of(database: Database, phone: str) -> dict[str, str]:
    """Purpose → version of the text."""
    async with database.acting_as(API) as connection:
        who = await person_of(connection, phone)
        rows = await connection.fetch(
            "SELECT purpose, version FROM volunteers.consent WHERE volunteer_id = $1", who and who[0]
        )
    return {row["purpose"]: row["version"] for row in rows}


async def addresses_of(database: Database, phone: str) -> set[str]:
    """The channels by which somebody can be reached."""
    async with database.acting_as(API) as connection:
        who = await person_of(connection, phone)
        rows = await connection.fetch(
            "SELECT channel FROM volunteers.address WHERE volunteer_id = $1 AND health = 'healthy'", who and who[0]
        )
    return {row["channel"] for row in rows}


async def accounts(database: Database) -> int:
    """Volunteers, with a person or without."""
    async with database.acting_as(API) as connection:
        return int(await connection.fetchval("SELECT count(*) FROM volunteers.volunteer"))


async def sessions(database: Database) -> int:
    async with database.acting_as(API) as connection:
        return int(await connection.fetchval("SELECT count(*) FROM signup.session"))


async def half_written(database: Database, now: datetime) -> int:
    """What is left of whoever stopped half-way, after housekeeping."""
    async with database.acting_as(Actor(Role.WORKER)) as connection:
        await session.remove_old(connection, now)
    return await sessions(database)


async def begun(database: Database) -> int:
    """How often somebody began with a join code, whichever it was."""
    async with database.acting_as(Actor(Role.WORKER)) as connection:
        return int(await connection.fetchval("SELECT sum(begun) FROM recruitment.join_code"))


async def touches(database: Database) -> list[tuple[str, bool]]:
    """With which codes phones were proven, and whether each had an account already."""
    async with database.acting_as(Actor(Role.WORKER)) as connection:
        rows = await connection.fetch("SELECT code, already FROM recruitment.touch ORDER BY code, already")
    return [(row["code"], row["already"]) for row in rows]
