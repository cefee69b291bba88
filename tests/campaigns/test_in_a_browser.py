"""The landing pages in a real Chromium, against the real process."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from campaigns.campaign.campaign import Campaign
from campaigns.campaign.codes import close_code
from campaigns.campaign.join_code import JoinCode
from tests.campaigns.cast import A_BROWSER, NOON, Office, everything_in
from tests.campaigns.site import COOKIE, Site, running_site

pytestmark = pytest.mark.browser
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
PATIENCE_MS = 30_000
PARTS = Path(__file__).with_name("parts")
TILMELD = "main form .button-primary"
CANARIES = {"phone": "+4568717273", "code": "481516", "name": "Kanariefugl Æblegård"}


@pytest.fixture
async def site(campaigns_dsn: str, tmp_path: Path) -> AsyncIterator[Site]:
    async with running_site(campaigns_dsn, tmp_path) as running:
        yield running


@pytest.fixture
async def code(office: Office, campaign: Campaign) -> JoinCode:
    return await office.makes_a_code(campaign)


@asynccontextmanager
async def open_page(
    browser: Browser, *, javascript: bool = True, size: dict[str, int] | None = None
) -> AsyncIterator[Page]:
    """A page as somebody has it on a phone. Nothing may be logged as an error, and nothing stored."""
    context = await browser.new_context(
        viewport=size or PHONE,  # type: ignore[arg-type]
        java_script_enabled=javascript,
        user_agent=A_BROWSER["User-Agent"],
        locale="da-DK",
    )
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    yield page
    state = await context.storage_state()
    await context.close()
    assert [each for each in wrong if "status of 404" not in each] == []
    assert [each["name"] for each in state["cookies"] if each["path"] != "/tilmelding"] == []
    assert state["origins"] == []


async def visited(office: Office, campaign: Campaign, code: str, wanted: int) -> None:
    """What is counted once the beacon has come: so many, and no more a moment later."""
    for _ in range(100):
        if (await office.visits(campaign.id)).get(code, (0, 0, 0))[0] >= wanted:
            break
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.3)
    assert (await office.visits(campaign.id)).get(code, (0, 0, 0)) == (wanted, 0, 0)


@pytest.mark.parametrize("button", [0, 1], ids=["first", "last"])
@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])
@pytest.mark.parametrize("language", ["da", "en"])
async def test_a_page_is_read_and_tilmeld_pressed_and_that_is_one_visit(
    browser: Browser,
    site: Site,
    office: Office,
    campaign: Campaign,
    code: JoinCode,
    language: str,
    javascript: bool,
    button: int,
) -> None:
    query = "" if language == "da" else "?lang=en"
    async with open_page(browser, javascript=javascript) as page:
        await page.goto(f"{site.url}/k/{code}{query}")
        assert await page.get_attribute("html", "lang") == language
        await visited(office, campaign, code, 0)
        await page.locator(TILMELD).nth(button).click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Tilmelding")
    assert site.asked == [f"/tilmelding?code={code}" + ("" if language == "da" else "&lang=en")]
    await visited(office, campaign, code, 1)


async def test_whoever_reads_with_the_keyboard_and_leaves_is_one_visit(
    browser: Browser, site: Site, office: Office, campaign: Campaign, code: JoinCode
) -> None:
    async with open_page(browser) as page:
        await page.goto(f"{site.url}/k/{code}")
        for key in ("Tab", "PageDown", "Tab"):
            await page.keyboard.press(key)
        await visited(office, campaign, code, 1)
        await page.reload()
        await page.keyboard.press("Tab")
        await visited(office, campaign, code, 2)  # a page view of its own: nothing was stored to know the first by


async def test_another_language_is_the_same_visit(
    browser: Browser, site: Site, office: Office, campaign: Campaign, code: JoinCode
) -> None:
    async with open_page(browser) as page:
        await page.goto(f"{site.url}/k/{code}?utm_source=intra")
        await page.click("text=English")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Become a hjerteløber")
        await page.locator(TILMELD).first.click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Tilmelding")
    await visited(office, campaign, code, 1)
    assert await office.sources(campaign.id) == {("intra", "", ""): 1}


async def test_a_script_that_acts_by_itself_is_no_human(
    browser: Browser, site: Site, office: Office, campaign: Campaign, code: JoinCode
) -> None:
    """As some mail scanners do: the page runs, is scrolled and focused by a program, and nobody is there."""
    async with open_page(browser) as page:
        await page.goto(f"{site.url}/k/{code}")
        await page.evaluate(
            """() => {
                for (const kind of ["pointerdown", "keydown"])
                    document.body.dispatchEvent(new Event(kind, { bubbles: true }));
            }"""
        )
        await visited(office, campaign, code, 0)


async def test_what_somebody_says_of_themselves_never_reaches_the_campaigns_process(
    browser: Browser, site: Site, office: Office, campaign: Campaign, code: JoinCode, campaigns_dsn: str
) -> None:
    """A tap on all it is sent, all its tables, all it logs: from the poster's link through sign-up and back."""
    async with open_page(browser) as page:
        await page.goto(f"{site.url}/k/{code}")
        await page.locator(TILMELD).first.click()
        for field, canary in CANARIES.items():
            await page.fill(f"#{field}", canary)
        await page.click("text=Send")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Tak")
        await page.click("text=Tilbage")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Bliv hjerteløber")
        await page.locator(TILMELD).first.click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Tilmelding")
        await page.go_back()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Bliv hjerteløber")

    heard = bytes(site.heard).decode("latin-1")
    kept = await everything_in(campaigns_dsn, "campaigns")
    logged = site.log.read_text("utf-8")
    assert f"GET /k/{code}" in heard
    assert code in kept
    for canary in (*CANARIES.values(), "68717273", "Kanariefugl", "blegu", "kanariefugl", COOKIE):
        assert canary not in heard
        assert canary not in kept
        assert canary not in logged
    assert "cookie:" not in heard.lower()
    assert "referer:" not in heard.lower()


async def test_axe_finds_nothing_on_any_page_and_none_is_wider_than_its_screen(
    browser: Browser, site: Site, office: Office, campaign: Campaign, code: JoinCode, axe: str
) -> None:
    closed = await office.makes_a_code(campaign, material="lukket")
    async with office.store.transaction() as c:
        await close_code(c, closed, NOON)
    pages = {
        "a code": f"/k/{code}",
        "closed": f"/k/{closed}",
        "mistyped": "/k/ABCD",
        "a test": f"/k/{code}?test=1",
        "a campaign": f"/c/{campaign.name}",
        "accessibility": "/was",
        "not there": "/nowhere",
    }
    await look(browser, site, axe, pages)
    await office.begins("en-anden")
    await look(browser, site, axe, {"several": "/"})


async def look(browser: Browser, site: Site, axe: str, pages: dict[str, str]) -> None:
    for size in (PHONE, DESK):
        async with open_page(browser, size=size) as page:
            for name, path in pages.items():
                for language in ("da", "en"):
                    await page.goto(f"{site.url}{path}{'&' if '?' in path else '?'}lang={language}")
                    assert await violations(page, axe) == [], (name, language, size)
                    wider = await page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
                    assert wider <= 0, (name, language, size)


async def test_the_page_asks_nobody_else(browser: Browser, site: Site, code: JoinCode) -> None:
    asked: list[str] = []
    async with open_page(browser) as page:
        page.on("request", lambda request: asked.append(request.url))
        await page.goto(f"{site.url}/k/{code}")
        assert await page.evaluate("() => document.fonts.ready.then(() => document.fonts.check('1em IBM Plex Sans'))")
        main = await page.evaluate(
            "() => getComputedStyle(document.querySelector('main .button-primary')).backgroundColor"
        )
    assert main == "rgb(47, 74, 60)", "the campaign's own colour"
    assert len(asked) >= 6
    assert all(url.startswith(site.url) for url in asked)


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
