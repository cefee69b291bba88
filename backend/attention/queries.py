"""SQL on items, rules and agreements. A centre's are seen by whoever entered it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.attention.item import By, Item, Need
from backend.foundation.database import Connection, fetch_all, fetch_one
from backend.foundation.ids import CentreId


class RuleRow(msgspec.Struct, frozen=True):
    acknowledges: str
    nobody_after_s: int


async def rule_of(connection: Connection, centre_id: CentreId, at: datetime) -> RuleRow | None:
    return await fetch_one(
        connection,
        RuleRow,
        """
        SELECT acknowledges, nobody_after_s FROM attention.rule
        WHERE centre_id = $1 AND valid @> $2::timestamptz
        """,
        centre_id,
        at,
    )


async def end_rule(connection: Connection, centre_id: CentreId, at: datetime) -> None:
    await connection.execute(
        """
        UPDATE attention.rule SET valid = tstzrange(lower(valid), greatest($2, lower(valid) + interval '1 us'))
        WHERE centre_id = $1 AND upper_inf(valid)
        """,
        centre_id,
        at,
    )


async def insert_rule(
    connection: Connection, row_id: UUID, centre_id: CentreId, rule: RuleRow, author: str, now: datetime
) -> None:
    await connection.execute(
        """
        INSERT INTO attention.rule (id, centre_id, acknowledges, nobody_after_s, valid, author, made_at)
        VALUES ($1, $2, $3, $4, tstzrange($6, NULL), $5, $6)
        """,
        row_id,
        centre_id,
        rule.acknowledges,
        rule.nobody_after_s,
        author,
        now,
    )


class AgreementRow(msgspec.Struct, frozen=True):
    id: UUID
    to_id: CentreId
    after_s: int
    from_hour: int
    to_hour: int
    lends_for_s: int


async def agreements_of(connection: Connection, centre_id: CentreId, at: datetime) -> list[AgreementRow]:
    return await fetch_all(
        connection,
        AgreementRow,
        """
        SELECT id, to_id, after_s, from_hour, to_hour, lends_for_s FROM attention.agreement
        WHERE centre_id = $1 AND valid @> $2::timestamptz ORDER BY after_s, id
        """,
        centre_id,
        at,
    )


async def end_agreement(connection: Connection, centre_id: CentreId, to_id: CentreId, at: datetime) -> bool:
    """False where there is none."""
    ended = await connection.fetchval(
        """
        UPDATE attention.agreement SET valid = tstzrange(lower(valid), greatest($3, lower(valid) + interval '1 us'))
        WHERE centre_id = $1 AND to_id = $2 AND upper_inf(valid) RETURNING true
        """,
        centre_id,
        to_id,
        at,
    )
    return bool(ended)


async def insert_agreement(
    connection: Connection, centre_id: CentreId, row: AgreementRow, author: str, now: datetime
) -> None:
    await connection.execute(
        """
        INSERT INTO attention.agreement (id, centre_id, to_id, after_s, from_hour, to_hour, lends_for_s, valid, author,
                                         made_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, tstzrange($9, NULL), $8, $9)
        """,
        row.id,
        centre_id,
        row.to_id,
        row.after_s,
        row.from_hour,
        row.to_hour,
        row.lends_for_s,
        author,
        now,
    )


async def not_over(connection: Connection, centre_id: CentreId) -> list[Item]:
    """What needs a person at a centre, taken up or not, the longest first."""
    return await fetch_all(
        connection,
        Item,
        """
        SELECT id, centre_id, kind, what, subject, incident_id, detail, raised_at, over_at, acknowledged_at,
               acknowledged_by, acknowledged_by_id
        FROM attention.item WHERE centre_id = $1 AND over_at IS NULL ORDER BY raised_at, id
        """,
        centre_id,
    )


async def one(connection: Connection, centre_id: CentreId, item_id: UUID) -> Item | None:
    return await fetch_one(
        connection,
        Item,
        """
        SELECT id, centre_id, kind, what, subject, incident_id, detail, raised_at, over_at, acknowledged_at,
               acknowledged_by, acknowledged_by_id
        FROM attention.item WHERE centre_id = $1 AND id = $2
        """,
        centre_id,
        item_id,
    )


async def raise_item(connection: Connection, item_id: UUID, centre_id: CentreId, need: Need, now: datetime) -> bool:
    """False where it is there already."""
    raised = await connection.fetchval(
        """
        INSERT INTO attention.item (id, centre_id, kind, what, subject, incident_id, detail, raised_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (centre_id, what, subject) WHERE over_at IS NULL DO NOTHING RETURNING true
        """,
        item_id,
        centre_id,
        need.kind.value,
        need.what.value,
        need.subject,
        need.incident_id,
        need.detail,
        now,
    )
    return bool(raised)


async def over(connection: Connection, item_ids: Sequence[UUID], now: datetime) -> None:
    await connection.execute(
        "UPDATE attention.item SET over_at = $2 WHERE id = ANY($1::uuid[]) AND over_at IS NULL", list(item_ids), now
    )


async def acknowledge(connection: Connection, item_id: UUID, by: By, by_id: UUID, now: datetime) -> bool:
    """False when somebody did before."""
    done = await connection.fetchval(
        """
        UPDATE attention.item SET acknowledged_at = $4, acknowledged_by = $2, acknowledged_by_id = $3
        WHERE id = $1 AND acknowledged_at IS NULL RETURNING true
        """,
        item_id,
        by.value,
        by_id,
        now,
    )
    return bool(done)


async def looked(connection: Connection, now: datetime, not_since: datetime) -> None:
    """A worker has looked: written down every few seconds only."""
    await connection.execute("UPDATE attention.looked SET at = $1 WHERE at < $2", now, not_since)


async def looked_at(connection: Connection) -> datetime | None:
    """When a worker looked last; None: none ever did."""
    found: datetime | None = await connection.fetchval("SELECT at FROM attention.looked WHERE at > '-infinity'")
    return found


async def count_old(connection: Connection, over_before: datetime) -> int:
    return int(await connection.fetchval("SELECT count(*) FROM attention.item WHERE over_at < $1", over_before))


async def forget_old(connection: Connection, over_before: datetime) -> int:
    """Of the centre that was entered."""
    gone = await connection.fetch("DELETE FROM attention.item WHERE over_at < $1 RETURNING id", over_before)
    return len(gone)
