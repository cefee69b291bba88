"""Looking back in a real Chromium: the slider asks nobody. What axe says of it: `test_every_page`."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

from backend.foundation.ids import IncidentId
from backend.responses.status import Status
from tests.console.live_site import LiveSite, running_live_site
from tests.harness.browser import FLAGS

pytestmark = pytest.mark.browser


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
        await expect(page.locator("#skridt")).to_have_attribute("aria-valuetext", re.compile("3 af 20 hjerteløbere spurgt"))
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
