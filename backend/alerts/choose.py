"""Choosing and asking a wave: candidates, the nearest of them, one alert and one message each."""

import hashlib
from collections.abc import Sequence, Set
from datetime import datetime, timedelta

import msgspec

from backend.alerts import queries
from backend.alerts.alert import Alert, AlertState
from backend.alerts.decision import Ask
from backend.delivery import enqueue, stop
from backend.delivery.message import Content, NewMessage, What
from backend.foundation import ids
from backend.foundation.database import Connection
from backend.foundation.ids import AlertId, VolunteerId
from backend.foundation.journal import Event, Happening
from backend.incidents.incident import Incident, Place
from backend.selection import queries as selection_queries
from backend.selection.candidate import BUSY, Candidate, Verdict, pseudonym_of
from backend.selection.find import Found, find
from backend.selection.policy import Policy
from backend.selection.rank import Ranking, rank
from backend.volunteers import engagement

# Other alarms may take people between the look and the asking. Where those looked at do not suffice it is looked
# further, this often; what is lacking then is looked at again later.
_LOOKS = 4


class Wave(msgspec.Struct, frozen=True):
    """What became of one wave: who is asked now, and what the journal says of it."""

    asked: tuple[Alert, ...]
    lacking: int  # how many were not asked only because they ring or run elsewhere
    is_one: bool  # False: a later look that found nobody
    happening: Happening


class _Chosen(msgspec.Struct, frozen=True):
    """`engaged` nearest first: they ring for this incident from now on."""

    engaged: tuple[Candidate, ...]
    passed_over: tuple[tuple[Candidate, Verdict], ...]

    def busy_within(self, reach_m: int) -> int:
        return sum(verdict in BUSY and candidate.metres <= reach_m for candidate, verdict in self.passed_over)


async def ask_wave(
    connection: Connection,
    incident: Incident,
    place: Place,
    policy: Policy,
    asking: Ask,
    earlier: Sequence[Alert],
    now: datetime,
) -> Wave:
    """Ask the nearest who can be asked and have not been. The caller holds the incident's lock.

    Nobody is asked by two alarms at once: whoever another alarm engaged first is passed over with that reason.
    """
    asked_already = {alert.volunteer_id for alert in earlier if not alert.let_go}
    let_go = {alert.volunteer_id: alert for alert in earlier if alert.let_go}
    chosen = await _engage_nearest(connection, incident, place, policy, asking, asked_already, now)
    # One more than any wave looked at: the first may have found people and asked nobody.
    wave = 1 + await selection_queries.last_wave(connection, incident.id)
    alerts = [
        _alert(incident, candidate, wave, policy, let_go.get(candidate.volunteer_id), now)
        for candidate in chosen.engaged
    ]
    if alerts:
        again = [alert for alert in alerts if alert.ring_no > 1]
        await stop.stop(connection, [alert.id for alert in again], now)  # the word that it was over
        await queries.ring_again(connection, again)
        await queries.insert(connection, [alert for alert in alerts if alert.ring_no == 1])
        await _ring(connection, incident, alerts, policy, now)
        await queries.tell_phones(connection, [alert.volunteer_id for alert in alerts])
    looked_at = [(c, Verdict.CHOSEN) for c in chosen.engaged] + list(chosen.passed_over)
    # Whom a look looked at that asks nobody beside others is not kept: there is such a look with every answer.
    is_one = bool(alerts) or (wave == 1 and not earlier)
    if looked_at and is_one:
        await selection_queries.insert_candidates(connection, incident.id, incident.centre_id, wave, looked_at)
    lacking = min(asking.count - len(alerts), chosen.busy_within(asking.reach_m))
    return Wave(tuple(alerts), lacking, is_one, _happening(wave, asking, alerts, looked_at))


async def _engage_nearest(
    connection: Connection,
    incident: Incident,
    place: Place,
    policy: Policy,
    asking: Ask,
    asked_already: Set[VolunteerId],
    now: datetime,
) -> _Chosen:
    """The nearest who are free, engaged by this incident; nobody is waited for."""
    engaged: dict[VolunteerId, Candidate] = {}
    taken: set[VolunteerId] = set()

    def ranked(found: Found, count: int) -> Ranking:
        # Whom this very wave engaged shows as engaged in a second look; whom another alarm holds shows as free yet.
        others = [_as_it_is(c, taken) for c in found.candidates if c.volunteer_id not in engaged]
        return rank([*engaged.values(), *others], asking.reach_m, count, asked_already)

    looks = 0
    while True:
        found = await find(
            connection,
            incident.id,
            incident.kind,
            place.lat,
            place.lon,
            policy,
            asking.reach_m,
            asking.count + len(taken),
            asked_already,
            now,
            place.accuracy_m,
        )
        free = [c for c in ranked(found, len(found.candidates)).chosen if c.volunteer_id not in engaged]
        lacking = asking.count - len(engaged)
        got = await engagement.engage(
            connection, incident.id, incident.kind, [c.volunteer_id for c in free], lacking, now
        )
        engaged |= {c.volunteer_id: c for c in free if c.volunteer_id in got}
        # Who was passed by on the way to the furthest of them is in other hands; where some lack, everybody is.
        furthest = max((n for n, c in enumerate(free, 1) if c.volunteer_id in got), default=0)
        passed_by = free if len(got) < lacking else free[:furthest]
        taken |= {c.volunteer_id for c in passed_by} - got
        looks += 1
        if len(engaged) == asking.count or found.whole or looks == _LOOKS:
            break
    # Everybody engaged is asked, also where somebody nearer has become free since: nobody else would let them go.
    nobody_more = ranked(found, 0).passed_over
    ringing = sorted(engaged.values(), key=lambda c: (c.metres, c.lot))
    return _Chosen(tuple(ringing), tuple((c, v) for c, v in nobody_more if c.volunteer_id not in engaged))


def _as_it_is(candidate: Candidate, taken: Set[VolunteerId]) -> Candidate:
    if candidate.volunteer_id in taken and candidate.obstacle is None:
        return msgspec.structs.replace(candidate, obstacle=Verdict.RINGING_ELSEWHERE)
    return candidate


def _alert(
    incident: Incident, candidate: Candidate, wave: int, policy: Policy, let_go: Alert | None, now: datetime
) -> Alert:
    """A new alert; or the same one again, of somebody who was let go for a place that was another one."""
    return Alert(
        id=AlertId(ids.in_order()) if let_go is None else let_go.id,
        incident_id=incident.id,
        volunteer_id=candidate.volunteer_id,
        kind=incident.kind,
        centre_id=incident.centre_id,
        pseudonym=pseudonym_of(incident.id, candidate.volunteer_id),
        wave=wave,
        ring_no=1 if let_go is None else let_go.ring_no + 1,
        metres=candidate.metres,
        position_age_s=candidate.age_s,
        state=AlertState.RINGING,
        reason=None,
        asked_at=now,
        rings_until=now + timedelta(seconds=policy.rings_s),
        answered_at=None,
        place=None,
        left_reach=False,
        way_m=None,
        role=None,
        aed_id=None,
        ended_at=None,
        last_sign_at=now,
    )


async def _ring(
    connection: Connection, incident: Incident, alerts: Sequence[Alert], policy: Policy, now: datetime
) -> None:
    """Queue the rings. Somebody without any way to be reached shows at the next look: delivery knows of no channel."""
    messages = [
        NewMessage(
            what=What.RING,
            subject_id=alert.id,
            kind=alert.kind,
            volunteer_id=alert.volunteer_id,
            bare_phone=None,
            content=content_of(alert, incident.revision, None),
            expires_at=alert.rings_until,
        )
        for alert in alerts
    ]
    await enqueue.enqueue(connection, messages, policy.second_channel_s, now)


def content_of(alert: Alert, revision: int, reason: str | None) -> Content:
    """What a push may say: nothing in it tells who or where."""
    content: Content = {
        "coarse_distance_m": coarse_distance_m(alert.metres),
        "ring_no": alert.ring_no,
        "rings_until": alert.rings_until.isoformat().replace("+00:00", "Z"),
        "revision": revision,
    }
    return content if reason is None else content | {"reason": reason}


def coarse_distance_m(metres: int) -> int:
    """Rounded up to 250 m below a kilometre, to 500 m above: enough to judge by, too little to find anybody with."""
    step = 250 if metres <= 1000 else 500
    return max(step, -(-metres // step) * step)


def _happening(
    wave: int, asking: Ask, alerts: Sequence[Alert], looked_at: Sequence[tuple[Candidate, Verdict]]
) -> Happening:
    reasons: dict[str, str | int | None] = {}
    for _, verdict in looked_at:
        if verdict is not Verdict.CHOSEN:
            reasons[verdict.value] = int(reasons.get(verdict.value) or 0) + 1
    return Happening(
        Event.WAVE_ASKED,
        {
            "wave": wave,
            "reach_m": asking.reach_m,
            "wanted": asking.count,
            "asked": len(alerts),
            "alerts": [str(alert.id) for alert in alerts],
            "metres": [alert.metres for alert in alerts],
            "passed_over": reasons,
            "candidates_sha256": snapshot_digest(looked_at),
        },
    )


def snapshot_digest(looked_at: Sequence[tuple[Candidate, Verdict]]) -> str:
    """What the journal keeps of the candidates: their rows can be erased with the person, this cannot."""
    lines = sorted(f"{c.volunteer_id} {c.metres} {c.age_s} {c.from_place} {verdict.value}" for c, verdict in looked_at)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
