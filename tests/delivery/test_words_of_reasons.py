"""Why an alarm ended is told in Danish and English on every surface: no machine's word reaches a person."""

import re
from pathlib import Path

import pytest

from backend.alerts import alert
from backend.delivery.wording import REASONS
from backend.incidents.incident import EndReason, StandDownReason
from backend.responses.status import GiveUpReason, Status

ROOT = Path(__file__).parents[2]
OURS = {alert.NO_ANSWER, alert.OUTAGE, alert.NO_CHANNEL_ACCEPTED, alert.OUT_OF_REACH, alert.NEARER_ONES_ASKED}
TOLD = OURS | set(map(str, EndReason)) | set(map(str, StandDownReason))
THEIR_OWN = {*map(str, GiveUpReason), Status.FINISHED.value}
"""What somebody told themselves: the phone's history repeats it, nothing else does."""


def on_the_phone_page() -> dict[str, tuple[str, str]]:
    words = (ROOT / "backend/demo/phone_page/words.js").read_text("utf-8")
    found = re.findall(r'^  reason_(\w+): \["([^"]+)", "([^"]+)"\],$', words, re.MULTILINE)
    return {reason: (danish, english) for reason, danish, english in found}


@pytest.mark.parametrize("reason", sorted(TOLD))
def test_push_text_message_and_answer_page_have_words_for_every_reason(reason: str) -> None:
    danish, english = REASONS["da"][reason], REASONS["en"][reason]
    assert danish != english
    assert "_" not in danish + english


@pytest.mark.parametrize("reason", sorted(TOLD | THEIR_OWN))
def test_the_phone_page_has_words_for_every_reason(reason: str) -> None:
    danish, english = on_the_phone_page()[reason]
    assert danish != english


@pytest.mark.parametrize("reason", sorted(TOLD))
def test_the_phone_page_says_it_as_push_and_text_message_do(reason: str) -> None:
    danish = on_the_phone_page()[reason][0]
    assert danish.lower() == REASONS["da"][reason].lower()


@pytest.mark.parametrize("reason", sorted(TOLD | THEIR_OWN))
def test_whoever_writes_an_app_is_told_of_every_reason(reason: str) -> None:
    assert f"`{reason}`" in (ROOT / "docs/app-developers.md").read_text("utf-8")
    assert f"`{reason}`" in (ROOT / "openapi/mobile.json").read_text("utf-8")


def test_no_constant_of_a_reason_is_forgotten_here() -> None:
    """Whoever adds one adds words for it."""
    constants = {value for name, value in vars(alert).items() if name.isupper() and isinstance(value, str)}
    assert constants == OURS
