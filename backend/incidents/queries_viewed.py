"""SQL on incidents.viewed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_one
from backend.foundation.ids import CentreId, IncidentId
from backend.incidents.view import View, Viewer


async def insert_first(connection: Connection, viewer: Viewer, views: Sequence[View], now: datetime) -> None:
    """As :func:`insert`, of those that this viewer has not had yet: for who looks at the same again and again."""
    await connection.execute(
        """
        INSERT INTO incidents.viewed (at, viewer, viewer_id, what, kind, centre_id, incident_id)
        SELECT $1, $2, $3, what, kind::foundation.kind, centre_id, incident_id
        FROM unnest($4::text[], $5::text[], $6::uuid[], $7::uuid[]) AS v (what, kind, centre_id, incident_id)
        WHERE NOT EXISTS (
          SELECT FROM incidents.viewed had
          WHERE had.incident_id = v.incident_id AND had.viewer_id = $3 AND had.what = v.what AND had.viewer = $2)
        """,
        now,
        viewer.kind.value,
        viewer.id,
        [view.what.value for view in views],
        [view.kind.value for view in views],
        [view.centre_id for view in views],
        [view.incident_id for view in views],
    )


class Previews(msgspec.Struct, frozen=True):
    of_viewer: int
    of_case: int


async def insert(connection: Connection, viewer: Viewer, views: Sequence[View], now: datetime) -> None:
    await connection.execute(
        """
        INSERT INTO incidents.viewed
          (at, viewer, viewer_id, device_id, what, kind, centre_id, incident_id, about_id, case_number)
        SELECT $1, $2, $3, $4, what, kind::foundation.kind, centre_id, incident_id, about_id, case_number
        FROM unnest($5::text[], $6::text[], $7::uuid[], $8::uuid[], $9::uuid[], $10::text[])
          AS v (what, kind, centre_id, incident_id, about_id, case_number)
        """,
        now,
        viewer.kind.value,
        viewer.id,
        viewer.device_id,
        [view.what.value for view in views],
        [view.kind.value for view in views],
        [view.centre_id for view in views],
        [view.incident_id for view in views],
        [view.about_id for view in views],
        [view.case_number for view in views],
    )


async def previews_since(
    connection: Connection, centre_id: CentreId, viewer_id: UUID, case_number: str, since: datetime
) -> Previews:
    """How many previews a client has had since, and how many were asked for this case of the centre's."""
    found = await fetch_one(
        connection,
        Previews,
        """
        SELECT count(*) FILTER (WHERE viewer_id = $2)::int AS of_viewer,
               count(*) FILTER (WHERE case_number = $3)::int AS of_case
        FROM incidents.viewed
        WHERE centre_id = $1 AND what = 'preview' AND at > $4 AND (viewer_id = $2 OR case_number = $3)
        """,
        centre_id,
        viewer_id,
        case_number,
        since,
    )
    assert found is not None, "a count is always there"
    return found


async def forget_synthetic(connection: Connection, incident_ids: Sequence[IncidentId]) -> None:
    """Who saw the synthetic alarm's address, and of no other: the database looks itself."""
    await connection.execute("SELECT incidents.forget_synthetic_views($1::uuid[])", list(incident_ids))
