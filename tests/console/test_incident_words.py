"""What one incident's page says and reads: arrivals, the journal in words, and what was typed into a form. Pure."""

from datetime import timedelta
from enum import StrEnum
from typing import Any

import pytest

from backend.aeds.aed import Trouble
from backend.alerts import alert as alert_reasons
from backend.alerts.arrival import Arrival, arrival, by_straight_line
from backend.alerts.word import ToCentre, ToVolunteers, Word
from backend.api.dispatch_centre.act import OverrideReason
from backend.api.dispatch_centre.place import Wgs84
from backend.attention.item import By, Needs
from backend.console.events_told import told, wanted_by
from backend.console.incident import Reachable
from backend.console.incident_form import revision_of
from backend.console.reason import Reason
from backend.console.words_events import EventWords
from backend.console.words_events_da import EVENTS_DA
from backend.console.words_events_en import EVENTS_EN
from backend.console.words_incident_da import INCIDENT_DA
from backend.console.words_incident_en import INCIDENT_EN
from backend.delivery.message import Channel
from backend.foundation.journal import Event
from backend.foundation.problems import Problem
from backend.incidents.incident import Circumstance, EndReason, StandDownReason
from backend.responses.status import GiveUpReason, Status
from backend.selection.candidate import Verdict
from backend.selection.policy import Role as MissionRole
from tests.console.cast import NOON

BOTH = pytest.mark.parametrize("words", [EVENTS_DA, EVENTS_EN], ids=["da", "en"])


def test_an_arrival_is_the_straight_line_longer_as_roads_are_and_has_edges() -> None:
    """1,000 m at 2.3 m/s, by roads a third longer: 565 s; 325 s at the fastest and 929 s at the slowest found."""
    found = arrival(NOON, 1_000)
    after = [round((at - NOON).total_seconds()) for at in (found.earliest_at, found.expected_at, found.latest_at)]
    assert after == [325, 565, 929]
    assert not found.is_late(found.latest_at)
    assert found.is_late(found.latest_at + timedelta(seconds=1))
    assert by_straight_line(0, 2.3) == timedelta(0)


def test_whoever_knows_the_roads_says_how_long_a_way_takes() -> None:
    minute = timedelta(minutes=1)
    assert arrival(NOON, 5, lambda _metres, _speed: minute) == Arrival(NOON + minute, NOON + minute, NOON + minute)


@BOTH
def test_every_event_of_the_journal_has_words(words: EventWords) -> None:
    assert set(words.events) == set(Event)
    for event, sentences in words.events.items():
        assert not wanted_by(sentences[-1]), f"{event}: the last one has to do with no facts at all"
        assert told(event.value, {}, words) == sentences[-1]


@BOTH
def test_every_fact_that_is_one_of_our_words_is_said_in_the_reader_s(words: EventWords) -> None:
    said: tuple[type[StrEnum], ...] = (EndReason, StandDownReason, GiveUpReason, Status, Word, ToCentre, ToVolunteers)
    more: tuple[type[StrEnum], ...] = (Trouble, MissionRole, Circumstance, OverrideReason, Reason, Needs, By, Channel)
    reasons = {alert_reasons.NO_ANSWER, alert_reasons.OUTAGE, alert_reasons.NO_CHANNEL_ACCEPTED}
    reasons |= alert_reasons.LET_GO | {"no_sign_of_life", "outside_hours", "direct_guarantee"}
    every = reasons | {each.value for kind in (*said, *more) for each in kind}
    assert every <= set(words.values)
    assert set(INCIDENT_DA.verdicts) == set(INCIDENT_EN.verdicts) == set(Verdict)


def test_a_line_says_as_much_as_its_facts_do() -> None:
    def line(event: Event, **facts: Any) -> str:
        return told(event.value, facts, EVENTS_DA)

    assert line(Event.STOOD_DOWN, volunteer="AB12", reason="enough_helpers") == "AB12 er aflyst: hjælpere nok"
    assert line(Event.WAVE_ASKED, wave=2, asked=5, wanted=20, reach_m=5000).startswith("Runde 2: 5 af 20")
    assert line(Event.INCIDENT_OPENED, policy="dk-2026 1", excluded_by=[]) == "Alarmen kom. Regel dk-2026 1"
    assert "traume, drukning" in line(Event.INCIDENT_OPENED, policy="x", excluded_by=["trauma", "drowning"])
    assert line(Event.ACCEPTED, volunteer="A", role=None, late=True) == "A accepterede, sent, men der var en plads"
    assert told("of_a_newer_version", {}, EVENTS_DA) == "of_a_newer_version"


def test_a_share_of_nobody_is_unknown_and_no_number() -> None:
    assert Reachable(0, 0).per_cent is None
    assert Reachable(8, 6).per_cent == 75


def test_a_form_revises_what_is_filled_in_and_nothing_else() -> None:
    found = revision_of({"lat": "55,6761", "lon": "12.5683", "floor": " 2 ", "door": ""})
    assert (found.accuracy_m, found.position) == (None, Wgs84(55.6761, 12.5683))
    assert found.address is not None
    assert (found.address.floor, found.address.text) == ("2", None)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, ""),
        ({"lat": "54.2"}, "/lon"),
        ({"lat": "54.2", "lon": "mod øst"}, "/lon"),
        ({"lat": "nan", "lon": "12"}, "/lat"),
        ({"accuracy": "-1"}, "/accuracy"),
        ({"address": "x" * 201}, "/address"),
    ],
)
def test_a_form_that_cannot_be_used_is_refused_by_its_field_and_repeats_nothing(
    form: dict[str, str], field: str
) -> None:
    with pytest.raises(Problem) as refused:
        revision_of(form)
    assert [each.field for each in refused.value.errors] == [field]
    assert not [value for value in form.values() if len(value) > 3 and value in refused.value.detail]
