"""SQL of the defibrillators that somebody has to look after: complained of, or taken and not back."""

from datetime import datetime

import msgspec

from backend.aeds.aed import Condition
from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import AedId


class ToReview(msgspec.Struct, frozen=True):
    """One that is not offered as it should be, since `state_at`. `reserved`: somebody is on the way by it."""

    id: AedId
    name: str | None
    location_text: str | None
    source: str
    state: Condition
    state_at: datetime
    problems: int
    made_up: bool
    reserved: bool


class Counted(msgspec.Struct, frozen=True):
    state: Condition
    how_many: int


class Listing(msgspec.Struct, frozen=True):
    """A source as of its last import. `gone`: what it listed once, or somebody marked, and it lists no more."""

    source: str
    licence: str
    attribution: str
    made_up: bool
    imported_at: datetime
    standing: int
    gone: int


async def to_review(connection: Connection, at_most: int) -> list[ToReview]:
    """Those that have waited longest first."""
    return await fetch_all(
        connection,
        ToReview,
        """
        SELECT a.id, a.name, a.location_text, a.source, a.state, a.state_at, a.problems, s.made_up,
               EXISTS (SELECT FROM aeds.reservation r WHERE r.aed_id = a.id) AS reserved
        FROM aeds.aed a JOIN aeds.import_source s ON s.source = a.source
        WHERE a.gone_at IS NULL AND a.state <> 'in_place' ORDER BY a.state_at, a.id LIMIT $1
        """,
        at_most,
    )


async def conditions(connection: Connection) -> list[Counted]:
    """Of all that still stand in their source."""
    return await fetch_all(
        connection,
        Counted,
        "SELECT a.state, count(*) AS how_many FROM aeds.aed a WHERE a.gone_at IS NULL GROUP BY a.state",
    )


async def sources(connection: Connection) -> list[Listing]:
    return await fetch_all(
        connection,
        Listing,
        """
        SELECT s.source, s.licence, s.attribution, s.made_up, s.imported_at,
               count(a.id) FILTER (WHERE a.gone_at IS NULL) AS standing,
               count(a.id) FILTER (WHERE a.gone_at IS NOT NULL) AS gone
        FROM aeds.import_source s LEFT JOIN aeds.aed a ON a.source = s.source
        GROUP BY s.source ORDER BY s.source
        """,
    )


async def mark_gone(connection: Connection, aed_id: AedId, now: datetime) -> bool:
    """Unless somebody is on the way by it, or it is gone. Should its source list it again, it is to be reviewed."""
    done = await connection.fetchval(
        """
        UPDATE aeds.aed a SET gone_at = $2, state = 'not_there', state_at = $2
        WHERE a.id = $1 AND a.gone_at IS NULL AND NOT EXISTS (SELECT FROM aeds.reservation r WHERE r.aed_id = a.id)
        RETURNING true
        """,
        aed_id,
        now,
    )
    return bool(done)
