"""SQL of what a centre decided, as it was in force: for those who read it, not for whoever acts by it."""

from datetime import datetime

import msgspec

from backend.attention.item import Acknowledges
from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import CentreId


class RuleHeld(msgspec.Struct, frozen=True):
    """In force `[since, until)`; `until` None: it is."""

    acknowledges: Acknowledges
    nobody_after_s: int
    since: datetime
    until: datetime | None
    author: str


class AgreementHeld(msgspec.Struct, frozen=True):
    """As :class:`RuleHeld`: `to_id` helps `centre_id`."""

    centre_id: CentreId
    to_id: CentreId
    after_s: int
    from_hour: int
    to_hour: int
    lends_for_s: int
    since: datetime
    until: datetime | None
    author: str


async def rules_of(connection: Connection, centre_id: CentreId, at_most: int) -> list[RuleHeld]:
    """The newest first."""
    return await fetch_all(
        connection,
        RuleHeld,
        """
        SELECT acknowledges, nobody_after_s, lower(valid) AS since, upper(valid) AS until, author
        FROM attention.rule WHERE centre_id = $1 ORDER BY lower(valid) DESC LIMIT $2
        """,
        centre_id,
        at_most,
    )


async def agreements_about(connection: Connection, centre_id: CentreId, at_most: int) -> list[AgreementHeld]:
    """A centre's own, and those by which it helps another; the newest first."""
    return await fetch_all(
        connection,
        AgreementHeld,
        """
        SELECT centre_id, to_id, after_s, from_hour, to_hour, lends_for_s, lower(valid) AS since,
               upper(valid) AS until, author
        FROM attention.agreement WHERE centre_id = $1 OR to_id = $1 ORDER BY lower(valid) DESC, id LIMIT $2
        """,
        centre_id,
        at_most,
    )
