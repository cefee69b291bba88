"""All SQL of land parts. Who reads them on an alarm's way is never kept waiting by an import."""

from collections.abc import Sequence
from datetime import datetime

from backend.foundation.database import Connection


async def one_import_at_a_time(connection: Connection) -> None:
    """Until the transaction ends. Readers do not notice."""
    await connection.execute("LOCK TABLE locations.land_part IN SHARE ROW EXCLUSIVE MODE")


async def delete_parts(connection: Connection) -> int:
    """Returns how many there were."""
    return _count(await connection.execute("DELETE FROM locations.land_part"))


async def insert_parts(
    connection: Connection, names: Sequence[str], lands: Sequence[int], source: str, licence: str, now: datetime
) -> None:
    await connection.execute(
        """
        INSERT INTO locations.land_part (name, land, source, licence, imported_at)
        SELECT part.name, part.land, $3, $4, $5 FROM unnest($1::text[], $2::int[]) AS part (name, land)
        """,
        names,
        lands,
        source,
        licence,
        now,
    )


async def write_cells(connection: Connection, cells: Sequence[int], lands: Sequence[int | None]) -> int:
    """Make these cells say their land; returns how many said something else before. What is right is not touched."""
    return _count(
        await connection.execute(
            """
            INSERT INTO locations.land_cell AS c (cell_r9, land)
            SELECT told.cell, told.land FROM unnest($1::bigint[], $2::int[]) AS told (cell, land)
            ON CONFLICT (cell_r9) DO UPDATE SET land = EXCLUDED.land WHERE c.land IS DISTINCT FROM EXCLUDED.land
            """,
            cells,
            lands,
        )
    )


async def delete_cells_but(connection: Connection, cells: Sequence[int]) -> int:
    """Forget every cell that is not among these; returns how many."""
    return _count(
        await connection.execute(
            """
            DELETE FROM locations.land_cell c
            WHERE NOT EXISTS (SELECT FROM unnest($1::bigint[]) AS kept (cell) WHERE kept.cell = c.cell_r9)
            """,
            cells,
        )
    )


async def let_the_planner_look(connection: Connection) -> None:
    """A plan made while the table was empty reads it whole. This ends such plans when the import commits."""
    await connection.execute("ANALYZE locations.land_cell")


async def land_at(connection: Connection, cell_r9: int) -> int | None:
    """The land of a cell as it stands; None where nobody can say."""
    land: int | None = await connection.fetchval("SELECT land FROM locations.land_cell WHERE cell_r9 = $1", cell_r9)
    return land


async def over_water(
    connection: Connection, patient_cell: int | None, cells_around_patient: Sequence[int], cells_r9: Sequence[int]
) -> set[int]:
    """Whose land is known and is neither that of the patient's cell nor one the patient may be on."""
    rows = await connection.fetch(
        """
        SELECT there.cell_r9 FROM locations.land_cell there
        WHERE there.cell_r9 = ANY($3::bigint[])
          AND there.land <> (SELECT l.land FROM locations.land_cell l WHERE l.cell_r9 = $1)
          AND there.land <> ALL (
            ARRAY(SELECT DISTINCT l.land FROM locations.land_cell l WHERE l.cell_r9 = ANY($2::bigint[])))
        """,
        patient_cell,
        cells_around_patient,
        cells_r9,
    )
    return {row["cell_r9"] for row in rows}


def _count(command_tag: str) -> int:
    return int(command_tag.rpartition(" ")[2])
