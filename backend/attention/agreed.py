"""How a centre wants it, and with whom it has agreed on help: dated rows, journalled when they change."""

from datetime import datetime, timedelta

import msgspec

from backend.attention import queries
from backend.attention.item import Acknowledges, Agreement
from backend.attention.queries import AgreementRow, RuleRow
from backend.foundation.database import Actor, Connection
from backend.foundation.ids import CentreId, in_order
from backend.foundation.journal import Event, Fact, Happening, write_outside_incidents


async def set_rule(
    connection: Connection,
    actor: Actor,
    centre_id: CentreId,
    acknowledges: Acknowledges,
    nobody_after: timedelta,
    author: str,
    now: datetime,
) -> None:
    """From now on a centre wants it so."""
    row = RuleRow(acknowledges.value, round(nobody_after.total_seconds()))
    await queries.end_rule(connection, centre_id, now)
    await queries.insert_rule(connection, in_order(), centre_id, row, author, now)
    facts: dict[str, Fact] = {"change": "attention_rule", "acknowledges": row.acknowledges}
    await _write_down(
        connection, actor, centre_id, facts | {"nobody_after_s": row.nobody_after_s, "author": author}, now
    )


async def agree(
    connection: Connection, actor: Actor, centre_id: CentreId, agreement: Agreement, author: str, now: datetime
) -> None:
    """From now on a neighbour helps by this agreement; one with the same neighbour before it ends."""
    await queries.end_agreement(connection, centre_id, agreement.to, now)
    row = AgreementRow(
        in_order(),
        agreement.to,
        round(agreement.after.total_seconds()),
        agreement.from_hour,
        agreement.to_hour,
        round(agreement.lends_for.total_seconds()),
    )
    await queries.insert_agreement(connection, centre_id, row, author, now)
    facts: dict[str, Fact] = {"change": "overflow_agreed", "to": str(agreement.to), "after_s": row.after_s}
    await _write_down(connection, actor, centre_id, facts | {"lends_for_s": row.lends_for_s, "author": author}, now)


async def end_agreement(
    connection: Connection, actor: Actor, centre_id: CentreId, to: CentreId, author: str, now: datetime
) -> bool:
    """From now on that neighbour helps no more; what is lent goes on to its end. False where none is agreed."""
    if not await queries.end_agreement(connection, centre_id, to, now):
        return False
    facts: dict[str, Fact] = {"change": "overflow_ended", "to": str(to), "author": author}
    await _write_down(connection, actor, centre_id, facts, now)
    return True


async def _write_down(
    connection: Connection, actor: Actor, centre_id: CentreId, facts: dict[str, Fact], now: datetime
) -> None:
    whose = msgspec.structs.replace(actor, centre_id=centre_id)
    await write_outside_incidents(connection, whose, Happening(Event.RIGHT_CHANGED, facts), now)
