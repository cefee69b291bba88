"""The operations pages in a real Chromium: axe finds nothing in either theme, and the policy refuses nothing."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from backend.aeds import queries as aeds
from backend.aeds.aed import Condition
from backend.console.operations import PAGES
from backend.foundation.ids import AedId
from backend.identity.staff import StaffRole
from tests.campaigns.test_in_a_browser import axe, violations
from tests.console.live_site import Scheme, running_live_site
from tests.harness.browser import FLAGS

__all__ = ["axe"]
CHANGE = "/konsol/drift/centralen/nabohjaelp?to=amk-nordjylland&after_s=90&from_hour=22&to_hour=6&lends_for_min=30"
pytestmark = pytest.mark.browser


@pytest.fixture
async def chromium(chromium_path: Path) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield started
        await started.close()


async def test_axe_finds_nothing_on_any_of_them(chromium: Browser, database_dsn: str, tmp_path: Path, axe: str) -> None:
    schemes: tuple[Scheme, ...] = ("dark", "light")
    async with running_live_site(database_dsn, tmp_path / "site") as site:
        town = site.town
        await town.volunteers(*range(100, 112))
        await town.rows("UPDATE volunteers.volunteer SET municipality = '0461'")
        await town.aeds(300, 400)
        (first, *_) = [AedId(row["id"]) for row in await town.rows("SELECT id FROM aeds.aed")]
        async with town.acting() as c:
            await aeds.count_problem(c, first, Condition.LOCKED, town.now)
        (policy,) = await town.rows("SELECT id FROM selection.policy WHERE name = 'dk-2026'")
        for scheme in schemes:
            async with site.seat(chromium, StaffRole.DRIFTSANSVARLIG, scheme=scheme) as page:
                for address in (*(each.address for each in PAGES), f"/konsol/drift/regler/{policy['id']}", CHANGE):
                    await page.goto(site.service.url + address)
                    assert await page.locator("#first").count() == 1, address
                    assert await violations(page, axe) == [], (address, scheme)
            assert (site.wrong, site.elsewhere) == ([], []), scheme
