"""Statements of the landing pages: what is shown, and visits as numbers."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from backend.public.store import Connection
from campaigns.landing.visit import Source

MOST_SOURCES = 200
"""Of a campaign and a day: anybody can write anything into a link, and a table must not grow by it."""
OTHERS = Source("(other)")


async def need_not_wait(connection: Connection) -> None:
    """This transaction's end does not wait for the disk, which alarms wait for. A crash may lose a second's visits."""
    await connection.execute("SELECT set_config('synchronous_commit', 'off', true)")


async def count_visit(connection: Connection, campaign_id: UUID, code: str, day: date) -> None:
    await connection.execute(
        """
        INSERT INTO campaigns.visits AS v (campaign_id, code, day, visited) VALUES ($1, $2, $3, 1)
        ON CONFLICT (campaign_id, code, day) DO UPDATE SET visited = v.visited + 1
        """,
        campaign_id,
        code,
        day,
    )


async def count_automatic(connection: Connection, campaign_id: UUID, code: str, day: date) -> None:
    await connection.execute(
        """
        INSERT INTO campaigns.visits AS v (campaign_id, code, day, automatic) VALUES ($1, $2, $3, 1)
        ON CONFLICT (campaign_id, code, day) DO UPDATE SET automatic = v.automatic + 1
        """,
        campaign_id,
        code,
        day,
    )


async def count_test(connection: Connection, campaign_id: UUID, code: str, day: date) -> None:
    await connection.execute(
        """
        INSERT INTO campaigns.visits AS v (campaign_id, code, day, tests) VALUES ($1, $2, $3, 1)
        ON CONFLICT (campaign_id, code, day) DO UPDATE SET tests = v.tests + 1
        """,
        campaign_id,
        code,
        day,
    )


async def count_source(connection: Connection, campaign_id: UUID, day: date, source: Source) -> None:
    """Of one more source than MOST_SOURCES no row is made: it is counted among others."""
    await connection.execute(
        """
        INSERT INTO campaigns.visits_by_source AS v (campaign_id, day, source, medium, name, visited)
        SELECT $1, $2, s.source, s.medium, s.name, 1
        FROM (VALUES ($3::text, $4::text, $5::text, 1), ($6, '', '', 2)) AS s (source, medium, name, preferred)
        WHERE s.preferred = 2
           OR EXISTS (SELECT FROM campaigns.visits_by_source w WHERE (w.campaign_id, w.day) = ($1, $2)
                      AND (w.source, w.medium, w.name) = (s.source, s.medium, s.name))
           OR (SELECT count(*) FROM campaigns.visits_by_source w WHERE (w.campaign_id, w.day) = ($1, $2)) < $7
        ORDER BY s.preferred LIMIT 1
        ON CONFLICT (campaign_id, day, source, medium, name) DO UPDATE SET visited = v.visited + 1
        """,
        campaign_id,
        day,
        source.source,
        source.medium,
        source.name,
        OTHERS.source,
        MOST_SOURCES,
    )


async def days_counted(connection: Connection, campaign_id: UUID) -> set[date]:
    """Days of which anything is counted."""
    rows = await connection.fetch("SELECT DISTINCT day FROM campaigns.visits WHERE campaign_id = $1", campaign_id)
    return {row["day"] for row in rows}


async def insert_days(
    connection: Connection,
    campaign_id: UUID,
    codes: Sequence[str],
    days: Sequence[date],
    counts: Sequence[tuple[int, int, int]],
) -> None:
    """`counts`: visited, automatic, tests. Of a campaign that is made up."""
    await connection.execute(
        """
        INSERT INTO campaigns.visits (campaign_id, code, day, visited, automatic, tests)
        SELECT $1, code, day, visited, automatic, tests
        FROM unnest($2::text[], $3::date[], $4::bigint[], $5::bigint[], $6::bigint[])
          AS d (code, day, visited, automatic, tests)
        """,
        campaign_id,
        list(codes),
        list(days),
        [visited for visited, _, _ in counts],
        [automatic for _, automatic, _ in counts],
        [tests for _, _, tests in counts],
    )


async def insert_source_days(
    connection: Connection, campaign_id: UUID, sources: Mapping[tuple[date, Source], int]
) -> None:
    """As insert_days, by source."""
    await connection.execute(
        """
        INSERT INTO campaigns.visits_by_source (campaign_id, day, source, medium, name, visited)
        SELECT $1, day, source, medium, name, visited
        FROM unnest($2::date[], $3::text[], $4::text[], $5::text[], $6::bigint[])
          AS s (day, source, medium, name, visited)
        """,
        campaign_id,
        [day for day, _ in sources],
        [source.source for _, source in sources],
        [source.medium for _, source in sources],
        [source.name for _, source in sources],
        list(sources.values()),
    )
