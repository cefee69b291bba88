"""Whether the witnesses of a story agree. Pure: each check takes the evidence and says every contradiction it finds.

The rule of roles is written here a second time, from the policy's text and not from `backend.alerts`, so that a fault
in either shows.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from backend.demo.story_evidence import AlertRow, Evidence, Note, Point

EARTH_RADIUS_M = 6_371_008.8
FURTHEST_AED_M = 3_000  # from the patient: nobody is sent for one further away (ours, in no policy)
SAME_WAY_M = 10.0  # two ways that differ by less are the same for this check: ways are rounded, cells are not exact
TOLD = ("declined", "gave_up", "finished", "missed", "withdrawn", "stood_down", "unreachable")
PRIVATE = ("address", "lat", "lon", "door_code", "floor", "door", "entrance", "name", "phone", "position")


def pushes_agree(evidence: Evidence) -> Iterator[str]:
    """What the database calls accepted by FCM is in FCM's own log, at that person's address, and nothing else is."""
    owners = {str(alert.id): alert.phone for alert in evidence.alerts}
    logged = defaultdict(set)
    for push in evidence.pushes:
        alert_id = push.data.get("alert_id", "")
        logged[push.data.get("what", "")].add(alert_id)
        if evidence.push_addresses.get(owners.get(alert_id, "")) != push.to:
            yield f"FCM delivered alert {alert_id} to an address that is not its volunteer's"
    for what in ("ring", "stand_down"):
        accepted = {
            str(d.alert_id) for d in evidence.deliveries if _by_fcm(d.channel, d.what, what) and d.state == "accepted"
        }
        may_be = {str(d.alert_id) for d in evidence.deliveries if _by_fcm(d.channel, d.what, what) and d.ambiguous}
        yield from (
            f"the database says FCM accepted the {what} of {a}; FCM's log has none"
            for a in sorted(accepted - logged[what])
        )
        yield from (
            f"FCM's log has a {what} of {a}; the database does not" for a in sorted(logged[what] - accepted - may_be)
        )


def _by_fcm(channel: str, is_what: str, what: str) -> bool:
    return channel == "fcm" and is_what == what


def phones_agree(evidence: Evidence) -> Iterator[str]:
    """Every asked phone rang or read a text, no other did; the receipts sent are the receipts kept."""
    asked = {str(alert.id): alert for alert in evidence.alerts}
    for note in evidence.notes:
        if note.what == "ring_seen" and note.alert_id in asked and asked[note.alert_id].phone != note.phone:
            yield f"the phone {note.phone} saw the ring of somebody else's alert {note.alert_id}"
    for alert in evidence.alerts:
        mine = _of(evidence, alert)
        if alert.state != "unreachable" and not any(n.what == "ring_seen" or n.has_link for n in mine):
            yield f"the phone of alert {alert.id} saw nothing"
        sent = any(n.what == "receipt" and n.status == 200 for n in mine) or any(n.what == "link_opened" for n in mine)
        if alert.received and not sent:
            yield f"the database has a receipt of alert {alert.id} that its phone did not send"
        if any(n.what == "receipt" and n.status == 200 for n in mine) and not alert.received:
            yield f"the phone of alert {alert.id} sent a receipt that the database has not"


def answers_agree(evidence: Evidence) -> Iterator[str]:
    """Who said yes and who said no, by the phones, by the journal and by the alerts."""
    by_journal = {"accept": _journalled(evidence, "accepted"), "decline": _journalled(evidence, "declined")}
    for answer, journalled in by_journal.items():
        said = {str(a.id) for a in evidence.alerts if _said(evidence, a, answer)}
        yield from (f"a phone said {answer} to {a}; the journal does not know" for a in sorted(said - journalled))
        yield from (f"the journal says {answer} to {a}; its phone does not" for a in sorted(journalled - said))
    accepted = {str(a.id) for a in evidence.alerts if a.role is not None}
    yield from (f"alert {a} has a role without a yes" for a in sorted(accepted ^ by_journal["accept"]))


def roles_follow_policy(evidence: Evidence) -> Iterator[str]:
    """Places in the order of acceptances, freed ones first; the policy's role for each; AEDs by the shortest way."""
    alerts = {str(alert.id): alert for alert in evidence.alerts}
    places: dict[str, int] = {}
    reserved: dict[str, UUID] = {}
    gone: set[UUID] = set()  # broken, or in somebody's hand
    for entry in evidence.journal:
        alert_id, facts = str(entry.facts.get("alert", "")), entry.facts
        if entry.event == "accepted":
            places[alert_id] = min(set(range(1, len(places) + 2)) - set(places.values()))
            ways = ways_by_aed(evidence, evidence.starts[alerts[alert_id].phone], set(reserved.values()) | gone)
            first = _first_aed(evidence, alerts[alert_id]) if facts.get("role") == "aed" else None
            yield from _role_of_acceptor(evidence.policy, alert_id, places[alert_id], facts, first, ways)
            if first is not None:
                reserved[alert_id] = first
        elif entry.event == "gave_up":
            places.pop(alert_id, None)
            reserved.pop(alert_id, None)
        elif entry.event == "status" and facts.get("status") == "aed_picked_up" and alert_id in reserved:
            gone.add(reserved[alert_id])
        elif entry.event == "aed_problem":
            gone.add(UUID(str(facts["aed"])))
            reserved.pop(alert_id, None)
        elif entry.event == "aed_assigned":
            reserved[alert_id] = UUID(str(facts["aed"]))


def _first_aed(evidence: Evidence, alert: AlertRow) -> UUID | None:
    """What was reserved on accepting: what the first trouble was about, else what the alert still has."""
    for entry in evidence.journal:
        if entry.event == "aed_problem" and entry.facts.get("alert") == str(alert.id):
            return UUID(str(entry.facts["aed"]))
    return alert.aed_id


def _role_of_acceptor(
    policy: dict[str, Any], alert_id: str, place: int, said: dict[str, Any], aed: UUID | None, ways: dict[UUID, float]
) -> Iterator[str]:
    if said["place"] != place:
        yield f"alert {alert_id} took place {said['place']}, the order of acceptances gives {place}"
    wanted = role_of_place(policy, place)
    expected = "direct" if wanted == "aed" and not ways else wanted
    if said["role"] != expected:
        yield f"alert {alert_id} at place {place} has the role {said['role']}, the frozen policy gives {expected}"
    elif aed is not None and ways.get(aed, math.inf) > min(ways.values()) + SAME_WAY_M:
        longer_m = ways.get(aed, math.inf) - min(ways.values())
        yield f"alert {alert_id} fetches an AED {longer_m:.0f} m further than need be"


def role_of_place(policy: dict[str, Any], place: int) -> str:
    """The ordered rule of the frozen policy, read from its data."""
    for rule in policy["roles"]:
        last = rule.get("last")
        if rule["first"] <= place and (last is None or place <= last):
            return str(rule["pattern"][(place - rule["first"]) % len(rule["pattern"])])
    return "direct"


def ways_by_aed(evidence: Evidence, start: Point, not_free: set[UUID]) -> dict[UUID, float]:
    """Metres from `start` through each open free AED to the patient, where the policy allows the detour."""
    straight = metres(start, evidence.patient)
    longest_m = evidence.policy.get("aed_detour_max_m")
    longest_share = evidence.policy.get("aed_detour_max_share")
    ways = {}
    for aed in evidence.aeds:
        way = metres(start, aed.at) + metres(aed.at, evidence.patient)
        detour = way - straight
        if not aed.open or aed.id in not_free or metres(aed.at, evidence.patient) > FURTHEST_AED_M:
            continue
        if longest_m is not None and detour > longest_m:
            continue
        if longest_share is None or detour <= longest_share * straight:
            ways[aed.id] = way
    return ways


def addresses_only_after_yes(evidence: Evidence) -> Iterator[str]:
    """No phone showed the place before its own yes was answered; the journal disclosed it to acceptors alone."""
    for alert in evidence.alerts:
        said_yes = False
        for note in _of(evidence, alert):
            said_yes = said_yes or (note.what == "answer" and note.answer == "accept" and note.status == 200)
            if note.shows_address and not said_yes:
                yield f"the phone of alert {alert.id} showed the address before it had accepted ({note.what})"
    accepted: set[str] = set()
    for entry in evidence.journal:
        alert_id = str(entry.facts.get("alert", ""))
        if entry.event == "accepted":
            accepted.add(alert_id)
        elif entry.event == "address_disclosed" and alert_id not in accepted:
            yield f"the address was disclosed to alert {alert_id}, which had not accepted"
    disclosed = _journalled(evidence, "address_disclosed")
    yield from (f"alert {a} accepted, and no disclosure is journalled" for a in sorted(accepted - disclosed))
    for push in evidence.pushes:
        yield from (f"a push held {key}" for key in PRIVATE if key in push.data)


def everybody_ended_with_reason(evidence: Evidence) -> Iterator[str]:
    """No alert is left ringing or running, each has a reason, and the phone knows the same end."""
    for alert in evidence.alerts:
        if alert.state not in TOLD:
            yield f"alert {alert.id} is still {alert.state}"
        elif alert.reason is None and alert.state != "declined":  # a no is its own reason
            yield f"alert {alert.id} is {alert.state} without a reason"
        ends = [note for note in _of(evidence, alert) if note.what in ("ended", "link_ended")]
        if not ends:
            yield f"the phone of alert {alert.id} does not know how it ended"
        elif ends[-1].what == "ended" and (ends[-1].state, ends[-1].reason) != (alert.state, alert.reason):
            says = f"{ends[-1].state}/{ends[-1].reason}"
            yield f"alert {alert.id} ended as {alert.state}/{alert.reason}, its phone says {says}"


CHECKS: dict[str, Callable[[Evidence], Iterator[str]]] = {
    "the database and the FCM stand-in agree on every push": pushes_agree,
    "the database and the phones agree on every ring and receipt": phones_agree,
    "phones, journal and alerts agree on every answer": answers_agree,
    "roles are what the frozen policy gives for the order of acceptances": roles_follow_policy,
    "an address came only after accepting": addresses_only_after_yes,
    "every asked phone ended with a reason": everybody_ended_with_reason,
}


def _of(evidence: Evidence, alert: AlertRow) -> list[Note]:
    """A phone's notes about one alert, in order; a text's link does not name the alert."""
    return [note for note in evidence.notes if note.phone == alert.phone and note.alert_id in (str(alert.id), None)]


def _said(evidence: Evidence, alert: AlertRow, answer: str) -> bool:
    return any(
        note.what in ("answer", "link_answer") and note.answer == answer and note.status == 200
        for note in _of(evidence, alert)
    )


def _journalled(evidence: Evidence, event: str) -> set[str]:
    return {str(entry.facts["alert"]) for entry in evidence.journal if entry.event == event}


def metres(a: Point, b: Point) -> float:
    lat_a, lat_b = math.radians(a[0]), math.radians(b[0])
    half = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin(math.radians(b[1] - a[1]) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(half))
