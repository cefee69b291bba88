"""The live board in a real Chromium, on the real service: an alarm on two consoles, a server that dies, streets."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from backend.console.tiles import bring_in
from backend.identity.staff import StaffRole
from backend.responses.status import Status
from tests.alarm.cast import SQUARE, metres_east
from tests.campaigns.test_in_a_browser import axe, violations
from tests.console.evening import happens
from tests.console.live_site import LiveSite, Scheme, running_live_site
from tests.console.made_tiles import write_tiles
from tests.harness.browser import FLAGS

__all__ = ["axe"]
pytestmark = pytest.mark.browser
LIVE = "#stream[data-state=live]"
STALE = "#banner-stale"
FAR = metres_east(40_000)
LISTENS_FOR_REFUSALS = """
document.addEventListener("securitypolicyviolation", each => console.error(each.violatedDirective, each.blockedURI))
"""


@pytest.fixture
async def chromium(chromium_path: Path) -> AsyncIterator[Browser]:
    """As the harness's; here a browser is somebody without JavaScript."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield started
        await started.close()


def kill(site: LiveSite, with_signal: signal.Signals) -> None:
    process = site.service.api.process
    assert process is not None
    os.killpg(process.pid, with_signal)


def row(page: Page, words: str) -> Any:
    return page.locator("#list li", has_text=words)


async def test_an_alarm_is_on_both_consoles_and_a_server_that_dies_is_said_to_and_forgotten(
    chromium: Browser, database_dsn: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody reloads anything: what happened while the server was away is there when it is."""
    async with (
        running_live_site(database_dsn, tmp_path / "site") as site,
        site.seat(chromium) as one,
        site.seat(chromium, StaffRole.TEKNISK_DISPONENT, scheme="light") as other,
    ):
        town, pages = site.town, (one, other)
        anna, *_ = await town.volunteers(120, 130, 140)
        for page in pages:
            await page.goto(site.service.url + "/konsol/tavle")
            await page.wait_for_selector(LIVE)
            assert await page.locator("#list li").count() == 0

        site.to_the_minute()
        incident = await town.arrest(at=SQUARE)
        case = (await town.incident(incident)).case_number
        for page in pages:
            await expect(row(page, case)).to_contain_text("Spurgt")
        await town.accepts(incident, anna)
        await town.tells(incident, anna, Status.EN_ROUTE)
        for page in pages:
            await expect(page.locator("#details .person.en_route")).to_contain_text("På vej")

        kill(site, signal.SIGSTOP)
        silent = time.monotonic()
        for page in pages:
            await page.wait_for_selector(STALE)
        told_s = time.monotonic() - silent
        kill(site, signal.SIGCONT)
        for page in pages:
            await page.wait_for_selector(STALE, state="detached")

        kill(site, signal.SIGKILL)
        for page in pages:
            await page.wait_for_selector(STALE)
        site.to_the_minute()
        await town.ends(incident)
        meanwhile = await town.arrest(at=FAR)
        await site.service.supervisor.start(site.service.api.part)
        back = time.monotonic()
        for page in pages:
            await expect(row(page, (await town.incident(meanwhile)).case_number)).to_be_visible()
            await expect(row(page, case)).to_have_count(0)
            await expect(page.locator("#details .hint")).to_contain_text(f"{case} er afsluttet")
            await page.wait_for_selector(STALE, state="detached")
            await page.wait_for_selector(LIVE)
        right_s = time.monotonic() - back
        with capsys.disabled():
            print(f"\nconsole: silent {told_s:.1f} s until said, right {right_s:.1f} s after the restart")  # noqa: T201
        assert (site.wrong, site.elsewhere) == ([], [])


async def test_axe_finds_nothing_the_policy_refuses_nothing_and_all_is_done_by_keys(
    chromium: Browser, database_dsn: str, tmp_path: Path, axe: str
) -> None:
    """In the dark without streets; then the operator brings some in, and the next page that is opened has them."""
    write_tiles(tmp_path / "streets.pmtiles")
    schemes: tuple[Scheme, ...] = ("dark", "light")
    async with running_live_site(database_dsn, tmp_path / "site") as site:
        ids = await happens(site)
        for scheme in schemes:
            async with site.seat(chromium, scheme=scheme) as page:
                await page.add_init_script(LISTENS_FOR_REFUSALS)
                await page.goto(site.service.url + f"/konsol/tavle?valgt={ids['noerreport']}")
                await page.wait_for_selector(LIVE)
                await expect(page.locator("#list li")).to_have_count(6)
                await expect(page.locator("#details .people li")).to_have_count(9)
                await page.locator(".legend summary").click()
                assert await violations(page, axe) == [], scheme
                await by_keys(page)
                if scheme == "dark":
                    await expect(page.locator("#map-says")).to_contain_text("Kortet har ingen veje")
                    bring_in(tmp_path / "streets.pmtiles", site.service.folder.map)
                else:
                    await expect(page.locator("#map-credit")).to_contain_text("© Opdigtet")
                    await expect(page.locator("#map-says")).to_be_hidden()
                await page.goto(site.service.url + "/konsol/vaeg")
                await page.wait_for_selector(LIVE)
                assert await violations(page, axe) == [], scheme
                await by_keys_on_the_wall(page)
                assert await moves(page), "a wall that stands still is a frozen one"
            assert (site.wrong, site.elsewhere) == ([], []), scheme


async def by_keys(page: Page) -> None:
    """Nothing is clicked; and a key means nothing once they are switched off, or in a field."""
    chosen = page.locator("#list [aria-current=true]")

    async def number() -> str:
        return await chosen.locator(".number").inner_text()

    await page.keyboard.press("Escape")
    await page.keyboard.press("1")
    assert await number() == "1"
    await page.keyboard.press("ArrowDown")
    assert await number() == "2"
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowUp")
    assert await number() == "1"
    await page.keyboard.press("m")
    assert await page.evaluate("() => document.activeElement.tagName") == "CANVAS"
    await page.keyboard.press("ArrowDown")
    assert await number() == "1", "on the map the arrows move the map"
    await page.keyboard.press("m")
    await page.keyboard.press("?")
    await expect(page.locator("#help")).to_be_visible()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Escape")
    await expect(page.locator("#help")).to_be_hidden()
    await page.keyboard.press("Escape")
    await page.keyboard.press("2")
    marked = await chosen.locator(".case").inner_text()
    await page.keyboard.press("x")
    await expect(page.locator("#stand-down-heading")).to_contain_text(marked)
    for key in ("Enter", "1", "Escape"):
        await page.keyboard.press(key)
    await expect(page.locator("#stand-down")).to_be_hidden()
    await expect(page.locator("#list li")).to_have_count(6)


async def by_keys_on_the_wall(page: Page) -> None:
    """One incident alone by its number, all of them again, the map, the help; nobody is stood down from a wall."""
    await page.keyboard.press("?")
    await expect(page.locator("#help-keys")).to_contain_text("1…9")
    await expect(page.locator("#help-keys")).not_to_contain_text("Aflys")
    await page.keyboard.press("Escape")
    whole = await page.locator("#map").get_attribute("data-middle")
    await page.keyboard.press("1")
    await expect(page.locator("#map")).not_to_have_attribute("data-middle", whole or "")
    await page.keyboard.press("Escape")
    await expect(page.locator("#map")).to_have_attribute("data-middle", whole or "")
    await page.keyboard.press("m")
    assert await page.evaluate("() => document.activeElement.tagName") == "CANVAS"


async def moves(page: Page) -> bool:
    seen = set()
    for _ in range(4):
        seen.add(await page.evaluate("() => document.getElementById('pulse').toDataURL()"))
        await asyncio.sleep(0.3)
    return len(seen) > 1
