"""The same request sent twice gets the same answer: what a dispatch system's retries rest on.

A key is kept at least 24 hours (REMEMBERED_FOR is longer), per client. Requests with one key, or about one
case, run one after another: each takes an advisory lock that ends with its transaction.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_one
from backend.foundation.ids import CentreId, IncidentId
from backend.foundation.problems import FieldError, Problem

REMEMBERED_FOR = timedelta(hours=48)


class KeptAnswer(msgspec.Struct, frozen=True):
    body_digest: bytes
    incident_id: IncidentId
    status: int
    answer: Any
    answer_sent: bytes | None  # none: kept by a version that did not write it down

    def body(self) -> bytes:
        """The answer as it was sent."""
        return msgspec.json.encode(self.answer) if self.answer_sent is None else self.answer_sent


def digest(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


async def earlier_answer(connection: Connection, client_id: UUID, key: str, body_digest: bytes) -> KeptAnswer | None:
    """What this key was answered before. Raises a 422 problem when the body was another one then."""
    await connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('key ' || $1::text || ' ' || $2::text, 0))", str(client_id), key
    )
    kept = await fetch_one(
        connection,
        KeptAnswer,
        """
        SELECT body_digest, incident_id, status, answer, answer_sent FROM incidents.request_key
        WHERE client_id = $1 AND key = $2
        """,
        client_id,
        key,
    )
    if kept is not None and kept.body_digest != body_digest:
        raise Problem(
            422,
            "idempotency-key-reused",
            "This Idempotency-Key was used for another request",
            "Send the same body to repeat a request, or a new Idempotency-Key for a new one.",
            errors=[FieldError("header:Idempotency-Key", "is new for each report")],
        )
    return kept


async def one_at_a_time(connection: Connection, numbered_by: CentreId, case_number: str) -> None:
    """Two reports of one case, by the numbering of a centre's system, wait for each other."""
    await connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('case ' || $1::text || ' ' || $2::text, 0))",
        str(numbered_by),
        case_number,
    )


async def keep(
    connection: Connection,
    client_id: UUID,
    key: str,
    centre_id: CentreId,
    body_digest: bytes,
    incident_id: IncidentId,
    status: int,
    answer: bytes,
    now: datetime,
) -> None:
    """Remember an answer's body, JSON, in the transaction that did the work."""
    await connection.execute(
        """
        INSERT INTO incidents.request_key (
          client_id, key, centre_id, body_digest, incident_id, status, answer, answer_sent, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        client_id,
        key,
        centre_id,
        body_digest,
        incident_id,
        status,
        msgspec.Raw(answer),
        answer,
        now,
    )


async def forget_old(connection: Connection, now: datetime) -> int:
    """Drop answers nobody can ask for any more; returns how many."""
    rows = await connection.fetch(
        "DELETE FROM incidents.request_key WHERE created_at < $1 RETURNING key", now - REMEMBERED_FOR
    )
    return len(rows)
