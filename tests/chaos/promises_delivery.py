"""Promises 3, 5 and 6: whoever is chosen is tried in time, duplicates have a cause, and after a stop nothing starts."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from backend.alerts.alert import AlertState
from tests.chaos.evidence import Evidence
from tests.chaos.records import Arrival, Freeze

_LOOKED_AT_WITHIN = timedelta(seconds=15)
"""After `rings_until` a ringing alert is ended by a timer; so long after it, at rest, nobody will."""
_WITH_A_REASON = frozenset({AlertState.UNREACHABLE, AlertState.MISSED, AlertState.WITHDRAWN, AlertState.STOOD_DOWN})
_THAWS_WITHIN = timedelta(seconds=1)
"""A request that a frozen process had begun is on the wire so soon after SIGCONT."""


async def everybody_chosen_is_tried(seen: Evidence) -> list[str]:
    """3: every chosen volunteer gets an accepted attempt before `rings_until` or a recorded reason."""
    rows = await seen.rows(
        """
        SELECT m.subject_id,
               bool_or(m.what = 'ring' AND r.outcome = 'accepted' AND t.started_at < m.expires_at) AS accepted,
               bool_or(c.delivery_id IS NOT NULL) AS received
        FROM delivery.message m
        LEFT JOIN delivery.delivery d ON d.message_id = m.id
        LEFT JOIN delivery.attempt t ON t.delivery_id = d.id
        LEFT JOIN delivery.attempt_result r ON r.attempt_id = t.id
        LEFT JOIN delivery.receipt c ON c.delivery_id = d.id
        WHERE m.what IN ('ring', 'revision') GROUP BY 1
        """
    )
    rung = {row["subject_id"]: bool(row["accepted"] or row["received"]) for row in rows}
    carried = seen.carried()
    found: list[str] = []
    for alert in seen.alerts.values():
        if alert.id not in rung and alert.id not in carried:
            found.append(f"alert {alert.id} has no ring")
        if alert.state is AlertState.RINGING and alert.rings_until < seen.now - _LOOKED_AT_WITHIN:
            found.append(f"alert {alert.id} rings since {alert.rings_until} has passed")
        if rung.get(alert.id) or alert.id in carried:
            continue
        if alert.state in _WITH_A_REASON and not alert.reason:
            found.append(f"alert {alert.id} was accepted by no channel, and nothing says why")
        if alert.state is AlertState.MISSED and alert.reason == "no_answer":
            found.append(f"alert {alert.id} is said not to have been answered: no channel accepted it in time")
    missing = await seen.rows(
        """
        SELECT c.incident_id, c.volunteer_id FROM selection.candidate c
        LEFT JOIN alerts.alert a ON a.incident_id = c.incident_id AND a.volunteer_id = c.volunteer_id
        WHERE c.verdict = 'chosen' AND a.id IS NULL
        """
    )
    return found + [
        f"volunteer {row['volunteer_id']} was chosen for {row['incident_id']} and never asked" for row in missing
    ]


class _Tries(msgspec.Struct, frozen=True):
    """The attempts of one message on one channel."""

    accepted: int
    unclear: int  # ambiguous, or without a result


async def duplicates_have_a_cause(seen: Evidence) -> list[str]:
    """5: duplicate deliveries ≤ ambiguous outcomes + kills between wire and settle, all with one alert id.

    A kill between wire and settle leaves an attempt without a result; taking it back makes that ambiguous.
    """
    rows = await seen.rows(
        """
        SELECT d.id, d.message_id, d.channel, m.subject_id,
               count(*) FILTER (WHERE r.outcome = 'accepted') AS accepted,
               count(*) FILTER (WHERE r.outcome = 'ambiguous' OR r.outcome IS NULL) AS unclear
        FROM delivery.delivery d JOIN delivery.message m ON m.id = d.message_id
        JOIN delivery.attempt t ON t.delivery_id = d.id LEFT JOIN delivery.attempt_result r ON r.attempt_id = t.id
        GROUP BY d.id, m.subject_id
        """
    )
    found = [f"delivery {r['id']} was accepted {r['accepted']} times" for r in rows if r["accepted"] > 1 + r["unclear"]]
    tries: dict[UUID, list[_Tries]] = defaultdict(list)
    for row in rows:
        by = row["message_id"] if row["channel"] == "fcm" else row["id"]
        tries[by].append(_Tries(row["accepted"], row["unclear"]))
    subject_of = {row["message_id"]: row["subject_id"] for row in rows}
    arrivals: dict[UUID, list[Arrival]] = defaultdict(list)
    for arrival in seen.records.arrivals or []:
        by = arrival.message_id if arrival.provider == "fcm" else arrival.delivery_id
        if by is not None:
            arrivals[by].append(arrival)
    for by, came in arrivals.items():
        begun = tries.get(by)
        if begun is None:
            found.append(f"{came[0].provider} took {by} {len(came)} times without an attempt")
            continue
        unclear = sum(each.unclear for each in begun)
        doubled = sum(n - 1 for n in Counter(arrival.to for arrival in came).values())
        if doubled > unclear:
            found.append(f"{came[0].provider} took {by} {doubled} times too often, {unclear} attempts were unclear")
        if len(came) > unclear + sum(each.accepted for each in begun):
            found.append(f"{came[0].provider} took {by} {len(came)} times, more than was sent")
        if any(arrival.alert_id not in (None, subject_of.get(by)) for arrival in came):
            found.append(f"message {by} came with another alert's id")
    twice = await seen.rows(
        """
        SELECT subject_id, count(*) AS n FROM delivery.message WHERE what = 'ring'
        GROUP BY subject_id, content ->> 'ring_no' HAVING count(*) > 1
        """
    )
    return found + [f"alert {row['subject_id']} has {row['n']} messages of one ring" for row in twice]


class _Thaw:
    """The one late request that each injected SIGSTOP excuses."""

    def __init__(self, freezes: list[Freeze]) -> None:
        self._left = list(freezes)

    def excuses(self, bound: datetime, at: datetime) -> bool:
        """Whether a freeze over `bound` let this one request go at `at`; no other one then."""
        for freeze in self._left:
            if freeze.since <= bound and freeze.since <= at <= freeze.until + _THAWS_WITHIN:
                self._left.remove(freeze)
                return True
        return False


async def nothing_starts_after_the_stop(seen: Evidence) -> list[str]:
    """6: no ring or revision attempt starts after a stand-down's acknowledgement, no ring attempt after `rings_until`.

    One late request is excused by each injected SIGSTOP; accepting after the stand-down is refused in any case.
    """
    thaw = _Thaw(seen.records.freezes)
    attempts = await seen.rows(
        """
        SELECT t.id, t.started_at, m.what, m.expires_at, a.incident_id FROM delivery.attempt t
        JOIN delivery.delivery d ON d.id = t.delivery_id JOIN delivery.message m ON m.id = d.message_id
        JOIN alerts.alert a ON a.id = m.subject_id
        WHERE m.what IN ('ring', 'revision')
        """
    )
    stopped_at = {stop.incident_id: stop.acknowledged_at for stop in reversed(seen.records.stand_downs)}
    found: list[str] = []
    for row in attempts:
        bound = stopped_at.get(row["incident_id"])
        if bound is not None and row["started_at"] > bound:
            found.append(f"{row['what']} attempt {row['id']} started after its stand-down was acknowledged")
        if row["what"] == "ring" and row["started_at"] >= row["expires_at"]:
            found.append(f"ring attempt {row['id']} started after rings_until")
    found += await _late_arrivals(seen, stopped_at, thaw)
    found += await _tallies(seen)
    found += [
        f"alert {alert.id} is {alert.state.value} although its incident has ended"
        for alert in seen.alerts.values()
        if alert.ended_at is None and seen.incidents[alert.incident_id].ended_at is not None
    ]
    for answer in seen.records.answers:
        alert = seen.alerts.get(answer.alert_id)
        bound = None if alert is None else stopped_at.get(alert.incident_id)
        if answer.verb == "accept" and bound is not None and answer.asked_at > bound and answer.status == 200:
            found.append(f"alert {answer.alert_id} was accepted after its stand-down was acknowledged")
    return found


async def _messages_of(seen: Evidence, arrivals: list[Arrival]) -> dict[UUID, tuple[str, datetime, UUID, UUID]]:
    """By message and by delivery: what it is, until when it may come, its alert, its incident."""
    rows = await seen.rows(
        """
        SELECT m.id, d.id AS delivery_id, m.what, m.expires_at, a.id AS alert_id, a.incident_id
        FROM delivery.message m JOIN delivery.delivery d ON d.message_id = m.id
        JOIN alerts.alert a ON a.id = m.subject_id
        WHERE m.what IN ('ring', 'revision') AND (m.id = ANY($1::uuid[]) OR d.id = ANY($2::uuid[]))
        """,
        [a.message_id for a in arrivals if a.message_id is not None],
        [a.delivery_id for a in arrivals if a.delivery_id is not None],
    )
    found = {}
    for row in rows:
        about = (row["what"], row["expires_at"], row["alert_id"], row["incident_id"])
        found[row["id"]] = found[row["delivery_id"]] = about
    return found


async def _late_arrivals(seen: Evidence, stopped_at: dict[UUID, datetime], thaw: _Thaw) -> list[str]:
    arrivals = sorted(seen.records.arrivals or [], key=lambda a: a.arrived_at)
    about = await _messages_of(seen, arrivals)
    found: list[str] = []
    for arrival in arrivals:
        known = about.get(arrival.message_id or arrival.delivery_id or UUID(int=0))
        if known is None:
            continue
        what, expires_at, alert_id, incident_id = known
        bounds = [("its stand-down was acknowledged", stopped_at.get(incident_id))]
        if what == "ring":
            bounds.append(("rings_until", expires_at))
        for name, bound in bounds:
            # By its acknowledgement a stop has waited for what had started; the end of ringing waits for nobody.
            if bound is None or arrival.arrived_at <= bound + seen.records.in_transit:
                continue
            if not thaw.excuses(bound, arrival.arrived_at):
                late_s = (arrival.arrived_at - bound).total_seconds()
                found.append(f"{what} of alert {alert_id} came to {arrival.provider} {late_s:.1f} s after {name}")
            break
    return found


async def _tallies(seen: Evidence) -> list[str]:
    """What a stand-down said: of so many a provider had accepted it, so many may have come, none of the rest ever."""
    if seen.records.arrivals is None:
        return []
    about = await _messages_of(seen, seen.records.arrivals)
    reached: dict[UUID, set[UUID]] = defaultdict(set)
    for arrival in seen.records.arrivals:
        known = about.get(arrival.message_id or arrival.delivery_id or UUID(int=0))
        if known is not None:
            reached[known[3]].add(known[2])
    in_app = await seen.rows(
        """
        SELECT DISTINCT a.id, a.incident_id FROM alerts.alert a
        JOIN delivery.message m ON m.subject_id = a.id AND m.what IN ('ring', 'revision')
        JOIN delivery.delivery d ON d.message_id = m.id WHERE d.channel = 'in_app' AND d.state = 'accepted'
        """
    )
    for row in in_app:
        reached[row["incident_id"]].add(row["id"])
    of_incident: Counter[UUID] = Counter(alert.incident_id for alert in seen.alerts.values())
    found: list[str] = []
    for stop in seen.records.stand_downs:
        told, came = stop.sent + stop.late, len(reached[stop.incident_id])
        excused = sum(f.since <= stop.acknowledged_at <= f.until + _THAWS_WITHIN for f in seen.records.freezes)
        if came > told + excused:
            found.append(f"incident {stop.incident_id}: {came} alerts came, its stand-down told of {told}")
        if stop.sent > came:
            found.append(f"incident {stop.incident_id}: {stop.sent} were said to be sent, {came} came")
        if told + stop.stopped > of_incident[stop.incident_id]:
            found.append(f"incident {stop.incident_id}: its stand-down told of more alerts than there are")
    return found
