"""SQL on identity.approval."""

from datetime import datetime

from backend.foundation.database import Connection, fetch_all, fetch_one
from backend.foundation.ids import CentreId
from backend.identity.approval import Approval, ApprovalId, State
from backend.identity.staff import StaffId


async def insert_approval(connection: Connection, approval: Approval) -> None:
    await connection.execute(
        """
        INSERT INTO identity.approval (
          id, kind, state, centre_id, facts, asked_by, asked_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        approval.id,
        approval.kind.value,
        approval.state.value,
        approval.centre_id,
        approval.facts,
        approval.asked_by,
        approval.asked_at,
        approval.expires_at,
    )


async def lock_approval(connection: Connection, approval_id: ApprovalId) -> Approval | None:
    """Held until the transaction ends: of two who say yes at once the second one finds it decided."""
    return await fetch_one(
        connection,
        Approval,
        """
        SELECT id, kind, state, centre_id, facts, asked_by, asked_at, expires_at, decided_by, decided_at
        FROM identity.approval WHERE id = $1 FOR UPDATE
        """,
        approval_id,
    )


async def decide_approval(
    connection: Connection, approval_id: ApprovalId, state: State, decided_by: StaffId, now: datetime
) -> None:
    await connection.execute(
        "UPDATE identity.approval SET state = $2, decided_by = $3, decided_at = $4 WHERE id = $1",
        approval_id,
        state.value,
        decided_by,
        now,
    )


async def waiting_approvals(connection: Connection, now: datetime) -> list[Approval]:
    return await fetch_all(
        connection,
        Approval,
        """
        SELECT id, kind, state, centre_id, facts, asked_by, asked_at, expires_at, decided_by, decided_at
        FROM identity.approval WHERE state = 'waiting' AND expires_at > $1 ORDER BY asked_at, id
        """,
        now,
    )


async def exports_ready(connection: Connection, asked_by: StaffId, decided_after: datetime) -> list[Approval]:
    """What somebody asked for, another one approved, and nobody has fetched yet."""
    return await fetch_all(
        connection,
        Approval,
        """
        SELECT id, kind, state, centre_id, facts, asked_by, asked_at, expires_at, decided_by, decided_at
        FROM identity.approval
        WHERE kind = 'export' AND state = 'approved' AND asked_by = $1 AND decided_at > $2 AND fetched_at IS NULL
        ORDER BY decided_at
        """,
        asked_by,
        decided_after,
    )


async def take_export(
    connection: Connection, approval_id: ApprovalId, asked_by: StaffId, decided_after: datetime, now: datetime
) -> Approval | None:
    """The approved request, fetched now; None where it is not theirs, too old, or was fetched."""
    return await fetch_one(
        connection,
        Approval,
        """
        UPDATE identity.approval SET fetched_at = $4
        WHERE id = $1 AND kind = 'export' AND state = 'approved' AND asked_by = $2 AND decided_at > $3
          AND fetched_at IS NULL
        RETURNING id, kind, state, centre_id, facts, asked_by, asked_at, expires_at, decided_by, decided_at
        """,
        approval_id,
        asked_by,
        decided_after,
        now,
    )


async def run_out(connection: Connection, now: datetime) -> int:
    rows = await connection.fetch(
        """
        UPDATE identity.approval SET state = 'ran_out', decided_at = $1
        WHERE state = 'waiting' AND expires_at <= $1 RETURNING id
        """,
        now,
    )
    return len(rows)


async def clients_of(connection: Connection, centre_id: CentreId) -> list[str]:
    """A centre's systems that are in use, frozen ones too."""
    rows = await connection.fetch(
        "SELECT client_id FROM identity.client WHERE centre_id = $1 AND disabled_at IS NULL ORDER BY client_id",
        centre_id,
    )
    return [str(row["client_id"]) for row in rows]
