"""One incident's page in a real Chromium, on the real service: it goes on by itself, whoever types in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

from backend.identity.staff import StaffRole
from backend.responses.status import Status
from tests.alarm.cast import SQUARE
from tests.campaigns.test_in_a_browser import axe, violations
from tests.console.live_site import running_live_site
from tests.harness.browser import FLAGS

__all__ = ["axe"]
pytestmark = pytest.mark.browser
LIVE = "#stream[data-state=live]"


@pytest.fixture
async def chromium(chromium_path: Path) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield started
        await started.close()


async def test_it_goes_on_by_itself_and_takes_nothing_out_of_anybody_s_hand(
    chromium: Browser, database_dsn: str, tmp_path: Path, axe: str
) -> None:
    """Somebody accepts, comes and is stood down while a better place is being typed; axe finds nothing meanwhile."""
    async with running_live_site(database_dsn, tmp_path / "site") as site:
        town = site.town
        anna, ben, *_ = await town.volunteers(120, 130, 140)
        site.to_the_minute()
        incident = await town.arrest(at=SQUARE)
        await town.accepts(incident, ben)
        async with site.seat(chromium, StaffRole.VAGTHAVENDE) as page:
            await page.goto(f"{site.service.url}/konsol/haendelser/{incident}")
            await page.wait_for_selector(LIVE)
            first = await page.locator("#running").inner_text()
            await page.locator("#act-revise summary").click()
            await page.locator("#revise-floor").fill("2. sal")
            await town.accepts(incident, anna)
            await expect(page.locator("#part-going .person")).to_have_count(2)
            await town.tells(incident, anna, Status.ON_SCENE)
            await expect(page.locator("#part-going .person.on_scene svg.sign")).to_be_visible()
            await expect(page.locator("#part-timeline")).to_contain_text("fremme")
            await expect(page.locator("#revise-floor")).to_have_value("2. sal")
            await expect(page.locator("#running")).not_to_have_text(first)
            name = (await town.alert(incident, ben)).pseudonym
            await page.locator(f"#act-one-{name} summary").click()
            await page.locator(f"#one-{name}-reason").select_option("enough_helpers")
            await page.locator(f"#act-one-{name} button").click()
            await expect(page.locator("#part-timeline")).to_contain_text(f"{name} er aflyst: hjælpere nok")
            await page.wait_for_selector(LIVE)
            await page.locator("#act-revise summary").click()
            assert await violations(page, axe) == []
            await town.ends(incident)
            await expect(page.locator("#part-head .state")).to_contain_text("Slut kl.")
            await expect(page.locator("#part-acts")).to_have_count(0)
        async with site.seat(chromium) as page:
            await page.goto(f"{site.service.url}/konsol/haendelser/{await town.arrest(at=SQUARE)}")
            await page.wait_for_selector(LIVE)
        wrong = [each for each in site.wrong if "AudioContext" not in each]  # nobody has clicked yet: the page says so
        assert (wrong, site.elsewhere) == ([], [])
