"""Two reports of one arrest become one incident: whoever is on the way stays on the way."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from backend.aeds import reservation
from backend.alerts import alarm, queries
from backend.alerts.alert import ANSWERABLE, Alert, AlertState, moved
from backend.alerts.apply import tell
from backend.alerts.decision import State, Tell
from backend.alerts.places import next_place
from backend.alerts.take import load, promise_next_look
from backend.delivery import stop
from backend.foundation import ids
from backend.foundation.database import Actor, Connection, enter
from backend.foundation.ids import AlertId
from backend.foundation.journal import Event, Happening
from backend.incidents import queries as incident_queries
from backend.incidents.incident import EndReason, Incident
from backend.incidents.record import record
from backend.selection.candidate import pseudonym_of
from backend.volunteers import engagement


class Carried(msgspec.Struct, frozen=True):
    """Somebody on the way: their alert of the incident that ends, and the one of the incident that goes on."""

    old: Alert
    new: Alert
    is_known: bool  # had been asked for that one too, and had not said yes


def carried_over(ending: State, going_on: State, kept: Incident, now: datetime) -> list[Carried]:
    """Everybody on the way, in the order they accepted. Pure but for the new ids.

    Each takes the next place and keeps the role, since nobody under way changes role untold; nobody is stood down for
    number. Left out is whoever had given up or finished in the incident that goes on.
    """
    going = sorted(
        (alert for alert in ending.alerts if alert.state is AlertState.ACCEPTED),
        key=lambda a: (a.answered_at or now, a.place or 0),
    )
    alerts = list(going_on.alerts)
    carried: list[Carried] = []
    for old in going:
        known = next((alert for alert in alerts if alert.volunteer_id == old.volunteer_id), None)
        if known is not None and known.state not in ANSWERABLE:
            continue
        base = _for(kept, old) if known is None else moved(known, AlertState.ACCEPTED, now)
        new = msgspec.structs.replace(
            base,
            answered_at=old.answered_at,
            place=next_place(alerts),
            role=old.role,
            aed_id=old.aed_id,
            way_m=old.way_m,
            left_reach=old.left_reach,
            last_sign_at=old.last_sign_at,
            arrived_at=old.arrived_at,
        )
        alerts = [alert for alert in alerts if alert is not known] + [new]
        carried.append(Carried(old, new, known is not None))
    return carried


def _for(kept: Incident, old: Alert) -> Alert:
    return msgspec.structs.replace(
        old,
        id=AlertId(ids.in_order()),
        incident_id=kept.id,
        centre_id=kept.centre_id,
        pseudonym=pseudonym_of(kept.id, old.volunteer_id),
        ring_no=1,
        reason=None,
        unheard_revision=0,  # of the other incident's revisions
    )


async def join(
    connection: Connection, actor: Actor, ending: Incident, kept: Incident, now: datetime
) -> Sequence[Carried]:
    """End one incident in favour of another, open one; both locks are held, the lower id's first.

    They may be of two centres: each is entered for its own rows, and at the end the one that goes on is.
    Whoever is on the way is carried over with role, place and defibrillator, and told as of a revision; whoever still
    rings for the one that ends is withdrawn, and the one that goes on asks whom its policy still lacks.
    """
    await enter(connection, ending.centre_id)
    ending_as_it_is = await load(connection, ending, now)
    await enter(connection, kept.centre_id)
    carried = carried_over(ending_as_it_is, await load(connection, kept, now), kept, now)
    people = [each.old.volunteer_id for each in carried]
    await enter(connection, ending.centre_id)
    await stop.stop(connection, [each.old.id for each in carried], now)
    for each in carried:
        await queries.update(connection, moved(each.old, AlertState.STOOD_DOWN, now, EndReason.JOINED.value))
    await engagement.release(connection, sorted(people, key=lambda v: v.bytes), ending.id)
    await reservation.carry(connection, people, kept.id)
    await enter(connection, kept.centre_id)
    for each in carried:
        await engagement.start_mission(connection, each.new.volunteer_id, kept.kind, kept.id, now)
        await (queries.update if each.is_known else queries.insert_carried)(connection, each.new)
    await tell(connection, kept, [Tell(each.new, "revision", None) for each in carried], now)
    await queries.tell_phones(connection, people)
    await enter(connection, ending.centre_id)
    await _write_down_the_end(connection, actor, ending, kept, carried, now)
    await incident_queries.link(connection, ending.id, kept.id)
    await alarm.end(connection, actor, ending.id, EndReason.JOINED, now)
    await enter(connection, kept.centre_id)
    await _write_down_the_carrying(connection, actor, ending, kept, carried, now)
    going_on = await incident_queries.lock(connection, kept.id)
    assert going_on is not None
    await promise_next_look(connection, await load(connection, going_on, now), now)
    await alarm.ask_whom_it_lacks(connection, actor, kept.id, now)
    return carried


async def _write_down_the_end(
    connection: Connection, actor: Actor, ending: Incident, kept: Incident, carried: Sequence[Carried], now: datetime
) -> None:
    gone = [
        Happening(
            Event.STOOD_DOWN, {"alert": str(c.old.id), "volunteer": c.old.pseudonym, "reason": EndReason.JOINED.value}
        )
        for c in carried
    ]
    await record(connection, actor, ending, [Happening(Event.JOINED, {"into": str(kept.id)}), *gone], now)


async def _write_down_the_carrying(
    connection: Connection, actor: Actor, ending: Incident, kept: Incident, carried: Sequence[Carried], now: datetime
) -> None:
    come = []
    for c in carried:
        who = {"alert": str(c.new.id), "volunteer": c.new.pseudonym}
        aed = None if c.new.aed_id is None else str(c.new.aed_id)
        facts = {"place": c.new.place, "role": c.new.role, "aed": aed, "carried": True}
        come.append(Happening(Event.ACCEPTED, {**who, **facts}))
        come.append(Happening(Event.ADDRESS_DISCLOSED, {**who, "revision": kept.revision}))
    await record(connection, actor, kept, [Happening(Event.JOINED, {"from": str(ending.id)}), *come], now)
