"""SQL of blackout areas, and of what stands inside one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.foundation.database import Connection


async def one_import_at_a_time(connection: Connection) -> None:
    """Until the transaction ends. Reports do not notice."""
    await connection.execute("LOCK TABLE locations.blackout_area IN SHARE ROW EXCLUSIVE MODE")


async def begins_after(connection: Connection, moment: datetime) -> bool:
    """Whether an area that was imported begins later than this."""
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM locations.blackout_area WHERE lower(valid) > $1)", moment
    )
    return found


async def end_all(connection: Connection, ends: datetime) -> list[str]:
    """What is in force then ends then; one that would have no time left goes altogether."""
    await connection.execute(
        """
        DELETE FROM locations.blackout_cell c USING locations.blackout_area a
        WHERE a.id = c.area_id AND lower(a.valid) >= $1
        """,
        ends,
    )
    rows = await connection.fetch(
        """
        WITH gone AS (DELETE FROM locations.blackout_area WHERE lower(valid) >= $1 RETURNING name),
        ended AS (
          UPDATE locations.blackout_area SET valid = tstzrange(lower(valid), $1)
          WHERE valid @> $1::timestamptz AND lower(valid) < $1 RETURNING name)
        SELECT name FROM gone UNION SELECT name FROM ended
        """,
        ends,
    )
    return [row["name"] for row in rows]


async def insert_area(
    connection: Connection,
    area_id: UUID,
    name: str,
    begins: datetime,
    ends: datetime | None,
    source: str,
    now: datetime,
) -> None:
    await connection.execute(
        """
        INSERT INTO locations.blackout_area (id, name, valid, source, imported_at)
        VALUES ($1, $2, tstzrange($3, $4), $5, $6)
        """,
        area_id,
        name,
        begins,
        ends,
        source,
        now,
    )


async def insert_cells(connection: Connection, area_id: UUID, cells: Sequence[int], coarse: Sequence[bool]) -> None:
    await connection.execute(
        """
        INSERT INTO locations.blackout_cell (cell, coarse, area_id)
        SELECT told.cell, told.coarse, $1 FROM unnest($2::bigint[], $3::bool[]) AS told (cell, coarse)
        """,
        area_id,
        list(cells),
        list(coarse),
    )


async def let_the_planner_look(connection: Connection) -> None:
    """A plan made while the table was empty reads it whole. This ends such plans when the import commits."""
    await connection.execute("ANALYZE locations.blackout_cell")


async def touches(connection: Connection, cells: Sequence[int], coarse_cell: int | None, now: datetime) -> bool:
    """Whether one of these cells, or the coarse one, touches an area in force."""
    found: bool = await connection.fetchval(
        """
        SELECT EXISTS (
          SELECT FROM locations.blackout_cell b JOIN locations.blackout_area a ON a.id = b.area_id
          WHERE (b.cell = ANY($1::bigint[]) AND NOT b.coarse OR b.cell = $2 AND b.coarse)
            AND a.valid @> $3::timestamptz)
        """,
        list(cells),
        coarse_cell,
        now,
    )
    return found


async def delete_hidden(connection: Connection, now: datetime) -> int:
    """Delete every place that touches an area in force, home and work too; how many.

    A home that was set while somebody chose coarser stays as coarse as it was: it goes when either would.
    """
    gone = await connection.fetchval(
        """
        WITH hidden AS (
          SELECT b.cell, b.coarse FROM locations.blackout_area a JOIN locations.blackout_cell b ON b.area_id = a.id
          WHERE a.valid @> $1::timestamptz),
        live AS (
          DELETE FROM locations.position p USING hidden h WHERE h.cell = p.cell AND (p.coarse OR NOT h.coarse)
          RETURNING p.volunteer_id),
        exact AS (DELETE FROM locations.mission_position m USING live WHERE m.volunteer_id = live.volunteer_id),
        fixed AS (DELETE FROM locations.fixed_place f USING hidden h WHERE h.cell = f.cell RETURNING f.volunteer_id)
        SELECT (SELECT count(*) FROM live) + (SELECT count(*) FROM fixed)
        """,
        now,
    )
    return int(gone)


async def count_hidden(connection: Connection, now: datetime) -> int:
    count = await connection.fetchval(
        """
        WITH hidden AS (
          SELECT b.cell, b.coarse FROM locations.blackout_area a JOIN locations.blackout_cell b ON b.area_id = a.id
          WHERE a.valid @> $1::timestamptz)
        SELECT (SELECT count(DISTINCT p.volunteer_id) FROM locations.position p
                JOIN hidden h ON h.cell = p.cell AND (p.coarse OR NOT h.coarse))
          + (SELECT count(DISTINCT (f.volunteer_id, f.place)) FROM locations.fixed_place f
             JOIN hidden h ON h.cell = f.cell)
        """,
        now,
    )
    return int(count)
