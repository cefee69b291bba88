"""/demo/phone in a real Chromium, against the real processes: what a newcomer shows to others."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Route, expect

from backend.cli.migrating import bring_up_to_date
from backend.demo import parts, seeding
from backend.demo.folder import Folder
from backend.demo.supervisor import Supervisor
from backend.regions import shipped

pytestmark = pytest.mark.browser
PHONE_SIZE = {"width": 390, "height": 844}
PATIENCE_MS = 20_000


@pytest.fixture
async def demo_url(empty_database_dsn: str, tmp_path: Path) -> AsyncIterator[str]:
    """API, worker and local providers round Odense; nobody plays the other phones."""
    folder = Folder(tmp_path / "demo")
    folder.prepare()
    await bring_up_to_date(empty_database_dsn)
    odense = [place for place in shipped.places() if place.name == "Odense"]
    await seeding.fill(
        empty_database_dsn, folder, odense, volunteers=40, aeds=400, newcomer_count=0, seed=1, tell=lambda _line: None
    )
    at = parts.choose_addresses(empty_database_dsn, 8200)
    environment = parts.settings(folder, at)
    async with Supervisor(folder.logs, print) as them:
        for part in (parts.fcm_server(folder, at), parts.sms_server(folder, at)):
            await them.start(part)
        await them.start(parts.api(at, environment))
        await them.start(parts.worker(environment))
        yield at.api


@pytest.fixture
async def phone(browser: Browser, demo_url: str) -> AsyncIterator[Page]:
    """The page as opened on a phone; anything it throws or logs as an error fails the test."""
    page = await browser.new_page(viewport=PHONE_SIZE, locale="da-DK")  # type: ignore[arg-type]
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if is_error(message) else None)
    await page.goto(f"{demo_url}/demo/phone")
    yield page
    assert wrong == []
    await page.close()


def is_error(message: ConsoleMessage) -> bool:
    """A refusal by the API is no error of the page; the browser logs it all the same."""
    return message.type == "error" and not any(f"status of {status}" in message.text for status in (422, 503))


async def signs_up(phone: Page) -> None:
    await phone.click("#demo-number")
    await phone.get_by_role("button", name="Send kode").click()
    await phone.click("#put-in")
    await phone.get_by_role("button", name="Log ind").click()
    await phone.fill("#name", "Nina Prøvesen")
    await phone.fill("#birth-year", "1990")
    await phone.check("#tick-alarms")
    await phone.check("#tick-location")
    await phone.get_by_role("button", name="Meld mig til").click()
    await phone.select_option("#town", "Odense")
    await expect(phone.get_by_role("heading", level=1)).to_have_text("Du kan ringes op")


async def is_rung(phone: Page) -> None:
    await phone.click("#arrest")
    await expect(phone.get_by_role("heading", level=1)).to_have_text("Formodet hjertestop")


async def test_from_signing_in_to_giving_up(phone: Page) -> None:
    """Sign-in, ring, yes, address, under way, cannot go on: the whole way in a browser."""
    await signs_up(phone)
    await is_rung(phone)
    assert "Odense" not in await phone.inner_text("main")

    await phone.click("#accept")
    await expect(phone.locator("#address")).to_contain_text("Odense")
    await phone.click("#next-step")
    await expect(phone.locator(".steps .done")).to_have_text("På vej ✓")

    await phone.click("#give-up")
    await phone.click("#reason-unwell")
    await expect(phone.get_by_role("heading", level=1)).to_have_text("Du kunne ikke fortsætte")
    await expect(phone.locator("#reason")).to_have_text("Havde det dårligt")
    assert "Odense" not in await phone.inner_text("main")


async def test_the_end_is_told_with_its_reason(phone: Page) -> None:
    await signs_up(phone)
    await is_rung(phone)
    await phone.click("#accept")
    await phone.click("#ambulance")
    await expect(phone.get_by_role("heading", level=1)).to_have_text("Missionen er aflyst")
    await expect(phone.locator("#reason")).to_have_text("Ambulancen er fremme")
    await phone.click("#home")
    await expect(phone.locator(".history")).to_contain_text("Missionen er aflyst")


async def test_a_test_alarm_rings_this_phone_and_says_which_channels_came(phone: Page) -> None:
    await signs_up(phone)
    await phone.click("#test-alarm")
    await expect(phone.locator("[data-channel=in_app]")).to_contain_text("modtaget")
    await expect(phone.locator("[data-channel=sms]")).to_contain_text("sendt")
    await phone.click("#test-stop")
    await expect(phone.locator("#test-stop")).to_have_count(0)


async def test_who_is_off_duty_is_told_so_and_not_rung(phone: Page) -> None:
    await signs_up(phone)
    await phone.click("#duty")
    await expect(phone.get_by_role("heading", level=1)).to_have_text("Du kan ikke ringes op endnu")
    await phone.click("#arrest")
    await expect(phone.get_by_role("status").first).to_contain_text("Meldt")
    await phone.reload()
    await expect(phone.get_by_role("heading", level=1)).to_have_text("Du kan ikke ringes op endnu")
    await expect(phone.get_by_text("Ingen alarmer endnu.")).to_be_visible()


async def test_a_wrong_number_is_refused_in_words(phone: Page) -> None:
    await phone.fill("#phone-number", "12")
    await phone.get_by_role("button", name="Send kode").click()
    await expect(phone.get_by_role("alert")).to_contain_text("phone")


async def test_signing_in_when_alarms_come_first_says_so_in_danish_and_goes_on_by_itself(phone: Page) -> None:
    turned_away: list[str] = []

    async def busy_at_first(route: Route) -> None:
        if turned_away:
            await route.continue_()
            return
        turned_away.append(route.request.url)
        problem = {"type": "https://x.example/problems/overloaded", "title": "Alarms come first", "status": 503}
        await route.fulfill(
            status=503,
            headers={"Retry-After": "2", "Content-Type": "application/problem+json"},
            body=json.dumps(problem),
        )

    await phone.route("**/mobile/v1/sign-in/codes", busy_at_first)
    await phone.click("#demo-number")
    await phone.get_by_role("button", name="Send kode").click()

    await expect(phone.get_by_role("alert")).to_have_text("Systemet har travlt med alarmer. Prøv igen om lidt.")
    await expect(phone.get_by_role("heading", level=1)).to_have_text("Engangskode")
    await expect(phone.get_by_role("alert")).to_have_count(0)
    assert len(turned_away) == 1


async def test_every_word_is_there_in_english_too(phone: Page) -> None:
    await phone.click("#language")
    await expect(phone.get_by_role("heading", level=1)).to_have_text("Be rung when a heart stops near you")
    assert await phone.evaluate("() => document.documentElement.lang") == "en"


async def test_nothing_is_wider_than_the_phone(phone: Page) -> None:
    wider = "() => document.documentElement.scrollWidth - window.innerWidth"
    assert await phone.evaluate(wider) <= 0
    await signs_up(phone)
    assert await phone.evaluate(wider) <= 0
    await is_rung(phone)
    assert await phone.evaluate(wider) <= 0
    await phone.click("#accept")
    await expect(phone.locator("#address")).to_be_visible()
    assert await phone.evaluate(wider) <= 0


async def test_the_page_asks_nobody_else(phone: Page, demo_url: str) -> None:
    """No CDN, a strict policy: everything comes from the service itself."""
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    response = await phone.reload()
    assert response is not None
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert asked
    assert all(url.startswith(demo_url) for url in asked)
