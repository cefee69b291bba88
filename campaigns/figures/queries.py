"""Statements about visits added up by week, and where visitors came from."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from backend.public.store import Connection, fetch_all
from campaigns.campaign.campaign import Channel
from campaigns.organisation.unit import UnitCode


class Visited(msgspec.Struct, frozen=True):
    """Pages that humans acted on, that machines fetched, and that managers tried, of a group until the end of a day."""

    group_name: str
    day: date
    visited: int
    automatic: int
    tests: int


class FromSource(msgspec.Struct, frozen=True):
    source: str
    medium: str
    name: str
    visited: int


async def last_week_added_up(connection: Connection, campaign_id: UUID, root: str) -> date | None:
    last: date | None = await connection.fetchval(
        "SELECT max(ends_on) FROM campaigns.visits_of_week WHERE campaign_id = $1 AND group_name = $2",
        campaign_id,
        root,
    )
    return last


async def add_up_weeks(connection: Connection, campaign_id: UUID, root: str, after: date, until: date) -> None:
    """Of every week that ended after one Sunday and until another; of the campaign also where nobody came.

    In an order, so that two who open their pages at once wait for each other and do not block each other.
    """
    await connection.execute(
        """
        INSERT INTO campaigns.visits_of_week (campaign_id, group_name, ends_on, visited, automatic, tests)
        WITH daily AS (
          SELECT v.day, v.day + (7 - extract(isodow FROM v.day)::int) AS ends_on, v.visited, v.automatic, v.tests,
                 CASE WHEN c.place = 1 THEN c.unit ELSE c.unit || '/' || c.place END AS place, c.channel
          FROM campaigns.visits v LEFT JOIN campaigns.code c ON c.code = v.code
          WHERE v.campaign_id = $1 AND v.day > $3 AND v.day <= $4)
        SELECT $1, g.name, daily.ends_on, sum(daily.visited), sum(daily.automatic), sum(daily.tests)
        FROM daily CROSS JOIN LATERAL (
          SELECT $2::text AS name
          UNION ALL SELECT daily.channel WHERE daily.channel IS NOT NULL
          UNION ALL SELECT daily.place WHERE daily.place IS NOT NULL) g
        GROUP BY g.name, daily.ends_on
        UNION ALL
        SELECT $1, $2, w.ends_on::date, 0, 0, 0
        FROM generate_series($3::date + 7, $4::date, interval '7 days') AS w (ends_on)
        WHERE NOT EXISTS (SELECT FROM daily WHERE daily.ends_on = w.ends_on::date)
        ORDER BY 2, 3
        ON CONFLICT DO NOTHING
        """,
        campaign_id,
        root,
        after,
        until,
    )


async def visited_by(
    connection: Connection, campaign_id: UUID, groups: Sequence[str], days: Sequence[date]
) -> list[Visited]:
    """Of these groups, in the weeks that were over by each of these days."""
    return await fetch_all(
        connection,
        Visited,
        """
        SELECT w.group_name, d.day, sum(w.visited)::bigint AS visited, sum(w.automatic)::bigint AS automatic,
               sum(w.tests)::bigint AS tests
        FROM unnest($3::date[]) AS d (day)
        JOIN campaigns.visits_of_week w ON w.campaign_id = $1 AND w.group_name = ANY($2::text[]) AND w.ends_on <= d.day
        GROUP BY w.group_name, d.day
        """,
        campaign_id,
        list(groups),
        list(days),
    )


async def visited_each_week(
    connection: Connection, campaign_id: UUID, groups: Sequence[str], since: date, until: date
) -> list[Visited]:
    """In each week that ended on a day from `since` to `until`."""
    return await fetch_all(
        connection,
        Visited,
        """
        SELECT group_name, ends_on AS day, visited, automatic, tests FROM campaigns.visits_of_week
        WHERE campaign_id = $1 AND group_name = ANY($2::text[]) AND ends_on BETWEEN $3 AND $4
        """,
        campaign_id,
        list(groups),
        since,
        until,
    )


async def visited_since(connection: Connection, campaign_id: UUID, after: date, until: date) -> list[Visited]:
    """By channel ('' where there is no code), after a day, until the end of another."""
    return await fetch_all(
        connection,
        Visited,
        """
        SELECT coalesce(c.channel, '') AS group_name, $3::date AS day, sum(v.visited)::bigint AS visited,
               sum(v.automatic)::bigint AS automatic, sum(v.tests)::bigint AS tests
        FROM campaigns.visits v LEFT JOIN campaigns.code c ON c.code = v.code
        WHERE v.campaign_id = $1 AND v.day > $2 AND v.day <= $3 GROUP BY coalesce(c.channel, '')
        """,
        campaign_id,
        after,
        until,
    )


async def sources(connection: Connection, campaign_id: UUID, until: date, k: int, others: str) -> list[FromSource]:
    """What links said about where they stood, in steps of k, most visited first; below k all together as `others`."""
    return await fetch_all(
        connection,
        FromSource,
        """
        WITH named AS (
          SELECT source, medium, name, sum(visited) AS visited, sum(visited) >= $3 AS told
          FROM campaigns.visits_by_source WHERE campaign_id = $1 AND day <= $2 GROUP BY source, medium, name)
        SELECT CASE WHEN told THEN source ELSE $4 END AS source, CASE WHEN told THEN medium ELSE '' END AS medium,
               CASE WHEN told THEN name ELSE '' END AS name, (div(sum(visited), $3) * $3)::bigint AS visited
        FROM named GROUP BY 1, 2, 3 HAVING sum(visited) >= $3 ORDER BY 4 DESC, 1, 2, 3 LIMIT 200
        """,
        campaign_id,
        until,
        k,
        others,
    )


class Coded(msgspec.Struct, frozen=True):
    """A place of a unit that has codes of its own, for a channel."""

    unit: UnitCode
    place: int
    channel: Channel


async def coded(connection: Connection, campaign_id: UUID) -> list[Coded]:
    return await fetch_all(
        connection,
        Coded,
        "SELECT DISTINCT unit, place, channel FROM campaigns.code WHERE campaign_id = $1",
        campaign_id,
    )
