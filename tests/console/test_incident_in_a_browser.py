"""One incident's page in a real Chromium, on the real service: it goes on by itself, whoever types in it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from backend.foundation.ids import IncidentId
from backend.identity.staff import StaffRole
from backend.incidents.incident import Place
from backend.responses.status import Status
from tests.alarm.cast import SQUARE, Town, metres_east
from tests.campaigns.test_in_a_browser import axe, violations
from tests.console.cast import NORDJYLLAND
from tests.console.live_site import LiveSite, running_live_site
from tests.harness.browser import FLAGS

__all__ = ["axe"]
pytestmark = pytest.mark.browser
LIVE = "#stream[data-state=live]"
READ_FIRST_S = 0.35
"""An Enter before that is one that bounced."""

STANDS_STILL = """() => new Promise((done) => {
  let moved = performance.now();
  new PerformanceObserver(() => { moved = performance.now(); }).observe({ type: "layout-shift", buffered: true });
  const looking = setInterval(() => {
    if (performance.now() - moved < 700) return;
    clearInterval(looking);
    done();
  }, 100);
})"""
"""What a page fetches first has come, and nothing moves under a hand any more."""
X_RIGHT_AFTER_LEAVING = """() => {
  const dialog = document.getElementById("stand-down");
  dialog.showModal();
  dialog.close();
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "x", bubbles: true, cancelable: true }));
}"""
"""Before the page has been told that the dialog was closed: a visitator's fingers are faster than that."""


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
            await opens_at_the_first_touch(page)
            await page.locator("#revise-floor").fill("2. sal")
            await expect(page.locator("#banner-sound")).to_have_count(0)
            await town.accepts(incident, anna)
            await expect(page.locator("#part-going .person")).to_have_count(2)
            await town.tells(incident, anna, Status.ON_SCENE)
            await expect(page.locator("#part-going .person.on_scene svg.sign")).to_be_visible()
            await expect(page.locator("#part-timeline")).to_contain_text("fremme")
            await expect(page.locator("#revise-floor")).to_have_value("2. sal")
            await expect(page.locator("#running")).not_to_have_text(first)
            name = (await town.alert(incident, ben)).pseudonym
            await page.locator(f"#act-one-{name} summary").press("Enter")
            await page.locator(f"#one-{name}-reason").select_option("enough_helpers")
            await page.locator(f"#act-one-{name} button").click()
            await expect(page.locator("#part-timeline")).to_contain_text(f"{name} er aflyst: hjælpere nok")
            await page.wait_for_selector(LIVE)
            await page.locator("#act-revise summary").press("Enter")
            assert await violations(page, axe) == []
            await a_better_place(page, site, incident, axe)
            await stands_down_by_keys(page, town, incident, axe)
            await expect(page.locator("#part-head .state")).to_contain_text("Slut kl.")
            await expect(page.locator("#part-acts")).to_have_count(0)
        async with site.seat(chromium) as page:
            await page.goto(f"{site.service.url}/konsol/haendelser/{await town.arrest(at=SQUARE)}")
            await page.wait_for_selector(LIVE)
            await town.rows("UPDATE identity.staff_role SET centre_id = NULL")
            await town.rows("UPDATE identity.staff_session SET centre_id = $1", NORDJYLLAND)
            # Another centre's now: nothing of it stays, from the next reading on, and one is every ten seconds.
            await expect(page.locator("#incident")).to_have_count(0, timeout=30_000)
        wrong = [each for each in site.wrong if "AudioContext" not in each]  # nobody has clicked yet: the page says so
        assert (wrong, site.elsewhere) == ([], [])


async def opens_at_the_first_touch(page: Page) -> None:
    """It lets the page sound: what says that it may not goes, and everything below moves, but not under the finger.

    Something urgent that comes in that moment moves it all the same: then the page is opened anew, once or twice.
    """
    for _ in range(3):
        await page.evaluate(STANDS_STILL)
        await expect(page.locator("#banner-sound")).to_be_visible()
        await page.locator("#act-revise summary").click(delay=200)
        if await page.locator("#act-revise[open]").count():
            return
        await page.reload()
        await page.wait_for_selector(LIVE)
    raise AssertionError("the first click is lost")


async def a_better_place(page: Page, site: LiveSite, incident: IncidentId, axe: str) -> None:
    """Dragged, nudged, typed: what it changes is said first, and nobody overwrites what they have not seen."""
    town, says, sent = site.town, page.locator("#draft-says"), page.locator("#revise-says")
    x, y = await takes_the_patient(page)
    await page.mouse.down()
    await page.mouse.move(x + 60, y, steps=4)
    await page.mouse.up()
    await expect(says).to_contain_text("m mod øst")
    await expect(page.locator("#draft-was")).to_contain_text("Før")
    assert await violations(page, axe) == []
    assert (await town.incident(incident)).revision == 1, "seen, not sent"
    await page.keyboard.press("Enter")
    await expect(sent).to_have_text("Sendt: rettelse 2")
    await expect(page.locator("#part-head .state")).to_contain_text("Rettelse 2")
    east = (await town.place(incident)).lon
    assert east > SQUARE[1]

    await page.keyboard.press("r")
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowLeft", "ArrowDown", "ArrowUp"):
        await page.keyboard.press(key)
    await expect(says).to_have_text("Stedet flyttes 40 m mod vest")
    await page.keyboard.press("1")
    await page.keyboard.press("n")
    assert page.url.endswith(str(incident)), "a stray key leads away from nothing that is being moved"
    site.to_the_minute()
    await town.revises(incident, Place(*SQUARE, 10, (await town.place(incident)).address))
    await expect(page.locator("#draft-overtaken")).to_contain_text("rettet imens (rettelse 3)")
    await expect(page.locator("#draft-send")).to_be_disabled()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Escape")
    await expect(page.locator("#draft")).to_be_hidden()
    assert (await town.place(incident)).lon == SQUARE[1]

    lat, lon = metres_east(200)
    await page.locator("#box").fill(f"{lat:.5f}, {lon:.5f}")
    await expect(page.locator("#hits [aria-selected=true]")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(says).to_have_text("Stedet flyttes 200 m mod øst")
    await expect(page.locator("#draft-address")).to_have_text("Adressen ændres ikke.")
    await asyncio.sleep(READ_FIRST_S)
    await page.keyboard.press("Enter")
    await expect(sent).to_have_text("Sendt: rettelse 4")
    await expect(page.locator("#part-going")).to_contain_text("Har ikke vist det nyeste")


async def takes_the_patient(page: Page) -> tuple[float, float]:
    """Where the sign is, in the middle of the map, once it is drawn."""
    await page.locator("#map canvas").scroll_into_view_if_needed()
    box = await page.locator("#map canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for step in range(100):
        await page.mouse.move(x + step % 2, y)
        if await page.locator("#map canvas").evaluate("each => each.style.cursor") == "move":
            break
        await asyncio.sleep(0.1)
    return x, y


async def stands_down_by_keys(page: Page, town: Town, incident: IncidentId, axe: str) -> None:
    """X, a number, Enter; never by fewer, and not at all where the keys are switched off."""
    await page.evaluate("() => document.activeElement.blur()")
    await page.keyboard.press("?")
    await expect(page.locator("#help-keys")).to_contain_text("Ret stedet")
    await page.locator("#keys-switch").click()
    await page.keyboard.press("Escape")
    await page.keyboard.press("x")
    await expect(page.locator("#stand-down")).to_be_hidden()
    await page.locator("#help-button").click()
    await page.locator("#keys-switch").click()
    await page.locator("#help-close").click()
    await page.keyboard.press("x")
    await expect(page.locator("#stand-down")).to_be_visible()
    assert await violations(page, axe) == []
    await page.keyboard.press("Enter")
    await page.keyboard.press("x")
    await page.keyboard.press("Escape")
    assert (await town.incident(incident)).state == "open"
    await page.evaluate(X_RIGHT_AFTER_LEAVING)
    await expect(page.locator("#stand-down")).to_be_visible()
    await page.keyboard.press("1")
    await asyncio.sleep(READ_FIRST_S)
    await page.keyboard.press("Enter")
    await expect(page.locator("#stood-down-says")).to_contain_text("Aflyst: Sag")
    assert (await town.incident(incident)).end_reason == "ambulance_arrived"
