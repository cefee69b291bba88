"""The whole alarm, driven from two consoles by three phones, with nothing left out and the server killed on the way.

Real processes throughout: API, worker, the providers' stand-ins, PostgreSQL, Chromium. What it took is printed.
"""

import asyncio
import os
import re
import signal
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from backend.attention.agreed import set_rule
from backend.attention.item import Acknowledges
from backend.foundation.database import Actor, Role
from backend.foundation.ids import IncidentId, VolunteerId
from backend.identity.staff import StaffRole
from tests.alarm.cast import metres_east
from tests.campaigns.test_in_a_browser import axe, violations
from tests.console.cast import HOVEDSTADEN
from tests.console.handsets import Handset, handsets
from tests.console.live_site import PATIENCE_MS, LiveSite, running_live_site
from tests.console.test_by_hand_in_a_browser import has_addresses
from tests.harness.browser import FLAGS

__all__ = ["axe"]
pytestmark = pytest.mark.browser
LIVE = "#stream[data-state=live]"
STALE = "#banner-stale"
READ_FIRST_MS = 400
"""The page takes no second Enter before that: nobody can have read what will happen."""


class Story:
    """Two consoles, three phones, one incident; and how long each part of it took."""

    def __init__(self, site: LiveSite, one: Page, other: Page, phones: list[Handset]) -> None:
        self.site, self.one, self.other = site, one, other
        self.anna, self.ben, self.carl = phones
        self.incident: IncidentId
        self.took: list[str] = []
        self._since = time.monotonic()

    def lap(self, what: str) -> None:
        now = time.monotonic()
        self.took.append(f"{what} {now - self._since:.1f} s")
        self._since = now

    async def both_say(self, selector: str, words: str, count: int = 1) -> None:
        for page in (self.one, self.other):
            rows = page.locator(selector, has_text=words)
            await expect(rows).to_have_count(count, timeout=PATIENCE_MS)

    async def both_are_quiet(self) -> None:
        await self.both_say(".attention.sounds", "", 0)
        await self.both_say("html[data-sounds=false]", "")

    async def name_of(self, phone: Handset) -> str:
        assert phone.account.tokens is not None
        who = VolunteerId(UUID(phone.account.tokens.volunteer_id))
        return (await self.site.town.alert(self.incident, who)).pseudonym

    async def journal(self) -> list[str]:
        return [each.event for each in await self.site.town.journal(self.incident)]


@pytest.fixture
async def chromium(chromium_path: Path) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield started
        await started.close()


async def test_an_alarm_goes_its_whole_way_over_two_consoles_and_three_phones_and_a_server_that_is_killed(
    chromium: Browser, database_dsn: str, tmp_path: Path, axe: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running_live_site(database_dsn, tmp_path / "site", worker=True) as site:
        flat = next(each for each in await has_addresses(site, 400) if each.floor == "1" and each.door == "tv")
        patient = (flat.lat, flat.lon)
        site.to_the_minute()
        site.town.pushes_go_out = False  # the worker sees to that
        await site.town.aeds(200, at=patient)
        places = [metres_east(metres, of=patient) for metres in (400, 300, 500)]
        async with (
            handsets(site.service, tmp_path / "phones.jsonl", *places) as phones,
            site.seat(chromium) as one,
            site.seat(chromium, StaffRole.VAGTHAVENDE, scheme="light") as other,
        ):
            story = Story(site, one, other, phones)
            await sit_down(story)
            await by_keys(story, f"{flat.street.lower()} {flat.number} 1 tv {flat.postcode}")
            await asked_and_answered(story, f"{flat.street} {flat.number}")
            await killed_and_back(story)
            await arrived(story)
            await a_word_that_needs_a_person(story, chromium, axe)
            await a_word_to_those_who_go(story)
            await stood_down(story)
            await nothing_doubled(story)
            with capsys.disabled():
                print("\nthe whole alarm: " + ", ".join(story.took))  # noqa: T201
            assert (site.wrong, site.elsewhere) == ([], [])


async def sit_down(story: Story) -> None:
    """Their centre acknowledges alarms at the console. A room that would hear nothing is told."""
    owner, lasts = Actor(Role.OWNER), timedelta(minutes=2)
    async with story.site.database.acting_as(owner) as c:
        await set_rule(c, owner, HOVEDSTADEN, Acknowledges.CONSOLE, lasts, "vagthavende", story.site.town.now)
    for page in (story.one, story.other):
        await page.goto(story.site.service.url + "/konsol/tavle")
        await page.wait_for_selector(LIVE)
        assert await page.locator("#list li").count() == 0
        await expect(page.locator("#banner-sound")).to_contain_text("spærrer for lyden")
        await page.locator("#sound-test").click()
        await expect(page.locator("#banner-sound")).to_have_count(0)
    story.lap("ready")


async def by_keys(story: Story, address: str) -> None:
    """N, the address, Enter, Enter: and it is on both consoles."""
    page = story.one
    await page.keyboard.press("n")
    await expect(page).to_have_url(re.compile("/konsol/ny$"), timeout=PATIENCE_MS)
    await page.wait_for_function("() => document.activeElement.id === 'box'")
    await page.keyboard.type(address)
    await expect(page.locator("#hits [aria-selected=true]")).to_contain_text("1. tv", timeout=PATIENCE_MS)
    await page.keyboard.press("Enter")
    await expect(page.locator("#foreseen .band")).to_contain_text("1-4 hjerteløbere", timeout=PATIENCE_MS)
    await page.wait_for_timeout(READ_FIRST_MS)
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"/konsol/tavle\?valgt="), timeout=PATIENCE_MS)
    await story.both_say("#list li .count.asked", "3 Spurgt")
    (row,) = await story.site.town.rows("SELECT id FROM incidents.incident")
    story.incident = row["id"]
    story.lap("by hand")


async def asked_and_answered(story: Story, address: str) -> None:
    """Rung by push, shown, yes and no: in words on both consoles, the address to who goes alone."""
    await story.both_say(".attention.sounds", "Ny alarm")
    assert len(await story.site.town.ringing(story.incident)) == 3, "the alarm waited for no click"
    await story.other.keyboard.press("a")
    await story.both_are_quiet()
    await story.both_say(".attention", "kvitteret")
    for phone in (story.anna, story.ben, story.carl):
        assert "address" not in str(await phone.hears("ring")).lower()
    mission = await story.ben.accepts()
    assert mission["role"] == "aed"
    assert mission["place"]["address"].startswith(address)
    await story.both_say("#details .person.accepted", "henter hjertestarter")
    await story.both_say("#details .person.shown", "Har set alarmen", 2)
    await story.both_say("#details .aed", f"Hentes af {await story.name_of(story.ben)}")
    await story.carl.declines()
    await story.both_say("#details .person.over", "afviste")
    assert (await story.carl.looks())["mission"] is None
    await story.ben.tells("en_route")
    await story.both_say("#details .person.en_route", "På vej")
    await story.both_say("#list li .count.en_route", "1 På vej")
    story.lap("asked and answered")


async def killed_and_back(story: Story) -> None:
    """It stops to answer, and then dies. A yes said into the silence is heard, once; what happened is all there."""
    site, town = story.site, story.site.town
    over = await town.arrest(at=metres_east(40_000))
    await story.both_say("#list li", (await town.incident(over)).case_number)
    story.lap("another")

    signalled(site, signal.SIGSTOP)
    for page in (story.one, story.other):
        await page.wait_for_selector(STALE)
    story.lap("frozen, said")
    signalled(site, signal.SIGCONT)
    for page in (story.one, story.other):
        await page.wait_for_selector(STALE, state="detached")
    story.lap("thawed")

    signalled(site, signal.SIGKILL)
    answer = asyncio.create_task(story.anna.accepts())
    for page in (story.one, story.other):
        await page.wait_for_selector(STALE)
    story.lap("killed, said")
    site.to_the_minute()
    await town.ends(over)
    meanwhile = await town.arrest(at=metres_east(60_000))
    await site.service.supervisor.start(site.service.api.part)
    await story.both_say("#list li", (await town.incident(meanwhile)).case_number)
    await story.both_say("#list li", (await town.incident(over)).case_number, 0)
    for page in (story.one, story.other):
        await page.wait_for_selector(STALE, state="detached")
        await page.wait_for_selector(LIVE)
    story.lap("started again, right")

    mission = await answer
    assert mission["role"] == "direct", "there is one defibrillator, and somebody fetches it"
    assert await story.anna.accepts() == mission, "a yes whose answer was lost is said again"
    await story.both_say("#details .person.accepted", "direkte")
    await story.both_say("#details .person.en_route", "henter hjertestarter")
    assert (await story.journal()).count("accepted") == 2
    await town.ends(meanwhile)
    await story.both_say("#list li", "Sag", 1)
    await story.both_are_quiet()
    story.lap("the answer")


def signalled(site: LiveSite, number: signal.Signals) -> None:
    process = site.service.api.process
    assert process is not None
    os.killpg(process.pid, number)


async def arrived(story: Story) -> None:
    await story.ben.tells("aed_picked_up")
    await story.anna.tells("en_route")
    await story.anna.tells("on_scene")
    await story.both_say("#details .person.on_scene", "Fremme")
    await story.both_say("#list li .count.on_scene", "1 Fremme")
    story.lap("arrived")


async def a_word_that_needs_a_person(story: Story, chromium: Browser, axe: str) -> None:
    """One is afraid: it sounds everywhere until one takes it up; who may not take it up has no button."""
    await story.anna.says("unsafe")
    await story.both_say(".attention.sounds", f"utryg ({await story.name_of(story.anna)})")
    await story.both_say("#attention-says", "utryg")
    for page in (story.one, story.other):
        assert await violations(page, axe) == []
    async with story.site.seat(chromium, StaffRole.TEKNISK_DISPONENT) as watches:
        await watches.goto(story.site.service.url + "/konsol/vaeg")
        await expect(watches.locator(".attention.sounds")).to_contain_text("utryg", timeout=PATIENCE_MS)
        await expect(watches.locator(".attention button")).to_have_count(0)
    await story.one.keyboard.press("a")
    await story.both_are_quiet()
    await story.both_say(".attention", "utryg")
    await story.one.locator("#sound-switch").click()
    await expect(story.one.locator("#banner-sound")).to_contain_text("slået fra")
    story.lap("a word")


async def a_word_to_those_who_go(story: Story) -> None:
    page = story.one
    await page.locator("#details a.button").click()
    await page.locator("#act-tell summary").click()
    await page.locator("#tell-word").select_option("somebody_meets_you")
    await page.locator("#act-tell button").click()
    for phone in (story.anna, story.ben):
        assert (await phone.hears("word"))["word"] == "somebody_meets_you"
        said = [(each["from_centre"], each["word"]) for each in (await phone.looks())["mission"]["words"]]
        assert said[-1] == (True, "somebody_meets_you")
    await expect(page.locator("#part-timeline")).to_contain_text("nogen møder dig", timeout=PATIENCE_MS)
    await page.goto(story.site.service.url + "/konsol/tavle")
    await page.wait_for_selector(LIVE)
    story.lap("a word back")


async def stood_down(story: Story) -> None:
    """One, then all, each with a reason that reaches the phone; and it leaves the boards."""
    page, ben = story.other, await story.name_of(story.ben)
    await page.locator("#details a.button").click()
    await page.locator(f"#act-one-{ben} summary").click()
    await page.locator(f"#one-{ben}-reason").select_option("enough_helpers")
    await page.locator(f"#act-one-{ben} button").click()
    assert (await story.ben.hears("stand_down"))["reason"] == "enough_helpers"
    assert over_for(await story.ben.looks()) == ("stood_down", "enough_helpers", None)
    await expect(story.one.locator("#details .person.over", has_text=ben)).to_contain_text(
        "aflyst", timeout=PATIENCE_MS
    )
    assert (await story.anna.looks())["state"] == "accepted"
    story.lap("one stood down")

    await page.locator("#act-all-down summary").click()
    await page.locator("#all-down-reason").select_option("ambulance_arrived")
    await page.locator("#act-all-down button").click()
    assert (await story.anna.hears("stand_down"))["reason"] == "ambulance_arrived"
    assert over_for(await story.anna.looks()) == ("stood_down", "ambulance_arrived", None)
    await expect(page.locator("#part-head .state")).to_contain_text("ambulancen er fremme", timeout=PATIENCE_MS)
    await expect(story.one.locator("#list li")).to_have_count(0, timeout=PATIENCE_MS)
    await expect(story.one.locator("#details .hint")).to_contain_text("er afsluttet")
    await page.goto(story.site.service.url + "/konsol/tavle")
    await expect(page.locator("#none")).to_be_visible(timeout=PATIENCE_MS)
    story.lap("all stood down")


def over_for(alert: dict[str, Any]) -> tuple[str, str, Any]:
    """What a phone is told of what is over: the reason, and no address any more."""
    return alert["state"], alert["reason"], (alert["mission"] or {}).get("place")


async def nothing_doubled(story: Story) -> None:
    """Each was rung once and heard each thing once, though the server died; nobody heard what was not for them."""
    heard = [[push["what"] for push in phone.pushes] for phone in (story.anna, story.ben, story.carl)]
    assert heard == [["ring", "word", "stand_down"], ["ring", "word", "stand_down"], ["ring"]]
    counted = {each: (await story.journal()).count(each) for each in ("accepted", "declined", "said", "told")}
    assert counted == {"accepted": 2, "declined": 1, "said": 1, "told": 2}
