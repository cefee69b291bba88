"""SQL on alarms raised by hand."""

from datetime import datetime
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_all, fetch_one
from backend.foundation.ids import CentreId, IncidentId, in_order
from backend.incidents.raised import ByHand, Decision, Limit


async def insert(connection: Connection, raised: ByHand) -> bool:
    """False where it is written down already."""
    new = await connection.fetchval(
        """
        INSERT INTO incidents.by_hand (incident_id, kind, centre_id, raised_by, raised_at, above)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (incident_id) DO NOTHING RETURNING true
        """,
        raised.incident_id,
        raised.kind.value,
        raised.centre_id,
        raised.raised_by,
        raised.raised_at,
        [each.value for each in raised.above],
    )
    return bool(new)


async def alarms_since(connection: Connection, raised_by: UUID, since: datetime) -> int:
    """Live alarms by somebody's hand at the centre that was entered."""
    number: int = await connection.fetchval(
        "SELECT count(*) FROM incidents.by_hand WHERE raised_by = $1 AND raised_at > $2 AND kind = 'live'",
        raised_by,
        since,
    )
    return number


async def of_incident(connection: Connection, incident_id: IncidentId) -> ByHand | None:
    return await fetch_one(
        connection,
        ByHand,
        """
        SELECT incident_id, kind, centre_id, raised_by, raised_at, above, decision, decided_by, decided_at
        FROM incidents.by_hand WHERE incident_id = $1
        """,
        incident_id,
    )


async def waiting(connection: Connection, centre_id: CentreId) -> list[ByHand]:
    """Of open incidents, those for which a second person is called and has not come."""
    return await fetch_all(
        connection,
        ByHand,
        """
        SELECT b.incident_id, b.kind, b.centre_id, b.raised_by, b.raised_at, b.above, b.decision, b.decided_by,
          b.decided_at
        FROM incidents.by_hand b JOIN incidents.incident i ON i.id = b.incident_id AND i.state = 'open'
        WHERE b.centre_id = $1 AND b.decision IS NULL AND b.above <> '{}' ORDER BY b.raised_at
        """,
        centre_id,
    )


async def decide(connection: Connection, incident_id: IncidentId, decision: Decision, by: UUID, now: datetime) -> None:
    await connection.execute(
        """
        UPDATE incidents.by_hand SET decision = $2, decided_by = $3, decided_at = $4
        WHERE incident_id = $1 AND decision IS NULL
        """,
        incident_id,
        decision.value,
        by,
        now,
    )


async def limit_of(connection: Connection, centre_id: CentreId, at: datetime) -> Limit | None:
    """None where the centre has set none."""
    return await fetch_one(
        connection,
        Limit,
        "SELECT an_hour, uncertain_m FROM incidents.by_hand_limit WHERE centre_id = $1 AND valid @> $2::timestamptz",
        centre_id,
        at,
    )


class Held(msgspec.Struct, frozen=True):
    """A limit as it was in force, `[since, until)`; `until` None: it is."""

    an_hour: int
    uncertain_m: int
    since: datetime
    until: datetime | None
    author: str


async def limits_of(connection: Connection, centre_id: CentreId, at_most: int) -> list[Held]:
    """The newest first."""
    return await fetch_all(
        connection,
        Held,
        """
        SELECT an_hour, uncertain_m, lower(valid) AS since, upper(valid) AS until, author
        FROM incidents.by_hand_limit WHERE centre_id = $1 AND NOT isempty(valid) ORDER BY lower(valid) DESC LIMIT $2
        """,
        centre_id,
        at_most,
    )


async def set_limit(connection: Connection, centre_id: CentreId, limit: Limit, author: str, now: datetime) -> None:
    """From now on; what held before ends now and stays to be read."""
    await connection.execute(
        """
        UPDATE incidents.by_hand_limit SET valid = tstzrange(lower(valid), $2)
        WHERE centre_id = $1 AND valid @> $2::timestamptz
        """,
        centre_id,
        now,
    )
    await connection.execute(
        """
        INSERT INTO incidents.by_hand_limit (id, centre_id, an_hour, uncertain_m, valid, author)
        VALUES ($1, $2, $3, $4, tstzrange($5, NULL), $6)
        """,
        in_order(),
        centre_id,
        limit.an_hour,
        limit.uncertain_m,
        now,
        author,
    )
