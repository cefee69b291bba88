"""Joining two reports of one arrest, with what those on the way have told, and what they were told by one tap."""

from collections.abc import Sequence
from datetime import datetime

from backend.alerts import joining
from backend.alerts.apply import tell
from backend.alerts.decision import WORD, Tell
from backend.alerts.joining import Carried
from backend.foundation.database import Actor, Connection, enter
from backend.foundation.journal import Event, Fact, Happening
from backend.incidents.incident import Incident
from backend.incidents.record import record
from backend.responses import queries, queries_words


async def join(connection: Connection, actor: Actor, ending: Incident, kept: Incident, now: datetime) -> None:
    """As :func:`backend.alerts.joining.join`; how far somebody has come stands in the incident that goes on, too, and
    so do the words said both ways. One of the centre's that no phone has shown yet is told again."""
    carried: list[Happening] = []
    people = await joining.join(connection, actor, ending, kept, now)
    await enter(connection, ending.centre_id)
    before = await queries.statuses(connection, [each.old.id for each in people])
    words = await queries_words.of_alerts(connection, [each.old.id for each in people])
    shown = await queries_words.shown(connection, [each.old.id for each in people])
    await enter(connection, kept.centre_id)
    for each in people:
        who = {"alert": str(each.new.id), "volunteer": each.new.pseudonym}
        for told in [row for row in before if row.alert_id == each.old.id]:
            if not await queries.carry_status(connection, told, each.new.id, kept.centre_id):
                continue
            late_s = round((now - told.happened_at).total_seconds())
            facts: dict[str, Fact] = {**who, "status": told.status.value, "told_after_s": late_s, "carried": True}
            carried.append(Happening(Event.STATUS, facts))
    waiting: list[Tell] = []
    for each in people:
        own = [row for row in words if row.alert_id == each.old.id]
        carried += await _carry_words(connection, each, own)
        unseen = [row for row in own if row.from_centre and (row.alert_id, row.id) not in shown]
        waiting += [Tell(each.new, WORD, row.word, row.id) for row in unseen]
    await tell(connection, kept, waiting, now)
    await record(connection, actor, kept, carried, now)


async def _carry_words(
    connection: Connection, who: Carried, words: Sequence[queries_words.WordRow]
) -> Sequence[Happening]:
    found = []
    for row in words:
        if await queries_words.carry(connection, row, who.new.id, who.new.centre_id):
            facts: dict[str, Fact] = {"alert": str(who.new.id), "volunteer": who.new.pseudonym, "word": row.word}
            facts |= {"request": str(row.id), "carried": True}
            found.append(Happening(Event.TOLD if row.from_centre else Event.SAID, facts))
    return found
