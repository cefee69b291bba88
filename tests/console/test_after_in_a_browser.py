"""Looking back in a real Chromium: the slider asks nobody, and every page can be used by everybody."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

from backend.foundation.ids import IncidentId
from backend.responses.status import Status
from tests.campaigns.test_in_a_browser import axe, violations
from tests.console.live_site import LiveSite, Scheme, running_live_site
from tests.harness.browser import FLAGS

__all__ = ["axe"]
pytestmark = pytest.mark.browser
SCHEMES: tuple[Scheme, ...] = ("dark", "light")


@pytest.fixture
async def chromium(chromium_path: Path) -> AsyncIterator[Browser]:
    """As the harness's; here a browser is somebody without JavaScript."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield started
        await started.close()


@pytest.fixture
async def site(database_dsn: str, tmp_path: Path) -> AsyncIterator[LiveSite]:
    async with running_live_site(database_dsn, tmp_path / "site") as running:
        yield running


async def an_alarm(site: LiveSite) -> IncidentId:
    town = site.town
    anna, ben, _ = await town.volunteers(120, 130, 140)
    incident = await town.arrest()
    town.clock.advance(timedelta(seconds=25))
    await town.accepts(incident, anna)
    await town.declines(incident, ben)
    await town.tells(incident, anna, Status.ON_SCENE)
    await town.ends(incident)
    return incident


async def test_the_slider_shows_each_step_and_asks_nobody(chromium: Browser, site: LiveSite) -> None:
    """By arrow keys, or by a click in the list; the address names the step, so that it can be sent to a colleague."""
    incident = await an_alarm(site)
    async with site.seat(chromium) as page:
        await page.goto(f"{site.service.url}/konsol/efter/{incident}")
        await expect(page.locator("#said")).to_have_text("Alarmen kom. Regel dk-2026 1")
        await expect(page.locator("#people tr:visible")).to_have_count(0)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if "/konsol" in request.url else None)
        await page.locator("#skridt").focus()
        await page.keyboard.press("ArrowRight")
        await expect(page.locator("#people tr:visible")).to_have_count(3)
        await expect(page.locator("#skridt")).to_have_attribute("aria-valuetext", re.compile("3 hjerteløbere spurgt"))
        await page.keyboard.press("End")
        await expect(page.locator("#said")).to_have_text("Hændelsen sluttede: ambulancen er fremme")
        await expect(page.locator("#steps a[aria-current=step]")).to_contain_text("Hændelsen sluttede")
        await page.locator("#steps a").nth(2).click()
        await expect(page.locator("#people")).to_contain_text("har accepteret")
        assert page.url.endswith("skridt=3")
        assert asked == []
        await page.reload()
        await expect(page.locator("#people")).to_contain_text("har accepteret")
    assert (site.wrong, site.elsewhere) == ([], [])


async def test_every_page_of_afterwards_is_usable_in_both_themes(chromium: Browser, site: LiveSite, axe: str) -> None:
    incident = await an_alarm(site)
    for scheme in SCHEMES:
        async with site.seat(chromium, scheme=scheme) as page:
            for address in ("/konsol/efter", "/konsol/efter/tal", f"/konsol/efter/{incident}?skridt=4"):
                await page.goto(site.service.url + address)
                await expect(page.locator("table").first).to_be_visible()
                assert await violations(page, axe) == [], (address, scheme)
    assert (site.wrong, site.elsewhere) == ([], [])
