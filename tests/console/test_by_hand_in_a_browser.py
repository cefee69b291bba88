"""An alarm by hand at a keyboard, in a real Chromium on the real service: typed, Enter, Enter; and timed."""

import re
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from backend.addresses import made_up
from backend.addresses.address_file import Listed
from backend.addresses.import_addresses import import_addresses
from backend.foundation.database import connect
from backend.identity.staff import StaffRole
from backend.regions import shipped
from tests.campaigns.test_in_a_browser import axe, violations
from tests.console.live_site import LiveSite, running_live_site
from tests.harness.browser import FLAGS

__all__ = ["axe"]
pytestmark = pytest.mark.browser
AIM_S = 10
TYPES_MS = 120
"""Between two keys: an ordinary typist, some 85 words a minute at most."""


async def has_addresses(site: LiveSite, count: int = 3_000) -> list[Listed]:
    some = list(made_up.addresses(shipped.places()[:3], count, 5))
    connection = await connect(site.service.dsn)
    async with connection.transaction():
        await import_addresses(connection, iter([some]), made_up.SOURCE, datetime.now(UTC))
    await connection.close()
    return some


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


async def test_typed_enter_enter_and_it_is_out(
    chromium: Browser, site: LiveSite, axe: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """By keys alone, on both pages, in both themes; what it took is printed."""
    flat = next(each for each in await has_addresses(site) if each.floor == "1" and each.door == "tv")
    people = await site.town.volunteers(120, 130, at=(flat.lat, flat.lon))
    async with site.seat(chromium, StaffRole.VAGTHAVENDE) as page:
        await page.goto(site.service.url + "/konsol/tavle")
        began = time.monotonic()
        await page.goto(site.service.url + "/konsol/ny")
        await page.keyboard.type(f"{flat.street.lower()} {flat.number} 1 tv {flat.postcode}", delay=TYPES_MS)
        await expect(page.locator("#hits [aria-selected=true]")).to_contain_text(f"{flat.number}, 1. tv")
        await page.keyboard.press("Enter")
        await expect(page.locator("#foreseen .band")).to_have_text("1-4 hjerteløbere spørges med det samme")
        assert await page.evaluate("() => document.activeElement.id") == "send-button"
        assert await violations(page, axe) == []
        looked = time.monotonic()
        await page.keyboard.press("Enter")
        await page.wait_for_url(re.compile(r"/konsol/tavle\?valgt="))
        took_s = time.monotonic() - began
        assert await site.town.engaged() == set(people)
        with capsys.disabled():
            print(  # noqa: T201
                f"\nby hand: {took_s:.1f} s by keys alone, aim ≤ {AIM_S} s; sent in {time.monotonic() - looked:.2f} s"
            )
    async with site.seat(chromium, StaffRole.DRIFTSANSVARLIG, scheme="light") as page:
        await an_exercise(page, site, axe)
    assert (site.wrong, site.elsewhere) == ([], [])


async def an_exercise(page: Page, site: LiveSite, axe: str) -> None:
    """It looks nothing like a live one, says what it is, and a held key sends nothing."""
    await page.goto(site.service.url + "/konsol/ny-oevelse")
    await expect(page.locator(".what-it-is")).to_contain_text("ØVELSE")
    await page.keyboard.type("12,568 55,676")
    await page.keyboard.press("Enter")
    await expect(page.locator("#chosen-text")).to_have_text("55.67600, 12.56800")
    await expect(page.locator("#chosen-rough")).to_contain_text("længde og bredde er byttet om")
    await expect(page.locator("#foreseen .band")).to_have_text("Ingen hjerteløbere i nærheden")
    await page.keyboard.press("Escape")
    assert await page.evaluate("() => document.activeElement.id") == "box"
    await page.keyboard.down("Enter")
    for _ in range(20):
        await page.keyboard.down("Enter")  # held: the browser repeats it
    await page.keyboard.up("Enter")
    await expect(page.locator("#send-button")).to_have_text("Send ØVELSE nu")
    assert await violations(page, axe) == []
    assert len(await site.town.rows("SELECT id FROM incidents.incident")) == 1, "the live one"
    await page.wait_for_timeout(400)
    await page.keyboard.press("Enter")
    await expect(page.locator("#sent-says")).to_contain_text("Ingen hjerteløbere inden for rækkevidde")
