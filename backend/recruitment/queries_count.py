"""SQL of counting: rows about people become numbers, and numbers outlive the rows."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import VolunteerId
from backend.recruitment.tell import GroupName


class Count(msgspec.Struct, frozen=True):
    """Distinct people in a group who have come as far as `stage` (or are what it says)."""

    stage: str
    group_name: GroupName
    count: int


class Due(msgspec.Struct, frozen=True):
    """A campaign that counts, or whose people are to be forgotten."""

    id: UUID
    k: int
    credit_days: int
    opens_at: datetime
    closes_at: datetime
    told_on: date | None


async def unforgotten(connection: Connection, now: datetime) -> list[UUID]:
    """Campaigns that have begun and whose people are still known."""
    rows = await connection.fetch(
        "SELECT id FROM recruitment.campaign WHERE forgotten_at IS NULL AND opens_at <= $1 ORDER BY id", now
    )
    return [row["id"] for row in rows]


async def lock(connection: Connection, campaign_id: UUID) -> Due | None:
    """This campaign, held; None where another process has it or has forgotten its people."""
    found = await fetch_all(
        connection,
        Due,
        """
        SELECT id, k, credit_days, opens_at, closes_at, told_on FROM recruitment.campaign
        WHERE id = $1 AND forgotten_at IS NULL FOR UPDATE SKIP LOCKED
        """,
        campaign_id,
    )
    return found[0] if found else None


async def open_areas(connection: Connection, campaign_id: UUID, nowhere: GroupName, now: datetime) -> None:
    """A group for every municipality there is or anybody named, and one for who named none."""
    await connection.execute(
        """
        INSERT INTO recruitment.counting_group (campaign_id, name, way, opened_at)
        SELECT DISTINCT $1::uuid, code, 'area', $3::timestamptz FROM regions.area
        WHERE level = 'municipality' AND valid @> $3::timestamptz AND parent IS NOT NULL
        UNION SELECT $1, area, 'area', $3 FROM recruitment.member WHERE campaign_id = $1
        UNION SELECT $1, $2::text, 'area', $3
        ON CONFLICT DO NOTHING
        """,
        campaign_id,
        nowhere,
        now,
    )


async def people_come_further(connection: Connection, campaign_id: UUID, now: datetime) -> None:
    """Move everybody to the furthest stage they have reached; nobody moves back."""
    await connection.execute(
        """
        WITH seen AS (
          SELECT m.volunteer_id, m.stage, m.answered,
                 EXISTS (SELECT 1 FROM volunteers.device d WHERE d.volunteer_id = v.id) AS connected,
                 v.state = 'active' AND EXISTS (
                   SELECT 1 FROM volunteers.consent c
                   WHERE c.volunteer_id = v.id AND c.purpose = 'alarms' AND c.withdrawn_at IS NULL)
                 AND EXISTS (
                   SELECT 1 FROM volunteers.address a JOIN volunteers.device d ON d.id = a.device_id
                   WHERE a.volunteer_id = v.id AND a.health = 'healthy'
                     AND a.channel IN ('fcm_token', 'fcm_fid', 'apns', 'webpush')
                     AND d.permissions ->> 'notifications' = 'granted')
                 AND EXISTS (
                   SELECT 1 FROM locations.position p
                   WHERE p.volunteer_id = v.id AND p.seen_at > $2::timestamptz - interval '72 hours') AS reachable,
                 v.training <> 'none' AS trained,
                 v.id IN (SELECT alerts.who_answered(ARRAY(
                   SELECT volunteer_id FROM recruitment.member WHERE campaign_id = $1))) AS has_answered
          FROM recruitment.member m JOIN volunteers.volunteer v ON v.id = m.volunteer_id WHERE m.campaign_id = $1),
        now_at AS (
          SELECT volunteer_id, answered OR has_answered AS answered,
                 CASE WHEN stage = 'trained' OR (reachable OR stage = 'reachable') AND trained THEN 'trained'
                      WHEN stage = 'reachable' OR reachable THEN 'reachable'
                      WHEN stage = 'connected' OR connected THEN 'connected'
                      ELSE stage END AS stage
          FROM seen)
        UPDATE recruitment.member m SET stage = n.stage, answered = n.answered FROM now_at n
        WHERE n.volunteer_id = m.volunteer_id AND (n.stage, n.answered) <> (m.stage, m.answered)
        """,
        campaign_id,
        now,
    )


async def counts(connection: Connection, campaign_id: UUID, root: GroupName) -> list[Count]:
    """How many there are and were in every group that has any, several rows for some: to be added up.

    Of `begun` times are counted, of all else distinct people.
    """
    return await fetch_all(
        connection,
        Count,
        """
        WITH groups AS MATERIALIZED (
          SELECT part, array_agg(whole) AS wholes FROM recruitment.within WHERE campaign_id = $1 GROUP BY part),
        code AS MATERIALIZED (
          SELECT c.code, c.begun, ARRAY[$2::text] || u.wholes || h.wholes AS groups
          FROM recruitment.join_code c JOIN groups u ON u.part = c.unit JOIN groups h ON h.part = c.channel
          WHERE c.campaign_id = $1)
        SELECT 'begun' AS stage, g.name AS group_name, sum(c.begun)::bigint AS count
        FROM code c CROSS JOIN unnest(c.groups) AS g (name) GROUP BY g.name
        UNION ALL
        SELECT 'proven', g.name, count(DISTINCT t.phone_key)
        FROM recruitment.touch t JOIN code c ON c.code = t.code CROSS JOIN unnest(c.groups) AS g (name)
        WHERE t.campaign_id = $1 GROUP BY g.name
        UNION ALL
        SELECT 'already', $2::text, count(DISTINCT phone_key) FROM recruitment.touch WHERE campaign_id = $1 AND already
        UNION ALL
        SELECT s.stage, g.name, count(*)
        FROM recruitment.member m JOIN code c ON c.code = m.code LEFT JOIN groups a ON a.part = m.area
        JOIN (VALUES ('registered', 1), ('connected', 2), ('reachable', 3), ('trained', 4)) AS own (stage, number)
          ON own.stage = m.stage
        JOIN (VALUES ('registered', 1), ('connected', 2), ('reachable', 3), ('trained', 4)) AS s (stage, number)
          ON s.number <= own.number
        CROSS JOIN unnest(c.groups || a.wholes) AS g (name)
        WHERE m.campaign_id = $1 GROUP BY s.stage, g.name
        UNION ALL
        SELECT 'answered', $2::text, count(*) FROM recruitment.member WHERE campaign_id = $1 AND answered
        UNION ALL
        SELECT stage, group_name, count FROM recruitment.tally WHERE campaign_id = $1
        """,
        campaign_id,
        root,
    )


async def remember_members(
    connection: Connection, campaign_id: UUID | None, volunteer_id: VolunteerId | None, root: GroupName
) -> None:
    """Keep as numbers what is about to be forgotten of these members: of a campaign, or one of them."""
    await connection.execute(
        """
        INSERT INTO recruitment.tally AS old (campaign_id, stage, group_name, count)
        SELECT m.campaign_id, s.stage, g.whole, count(*)
        FROM recruitment.member m JOIN recruitment.join_code c ON c.code = m.code
        JOIN (VALUES ('registered', 1), ('connected', 2), ('reachable', 3), ('trained', 4)) AS own (stage, number)
          ON own.stage = m.stage
        JOIN (VALUES ('registered', 1), ('connected', 2), ('reachable', 3), ('trained', 4)) AS s (stage, number)
          ON s.number <= own.number
        CROSS JOIN LATERAL (
          SELECT w.whole FROM recruitment.within w
          WHERE w.campaign_id = m.campaign_id AND w.part IN (c.unit, c.channel, m.area)
          UNION ALL SELECT $3::text) g
        WHERE m.campaign_id = $1 OR m.volunteer_id = $2 GROUP BY m.campaign_id, s.stage, g.whole
        UNION ALL
        SELECT campaign_id, 'answered', $3::text, count(*) FROM recruitment.member
        WHERE (campaign_id = $1 OR volunteer_id = $2) AND answered GROUP BY campaign_id
        ON CONFLICT (campaign_id, stage, group_name) DO UPDATE SET count = old.count + excluded.count
        """,
        campaign_id,
        volunteer_id,
        root,
    )


async def remember_one(connection: Connection, volunteer_id: VolunteerId, stage: str, root: GroupName) -> None:
    """One more of whom only this is known, in the campaign that this member is of."""
    await connection.execute(
        """
        INSERT INTO recruitment.tally AS old (campaign_id, stage, group_name, count)
        SELECT campaign_id, $2, $3, 1 FROM recruitment.member WHERE volunteer_id = $1
        ON CONFLICT (campaign_id, stage, group_name) DO UPDATE SET count = old.count + 1
        """,
        volunteer_id,
        stage,
        root,
    )


async def forget_members(connection: Connection, campaign_id: UUID | None, volunteer_id: VolunteerId | None) -> int:
    done: str = await connection.execute(
        "DELETE FROM recruitment.member WHERE campaign_id = $1 OR volunteer_id = $2", campaign_id, volunteer_id
    )
    return int(done.rsplit(maxsplit=1)[-1])


async def forget_touches(connection: Connection, campaign_id: UUID, before: datetime, root: GroupName) -> int:
    """Forget phones last proven before this, and keep how many they were."""
    rows = await connection.fetch(
        """
        WITH old AS (
          SELECT phone_key FROM recruitment.touch WHERE campaign_id = $1
          GROUP BY phone_key HAVING max(proven_at) < $2),
        gone AS (
          DELETE FROM recruitment.touch t USING old WHERE t.campaign_id = $1 AND t.phone_key = old.phone_key
          RETURNING t.phone_key, t.code, t.already),
        kept AS (
          INSERT INTO recruitment.tally AS so_far (campaign_id, stage, group_name, count)
          SELECT $1, 'proven', g.whole, count(DISTINCT gone.phone_key)
          FROM gone JOIN recruitment.join_code c ON c.code = gone.code CROSS JOIN LATERAL (
            SELECT w.whole FROM recruitment.within w WHERE w.campaign_id = $1 AND w.part IN (c.unit, c.channel)
            UNION ALL SELECT $3::text) g
          GROUP BY g.whole
          UNION ALL
          SELECT $1, 'already', $3, count(DISTINCT phone_key) FROM gone WHERE already HAVING count(*) > 0
          ON CONFLICT (campaign_id, stage, group_name) DO UPDATE SET count = so_far.count + excluded.count)
        SELECT phone_key FROM old
        """,
        campaign_id,
        before,
        root,
    )
    return len(rows)


async def forget_touches_of(connection: Connection, phone_key: bytes, root: GroupName) -> None:
    """Forget one phone in every campaign, and keep that there was one."""
    await connection.execute(
        """
        WITH gone AS (
          DELETE FROM recruitment.touch WHERE phone_key = $1 RETURNING campaign_id, code, already)
        INSERT INTO recruitment.tally AS so_far (campaign_id, stage, group_name, count)
        SELECT gone.campaign_id, 'proven', g.whole, 1
        FROM gone JOIN recruitment.join_code c ON c.code = gone.code CROSS JOIN LATERAL (
          SELECT w.whole FROM recruitment.within w
          WHERE w.campaign_id = gone.campaign_id AND w.part IN (c.unit, c.channel)
          UNION ALL SELECT $2::text) g
        GROUP BY gone.campaign_id, g.whole
        UNION ALL
        SELECT campaign_id, 'already', $2, 1 FROM gone GROUP BY campaign_id HAVING bool_or(already)
        ON CONFLICT (campaign_id, stage, group_name) DO UPDATE SET count = so_far.count + excluded.count
        """,
        phone_key,
        root,
    )


async def tellable(connection: Connection, campaign_id: UUID) -> list[Count]:
    """What might be told so far, of every group of every stage."""
    return await fetch_all(
        connection,
        Count,
        "SELECT stage, group_name, at_least AS count FROM recruitment.tellable WHERE campaign_id = $1",
        campaign_id,
    )


async def set_tellable(connection: Connection, campaign_id: UUID, now_told: Sequence[Count]) -> None:
    """Most numbers are those of the day before: only what is new is written."""
    await connection.execute(
        """
        INSERT INTO recruitment.tellable AS before (campaign_id, stage, group_name, at_least)
        SELECT $1, stage, group_name, at_least
        FROM unnest($2::text[], $3::text[], $4::int[]) AS t (stage, group_name, at_least)
        ON CONFLICT (campaign_id, stage, group_name) DO UPDATE SET at_least = excluded.at_least
        WHERE before.at_least <> excluded.at_least
        """,
        campaign_id,
        [each.stage for each in now_told],
        [each.group_name for each in now_told],
        [each.count for each in now_told],
    )


async def freeze(connection: Connection, campaign_id: UUID, day: date, told: Sequence[Count]) -> None:
    """Tell these for good."""
    await connection.execute(
        """
        INSERT INTO recruitment.told (campaign_id, day, stage, group_name, at_least)
        SELECT $1, $2, stage, group_name, at_least
        FROM unnest($3::text[], $4::text[], $5::int[]) AS t (stage, group_name, at_least) ON CONFLICT DO NOTHING
        """,
        campaign_id,
        day,
        [each.stage for each in told],
        [each.group_name for each in told],
        [each.count for each in told],
    )
    await connection.execute("UPDATE recruitment.campaign SET told_on = $2 WHERE id = $1", campaign_id, day)


async def mark_forgotten(connection: Connection, campaign_id: UUID, now: datetime) -> None:
    await connection.execute("UPDATE recruitment.campaign SET forgotten_at = $2 WHERE id = $1", campaign_id, now)
