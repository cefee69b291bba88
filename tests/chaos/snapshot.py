"""What both levels have come to, in the same words: incidents and people by number, to be laid side by side."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.alerts.alert import Alert
from backend.foundation.ids import IncidentId
from tests.chaos.model_level import Model
from tests.chaos.player import day_of
from tests.chaos.real_level import Real

Rows = dict[str, dict[Any, Any]]
"""By table, by number: what stands there."""


def of_model(model: Model) -> Rows:
    """How things stand in the model."""
    number_of, box_of, numbers = model.town.number_of, model.box_of, {c.incident.id: c.number for c in model.cases}
    rows: Rows = {
        name: {}
        for name in (
            "incident", "journal", "alert", "engaged", "reserved", "timer", "delivery", "heard", "word", "needs",
            "lent",
        )
    }  # fmt: skip
    for case in model.cases:
        i = case.incident
        linked = None if i.linked_to is None else numbers[i.linked_to]
        rows["incident"][case.number] = (
            i.state.value, i.asking.value, i.end_reason, i.revision, i.accuracy_m, i.coarse, i.last_event_at,
            i.centre_asked_at, i.reach_step, i.reach_since, i.wanted, i.lacking, i.exclusions, i.override_reason,
            linked, i.wished,
        )  # fmt: skip
        rows["journal"][case.number] = sorted((at, h.event.value) for at, h in case.journal)
        for a in case.alerts.values():
            person = number_of[a.volunteer_id]
            aed = None if a.aed_id is None else box_of[a.aed_id]
            rows["alert"][case.number, person] = (
                a.state.value, a.reason, a.wave, a.ring_no, a.metres, a.place, a.role, aed, a.asked_at, a.rings_until,
                a.answered_at, a.ended_at, a.last_sign_at, a.left_reach, a.way_m, a.unheard_revision,
            )  # fmt: skip
            for message in model.post.of_subject.get(a.id, ()):
                if message.received:
                    rows["heard"][case.number, person, message.what.value, message.created_at, message.word] = True
                for d in message.deliveries:
                    next_at = d.next_at if d.state == "queued" and d.channel != "in_app" else None
                    key = (case.number, person, message.what.value, message.created_at, message.word, d.channel.value)
                    rows["delivery"][key] = (d.state.value, d.attempts, next_at, d.ambiguous)
    rows["engaged"] = {number_of[who]: (numbers[i], state) for who, (i, state) in model.engaged.items()}
    rows["reserved"] = {box_of[aed]: (number_of[who], numbers[i]) for aed, (who, i) in model.reserved.items()}
    rows |= _console_of(model)
    alerts: dict[UUID, Alert] = {a.id: a for c in model.cases for a in c.alerts.values()}
    for (subject, reason), due in model.timers.rows.items():
        alert = alerts.get(subject)
        if alert is None:
            rows["timer"][numbers[IncidentId(subject)], -1, reason] = due
        else:
            rows["timer"][numbers[alert.incident_id], number_of[alert.volunteer_id], reason] = due
    return rows


def _console_of(model: Model) -> Rows:
    words = {
        (case.number, model.town.number_of[a.volunteer_id], wish): (word.from_centre, word.word, word.said_at)
        for case in model.cases
        for a in case.alerts.values()
        for wish, word in case.words.get(a.id, {}).items()
    }
    needs: dict[Any, Any] = {}
    for item in model.items:
        assert item.incident_id is not None
        row = (item.what.value, item.raised_at, item.over_at, item.acknowledged_at)
        needs.setdefault(model.by_id[item.incident_id].number, []).append(row)
    for each in needs.values():
        each.sort(key=str)
    return {"word": words, "needs": needs, "lent": dict(model.grants)}


async def of_real(real: Real) -> Rows:
    """How things stand in the database, of this town's incidents."""
    town, numbers = real.town, {incident: number for number, incident in enumerate(real.incidents)}
    box_of = {box.id: number for number, box in enumerate(town.boxes)}
    fetch, ids = real.owner.fetch, real.incidents
    rows: Rows = {}
    rows["incident"] = {
        numbers[r[0]]: (*r[1:13], tuple(r[13]), r[14], None if r[15] is None else numbers[r[15]], r[16])
        for r in await fetch(_INCIDENTS, ids)
    }
    rows["journal"] = {number: [] for number in numbers.values()}
    for r in await fetch(_JOURNAL, ids):
        rows["journal"][numbers[r[0]]].append((r[1], r[2]))
    for entries in rows["journal"].values():
        entries.sort()
    rows["alert"] = {
        (numbers[r[0]], town.number_of[r[1]]): (*r[2:9], None if r[9] is None else box_of[r[9]], *r[10:])
        for r in await fetch(_ALERTS, ids)
    }
    rows["engaged"] = {town.number_of[r[0]]: (numbers[r[1]], r[2]) for r in await fetch(_ENGAGED, ids)}
    rows["reserved"] = {box_of[r[0]]: (town.number_of[r[1]], numbers[r[2]]) for r in await fetch(_RESERVED, ids)}
    rows["timer"] = {
        (numbers[r[0]], -1 if r[1] is None else town.number_of[r[1]], r[2]): r[3] for r in await fetch(_TIMERS, ids)
    }
    rows["delivery"] = {
        (numbers[r[0]], town.number_of[r[1]], *r[2:6]): tuple(r[6:]) for r in await fetch(_DELIVERIES, ids)
    }
    rows["heard"] = {(numbers[r[0]], town.number_of[r[1]], *r[2:]): True for r in await fetch(_HEARD, ids)}
    rows["word"] = {(numbers[r[0]], town.number_of[r[1]], r[2]): tuple(r[3:]) for r in await fetch(_WORDS, ids)}
    rows["needs"] = {}
    for r in await fetch(_NEEDS, ids):
        rows["needs"].setdefault(numbers[r[0]], []).append(tuple(r[1:]))
    for each in rows["needs"].values():
        each.sort(key=str)
    begun = day_of(town.seed)
    rows["lent"] = {r[0]: r[1] for r in await fetch(_LENT, begun, begun + timedelta(days=1))}
    return rows


_INCIDENTS = """
    SELECT id, state, asking, end_reason, revision, accuracy_m, coarse, last_event_at, centre_asked_at, reach_step,
           reach_since, wanted, lacking, exclusions, override_reason, linked_to, wished
    FROM incidents.incident WHERE id = ANY($1)
"""
_JOURNAL = "SELECT incident_id, at, event FROM foundation.journal_entry WHERE incident_id = ANY($1)"
_ALERTS = """
    SELECT incident_id, volunteer_id, state, reason, wave, ring_no, metres, place, role, aed_id, asked_at, rings_until,
           answered_at, ended_at, last_sign_at, left_reach, way_m, unheard_revision
    FROM alerts.alert WHERE incident_id = ANY($1)
"""
_ENGAGED = "SELECT volunteer_id, incident_id, state FROM volunteers.engagement WHERE incident_id = ANY($1)"
_RESERVED = "SELECT aed_id, volunteer_id, incident_id FROM aeds.reservation WHERE incident_id = ANY($1)"
_TIMERS = """
    SELECT coalesce(a.incident_id, t.subject_id), a.volunteer_id, t.reason, t.due_at
    FROM foundation.timer t LEFT JOIN alerts.alert a ON a.id = t.subject_id
    WHERE coalesce(a.incident_id, t.subject_id) = ANY($1)
"""
_DELIVERIES = """
    SELECT a.incident_id, a.volunteer_id, m.what, m.created_at, m.content ->> 'word_id', d.channel, d.state, d.attempts,
           CASE WHEN d.state = 'queued' AND d.channel <> 'in_app' THEN d.next_at END,
           d.ambiguous
    FROM alerts.alert a JOIN delivery.message m ON m.subject_id = a.id JOIN delivery.delivery d ON d.message_id = m.id
    WHERE a.incident_id = ANY($1)
"""
_HEARD = """
    SELECT DISTINCT a.incident_id, a.volunteer_id, m.what, m.created_at, m.content ->> 'word_id'
    FROM alerts.alert a JOIN delivery.message m ON m.subject_id = a.id JOIN delivery.delivery d ON d.message_id = m.id
    JOIN delivery.receipt r ON r.delivery_id = d.id
    WHERE a.incident_id = ANY($1)
"""


_WORDS = """
    SELECT a.incident_id, a.volunteer_id, w.id, w.from_centre, w.word, w.said_at
    FROM responses.word w JOIN alerts.alert a ON a.id = w.alert_id WHERE a.incident_id = ANY($1)
"""
_NEEDS = """
    SELECT incident_id, what, raised_at, over_at, acknowledged_at FROM attention.item WHERE incident_id = ANY($1)
"""
_LENT = """
    SELECT lower(valid), upper(valid) FROM regions.access
    WHERE why = 'agreement' AND lower(valid) >= $1 AND lower(valid) < $2
"""


def differences(model: Rows, real: Rows) -> Iterator[str]:
    """What stands otherwise in the two, a line each."""
    for table, rows in model.items():
        others = real[table]
        for key in sorted(rows.keys() | others.keys(), key=str):
            if rows.get(key) != others.get(key):
                one, other = rows.get(key), others.get(key)
                if isinstance(one, list) and isinstance(other, list):  # a journal: what only one of them has
                    one, other = (
                        list((Counter(one) - Counter(other)).items()),
                        list((Counter(other) - Counter(one)).items()),
                    )
                yield f"{table} {_short(key)}: model {_short(one)}, real {_short(other)}"


def _short(value: Any) -> str:
    if isinstance(value, tuple | list):
        return "(" + ", ".join(_short(each) for each in value) + ")"
    return value.strftime("%d %H:%M:%S.%f")[:-3] if isinstance(value, datetime) else str(value)
