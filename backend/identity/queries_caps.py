"""SQL on identity.code_count."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from backend.foundation.database import Connection, fetch_one


class Spent(msgspec.Struct, frozen=True):
    """In øre."""

    proven: int
    unproven: int
    abroad: int


class Counted(msgspec.Struct, frozen=True):
    """What an hour and a day have cost, and what is sent and not answered in the hour, in codes."""

    hour: Spent
    day: Spent
    network_owes: int
    all_owe: int


class _Row(msgspec.Struct, frozen=True):
    hour_proven: int
    hour_unproven: int
    hour_abroad: int
    day_proven: int
    day_unproven: int
    day_abroad: int
    network_owes: int
    all_owe: int


async def counted(
    connection: Connection,
    network: bytes,
    proven: bytes,
    unproven: bytes,
    abroad: bytes,
    since_hour: datetime,
    since_day: datetime,
) -> Counted:
    row = await fetch_one(
        connection,
        _Row,
        """
        SELECT coalesce(sum(ore) FILTER (WHERE bucket = $2 AND minute > $5), 0)::int AS hour_proven,
               coalesce(sum(ore) FILTER (WHERE bucket = $3 AND minute > $5), 0)::int AS hour_unproven,
               coalesce(sum(ore) FILTER (WHERE bucket = $4 AND minute > $5), 0)::int AS hour_abroad,
               coalesce(sum(ore) FILTER (WHERE bucket = $2), 0)::int AS day_proven,
               coalesce(sum(ore) FILTER (WHERE bucket = $3), 0)::int AS day_unproven,
               coalesce(sum(ore) FILTER (WHERE bucket = $4), 0)::int AS day_abroad,
               coalesce(sum(sent - answered) FILTER (WHERE bucket = $1 AND minute > $5), 0)::int AS network_owes,
               coalesce(sum(sent - answered) FILTER (WHERE bucket = $3 AND minute > $5), 0)::int AS all_owe
        FROM identity.code_count WHERE bucket IN ($1, $2, $3, $4) AND minute > $6
        """,
        network,
        proven,
        unproven,
        abroad,
        since_hour,
        since_day,
    )
    assert row is not None, "a sum is always there"
    return Counted(
        Spent(row.hour_proven, row.hour_unproven, row.hour_abroad),
        Spent(row.day_proven, row.day_unproven, row.day_abroad),
        row.network_owes,
        row.all_owe,
    )


async def add(
    connection: Connection, buckets: Sequence[bytes], minute: datetime, sent: int, answered: int, ore: int
) -> None:
    """In the order given, so that nobody waits for two rows in another order."""
    await connection.execute(
        """
        INSERT INTO identity.code_count (bucket, minute, sent, answered, ore)
        SELECT b.bucket, $2, $3, $4, $5 FROM unnest($1::bytea[]) WITH ORDINALITY AS b (bucket, place) ORDER BY b.place
        ON CONFLICT (bucket, minute) DO UPDATE
          SET sent = code_count.sent + excluded.sent, answered = code_count.answered + excluded.answered,
              ore = code_count.ore + excluded.ore
        """,
        list(buckets),
        minute,
        sent,
        answered,
        ore,
    )


async def delete_before(connection: Connection, before: datetime) -> int:
    done = await connection.execute("DELETE FROM identity.code_count WHERE minute <= $1", before)
    return int(done.rsplit(" ", 1)[-1])
