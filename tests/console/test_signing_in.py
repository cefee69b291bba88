"""Somebody who works signs in at their organisation, is let in or not, and goes."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec
import pytest
from joserfc.jwk import RSAKey
from litestar.testing import AsyncTestClient

from backend.app.factory import create_app
from backend.console.visit import COOKIE, WAY_COOKIE
from backend.foundation.clock import SetClock
from backend.foundation.settings import Settings
from backend.identity.staff import StaffRole
from tests.campaigns.provider import Liar, new_key
from tests.console.cast import NORDJYLLAND, OWNER, PUBLIC_URL, Browser, Office, onward, text_of
from tests.console.conftest import NewBrowser


async def signs_in(browser: Browser, provider: Liar, subject: str = "s-anna", email: str = "anna@amk.example") -> Any:
    address = onward(await browser.opens("/konsol/videre"))
    return await browser.opens(provider.signs_in(address, subject, email))


async def test_whoever_has_a_role_signs_in_and_sees_the_page_they_came_for(
    office: Office, browser: Browser, provider: Liar
) -> None:
    staff = await office.grants("Anna", StaffRole.VISITATOR)
    turned = await browser.opens("/konsol/haendelser")
    assert turned.headers["location"] == "/konsol/log-ind?til=%2Fkonsol%2Fhaendelser"
    assert "Log ind med din organisation" in (await browser.opens(turned.headers["location"])).text
    sent = await browser.opens("/konsol/videre?til=%2Fkonsol%2Fhaendelser")
    address = onward(sent)
    assert address.startswith(provider.issuer)
    for said in ("response_type=code", "code_challenge_method=S256", "state=", "nonce="):
        assert said in address
    back = await browser.opens(provider.signs_in(address, "s-anna", "anna@amk.example"))
    assert (back.status_code, back.headers["location"]) == (303, "/konsol/haendelser")
    own = text_of(await browser.opens("/konsol"))
    assert "Du er Anna" in own
    assert "sundhedsfaglig visitator" in own
    assert "følge hændelser" in own
    assert "bede om at alarmere et helt område" not in own, "what no page here does is not promised"
    assert [each["person_id"] for each in await office.journal("staff_signed_in")] == [staff.id]


async def test_cookies_are_this_host_s_and_no_script_s(office: Office, browser: Browser, provider: Liar) -> None:
    await office.grants("Anna", StaffRole.VISITATOR)
    sent = await browser.opens("/konsol/videre")
    back = await browser.opens(provider.signs_in(onward(sent), "s-anna", "anna@amk.example"))
    for answer in (sent, back):
        for header in answer.headers.get_list("set-cookie"):
            for part in ("__Host-", "HttpOnly", "Secure", "Path=/", "SameSite=lax"):
                assert part in header
    assert WAY_COOKIE not in browser.cookies
    page = await browser.opens("/konsol")
    assert "script" not in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"


async def test_an_account_means_who_it_meant_first_whatever_address_it_brings(
    office: Office, new_browser: NewBrowser, provider: Liar
) -> None:
    await office.grants("Anna", StaffRole.VISITATOR)
    await office.grants("Bo", StaffRole.VAGTHAVENDE)
    assert (await signs_in(new_browser(), provider)).status_code == 303
    renamed = new_browser()
    assert (await signs_in(renamed, provider, "s-anna", "bo@amk.example")).status_code == 303
    assert "Du er Anna" in (await renamed.opens("/konsol")).text
    another = await signs_in(new_browser(), provider, "s-other", "anna@amk.example")
    assert another.status_code == 403
    assert "Adressen er en andens" in another.text


@pytest.mark.parametrize(
    ("email", "verified", "says"),
    [
        ("anna@amk.example", False, "Din e-mailadresse er ikke bekræftet"),
        ("anna@amk.example", None, "Din e-mailadresse er ikke bekræftet"),
        ("ingen", True, "Din e-mailadresse er ikke bekræftet"),
        ("eva@amk.example", True, "Du har ingen rolle"),
        ("anna@amk.example.evil.example", True, "Du har ingen rolle"),
    ],
)
async def test_whoever_is_not_vouched_for_or_has_no_role_stays_outside(
    office: Office, browser: Browser, provider: Liar, email: str, verified: Any, says: str
) -> None:
    await office.grants("Anna", StaffRole.VISITATOR)
    address = onward(await browser.opens("/konsol/videre"))
    back = await browser.opens(provider.signs_in(address, "s-x", email, verified=verified))
    assert back.status_code == 403
    assert says in back.text
    assert COOKIE not in browser.cookies
    assert await office.journal("staff_signed_in") == []


async def test_a_role_begins_and_ends_by_its_dates_and_is_gone_at_once_when_withdrawn(
    office: Office, browser: Browser, provider: Liar, clock: SetClock
) -> None:
    staff = await office.grants("Anna", StaffRole.VISITATOR, until=clock.now() + timedelta(hours=2))
    assert (await signs_in(browser, provider)).status_code == 303
    clock.advance(timedelta(hours=3))
    assert (await browser.opens("/konsol")).status_code == 200, "whoever began the shift in a role ends it in it"
    other = Browser(browser.http, office)
    provider.now = clock.now().timestamp()
    assert "Du har ingen rolle" in (await signs_in(other, provider)).text
    async with office.database.acting_as(OWNER) as c:
        await c.execute("UPDATE identity.staff_role SET withdrawn_at = $2 WHERE staff_id = $1", staff.id, clock.now())
    assert (await browser.opens("/konsol")).status_code == 303


async def test_roles_are_of_a_centre_and_one_works_where_one_has_them(
    office: Office, browser: Browser, provider: Liar, clock: SetClock
) -> None:
    await office.grants("Anna", StaffRole.VISITATOR)
    clock.advance(timedelta(seconds=1))
    await office.grants("Anna", StaffRole.VAGTHAVENDE, centre=NORDJYLLAND)
    await signs_in(browser, provider)
    page = await browser.opens("/konsol")
    assert "sundhedsfaglig visitator" in page.text
    assert "vagthavende" not in page.text
    word = {"ord": page.text.partition('name="ord" value="')[2].partition('"')[0]}
    await browser.sends("/konsol/vagtcentral", word | {"centre": str(NORDJYLLAND)})
    there = (await browser.opens("/konsol")).text
    assert "vagthavende" in there
    assert "sundhedsfaglig visitator" not in there
    midtjylland = "00000000-0000-4000-8000-000000000000"
    await browser.sends("/konsol/vagtcentral", word | {"centre": midtjylland})
    assert "vagthavende" in (await browser.opens("/konsol")).text, "nobody moves where they have no role"


async def test_an_address_of_ours_may_be_written_with_a_slash_at_its_end(
    office: Office, settings: Settings, clock: SetClock, provider: Liar
) -> None:
    await office.grants("Anna", StaffRole.VISITATOR)
    written = msgspec.structs.replace(settings, public_url=f"{PUBLIC_URL}/")
    async with AsyncTestClient(create_app(written, clock=clock), base_url=PUBLIC_URL) as http:
        browser = Browser(http, office)
        assert (await signs_in(browser, provider)).status_code == 303
        assert provider.last_form["redirect_uri"] == f"{PUBLIC_URL}/konsol/tilbage"
        out = await browser.fills_in(await browser.opens("/konsol"), "/konsol/log-ud")
        assert out.status_code == 303


async def test_keys_without_names_are_asked_for_anew_when_none_fits(
    office: Office, browser: Browser, provider: Liar, signing_key: RSAKey
) -> None:
    await office.grants("Anna", StaffRole.VISITATOR)
    provider.kid = None
    assert (await signs_in(browser, provider)).status_code == 303
    provider.signs_with = new_key("next")
    provider.shows = [provider.signs_with]
    assert (await signs_in(browser, provider)).status_code == 303


async def test_english_by_choice_and_it_stays(office: Office, browser: Browser, provider: Liar) -> None:
    await office.grants("Anna", StaffRole.VISITATOR)
    await signs_in(browser, provider)
    assert '<html lang="da"' in (await browser.opens("/konsol")).text
    assert '<html lang="en"' in (await browser.opens("/konsol?lang=en")).text
    assert "You are Anna" in (await browser.opens("/konsol")).text


async def test_signing_out_ends_the_session_for_every_window(office: Office, browser: Browser, provider: Liar) -> None:
    await office.grants("Anna", StaffRole.VISITATOR)
    await signs_in(browser, provider)
    kept = dict(browser.cookies)
    out = await browser.fills_in(await browser.opens("/konsol"), "/konsol/log-ud")
    assert out.headers["location"] == "/konsol/log-ud"
    assert "Du er logget ud" in (await browser.opens("/konsol/log-ud")).text
    browser.cookies = kept
    assert (await browser.opens("/konsol")).status_code == 303


async def test_every_sign_in_has_a_secret_of_its_own_and_the_one_before_is_worth_nothing(
    office: Office, browser: Browser, provider: Liar
) -> None:
    """Session fixation: whoever planted a cookie has nothing of the session that follows."""
    await office.grants("Anna", StaffRole.VISITATOR)
    browser.cookies[COOKIE] = "planted" * 8
    await signs_in(browser, provider)
    first = browser.cookies[COOKIE]
    assert first != "planted" * 8
    await signs_in(browser, provider)
    assert browser.cookies[COOKIE] != first
    thief = Browser(browser.http, office)
    thief.cookies[COOKIE] = first
    assert (await thief.opens("/konsol")).status_code == 303


async def test_secrets_are_not_in_the_tables(office: Office, browser: Browser, provider: Liar) -> None:
    await office.grants("Anna", StaffRole.VISITATOR)
    await signs_in(browser, provider)
    async with office.database.acting_as(OWNER) as c:
        kept = str(await c.fetch("SELECT id, token_hash, pin_hash FROM identity.staff_session"))
    assert browser.cookies[COOKIE] not in kept


@pytest.mark.parametrize(
    "answer",
    [{"state": "guessed", "code": "x"}, {"code": "x"}, {}, {"state": "", "code": ""}, {"error": "access_denied"}],
)
async def test_an_answer_nobody_here_waits_for_does_nothing(
    office: Office, browser: Browser, answer: dict[str, str]
) -> None:
    await browser.opens("/konsol/videre")
    back = await browser.opens(f"/konsol/tilbage?{urlencode(answer)}")
    assert back.status_code == (403 if "error" in answer else 400)
    assert COOKIE not in browser.cookies


async def test_an_answer_is_for_the_browser_that_asked_and_once(
    office: Office, new_browser: NewBrowser, provider: Liar
) -> None:
    await office.grants("Anna", StaffRole.VISITATOR)
    anna, eva = new_browser(), new_browser()
    address = onward(await anna.opens("/konsol/videre"))
    await eva.opens("/konsol/videre")
    answer = provider.signs_in(address, "s-anna", "anna@amk.example")
    assert (await eva.opens(answer)).status_code == 400
    way = anna.cookies[WAY_COOKIE]
    assert (await anna.opens(answer)).status_code == 303
    anna.cookies[WAY_COOKIE] = way
    assert (await anna.opens(answer)).status_code == 400


@pytest.mark.parametrize(
    "til", ["https://evil.example", "//evil.example", "/konsol/../evil", "/konsol/%2e%2e/x", "/tal"]
)
async def test_sign_in_leads_nowhere_but_to_pages_of_ours(
    office: Office, browser: Browser, provider: Liar, til: str
) -> None:
    await office.grants("Anna", StaffRole.VISITATOR)
    address = onward(await browser.opens(f"/konsol/videre?{urlencode({'til': til})}"))
    back = await browser.opens(provider.signs_in(address, "s-anna", "anna@amk.example"))
    assert back.headers["location"] == "/konsol"


async def test_nothing_personal_stands_in_an_address_that_is_sent_to_the_provider(
    office: Office, browser: Browser, provider: Liar
) -> None:
    address = onward(await browser.opens("/konsol/videre?til=%2Fkonsol%2Fgodkendelser"))
    asked = parse_qs(urlsplit(address).query)
    assert set(asked) == {
        *("response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge"),
        "code_challenge_method",
        "tenant",
    }
    assert "godkendelser" not in str(asked), "where somebody goes on to stays here"
