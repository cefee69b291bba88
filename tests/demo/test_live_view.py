"""The demo's screen: what is new is told once, and everything that is known can be drawn."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from rich.console import Console

from backend.demo.live_view import age, news_between, screen
from backend.demo.watch import Asked, Incident, Snapshot

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ANNA = Asked(pseudonym="A1B2C3D4", state="ringing", metres=345, asked_at=NOW, position_age_s=3600)
ARREST = Incident(
    id="1",
    case_number="D261121-1",
    asking="asked",
    opened_at=NOW,
    asked=1,
    accepted=0,
    declined=0,
    on_the_way=0,
    region="Region Syddanmark",
    volunteers=[ANNA],
)
QUIET = Snapshot(NOW, [], ready=True, answers_in_ms=1.0)
STRUCK = replace(QUIET, incidents=[ARREST])


def with_anna(**change: object) -> Snapshot:
    return replace(STRUCK, incidents=[replace(ARREST, volunteers=[replace(ANNA, **change)])])


def test_a_new_arrest_is_told_with_whom_it_asked() -> None:
    assert news_between(QUIET, STRUCK) == ["D261121-1 (Syddanmark): reported, 1 asked, the nearest 345 m away"]


def test_whom_water_kept_from_being_asked_is_told_with_the_arrest() -> None:
    on_fanoe = replace(STRUCK, passed_over={"water_between": 9, "nearer_ones_asked": 2})
    assert news_between(QUIET, on_fanoe)[1:] == ["D261121-1 (Syddanmark): 9 passed over, water between"]
    console = Console(width=150, height=40, force_terminal=True, record=True, file=io.StringIO())
    console.print(screen(on_fanoe, [], [], []))
    assert "not asked: water between 9, nearer ones asked 2" in console.export_text()


def test_an_answer_is_told_once() -> None:
    accepted = with_anna(state="accepted", role="aed")
    assert news_between(STRUCK, accepted) == ["D261121-1 (Syddanmark): A1B2C3D4 accepted, role aed (345 m)"]
    assert news_between(accepted, accepted) == []


def test_steps_and_the_end_are_told() -> None:
    there = with_anna(statuses=[{"status": "on_scene", "happened_at": "2026-11-21T12:05:00Z"}])
    assert news_between(STRUCK, there) == ["D261121-1 (Syddanmark): A1B2C3D4 on scene"]
    assert news_between(STRUCK, QUIET) == ["D261121-1 (Syddanmark): ended"]


def test_a_look_that_failed_ends_nothing() -> None:
    assert news_between(STRUCK, replace(QUIET, trouble="nobody answers")) == []


def test_the_screen_shows_who_was_asked_and_how_old_that_is() -> None:
    console = Console(width=150, height=40, force_terminal=True, record=True, file=io.StringIO())
    console.print(screen(replace(STRUCK, at=NOW + timedelta(seconds=65)), [], ["API documentation  /docs"], ["hello"]))
    shown = console.export_text()
    assert "1:05" in shown
    assert "A1B2C3D4" in shown
    assert "345" in shown


@pytest.mark.parametrize(("seconds", "words"), [(12, "12 s"), (185, "3:05"), (7300, "2 h"), (200_000, "2 d")])
def test_ages_are_short(seconds: float, words: str) -> None:
    assert age(seconds) == words
