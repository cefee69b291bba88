"""The dispatchers' guide says what the screen says: its words are the console's, its keys do what it says."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from backend.console.guide_page import GUIDE, html_of, text
from backend.console.words_after_da import AFTER_DA
from backend.console.words_attention import ATTENTION_DA
from backend.console.words_board_da import BOARD_DA
from backend.console.words_by_hand_da import BY_HAND_DA
from backend.console.words_da import DANISH
from backend.console.words_events_da import VALUES_DA
from backend.console.words_incident_da import INCIDENT_DA
from backend.console.words_operations_da import OPERATIONS_DA
from tests.console.cast import Browser

ROOT = Path(__file__).parents[2]
SAYS = (DANISH, BOARD_DA, BY_HAND_DA, ATTENTION_DA, INCIDENT_DA, AFTER_DA, OPERATIONS_DA, VALUES_DA)
KEYS = ROOT / "backend" / "console" / "modules" / "keys.js"
NO_SINGLE_KEY = {"Enter", "Esc", "1", "9", "↑", "↓"}


def every_word(of: Any) -> Iterator[str]:
    if isinstance(of, str):
        yield of
    elif isinstance(of, dict):
        for each in of.values():
            yield from every_word(each)
    elif isinstance(of, tuple | list):
        for each in of:
            yield from every_word(each)


SCREEN = list(every_word([msgspec.to_builtins(each, str_keys=True) for each in SAYS]))
QUOTED = sorted({" ".join(each.split()) for each in re.findall(r"\*\*(.+?)\*\*", text(), re.DOTALL)})


@pytest.mark.parametrize("quoted", QUOTED)
def test_what_the_guide_quotes_is_on_the_screen(quoted: str) -> None:
    """A button as it is written on it; of a longer sentence its beginning."""
    assert any(said == quoted or (" " in quoted and said.startswith(quoted)) for said in SCREEN)


def test_what_the_guide_calls_a_key_is_one() -> None:
    known = re.findall(r'keys: \["(\w|/|\?)"\], what:', KEYS.read_text("utf-8"))
    told = set(re.findall(r"`(.+?)`", text())) - NO_SINGLE_KEY
    assert {each.lower() for each in told} == set(known)


def test_it_is_in_the_repository_as_the_console_shows_it() -> None:
    assert (ROOT / "docs" / "da" / "vejledning-for-visitatorer.md").read_text("utf-8") == text()


async def test_it_is_read_by_whoever_cannot_sign_in_and_found_from_where_they_are(browser: Browser) -> None:
    page = await browser.opens(GUIDE)
    assert page.status_code == 200
    assert "<h1>Konsollen på én side, for visitatorer</h1>" in page.text
    assert "<kbd>N</kbd>" in page.text
    assert GUIDE in (await browser.opens("/konsol/log-ind")).text


def test_nothing_in_it_but_its_own_marks_becomes_an_element() -> None:
    assert html_of("# A\n\n- <b>x</b> **y**\n- `Z`") == (
        "<h1>A</h1>\n<ul><li>&lt;b&gt;x&lt;/b&gt; <b>y</b></li><li><kbd>Z</kbd></li></ul>"
    )
