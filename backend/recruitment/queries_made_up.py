"""SQL of made-up campaigns: sums of people who never were."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from backend.foundation.database import Connection, Role
from backend.recruitment.queries_count import Count


async def add_to_tally(connection: Connection, campaign_id: UUID, more: Sequence[Count]) -> None:
    await connection.execute(
        """
        INSERT INTO recruitment.tally AS so_far (campaign_id, stage, group_name, count)
        SELECT $1, stage, group_name, count
        FROM unnest($2::text[], $3::text[], $4::bigint[]) AS t (stage, group_name, count)
        ON CONFLICT (campaign_id, stage, group_name) DO UPDATE SET count = so_far.count + excluded.count
        """,
        campaign_id,
        [each.stage for each in more],
        [each.group_name for each in more],
        [each.count for each in more],
    )


async def first_told(connection: Connection, campaign_id: UUID) -> date | None:
    found: date | None = await connection.fetchval(
        "SELECT min(day) FROM recruitment.told WHERE campaign_id = $1", campaign_id
    )
    return found


async def has_people(connection: Connection, campaign_id: UUID) -> bool:
    """Whether anybody has come by one of its codes."""
    found: bool = await connection.fetchval(
        """
        SELECT EXISTS (SELECT 1 FROM recruitment.join_code WHERE campaign_id = $1 AND begun > 0)
            OR EXISTS (SELECT 1 FROM recruitment.touch WHERE campaign_id = $1)
            OR EXISTS (SELECT 1 FROM recruitment.member WHERE campaign_id = $1)
        """,
        campaign_id,
    )
    return found


async def forget_numbers(connection: Connection, campaign_id: UUID) -> None:
    """As if no day of it had been told."""
    await connection.execute("DELETE FROM recruitment.told WHERE campaign_id = $1", campaign_id)
    await connection.execute("DELETE FROM recruitment.tellable WHERE campaign_id = $1", campaign_id)
    await connection.execute("DELETE FROM recruitment.tally WHERE campaign_id = $1", campaign_id)
    await connection.execute("UPDATE recruitment.campaign SET told_on = NULL WHERE id = $1", campaign_id)


async def take_role(connection: Connection, role: Role) -> None:
    await connection.execute("SELECT set_config('role', $1, true)", role.value)


async def newest(connection: Connection, campaign_id: UUID, stage: str) -> list[Count]:
    """What was told last of every group, in one stage."""
    rows = await connection.fetch(
        """
        SELECT group_name, max(at_least) AS at_least FROM recruitment.told WHERE (campaign_id, stage) = ($1, $2)
        GROUP BY group_name ORDER BY group_name
        """,
        campaign_id,
        stage,
    )
    return [Count(stage, row["group_name"], row["at_least"]) for row in rows]
