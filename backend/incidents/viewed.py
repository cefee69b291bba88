"""Every time somebody is shown an address or a position it is written down: who, what, of which incident, and when.

It is a table of its own and no journal entry: an entry is numbered under the incident's lock, and whoever reads where
to go must wait for nobody. One INSERT that looks nothing up, among rows that never change, waits for nobody either.
Never the address, the position or the name itself.
"""

from collections.abc import Sequence
from datetime import datetime

import structlog

from backend.foundation.database import Connection
from backend.foundation.harmless import Fault, without_harm
from backend.foundation.telemetry import views_not_written_total
from backend.incidents import queries_viewed as queries
from backend.incidents.view import View, Viewer

WRITING_TAKES_AT_MOST_S = 0.5

_log = structlog.get_logger()


async def write_down(connection: Connection, viewer: Viewer, views: Sequence[View], now: datetime) -> None:
    """Before it is shown. Raises what the database does: what no alarm needs is not shown unwritten."""
    if views:
        await queries.insert(connection, viewer, views, now)


async def write_down_without_harm(
    connection: Connection, viewer: Viewer, views: Sequence[View], now: datetime, *, once: bool = False
) -> None:
    """As :func:`write_down`, for whoever is on the way: a fault in writing keeps nobody from reading where to go.

    It is told as loudly as can be: counted for the operator's alarm, and logged by ids in the table's stead.
    `once`: who leads an alarm looks at it without end; the first look of each is written down.
    """

    async def write() -> None:
        await (queries.insert_first if once else queries.insert)(connection, viewer, views, now)

    if views and isinstance(
        await without_harm(connection, write, "writing down who saw an address", WRITING_TAKES_AT_MOST_S), Fault
    ):
        views_not_written_total.inc(len(views))
        for view in views:
            _log.error("view_not_written", what=view.what.value, viewer=str(viewer.id), incident=str(view.incident_id))
