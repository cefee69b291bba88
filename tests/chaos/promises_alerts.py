"""Promises 4, 7, 8, 9 and 10: who is asked, once, for one alarm at a time, in which role, and never across kinds."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from backend.alerts.alert import LIVE, AlertState
from backend.foundation.clock import COPENHAGEN
from backend.foundation.journal import Entry, Event
from backend.selection.find import minute_of_week
from backend.selection.policy import Policy, Role, read_policy
from tests.chaos.evidence import Evidence

_ENGAGEMENT_ENDS = (
    Event.ALERT_UNREACHABLE,
    Event.ALERT_MISSED,
    Event.ALERT_WITHDRAWN,
    Event.DECLINED,
    Event.TOO_LATE,
    Event.GAVE_UP,
    Event.STOOD_DOWN,
    Event.MISSION_ENDED,
)
_COMING_BACK = timedelta(seconds=2)
"""Who is asked carries the time at which the report came: so long before may somebody have been away still."""


async def one_alert_and_one_ringing_at_a_time(seen: Evidence) -> list[str]:
    """4: one alert row per volunteer and incident, ever; one ringing at a time per volunteer."""
    found = [
        f"volunteer {volunteer} has {n} alerts of incident {incident}"
        for (incident, volunteer), n in Counter((a.incident_id, a.volunteer_id) for a in seen.alerts.values()).items()
        if n > 1
    ]
    found += [what for what, mission in _engaged_twice(seen) if not mission]
    rows = await seen.rows("SELECT volunteer_id, incident_id, state FROM volunteers.engagement")
    engaged = Counter((row["volunteer_id"], row["incident_id"], row["state"]) for row in rows)
    live = Counter(
        (a.volunteer_id, a.incident_id, "ringing" if a.state is AlertState.RINGING else "mission")
        for a in seen.alerts.values()
        if a.state in LIVE
    )
    found += [f"volunteer {who} is {state} for {incident} without an alert" for who, incident, state in engaged - live]
    found += [f"volunteer {who} is not {state} for {incident}" for who, incident, state in live - engaged]
    return found


def _engaged_twice(seen: Evidence) -> list[tuple[str, bool]]:
    """Whoever the journal has ringing or going for two incidents at once, and whether on a mission."""
    found: list[tuple[str, bool]] = []
    engaged: dict[UUID, tuple[UUID, bool]] = {}  # volunteer → alert, and whether it was accepted
    for entry, alert_id in seen.events(Event.WAVE_ASKED, Event.ACCEPTED, *_ENGAGEMENT_ENDS):
        alert = seen.alerts.get(alert_id)
        if alert is None:
            continue  # replaying says so
        other = engaged.get(alert.volunteer_id)
        if entry.event in _ENGAGEMENT_ENDS:
            if other is not None and other[0] == alert_id:
                del engaged[alert.volunteer_id]
            continue
        if other is not None and other[0] != alert_id:
            doing = "goes" if other[1] else "rings"
            found.append(
                (f"volunteer {alert.volunteer_id}: {entry.event} for {alert_id} while {other[0]} {doing}", other[1])
            )
        engaged[alert.volunteer_id] = (alert_id, entry.event == Event.ACCEPTED)
    return found


async def nobody_is_asked_who_may_not_be(seen: Evidence) -> list[str]:
    """7: nobody unavailable, withdrawn, under age, in quiet hours or on a mission is asked."""
    found = [what for what, mission in _engaged_twice(seen) if mission]
    rows = await seen.rows(
        """
        SELECT a.id, a.asked_at, v.withdrawn_at, i.birth_year, v.quiet_week::text AS quiet,
               (SELECT c.verdict FROM selection.candidate c
                WHERE c.incident_id = a.incident_id AND c.wave = a.wave AND c.volunteer_id = a.volunteer_id) AS verdict
        FROM alerts.alert a JOIN volunteers.volunteer v ON v.id = a.volunteer_id
        LEFT JOIN volunteers.volunteer_identity i ON i.volunteer_id = v.id
        """
    )
    changed, carried = {away.volunteer_id for away in seen.records.away}, seen.carried()
    for row in rows:
        asked_at = row["asked_at"]
        if row["withdrawn_at"] is not None and row["withdrawn_at"] < asked_at:
            found.append(f"alert {row['id']} is of somebody who had withdrawn")
        if row["birth_year"] is not None and asked_at.astimezone(COPENHAGEN).year - row["birth_year"] < 18:
            found.append(f"alert {row['id']} is of somebody under age")
        if seen.alerts[row["id"]].volunteer_id not in changed and _within(row["quiet"], minute_of_week(asked_at)):
            found.append(f"alert {row['id']} rang in quiet hours")
        if row["verdict"] not in (None, "chosen") and row["id"] not in carried:
            found.append(f"alert {row['id']} is of somebody who was {row['verdict']}")
    return found + await _asked_while_away(seen)


def _within(multirange: str, minute: int) -> bool:
    spans = [span.split(",") for span in multirange.strip("{}").replace("[", "").split(")") if span.strip(",")]
    return any(int(first) <= minute < int(last) for first, last in ([p for p in s if p] for s in spans))


async def _asked_while_away(seen: Evidence) -> list[str]:
    rows = await seen.rows(
        """
        SELECT m.volunteer_id, t.id, t.started_at FROM delivery.attempt t
        JOIN delivery.delivery d ON d.id = t.delivery_id JOIN delivery.message m ON m.id = d.message_id
        WHERE m.what = 'ring' AND m.volunteer_id = ANY($1::uuid[])
        """,
        list({away.volunteer_id for away in seen.records.away}),
    )
    events = [(row["volunteer_id"], row["started_at"], f"ring attempt {row['id']} started") for row in rows]
    events += [(a.volunteer_id, a.asked_at, f"alert {a.id} was asked") for a in seen.alerts.values()]
    by_person = defaultdict(list)
    for volunteer_id, at, what in events:
        by_person[volunteer_id].append((at, what))
    return [
        f"{what} while volunteer {away.volunteer_id} was away ({away.why})"
        for away in seen.records.away
        for at, what in by_person[away.volunteer_id]
        if at > away.since and (away.until is None or at < away.until - _COMING_BACK)
    ]


async def roles_keep_to_their_limit(seen: Evidence) -> list[str]:
    """8: places are taken once and in order, roles are those of the policy, a defibrillator goes to one volunteer."""
    found: list[str] = []
    for incident_id, entries in seen.journals().items():
        incident = seen.incidents.get(incident_id)
        if incident is not None:
            found += _places_taken(entries, read_policy(incident.policy))
    kept = [a for a in seen.alerts.values() if a.state in (AlertState.ACCEPTED, AlertState.FINISHED)]
    for (held_in, place), n in Counter((a.incident_id, a.place) for a in kept).items():
        if n > 1:
            found.append(f"incident {held_in}: place {place} is held by {n}")
    return found + await _defibrillators(seen)


def _places_taken(entries: Sequence[Entry], policy: Policy) -> list[str]:
    found: list[str] = []
    taken: dict[str, int] = {}  # alert → place; whoever has finished keeps theirs
    for entry in entries:
        alert = str(entry.facts.get("alert"))
        if entry.event in (Event.GAVE_UP, Event.STOOD_DOWN):
            taken.pop(alert, None)
        if entry.event != Event.ACCEPTED:
            continue
        place, role = int(str(entry.facts["place"])), entry.facts["role"]
        free = next(n for n in range(1, len(taken) + 2) if n not in taken.values())
        taken[alert] = place
        if place != free:
            found.append(f"alert {alert} took place {place} while place {free} was free")
        if entry.facts.get("carried"):
            continue  # nobody under way changes role untold, and nobody is stood down for number
        if policy.accept_limit is not None and place > policy.accept_limit:
            found.append(f"alert {alert} took place {place} of {policy.accept_limit}")
        if role not in (policy.role_of_place(place), Role.DIRECT):
            found.append(f"alert {alert} took role {role} at place {place}")
    return found


async def _defibrillators(seen: Evidence) -> list[str]:
    going = [a for a in seen.alerts.values() if a.state is AlertState.ACCEPTED and a.aed_id is not None]
    found = [f"defibrillator {aed} is fetched by {n}" for aed, n in Counter(a.aed_id for a in going).items() if n > 1]
    fetched = {(a.aed_id, a.volunteer_id) for a in going}
    rows = await seen.rows("SELECT aed_id, volunteer_id FROM aeds.reservation")
    reserved = {(row["aed_id"], row["volunteer_id"]) for row in rows}
    found += [f"defibrillator {aed} is reserved for {who}, who does not go" for aed, who in reserved - fetched]
    return found + [f"defibrillator {aed} is fetched by {who} without a reservation" for aed, who in fetched - reserved]


async def accepting_happens_once(seen: Evidence) -> list[str]:
    """9: accepting happens once a ring; giving up ends it and is final; what a phone was told has happened.

    Whoever a revised place let go is rung again, about the same alert, where the next one brings it near: only so is
    there a second yes.
    """
    found: list[str] = []
    told: dict[UUID, list[str]] = defaultdict(list)
    accepted: set[UUID] = set()  # since it rang last
    for entry, alert_id in seen.events(Event.WAVE_ASKED, Event.ACCEPTED, *_ENGAGEMENT_ENDS):
        if Event.GAVE_UP in told[alert_id]:
            found.append(f"alert {alert_id}: {entry.event} after it was given up")
        if entry.event == Event.WAVE_ASKED:
            if told[alert_id][-1:] == [Event.ACCEPTED]:
                found.append(f"alert {alert_id} was rung again on its way")
            accepted.discard(alert_id)
        elif entry.event == Event.ACCEPTED:
            if alert_id in accepted:
                found.append(f"alert {alert_id} was accepted twice")
            accepted.add(alert_id)
        told[alert_id].append(entry.event)
    return found + list(_told_otherwise(seen, told))


def _told_otherwise(seen: Evidence, told: Mapping[UUID, Sequence[str]]) -> Iterator[str]:
    """What a phone was told has happened is not in the journal, or comes after the end."""
    gave_up = {a.alert_id: a.answered_at for a in seen.records.answers if a.verb == "give_up" and a.status == 200}
    follows = {"accept": Event.ACCEPTED, "decline": Event.DECLINED, "give_up": Event.GAVE_UP}
    for answer in seen.records.answers:
        if answer.status != 200 or answer.verb not in follows:
            continue
        if follows[answer.verb] not in told[answer.alert_id]:
            yield f"alert {answer.alert_id}: {answer.verb} was acknowledged and is not in the journal"
        given_up = gave_up.get(answer.alert_id)
        if answer.verb == "accept" and given_up is not None and answer.asked_at > given_up:
            yield f"alert {answer.alert_id} was accepted after it was given up"


async def kinds_never_cross(seen: Evidence) -> list[str]:
    """10: incident, volunteer, alert, message, delivery and address are of one kind, and so is what providers took."""
    rows = await seen.rows(
        """
        SELECT 'alert ' || a.id AS what FROM alerts.alert a
        JOIN incidents.incident i ON i.id = a.incident_id JOIN volunteers.volunteer v ON v.id = a.volunteer_id
        WHERE a.kind <> i.kind OR a.kind <> v.kind
        UNION ALL
        SELECT 'message ' || m.id FROM delivery.message m
        LEFT JOIN alerts.alert a ON a.id = m.subject_id LEFT JOIN volunteers.volunteer v ON v.id = m.volunteer_id
        WHERE m.kind <> a.kind OR m.kind <> v.kind
        UNION ALL
        SELECT 'delivery ' || d.id FROM delivery.delivery d
        JOIN delivery.message m ON m.id = d.message_id LEFT JOIN volunteers.address s ON s.id = d.address_id
        WHERE d.kind <> m.kind OR d.kind <> s.kind
        UNION ALL
        SELECT 'delivery ' || d.id FROM delivery.delivery d
        JOIN delivery.message m ON m.id = d.message_id JOIN volunteers.address s ON s.id = d.address_id
        WHERE s.volunteer_id <> m.volunteer_id
        UNION ALL
        SELECT 'engagement of ' || e.volunteer_id FROM volunteers.engagement e
        JOIN incidents.incident i ON i.id = e.incident_id WHERE e.kind <> i.kind
        """
    )
    found = [f"{row['what']} crosses kinds or people" for row in rows]
    for arrival in seen.records.arrivals or []:
        alert = seen.alerts.get(arrival.alert_id) if arrival.alert_id else None
        if alert is not None and alert.kind.value != arrival.kind:
            found.append(f"alert {alert.id} is {alert.kind.value}, and was pushed as {arrival.kind}")
    return found
