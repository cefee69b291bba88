"""From the first page to the account, over HTTP: what each step does, and that none does it twice."""

import asyncio
from datetime import timedelta

import pytest

from backend.foundation.clock import SetClock
from backend.foundation.database import Database
from backend.recruitment import register
from backend.regions.queries import has_postcodes
from tests.people.cast import DeviceKey
from tests.recruitment.cast import CAMPAIGNS, a_campaign_with, one_more_code
from tests.signup.cast import API, JOIN_CODE, NOON, Browser, text_of
from tests.signup.conftest import NewBrowser
from tests.signup.records import (
    account_of,
    accounts,
    addresses_of,
    begun,
    consents_of,
    half_written,
    sessions,
    touches,
)


async def test_somebody_signs_up_in_a_browser_and_is_a_volunteer(new_browser: NewBrowser, database: Database) -> None:
    anna = new_browser(query="?code=HJV-7")
    ended = await anna.signs_up("alarms", "location", "campaign_credit", municipality="0461")
    assert (ended.status_code, ended.headers["location"]) == (303, "/tilmelding/faerdig?code=HJV-7")

    account = await account_of(database, anna.phone)
    assert account is not None
    assert (account["name"], account["birth_year"]) == ("Anna Åkesson", 1990)
    assert (account["training"], account["languages"], account["municipality"]) == ("hlr", ["da"], "0461")
    assert account["join_code"] == "HJV-7"
    assert await consents_of(database, anna.phone) == {
        "alarms": "web-2026-11",
        "location": "web-2026-11",
        "campaign_credit": "web-2026-11",
    }
    assert "Du tæller med for den, der har inviteret dig" in text_of(await anna.opens("/tilmelding/faerdig"))


async def test_the_first_page_says_what_it_is_and_sets_no_cookie(new_browser: NewBrowser) -> None:
    anna = new_browser()
    page = await anna.opens("/tilmelding")
    assert page.status_code == 200
    assert "set-cookie" not in page.headers
    said = text_of(page)
    for sentence in ("Forsvaret og Hjemmeværnet ser kun tal", "53–60 %", "aldrig alarmeret", "altid sige nej"):
        assert sentence in said


async def test_whoever_was_a_hjerteloeber_already_is_thanked_and_nothing_is_changed(
    new_browser: NewBrowser, database: Database
) -> None:
    anna = new_browser()
    await anna.signs_up("alarms")
    before = await account_of(database, anna.phone)

    again = new_browser(anna.phone, query="?code=HJV-7")
    ended = await again.proves_the_phone()
    assert ended.headers["location"] == "/tilmelding/faerdig?code=HJV-7"
    said = text_of(await again.opens("/tilmelding/faerdig"))
    assert "allerede hjerteløber" in said
    assert "Der er ingen app endnu" in said, "who has no device is promised no alarm here either"
    assert await account_of(database, anna.phone) == before
    assert await consents_of(database, anna.phone) == {"alarms": "web-2026-11"}
    assert await touches(database) == [(JOIN_CODE, True)]


async def test_a_campaign_s_recruit_who_follows_another_of_its_codes_is_new_and_not_also_already_one(
    new_browser: NewBrowser, database: Database, clock: SetClock
) -> None:
    anna = new_browser(query=f"?code={JOIN_CODE}")
    await anna.signs_up("alarms", "campaign_credit")
    await one_more_code(database, "HJV-8", NOON)
    clock.advance(timedelta(minutes=5))
    ended = await new_browser(anna.phone, query="?code=HJV-8").proves_the_phone()
    assert ended.headers["location"] == "/tilmelding/faerdig?code=HJV-8"
    assert await touches(database) == [(JOIN_CODE, False)]
    account = await account_of(database, anna.phone)
    assert account is not None
    assert account["join_code"] == JOIN_CODE


async def test_another_campaign_s_recruit_is_one_already(
    new_browser: NewBrowser, database: Database, clock: SetClock
) -> None:
    anna = new_browser(query=f"?code={JOIN_CODE}")
    await anna.signs_up("alarms", "campaign_credit")
    await a_campaign_with(database, "BY-1", NOON)
    clock.advance(timedelta(minutes=5))
    await new_browser(anna.phone, query="?code=BY-1").proves_the_phone()
    assert await touches(database) == [("BY-1", True), (JOIN_CODE, False)]


async def test_asking_for_a_code_tells_nothing_about_the_phone(new_browser: NewBrowser) -> None:
    anna, nobody = new_browser(), new_browser()
    await anna.signs_up()
    known, unknown = await new_browser(anna.phone).asks_for_a_code(), await nobody.asks_for_a_code()
    assert (known.status_code, known.headers["location"]) == (unknown.status_code, unknown.headers["location"])


@pytest.mark.parametrize(
    ("purposes", "credited", "says"),
    [
        (["campaign_credit"], True, "Du tæller med"),
        ([], False, "Du tæller ikke med"),
    ],
)
async def test_a_join_code_is_kept_only_with_the_consent_to_be_counted_and_one_is_told(
    new_browser: NewBrowser, database: Database, purposes: list[str], credited: bool, says: str
) -> None:
    anna = new_browser(query="?code=HJV-7")
    await anna.signs_up(*purposes)
    account = await account_of(database, anna.phone)
    assert account is not None
    assert account["join_code"] == ("HJV-7" if credited else None)
    assert says in text_of(await anna.opens("/tilmelding/faerdig"))


async def test_without_a_code_nobody_is_asked_to_be_counted(new_browser: NewBrowser, database: Database) -> None:
    anna = new_browser()
    await anna.proves_the_phone()
    await anna.says_who()
    page = await anna.opens("/tilmelding/samtykke")
    assert "campaign_credit" not in page.text
    assert "checked" not in page.text, "no box is ticked for anybody"
    await anna.sends("/tilmelding/samtykke", {"campaign_credit": "yes"})
    assert await consents_of(database, anna.phone) == {}
    assert "tæller" not in text_of(await anna.opens("/tilmelding/faerdig"))


@pytest.mark.parametrize("code", ["x" * 65, "bell\a", "line\nfeed"])
async def test_a_code_that_cannot_be_one_still_lets_a_person_sign_up_and_says_so(
    new_browser: NewBrowser, database: Database, code: str
) -> None:
    anna = new_browser()
    page = await anna.http.get("/tilmelding", params={"code": code})
    assert page.status_code == 200
    assert "Koden i dit link kan ikke bruges" in page.text
    await anna.signs_up("alarms")
    assert await account_of(database, anna.phone) is not None


async def test_whoever_signed_up_in_a_browser_has_no_device_and_no_address_until_they_have_the_app(
    new_browser: NewBrowser, database: Database, clock: SetClock
) -> None:
    anna = new_browser()
    await anna.signs_up("alarms", "location")
    assert await addresses_of(database, anna.phone) == set()

    device = {"platform": "android", "app_version": "1.4.0", "language": "da"}
    await anna.http.post("/mobile/v1/sign-in/codes", json={"phone": anna.phone})
    code = await anna.newest_code()
    body = {"phone": anna.phone, "code": code, "device": device}
    proof = {"DPoP": DeviceKey().proof("/mobile/v1/sign-in", code)}
    signed_in = await anna.http.post("/mobile/v1/sign-in", json=body, headers=proof)
    assert signed_in.json()["status"] == "signed_in"
    assert await addresses_of(database, anna.phone) == {"in_app", "sms"}
    clock.advance(timedelta(minutes=1))
    again = new_browser(anna.phone)
    await again.proves_the_phone()
    assert "Du bruger appen som hidtil" in text_of(await again.opens("/tilmelding/faerdig"))


async def test_where_there_is_no_app_no_alarm_is_promised(new_browser: NewBrowser) -> None:
    anna = new_browser()
    await anna.signs_up("alarms", "location")
    said = text_of(await anna.opens("/tilmelding/faerdig"))
    assert "Der er ingen app endnu" in said
    assert "vi lover ingen alarmer" in said


@pytest.mark.settings(app_url="https://app.example/hent")
async def test_where_there_is_an_app_the_last_page_leads_there(new_browser: NewBrowser) -> None:
    anna = new_browser()
    await anna.signs_up("alarms", "location")
    page = await anna.opens("/tilmelding/faerdig")
    assert 'href="https://app.example/hent"' in page.text
    assert "Først når appen er forbundet" in text_of(page)


async def test_without_the_consent_to_alarms_one_is_told_that_nobody_rings(new_browser: NewBrowser) -> None:
    anna = new_browser()
    await anna.signs_up("location")
    assert "så ingen alarmerer dig" in text_of(await anna.opens("/tilmelding/faerdig"))


# twice, back, away --------------------------------------------------------------------------------------------------


async def test_every_form_sent_twice_does_what_it_does_once(new_browser: NewBrowser, database: Database) -> None:
    anna = new_browser()
    await anna.asks_for_a_code()
    await anna.asks_for_a_code()
    assert await codes_queued(anna) == 1
    code = {"code": await anna.newest_code()}
    for form, path in ((code, "/tilmelding/kode"), ({"name": "Anna"}, "/tilmelding/om-dig")):
        first, second = await anna.sends(path, form), await anna.sends(path, form)
        assert first.status_code == second.status_code
        assert first.headers.get("location") == second.headers.get("location")
    await anna.says_who()
    first, second = await anna.sends("/tilmelding/samtykke"), await anna.sends("/tilmelding/samtykke")
    assert first.headers["location"] == second.headers["location"] == "/tilmelding/faerdig"
    assert await accounts(database) == 1


async def test_a_double_press_is_one_person_who_began(new_browser: NewBrowser, database: Database) -> None:
    anna, ben = (new_browser(query=f"?code={JOIN_CODE}") for _ in range(2))
    for _ in range(2):
        assert (await anna.asks_for_a_code()).status_code == 303
    assert await begun(database) == 1
    answers = await asyncio.gather(*(ben.asks_for_a_code() for _ in range(2)))
    assert {answer.status_code for answer in answers} == {303}
    assert await begun(database) == 2


async def test_two_last_forms_in_the_same_moment_make_one_account(new_browser: NewBrowser, database: Database) -> None:
    anna = new_browser()
    await anna.proves_the_phone()
    await anna.says_who()
    answers = await asyncio.gather(*(anna.sends("/tilmelding/samtykke", {"alarms": "yes"}) for _ in range(5)))
    assert {answer.headers["location"] for answer in answers} == {"/tilmelding/faerdig"}
    assert await accounts(database) == 1


async def test_the_same_phone_in_two_windows_makes_one_account(new_browser: NewBrowser, database: Database) -> None:
    one, other = new_browser(), new_browser()
    other.phone = one.phone
    for window in (one, other):
        await window.proves_the_phone()
        await window.says_who()
    answers = await asyncio.gather(*(window.sends("/tilmelding/samtykke") for window in (one, other)))
    assert {answer.status_code for answer in answers} == {303}
    pages = [text_of(await window.opens("/tilmelding/faerdig")) for window in (one, other)]
    assert sorted("allerede" in page for page in pages) == [False, True]
    assert await accounts(database) == 1


async def test_the_back_button_shows_what_was_typed_and_leads_on(new_browser: NewBrowser) -> None:
    anna = new_browser()
    await anna.proves_the_phone()
    await anna.says_who()
    back = await anna.opens("/tilmelding/om-dig")
    assert 'value="Anna Åkesson"' in back.text
    assert 'value="1990"' in back.text
    assert (await anna.says_who(name="Anna Berg")).headers["location"] == "/tilmelding/samtykke"
    assert (await anna.opens("/tilmelding/kode")).headers["location"] == "/tilmelding/samtykke"


async def test_after_the_end_every_earlier_page_leads_to_the_end(new_browser: NewBrowser) -> None:
    anna = new_browser()
    await anna.signs_up("alarms")
    for path in ("/tilmelding/kode", "/tilmelding/om-dig", "/tilmelding/samtykke"):
        for answer in (await anna.opens(path), await anna.sends(path, {"code": "123456", "name": "Ben"})):
            assert (answer.status_code, answer.headers["location"]) == (303, "/tilmelding/faerdig")


async def test_no_step_is_skipped(new_browser: NewBrowser, database: Database) -> None:
    anna = new_browser()
    await anna.asks_for_a_code()
    for path in ("/tilmelding/om-dig", "/tilmelding/samtykke", "/tilmelding/faerdig"):
        assert (await anna.opens(path)).headers["location"] == "/tilmelding/kode"
    assert (await anna.sends("/tilmelding/samtykke", {"alarms": "yes"})).headers["location"] == "/tilmelding/kode"
    assert await accounts(database) == 0


async def test_the_other_language_keeps_everything(new_browser: NewBrowser) -> None:
    anna = new_browser(query="?code=HJV-7")
    await anna.proves_the_phone()
    wrong = await anna.says_who(birth_year="19")
    assert wrong.status_code == 422
    assert 'href="/tilmelding/om-dig?code=HJV-7&amp;lang=en"' in wrong.text
    page = await anna.opens("/tilmelding/om-dig?code=HJV-7&lang=en")
    assert '<html lang="en">' in page.text
    assert 'value="Anna Åkesson"' in page.text
    assert 'action="/tilmelding/om-dig?code=HJV-7&amp;lang=en"' in page.text


async def test_who_signs_up_in_english_is_written_to_in_english(new_browser: NewBrowser, database: Database) -> None:
    anna = new_browser(query="?lang=en")
    await anna.asks_for_a_code()
    async with database.acting_as(API) as connection:
        assert await connection.fetchval("SELECT content->>'language' FROM delivery.message") == "en"
    await anna.sends("/tilmelding/kode", {"code": await anna.newest_code()})
    await anna.says_who()
    assert (await anna.sends("/tilmelding/samtykke")).headers["location"] == "/tilmelding/faerdig?lang=en"
    account = await account_of(database, anna.phone)
    assert account is not None
    assert account["languages"] == ["en"]


async def test_half_an_hour_after_the_last_step_everything_typed_is_gone(
    new_browser: NewBrowser, clock: SetClock, database: Database
) -> None:
    anna = new_browser(query="?code=HJV-7")
    await anna.proves_the_phone()
    clock.advance(timedelta(minutes=29))
    await anna.says_who()
    clock.advance(timedelta(minutes=29))
    assert (await anna.opens("/tilmelding/samtykke")).status_code == 200
    clock.advance(timedelta(minutes=2))
    over = await anna.sends("/tilmelding/samtykke", {"alarms": "yes"})
    assert over.status_code == 410
    assert "Tilmeldingen er udløbet" in over.text
    assert 'href="/tilmelding?code=HJV-7"' in over.text, "the invitation is not lost with it"
    assert await accounts(database) == 0
    assert await half_written(database, clock.now()) == 0


async def test_whoever_stops_is_forgotten_at_once(new_browser: NewBrowser, database: Database) -> None:
    anna = new_browser()
    await anna.proves_the_phone()
    await anna.says_who()
    stopped = await anna.sends("/tilmelding/afbryd")
    assert (stopped.status_code, stopped.headers["location"]) == (303, "/tilmelding/afbrudt")
    assert "Det, du skrev, er slettet" in text_of(await anna.opens("/tilmelding/afbrudt"))
    assert await sessions(database) == 0
    assert (await anna.opens("/tilmelding/samtykke")).status_code == 410


async def test_a_new_number_takes_the_place_of_the_wrong_one(new_browser: NewBrowser, database: Database) -> None:
    anna, wrong = new_browser(), new_browser()
    right, anna.phone = anna.phone, wrong.phone
    await anna.asks_for_a_code()
    anna.phone = right
    assert (await anna.proves_the_phone()).headers["location"] == "/tilmelding/om-dig"
    assert await sessions(database) == 1


async def codes_queued(browser: Browser) -> int:
    async with browser.database.acting_as(API) as connection:
        return int(await connection.fetchval("SELECT count(*) FROM delivery.message WHERE what = 'code'"))


async def test_where_postcodes_are_not_known_they_are_not_asked_for(
    new_browser: NewBrowser, database: Database
) -> None:
    async with database.acting_as(API) as connection:
        assert not await has_postcodes(connection)
    anna = new_browser()
    await anna.proves_the_phone()
    assert 'name="postcode"' not in (await anna.opens("/tilmelding/om-dig")).text


@pytest.mark.parametrize("code", ["nobody-s", JOIN_CODE], ids=["unknown", "closed"])
async def test_a_code_nobody_knows_or_that_was_closed_still_lets_a_person_sign_up_and_says_so(
    new_browser: NewBrowser, database: Database, code: str
) -> None:
    async with database.acting_as(CAMPAIGNS) as connection:
        await register.close_code(connection, JOIN_CODE, NOON)
    anna = new_browser(query=f"?code={code}")
    assert "kan ikke bruges" in text_of(await anna.opens(f"/tilmelding?code={code}"))
    await anna.signs_up("alarms", "campaign_credit")
    account = await account_of(database, anna.phone)
    assert account is not None
    assert account["join_code"] is None
    assert "Du tæller ikke med" in text_of(await anna.opens("/tilmelding/faerdig"))
    assert await begun(database) == 0
    assert await touches(database) == []
