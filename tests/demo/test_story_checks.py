"""The story's checks believe three witnesses who agree, and notice every lie one of them tells."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from backend.demo.story_checks import (
    CHECKS,
    addresses_only_after_yes,
    answers_agree,
    everybody_ended_with_reason,
    phones_agree,
    pushes_agree,
    role_of_place,
    roles_follow_policy,
)
from backend.demo.story_evidence import Aed, AlertRow, DeliveryRow, Evidence, Note, Push
from backend.foundation.journal import Entry

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
INCIDENT = UUID(int=1)
PATIENT = (55.40, 10.39)
NEAR_AED, FAR_AED, CLOSED_AED = UUID(int=101), UUID(int=102), UUID(int=103)
POLICY = {
    "name": "dk-2026",
    "roles": [{"first": 1, "last": 2, "pattern": ["aed"]}, {"first": 3, "pattern": ["direct"]}],
    "aed_detour_max_m": 1500,
}
ANNA, BEN, CARL, DORA = "+4567000001", "+4567000002", "+4567000003", "+4567000004"
PEOPLE = (ANNA, BEN, CARL, DORA)
# Anna and Ben fetch AEDs, Carl goes direct, Dora declines.
ROLES = {ANNA: ("aed", NEAR_AED), BEN: ("aed", FAR_AED), CARL: ("direct", None)}


def alert_id(phone: str) -> UUID:
    return UUID(int=int(phone[-3:]) + 1000)


def alert(phone: str) -> AlertRow:
    role, aed = ROLES.get(phone, (None, None))
    state = "declined" if phone == DORA else "stood_down"
    return AlertRow(
        id=alert_id(phone),
        phone=phone,
        wave=1,
        state=state,
        reason=None if phone == DORA else "ambulance_arrived",
        place=None if phone == DORA else PEOPLE.index(phone) + 1,
        role=role,
        aed_id=aed,
        received=True,
    )


def notes(phone: str) -> list[Note]:
    said = "decline" if phone == DORA else "accept"
    mine = str(alert_id(phone))
    end = alert(phone)
    told = [
        {"what": "ring_seen", "channel": "fcm"},
        {"what": "receipt", "status": 200},
        {"what": "answer", "answer": said, "status": 200, "shows_address": said == "accept"},
        {"what": "ended", "state": end.state, "reason": end.reason},
    ]
    return [Note(at=START + timedelta(seconds=n), phone=phone, alert_id=mine, **facts) for n, facts in enumerate(told)]  # type: ignore[arg-type]


def journal() -> list[Entry]:
    told: list[tuple[str, dict[str, Any]]] = []
    for place, (phone, (role, _)) in enumerate(ROLES.items(), start=1):
        mine = {"alert": str(alert_id(phone)), "volunteer": phone}
        told.append(("accepted", {**mine, "place": place, "role": role}))
        told.append(("address_disclosed", mine))
    told.append(("declined", {"alert": str(alert_id(DORA))}))
    return [
        Entry(id=n, incident_id=INCIDENT, seq=n, event=event, at=START, kind="live", centre_id=None, facts=facts)
        for n, (event, facts) in enumerate(told, start=1)
    ]


def push(phone: str, what: str) -> Push:
    return Push(to=f"push-{phone}", at=START, data={"what": what, "alert_id": str(alert_id(phone)), "kind": "live"})


def truth() -> Evidence:
    deliveries = [DeliveryRow(alert_id(phone), "ring", "fcm", "accepted", False) for phone in PEOPLE]
    deliveries += [DeliveryRow(alert_id(phone), "stand_down", "fcm", "accepted", False) for phone in ROLES]
    return Evidence(
        patient=PATIENT,
        policy=POLICY,
        alerts=[alert(phone) for phone in PEOPLE],
        deliveries=deliveries,
        journal=journal(),
        aeds=[
            Aed(NEAR_AED, (55.402, 10.39), True),
            Aed(FAR_AED, (55.404, 10.39), True),
            Aed(CLOSED_AED, (55.4001, 10.39), False),
        ],
        pushes=[*(push(phone, "ring") for phone in PEOPLE), *(push(phone, "stand_down") for phone in ROLES)],
        notes=[note for phone in PEOPLE for note in notes(phone)],
        push_addresses={phone: f"push-{phone}" for phone in PEOPLE},
        starts=dict.fromkeys(PEOPLE, (55.41, 10.39)),
    )


def without(items: Sequence[Any], unwanted: Callable[[Any], bool]) -> list[Any]:
    assert any(unwanted(item) for item in items)
    return [item for item in items if not unwanted(item)]


def changed(items: Sequence[Any], wanted: Callable[[Any], bool], **change: object) -> list[Any]:
    assert any(wanted(item) for item in items)
    return [replace(item, **change) if wanted(item) else item for item in items]


def of(phone: str, what: str) -> Callable[[Any], bool]:
    return lambda note: note.phone == phone and note.what == what


def event_of(phone: str, event: str) -> Callable[[Any], bool]:
    return lambda entry: entry.event == event and entry.facts.get("alert") == str(alert_id(phone))


def is_push(phone: str, what: str) -> Callable[[Any], bool]:
    return lambda each: each.data["what"] == what and each.data["alert_id"] == str(alert_id(phone))


def by_phone(phone: str) -> Callable[[Any], bool]:
    return lambda row: row.phone == phone


def test_witnesses_who_agree_are_believed() -> None:
    assert {name: list(check(truth())) for name, check in CHECKS.items()} == {name: [] for name in CHECKS}


PUSH_LIES = {
    "a push the database claims and FCM never had": lambda e: replace(
        e, pushes=without(e.pushes, is_push(ANNA, "ring"))
    ),
    "a push FCM had and the database denies": lambda e: replace(
        e, deliveries=changed(e.deliveries, lambda d: d.alert_id == alert_id(BEN) and d.what == "ring", state="queued")
    ),
    "a push to somebody else's phone": lambda e: replace(
        e, pushes=changed(e.pushes, is_push(CARL, "ring"), to=f"push-{DORA}")
    ),
    "a stand-down that never went out": lambda e: replace(e, pushes=without(e.pushes, is_push(ANNA, "stand_down"))),
}
PHONE_LIES = {
    "a phone that never rang": lambda e: replace(e, notes=without(e.notes, of(BEN, "ring_seen"))),
    "a phone that rang for another's alert": lambda e: replace(
        e, notes=changed(e.notes, of(DORA, "ring_seen"), alert_id=str(alert_id(ANNA)))
    ),
    "a receipt nobody sent": lambda e: replace(e, notes=without(e.notes, of(ANNA, "receipt"))),
    "a receipt that was lost": lambda e: replace(e, alerts=changed(e.alerts, by_phone(ANNA), received=False)),
}
ANSWER_LIES = {
    "a yes the journal has not": lambda e: replace(e, journal=without(e.journal, event_of(CARL, "accepted"))),
    "a yes the phone never said": lambda e: replace(e, notes=without(e.notes, of(CARL, "answer"))),
    "a no taken for a yes": lambda e: replace(e, notes=changed(e.notes, of(DORA, "answer"), answer="accept")),
    "a role without a yes": lambda e: replace(e, alerts=changed(e.alerts, by_phone(DORA), role="direct")),
}
ROLE_LIES = {
    "a direct role where the policy says AED": lambda e: replace(
        e,
        journal=changed(
            e.journal,
            event_of(ANNA, "accepted"),
            facts={"alert": str(alert_id(ANNA)), "place": 1, "role": "direct"},
        ),
    ),
    "a place out of order": lambda e: replace(
        e,
        journal=changed(
            e.journal, event_of(CARL, "accepted"), facts={"alert": str(alert_id(CARL)), "place": 5, "role": "direct"}
        ),
    ),
    "an AED further than need be": lambda e: replace(e, alerts=changed(e.alerts, by_phone(ANNA), aed_id=FAR_AED)),
    "a closed AED": lambda e: replace(e, alerts=changed(e.alerts, by_phone(ANNA), aed_id=CLOSED_AED)),
    "an AED role with no open AED in reach": lambda e: replace(
        e, aeds=changed(e.aeds, lambda aed: aed.open, open=False)
    ),
}
ADDRESS_LIES = {
    "an address in the receipt's answer": lambda e: replace(
        e, notes=changed(e.notes, of(ANNA, "receipt"), shows_address=True)
    ),
    "an address for somebody who declined": lambda e: replace(
        e, notes=changed(e.notes, of(DORA, "answer"), shows_address=True)
    ),
    "a disclosure to somebody who declined": lambda e: replace(
        e,
        journal=[
            *e.journal,
            replace(e.journal[0], event="address_disclosed", facts={"alert": str(alert_id(DORA))}),
        ],
    ),
    "a disclosure that is not journalled": lambda e: replace(
        e, journal=without(e.journal, event_of(BEN, "address_disclosed"))
    ),
    "an address in a push": lambda e: replace(
        e, pushes=changed(e.pushes, is_push(ANNA, "ring"), data={**push(ANNA, "ring").data, "address": "Prøvegade 1"})
    ),
}
END_LIES = {
    "somebody left ringing": lambda e: replace(e, alerts=changed(e.alerts, by_phone(BEN), state="ringing")),
    "an end without a reason": lambda e: replace(e, alerts=changed(e.alerts, by_phone(BEN), reason=None)),
    "a phone that never heard the end": lambda e: replace(e, notes=without(e.notes, of(CARL, "ended"))),
    "a phone that heard another reason": lambda e: replace(
        e, notes=changed(e.notes, of(CARL, "ended"), reason="not_cardiac_arrest")
    ),
}
LIES = [
    (check, lie, tell)
    for check, lies in (
        (pushes_agree, PUSH_LIES),
        (phones_agree, PHONE_LIES),
        (answers_agree, ANSWER_LIES),
        (roles_follow_policy, ROLE_LIES),
        (addresses_only_after_yes, ADDRESS_LIES),
        (everybody_ended_with_reason, END_LIES),
    )
    for lie, tell in lies.items()
]


@pytest.mark.parametrize(("check", "tell"), [(c, t) for c, _, t in LIES], ids=[lie for _, lie, _ in LIES])
def test_a_lie_is_noticed(check: Callable[[Evidence], Any], tell: Callable[[Evidence], Evidence]) -> None:
    assert list(check(tell(truth())))


def test_a_push_that_may_have_arrived_is_no_lie() -> None:
    """500, 503 and timeouts are ambiguous: FCM may have it although nobody said so."""
    told = truth()
    ring_of_ben = lambda d: d.alert_id == alert_id(BEN) and d.what == "ring"  # noqa: E731
    assert not list(
        pushes_agree(replace(told, deliveries=changed(told.deliveries, ring_of_ben, state="expired", ambiguous=True)))
    )


def test_a_freed_place_goes_to_whoever_accepts_next() -> None:
    """Anna gives up: the AED role of place 1 is Carl's, before his own ordinal counts."""
    told = truth()
    anna, ben, carl = told.journal[0:2], told.journal[2:4], told.journal[4:6]
    gave_up = replace(anna[0], event="gave_up", facts={"alert": str(alert_id(ANNA)), "reason": "unwell", "place": 1})
    first = replace(carl[0], facts={"alert": str(alert_id(CARL)), "place": 1, "role": "aed"})
    evidence = replace(
        told,
        journal=[*anna, *ben, gave_up, first, carl[1]],
        alerts=changed(told.alerts, by_phone(CARL), role="aed", aed_id=NEAR_AED),
    )
    assert not list(roles_follow_policy(evidence))
    assert list(roles_follow_policy(replace(evidence, journal=[*anna, *ben, gave_up, *carl])))


def test_the_ordered_rule_is_read_from_the_policy() -> None:
    rule = {"roles": [{"first": 1, "pattern": ["direct", "aed", "aed"]}]}
    assert [role_of_place(rule, place) for place in range(1, 6)] == ["direct", "aed", "aed", "direct", "aed"]
    assert [role_of_place(POLICY, place) for place in range(1, 5)] == ["aed", "aed", "direct", "direct"]
