"""Joining two reports of one arrest, with what those on the way have told."""

from datetime import datetime

from backend.alerts import joining
from backend.foundation.database import Actor, Connection, enter
from backend.foundation.journal import Event, Fact, Happening
from backend.incidents.incident import Incident
from backend.incidents.record import record
from backend.responses import queries


async def join(connection: Connection, actor: Actor, ending: Incident, kept: Incident, now: datetime) -> None:
    """As :func:`backend.alerts.joining.join`; how far somebody has come stands in the incident that goes on, too."""
    carried: list[Happening] = []
    people = await joining.join(connection, actor, ending, kept, now)
    await enter(connection, ending.centre_id)
    before = await queries.statuses(connection, [each.old.id for each in people])
    await enter(connection, kept.centre_id)
    for each in people:
        who = {"alert": str(each.new.id), "volunteer": each.new.pseudonym}
        for told in [row for row in before if row.alert_id == each.old.id]:
            if not await queries.carry_status(connection, told, each.new.id, kept.centre_id):
                continue
            late_s = round((now - told.happened_at).total_seconds())
            facts: dict[str, Fact] = {**who, "status": told.status.value, "told_after_s": late_s, "carried": True}
            carried.append(Happening(Event.STATUS, facts))
    await record(connection, actor, kept, carried, now)
