"""Statements about inhabitants."""

from collections.abc import Sequence

from backend.public.store import Connection, fetch_all
from campaigns.areas.area import Inhabitants


async def newest_inhabitants(connection: Connection) -> list[Inhabitants]:
    """Of each area what was told of the latest year."""
    return await fetch_all(
        connection,
        Inhabitants,
        "SELECT DISTINCT ON (code) code, year, people FROM campaigns.inhabitants ORDER BY code, year DESC",
    )


async def upsert_inhabitants(connection: Connection, inhabitants: Sequence[Inhabitants]) -> None:
    await connection.execute(
        """
        INSERT INTO campaigns.inhabitants (code, year, people)
        SELECT code, year, people FROM unnest($1::text[], $2::int[], $3::int[]) AS i (code, year, people)
        ON CONFLICT (code, year) DO UPDATE SET people = excluded.people
        """,
        [each.code for each in inhabitants],
        [each.year for each in inhabitants],
        [each.people for each in inhabitants],
    )
