"""The live board in a real Chromium, on the real service: axe, the policy, keys, streets. An alarm: the whole one."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from backend.console.tiles import bring_in
from tests.campaigns.test_in_a_browser import axe, violations
from tests.console.evening import happens
from tests.console.live_site import Scheme, running_live_site
from tests.console.made_tiles import write_tiles
from tests.harness.browser import FLAGS

__all__ = ["axe"]
pytestmark = pytest.mark.browser
LIVE = "#stream[data-state=live]"
INK = """() => {
  const copy = new OffscreenCanvas(64, 64).getContext("2d", { willReadFrequently: true });
  copy.drawImage(document.getElementById("pulse"), 0, 0);
  const { data } = copy.getImageData(0, 0, 64, 64);
  const ink = [0, 0, 0, 0];
  for (let at = 0; at < 64 * 64; at++) ink[2 * (at >= 2048) + (at % 64 >= 32)] += data[4 * at + 3];
  return Math.max(...ink) / Math.min(...ink);
}"""
"""How much more is drawn in the fullest quarter of the wall's dial than in the emptiest: whether it has a hand."""
UNSEEN = """() => [...document.querySelectorAll(".list .sign, .details .sign")].filter(each => {
  let behind = each.parentElement, ground = "rgba(0, 0, 0, 0)";
  while (behind && ground === "rgba(0, 0, 0, 0)") {
    ground = getComputedStyle(behind).backgroundColor;
    behind = behind.parentElement;
  }
  return getComputedStyle(each).fill === ground;
}).length"""
MOVES = """() => [...document.querySelectorAll("*")].filter(each => {
  const style = getComputedStyle(each);
  return style.animationName !== "none" || style.transitionDuration !== "0s" || style.scrollBehavior === "smooth";
}).length + document.getAnimations().length"""


@pytest.fixture
async def chromium(chromium_path: Path) -> AsyncIterator[Browser]:
    """As the harness's; here a browser is somebody without JavaScript."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield started
        await started.close()


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
        async with site.seat(chromium, forced_colors="active", reduced_motion="reduce") as page:
            await in_the_reader_s_own_colours(page, site.service.url)
        assert (site.wrong, site.elsewhere) == ([], [])


async def in_the_reader_s_own_colours(page: Page, url: str) -> None:
    """With two colours and nothing that moves it is all there: signs, the chosen row, what needs somebody, a hand."""
    await page.goto(url + "/konsol/tavle")
    await page.wait_for_selector(LIVE)
    await expect(page.locator("#list li")).to_have_count(6)
    assert await page.locator(".list .sign").count() >= 4 * 6
    assert await page.evaluate(UNSEEN) == 0
    rows, style = page.locator("#list button"), "each => [getComputedStyle(each).outlineStyle, each.clientLeft]"
    looks = [await rows.nth(number).evaluate(style) for number in range(6)]
    assert [outline for outline, _ in looks].count("solid") == 1, "the chosen one"
    needs = [await rows.nth(number).locator(".problem").count() > 0 for number in range(6)]
    edge = {
        need: {border for (_, border), this in zip(looks, needs, strict=True) if this is need} for need in (True, False)
    }
    assert min(edge[True]) > max(edge[False]), "what needs somebody has the broader edge"
    assert await page.evaluate(MOVES) == 0
    await page.goto(url + "/konsol/vaeg")
    await page.wait_for_selector(LIVE)
    await page.wait_for_function(f"() => ({INK})() > 1.2")
    assert await moves(page), "the hand goes round, once a second"


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
        await asyncio.sleep(0.35)
    return len(seen) > 1
