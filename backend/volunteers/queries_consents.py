"""SQL on volunteers.consent."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import VolunteerId
from backend.volunteers.volunteer import Consent, Given, Purpose


async def insert_consents(
    connection: Connection, volunteer_id: VolunteerId, ids: Sequence[UUID], given: Sequence[Given], now: datetime
) -> None:
    """What is in force already stays as it is."""
    await connection.execute(
        """
        INSERT INTO volunteers.consent (id, volunteer_id, purpose, version, given_at)
        SELECT id, $1, purpose, version, $5
        FROM unnest($2::uuid[], $3::text[], $4::text[]) AS given (id, purpose, version)
        ON CONFLICT (volunteer_id, purpose) WHERE withdrawn_at IS NULL DO NOTHING
        """,
        volunteer_id,
        list(ids),
        [each.purpose.value for each in given],
        [each.version for each in given],
        now,
    )


async def end_other_version(
    connection: Connection, volunteer_id: VolunteerId, purpose: Purpose, version: str, now: datetime
) -> None:
    """A consent to an earlier text ends when one to another text is given."""
    await connection.execute(
        """
        UPDATE volunteers.consent SET withdrawn_at = $4
        WHERE volunteer_id = $1 AND purpose = $2 AND version <> $3 AND withdrawn_at IS NULL
        """,
        volunteer_id,
        purpose.value,
        version,
        now,
    )


async def end_consent(connection: Connection, volunteer_id: VolunteerId, purpose: Purpose, now: datetime) -> None:
    await connection.execute(
        """
        UPDATE volunteers.consent SET withdrawn_at = $3
        WHERE volunteer_id = $1 AND purpose = $2 AND withdrawn_at IS NULL
        """,
        volunteer_id,
        purpose.value,
        now,
    )


async def end_all(connection: Connection, volunteer_id: VolunteerId, now: datetime) -> None:
    await connection.execute(
        "UPDATE volunteers.consent SET withdrawn_at = $2 WHERE volunteer_id = $1 AND withdrawn_at IS NULL",
        volunteer_id,
        now,
    )


async def in_force(connection: Connection, volunteer_id: VolunteerId) -> list[Consent]:
    return await fetch_all(
        connection,
        Consent,
        """
        SELECT purpose, version, given_at FROM volunteers.consent
        WHERE volunteer_id = $1 AND withdrawn_at IS NULL ORDER BY purpose
        """,
        volunteer_id,
    )
