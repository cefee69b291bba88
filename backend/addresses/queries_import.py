"""All SQL by which an edition of addresses gets into the tables and another goes."""

from collections.abc import AsyncIterable, Iterable
from datetime import datetime

from backend.foundation.database import Connection

ADDRESS = ("edition", "street_id", "number", "letter", "floor", "door", "lat", "lon", "dar_id")
STREET = (
    *("edition", "id", "name", "postcode", "place", "village", "place_words", "municipality", "addresses"),
    *("lat", "lon", "radius_m"),
)
KEY = ("edition", "key", "street_id", "whole")
POSTCODE = ("edition", "postcode", "place", "lat", "lon", "radius_m")
Row = tuple[object, ...]


async def one_import_at_a_time(connection: Connection) -> None:
    """A second one waits for the first to commit."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('addresses import', 0))")


async def next_edition(connection: Connection) -> int:
    number: int = await connection.fetchval("SELECT coalesce(max(id), 0) + 1 FROM addresses.edition")
    return number


async def put_addresses(connection: Connection, rows: AsyncIterable[Row]) -> None:
    """As they come: not all of them are held in memory at once."""
    await connection.copy_records_to_table("address", schema_name="addresses", columns=ADDRESS, records=rows)


async def put_streets(connection: Connection, rows: Iterable[Row]) -> None:
    await connection.copy_records_to_table("street", schema_name="addresses", columns=STREET, records=rows)


async def put_keys(connection: Connection, rows: Iterable[Row]) -> None:
    await connection.copy_records_to_table("street_key", schema_name="addresses", columns=KEY, records=rows)


async def put_postcodes(connection: Connection, rows: Iterable[Row]) -> None:
    await connection.copy_records_to_table("postcode", schema_name="addresses", columns=POSTCODE, records=rows)


async def take_into_use(
    connection: Connection, edition: int, source: str, streets: int, addresses: int, now: datetime
) -> None:
    """From the commit on everybody searches this one."""
    await connection.execute("UPDATE addresses.edition SET in_use = false WHERE in_use")
    await connection.execute(
        """
        INSERT INTO addresses.edition (id, source, imported_at, streets, addresses, in_use)
        VALUES ($1, $2, $3, $4, $5, true)
        """,
        edition,
        source,
        now,
        streets,
        addresses,
    )


async def remove_others(connection: Connection, edition: int) -> None:
    """What an earlier import left. Whoever is searching it just now still sees it: they began before the commit."""
    await connection.execute("DELETE FROM addresses.address WHERE edition <> $1", edition)
    await connection.execute("DELETE FROM addresses.street_key WHERE edition <> $1", edition)
    await connection.execute("DELETE FROM addresses.street WHERE edition <> $1", edition)
    await connection.execute("DELETE FROM addresses.postcode WHERE edition <> $1", edition)


async def look_at_what_is_there(connection: Connection) -> None:
    """Statistics for the planner, now: millions of rows are new, and the first search is not to be the slow one."""
    await connection.execute("ANALYZE addresses.address, addresses.street, addresses.street_key, addresses.postcode")
