"""What needs a person, from what the tables say: the rules without a database."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.attention.item import Acknowledges, Agreement, By, Item, Need, Needs, Rule
from backend.attention.needs import ANSWERS_NEEDED, Channel, Facts, Feed, Running, Said, changes, needs, to_lend
from backend.foundation.ids import CentreId, IncidentId
from backend.foundation.kinds import Kind
from backend.incidents.incident import Asking

NOON = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
CASE = IncidentId(UUID(int=1))
HERE, NEIGHBOUR = CentreId(UUID(int=2)), CentreId(UUID(int=3))


def running(**more: Any) -> Running:
    fields: dict[str, Any] = {
        "id": CASE,
        "kind": Kind.LIVE,
        "asking": Asking.ASKED,
        "opened_at": NOON,
        "asked_at": NOON,
        "somebody_goes": False,
        "left_at": None,
        "centre_asked_at": None,
        "flagged": None,
    }
    return Running(**(fields | more))


def whats(facts: Facts, after_s: float, rule: Rule | None = None) -> list[Needs]:
    return [need.what for need in needs(facts, rule or Rule(), NOON + timedelta(seconds=after_s))]


def item(need: Need, raised_s: float = 0, **more: Any) -> Item:
    fields: dict[str, Any] = {
        "id": UUID(int=9),
        "centre_id": HERE,
        "kind": need.kind,
        "what": need.what,
        "subject": need.subject,
        "incident_id": need.incident_id,
        "detail": need.detail,
        "raised_at": NOON + timedelta(seconds=raised_s),
        "over_at": None,
        "acknowledged_at": None,
        "acknowledged_by": None,
        "acknowledged_by_id": None,
    }
    return Item(**(fields | more))


def test_nobody_on_the_way_needs_a_person_after_its_time_and_not_before() -> None:
    facts = Facts(running=[running()])
    assert whats(facts, 119.9) == []
    assert whats(facts, 120) == [Needs.NOBODY_ACCEPTED]
    assert whats(facts, 45, Rule(nobody_after=timedelta(seconds=45))) == [Needs.NOBODY_ACCEPTED]


@pytest.mark.parametrize("more", [{"somebody_goes": True}, {"asking": Asking.EXCLUDED}])
def test_somebody_on_the_way_is_enough_and_where_nobody_may_be_asked_nobody_is_missed(more: dict[str, Any]) -> None:
    assert whats(Facts(running=[running(**more)]), 600) == []


def test_when_the_last_one_gives_up_the_time_runs_anew_and_it_is_another_thing() -> None:
    before, after = running(), running(left_at=NOON + timedelta(seconds=300))
    assert whats(Facts(running=[after]), 419) == []
    (first,) = needs(Facts(running=[before]), Rule(), NOON + timedelta(seconds=420))
    (second,) = needs(Facts(running=[after]), Rule(), NOON + timedelta(seconds=420))
    assert first.subject != second.subject


def test_a_report_waits_for_a_click_only_where_the_console_acknowledges() -> None:
    facts = Facts(running=[running(somebody_goes=True)])
    assert whats(facts, 0) == []
    assert whats(facts, 0, Rule(Acknowledges.CONSOLE)) == [Needs.NEW_ALARM]


def test_a_second_person_sounds_as_long_as_one_is_called() -> None:
    assert whats(Facts(running=[running(somebody_goes=True, second_person_called=True)]), 0) == [Needs.SECOND_PERSON]


def test_words_that_want_an_answer_sound_and_an_open_door_does_not() -> None:
    words = ["unsafe", "door_locked", "cannot_find", "door_open"]
    said = [Said(UUID(int=n), CASE, Kind.LIVE, "lind-4", word) for n, word in enumerate(words)]
    found = needs(Facts(said=said), Rule(), NOON)
    assert {need.detail["word"] for need in found} == {str(word.value) for word in ANSWERS_NEEDED}


@pytest.mark.parametrize(
    ("channel", "down"),
    [
        (Channel("sms", enabled=True, waits_since=None, tried=0, accepted=0), False),
        (Channel("sms", enabled=False, waits_since=None, tried=0, accepted=0), True),
        (Channel("sms", enabled=True, waits_since=NOON - timedelta(seconds=19), tried=0, accepted=0), False),
        (Channel("sms", enabled=True, waits_since=NOON - timedelta(seconds=20), tried=0, accepted=0), True),
        (Channel("sms", enabled=True, waits_since=None, tried=4, accepted=0), False),
        (Channel("sms", enabled=True, waits_since=None, tried=5, accepted=0), True),
        (Channel("sms", enabled=True, waits_since=None, tried=900, accepted=1), False),
    ],
)
def test_a_channel_is_down_when_it_is_off_stands_still_or_fails_altogether(channel: Channel, *, down: bool) -> None:
    assert whats(Facts(channels=[channel]), 0) == ([Needs.CHANNEL_DOWN] if down else [])


def test_each_silence_of_a_feed_is_one_thing() -> None:
    first, second = Feed(Kind.LIVE, NOON), Feed(Kind.LIVE, NOON + timedelta(hours=1))
    subjects = {need.subject for feed in (first, second) for need in needs(Facts(feeds=[feed]), Rule(), NOON)}
    assert len(subjects) == 2


def test_what_is_kept_is_raised_once_and_over_when_it_is_not_needed_any_more() -> None:
    need = Need(Needs.NEW_ALARM, "1", Kind.LIVE, CASE)
    assert changes([need], []).raised == [need]
    assert changes([need], [item(need)]) == changes([], [])
    assert changes([], [item(need)]).over == [UUID(int=9)]


AGREED = Agreement(NEIGHBOUR, timedelta(seconds=60), 22, 6, timedelta(minutes=30))
NEED = Need(Needs.NOBODY_ACCEPTED, "1", Kind.LIVE, CASE)


@pytest.mark.parametrize(("hour", "holds"), [(21, False), (22, True), (0, True), (5, True), (6, False), (12, False)])
def test_an_agreement_holds_in_its_danish_hours_over_midnight_too(hour: int, *, holds: bool) -> None:
    """In November Danish time is one hour ahead."""
    assert AGREED.holds(datetime(2026, 11, 21, (hour - 1) % 24, 30, tzinfo=UTC)) is holds


def test_hours_alike_mean_always() -> None:
    always = Agreement(NEIGHBOUR, timedelta(seconds=60), 0, 0, timedelta(minutes=30))
    assert all(always.holds(NOON + timedelta(hours=n)) for n in range(24))


def test_a_neighbour_helps_when_nobody_took_it_up_in_time_by_agreement_only() -> None:
    always = Agreement(NEIGHBOUR, timedelta(seconds=60), 0, 0, timedelta(minutes=30))
    waiting = item(NEED)
    late = NOON + timedelta(seconds=60)
    assert to_lend([waiting], [always], late) == [(always, waiting)]
    assert to_lend([waiting], [always], late - timedelta(seconds=0.1)) == []
    assert to_lend([waiting], [], late) == [], "never by default"
    taken = item(NEED, acknowledged_at=NOON, acknowledged_by=By.STAFF, acknowledged_by_id=UUID(int=7))
    assert to_lend([taken, item(NEED, over_at=NOON)], [always], late) == []


@pytest.mark.parametrize(
    "need", [Need(Needs.NEW_ALARM, "1", Kind.EXERCISE, CASE), Need(Needs.CHANNEL_DOWN, "sms fails", Kind.LIVE)]
)
def test_neither_an_exercise_nor_a_channel_opens_a_centre_to_another(need: Need) -> None:
    always = Agreement(NEIGHBOUR, timedelta(seconds=60), 0, 0, timedelta(minutes=30))
    assert to_lend([item(need)], [always], NOON + timedelta(hours=1)) == []
