"""SQL of who saw what, read as the operator."""

from datetime import datetime
from uuid import UUID

from backend.foundation.database import Connection, fetch_all
from backend.rights.exposed import Seen


async def viewed(
    connection: Connection, since: datetime, until: datetime, centre_id: UUID | None, caller_id: UUID | None
) -> list[Seen]:
    """Every time something was shown."""
    return await fetch_all(
        connection,
        Seen,
        """
        SELECT at, 'shown' AS how, what, viewer, viewer_id::text AS viewer_id, centre_id, incident_id, about_id,
               case_number AS note, kind
        FROM incidents.viewed
        WHERE at >= $1 AND at < $2 AND ($3::uuid IS NULL OR centre_id = $3) AND ($4::uuid IS NULL OR viewer_id = $4)
        ORDER BY at, id
        """,
        since,
        until,
        centre_id,
        caller_id,
    )


async def disclosed(
    connection: Connection, since: datetime, until: datetime, centre_id: UUID | None, caller_id: UUID | None
) -> list[Seen]:
    """Every time the journal says that somebody may see an address from then on, or got a copy of what is held.

    Of a volunteer the entry knows the name that the centre calls them by, for this incident only.
    """
    return await fetch_all(
        connection,
        Seen,
        """
        SELECT at, 'opened' AS how,
               CASE event WHEN 'address_disclosed' THEN 'address' WHEN 'exported' THEN 'copy'
                          ELSE 'this_list' END AS what,
               CASE WHEN event = 'address_disclosed' THEN coalesce(facts ->> 'to', 'volunteer')
                    WHEN facts -> 'by' = '[]'::jsonb THEN 'themselves' ELSE 'operator' END AS viewer,
               CASE WHEN event = 'address_disclosed' THEN coalesce(facts ->> 'staff', facts ->> 'volunteer')
                    WHEN facts -> 'by' = '[]'::jsonb THEN facts ->> 'volunteer'
                    ELSE facts ->> 'by' END AS viewer_id, centre_id, incident_id,
               CASE WHEN event = 'exported' THEN (facts ->> 'volunteer')::uuid END AS about_id,
               facts ->> 'reason' AS note, kind
        FROM foundation.journal_entry
        WHERE event IN ('address_disclosed', 'exported', 'exposure_listed') AND at >= $1 AND at < $2
          AND ($3::uuid IS NULL OR centre_id = $3)
          AND ($4::uuid IS NULL OR person_id = $4 OR facts ->> 'staff' = $4::uuid::text
               OR facts -> 'by' @> to_jsonb($4::uuid::text))
        ORDER BY id
        """,
        since,
        until,
        centre_id,
        caller_id,
    )
