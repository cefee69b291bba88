"""No phone, name or code where it does not belong: canaries through the whole way."""

import hashlib
import re

import pytest
import structlog

from backend.foundation.database import Database
from backend.signup.about import About
from backend.signup.consent_texts import TEXTS, VERSION
from backend.signup.session import Said, SignUp, Step
from backend.signup.visit import HEADERS, Visit
from backend.volunteers.volunteer import Language, Training
from tests.signup.cast import API
from tests.signup.conftest import NewBrowser

NAME = "Kanariefugl Æblegård"


async def test_the_whole_way_leaves_nothing_personal_in_a_log_line_or_an_address(
    new_browser: NewBrowser, caplog: pytest.LogCaptureFixture
) -> None:
    anna = new_browser(query="?code=HJV-7")
    with structlog.testing.capture_logs() as lines, caplog.at_level("DEBUG"):
        await anna.asks_for_a_code()
        code = await anna.newest_code()
        await anna.sends("/tilmelding/kode", {"code": f"{(int(code) + 1) % 10**6:06}"})
        await anna.sends("/tilmelding/kode", {"code": code})
        await anna.says_who(name=NAME, birth_year="2017")
        await anna.says_who(name=NAME, birth_year="1971")
        await anna.sends("/tilmelding/samtykke", {"alarms": "yes"})
        await anna.opens("/tilmelding/faerdig")
        await anna.proves_the_phone()
        await anna.sends("/tilmelding", {"phone": anna.phone}, content_type="text/plain")
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    said = str(lines) + "\n".join([*ours, *anna.sent_to])
    assert "sign_up_phone_proven" in said
    for value in (anna.phone, anna.phone[3:], "Kanariefugl", "1971", code, *anna.cookies.values()):
        assert value not in said


async def test_what_is_kept_between_two_pages_can_be_read_by_the_service_alone(
    new_browser: NewBrowser, database: Database
) -> None:
    anna = new_browser(query="?code=HJV-7")
    await anna.proves_the_phone()
    await anna.says_who(name=NAME)
    async with database.acting_as(API) as connection:
        (row,) = await connection.fetch("SELECT id_hash, sealed FROM signup.session")
    kept = bytes(row["id_hash"]) + bytes(row["sealed"])
    for value in (anna.phone, "Kanariefugl", "1990", "HJV-7", anna.cookies["tilmelding"]):
        assert value.encode() not in kept


async def test_the_end_keeps_nothing_of_the_person(new_browser: NewBrowser) -> None:
    """On a computer others use too, the last page and the button back say nothing of whoever sat there."""
    anna = new_browser()
    await anna.signs_up("alarms", name=NAME)
    page = (await anna.opens("/tilmelding/faerdig")).text
    assert not [value for value in (anna.phone[3:], "Kanariefugl", "1990") if value in page]


async def test_every_page_keeps_to_the_same_strict_headers(new_browser: NewBrowser) -> None:
    anna = new_browser()
    pages = [await anna.opens("/tilmelding"), await anna.opens("/was"), await anna.proves_the_phone()]
    pages += [await anna.sends("/tilmelding/om-dig", {"birth_year": "2008"}), await anna.says_who()]
    pages += [await anna.opens("/tilmelding/samtykke")]
    pages += [await anna.sends("/tilmelding/samtykke"), await anna.opens("/tilmelding/faerdig")]
    for page in pages:
        assert {name: page.headers[name] for name in HEADERS} == HEADERS
        assert not re.search(r"<script|<style| style=| on[a-z]+=", page.text)
        assert not re.search(r'="[^"]*"[^\s>/]', page.text), "attributes stand apart"
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


@pytest.mark.settings(public_url="https://hjerteloeber.example", hosts="testserver.local")
async def test_the_cookie_is_for_these_pages_alone_and_out_of_scripts_reach(new_browser: NewBrowser) -> None:
    cookie = (await new_browser().asks_for_a_code()).headers["set-cookie"].lower()
    assert {part.partition("=")[0] for part in cookie.split("; ")} == {
        "tilmelding",
        "httponly",
        "secure",
        "path",
        "samesite",
    }
    assert "path=/tilmelding;" in f"{cookie};"
    assert "samesite=lax" in cookie


async def test_without_tls_the_cookie_works_all_the_same(new_browser: NewBrowser) -> None:
    assert "secure" not in (await new_browser().asks_for_a_code()).headers["set-cookie"].lower()


def test_what_holds_something_personal_does_not_show_it_when_printed() -> None:
    said = Said(name=NAME, birth_year="1990")
    sign_up = SignUp(step=Step.ABOUT, phone="+4567999999", said=said, join_code="HJV-7")
    about = About(NAME, 1990, False, "0461", Training.HLR)
    visit = Visit(path="/tilmelding", language=Language.DA, join_code="HJV-7", code_unusable=False, token="secret")
    text = f"{said!r} {sign_up!r} {about!r} {visit!r}"
    assert not [value for value in ("67999999", "Kanariefugl", "1990", "0461", "HJV-7", "secret") if value in text]


def test_whoever_changes_a_consent_changes_its_version() -> None:
    """What somebody agreed to can be read years later: a version names one text."""
    words = "\n".join(f"{text.yes}\n{text.means}" for each in TEXTS.values() for text in each.values())
    digest = hashlib.sha256(words.encode()).hexdigest()[:16]
    assert {VERSION: digest} == {"web-2026-11": "66095cfc53582a5a"}


def test_every_consent_is_put_into_words_in_both_languages() -> None:
    assert set(TEXTS) == set(Language)
    assert len({frozenset(texts) for texts in TEXTS.values()}) == 1
