"""The pages in a real Chromium the size of a phone, against the real processes."""

import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from backend.foundation.clock import MachineClock
from backend.foundation.database import Lane, connect, open_database
from tests.harness.opened import person_of
from tests.harness.running import Service
from tests.recruitment.cast import a_campaign_with
from tests.signup.cast import JOIN_CODE, a_phone
from tests.signup.walk import HEADINGS, NAME, NEXT, code_sent_to, heading, says_who, walks_through

pytestmark = pytest.mark.browser
PHONE_SIZE = {"width": 390, "height": 844}
PATIENCE_MS = 20_000
PARTS = Path(__file__).with_name("parts")
WAYS = [("da", True), ("da", False), ("en", True), ("en", False)]


@asynccontextmanager
async def open_page(browser: Browser, *, javascript: bool = True) -> AsyncIterator[tuple[Page, list[str]]]:
    """A page the size of a phone, and every address it asked for or was sent to. Nothing may be logged as an error."""
    context = await browser.new_context(viewport=PHONE_SIZE, java_script_enabled=javascript)  # type: ignore[arg-type]
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    addresses: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.on("response", lambda response: addresses.append(response.headers.get("location", "")))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    yield page, addresses
    await context.close()
    assert [each for each in wrong if "status of 4" not in each] == []  # a refused form is told as one


def address(service: Service, language: str, path: str = "/tilmelding") -> str:
    return f"{service.url}{path}?code=HJV-7" + ("&lang=en" if language == "en" else "")


async def signs_up(page: Page, service: Service, language: str, phone: str) -> str:
    """From the link of an invitation to the end; gives the code."""
    await page.goto(address(service, language))
    return await walks_through(page, service, language, phone)


async def _a_campaign(service: Service) -> None:
    database = await open_database(service.dsn, dict.fromkeys(Lane, 1))
    await a_campaign_with(database, JOIN_CODE, MachineClock().now())
    await database.close()


@pytest.mark.parametrize(("language", "javascript"), WAYS)
async def test_a_person_signs_up_on_a_phone_and_nothing_of_them_shows_elsewhere(
    browser: Browser, whole_service: Service, language: str, javascript: bool
) -> None:
    phone = a_phone()
    await _a_campaign(whole_service)
    async with open_page(browser, javascript=javascript) as (page, addresses):
        code = await signs_up(page, whole_service, language, phone)
        assert await page.get_attribute("html", "lang") == language

    database = await connect(whole_service.dsn, whole_service.ring)
    who = await person_of(database, phone)
    assert who is not None
    row = await database.fetchrow(
        """
        SELECT v.languages, v.municipality, m.code,
               (SELECT count(*) FROM volunteers.consent c WHERE c.volunteer_id = v.id) AS consents,
               (SELECT count(*) FROM volunteers.device d WHERE d.volunteer_id = v.id) AS devices
        FROM volunteers.volunteer v LEFT JOIN recruitment.member m ON m.volunteer_id = v.id WHERE v.id = $1
        """,
        who[0],
    )
    await database.close()
    assert row is not None
    assert (who[1], *row) == (NAME, [language], "0461", "HJV-7", 3, 0)

    assert len(addresses) > 10
    assert all(each.startswith((whole_service.url, "/")) for each in addresses if each), "nobody else is asked"
    logs = [each.read_text("utf-8", "replace") for each in whole_service.folder.logs.glob("*.log")]
    said = "\n".join([*logs, *whole_service.said, *addresses])
    assert "signed_up_in_a_browser" in said
    for canary in (phone, phone[3:], "Kanariefugl", "%C3%86bleg", "1971", code):
        assert canary not in said


@pytest.mark.parametrize("language", ["da", "en"])
async def test_axe_finds_nothing_on_any_page(browser: Browser, whole_service: Service, axe: str, language: str) -> None:
    """In the state each page can be in: new, with mistakes, at its end."""
    phone = a_phone()
    at_code, at_about, at_consents, at_end = HEADINGS[language]
    found: dict[str, list[dict[str, Any]]] = {}
    async with open_page(browser) as (page, _):

        async def look(name: str) -> None:
            found[name] = await violations(page, axe)
            assert await page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth") <= 0, name

        async def look_at_mistakes(name: str) -> None:
            await page.click(NEXT)
            await expect(page.get_by_role("alert")).to_be_visible()
            await look(name)

        await page.goto(address(whole_service, language))
        await look("welcome")
        await page.fill("#phone", "12")
        await look_at_mistakes("welcome, no number")
        await page.fill("#phone", phone)
        await page.click(NEXT)
        await heading(page, at_code)
        await look("code")
        await page.fill("#code", "12")
        await look_at_mistakes("code, not six digits")
        await page.click(".aside .button-secondary")
        await expect(page.get_by_role("status")).to_be_visible()
        await look("code, sent again")
        await page.fill("#code", await code_sent_to(whole_service, phone))
        await page.click(NEXT)
        await heading(page, at_about)
        await look("about")
        await page.fill("#birth_year", "2008")
        await look_at_mistakes("about, everything wrong")
        await says_who(page)
        await heading(page, at_consents)
        assert await page.locator("input:checked").count() == 0, "no box is ticked for anybody"
        await look("consents")
        await page.click(NEXT)
        await heading(page, at_end)
        await look("done")
        await page.go_back()
        await heading(page, at_end)

        await page.goto(address(whole_service, language, "/was"))
        await look("accessibility")
        await page.goto(address(whole_service, language))
        await page.fill("#phone", phone)
        await page.click(NEXT)
        await heading(page, at_code)
        await page.fill("#code", await code_sent_to(whole_service, phone, texts=2))
        await page.click(NEXT)
        await expect(page.get_by_role("heading", level=1)).to_contain_text("hjerteløber")
        await look("already")
        await page.click("main .by-itself")
        await expect(page.locator("main form .button-secondary")).to_be_visible()
        await look("leave")
        await page.click("main form .button-secondary")
        await expect(page.locator("main form")).to_have_count(0)
        await look("left")
        await page.goto(address(whole_service, language))
        await page.fill("#phone", a_phone())
        await page.click(NEXT)
        await heading(page, at_code)
        await page.click(".cancel button")
        await expect(page.locator(".aside")).to_have_count(0)
        await look("cancelled")
    assert {name: each for name, each in found.items() if each} == {}
    assert len(found) == 14


async def test_with_the_keyboard_alone_a_mistake_is_met_first_and_leads_to_its_field(
    browser: Browser, whole_service: Service
) -> None:
    async with open_page(browser, javascript=False) as (page, _):
        await page.goto(address(whole_service, "da"))
        await page.focus("#phone")
        await page.keyboard.type("12")
        await page.keyboard.press("Enter")
        await heading(page, "Bliv hjerteløber")
        assert await page.evaluate("() => document.activeElement.getAttribute('role')") == "alert"
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        assert await page.evaluate("() => document.activeElement.id") == "phone"
        assert await page.get_attribute("#phone", "aria-invalid") == "true"


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core, as locked."""
    subprocess.run([PARTS / "install.sh"], check=True, capture_output=True)
    return (PARTS / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


async def violations(page: Page, axe: str) -> list[dict[str, Any]]:
    """What axe has against the page as it is: WCAG 2.2 A and AA, and what it calls good practice."""
    await page.evaluate(axe)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    result: dict[str, Any] = await page.evaluate("tags => axe.run(document, {runOnly: tags})", tags)
    assert result["passes"]
    return [{"rule": each["id"], "nodes": [node["html"] for node in each["nodes"]]} for each in result["violations"]]
