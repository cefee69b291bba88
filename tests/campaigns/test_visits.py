"""What is counted as a visit, and what is a machine's doing or the manager's own test."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from backend.foundation.clock import SetClock
from campaigns.campaign.campaign import Campaign
from campaigns.landing import queries
from campaigns.landing.page import count, find
from campaigns.landing.visit import By, made_by, visit_of
from tests.campaigns.cast import A_BROWSER, NOON, SIGN_UP_URL, Office, Person

A_BROWSER_SAYS = {name.lower(): value for name, value in A_BROWSER.items()}
SCANNERS = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "facebookexternalhit/1.1",
    "WhatsApp/2.23",
    "Mozilla/5.0 (Windows NT 10.0; Microsoft Outlook 16.0.10; ms-office; MSOffice 16)",
    "Slackbot-LinkExpanding 1.0",
    "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/146.0 Safari/537.36",
    "Mimecast-URL-Scanner",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0)",
    "TelegramBot (like TwitterBot)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "curl/8.5.0",
    "",
]


async def test_counting_a_visit_does_not_wait_for_the_disk_that_alarms_wait_for(
    office: Office, campaign: Campaign
) -> None:
    code = await office.makes_a_code(campaign)
    visit = visit_of("POST", "/", {}, A_BROWSER_SAYS, code=code)
    async with office.store.transaction() as c:
        await c.execute("SET LOCAL synchronous_commit = on")  # the tests' own server waits for nothing
        found = await find(c, visit, NOON)
        assert found is not None
        await count(c, found, visit, NOON)
        assert await c.fetchval("SELECT current_setting('synchronous_commit')") == "off"
    assert await office.visits(campaign.id) == {code: (1, 0, 0)}


@pytest.mark.parametrize("agent", SCANNERS)
async def test_a_mail_scanner_or_a_preview_is_no_visit(
    office: Office, campaign: Campaign, person: Person, agent: str
) -> None:
    code = await office.makes_a_code(campaign)
    await person.opens(f"/k/{code}", User_Agent=agent)
    await person.presses_tilmeld(f"/k/{code}/acted", User_Agent=agent)
    assert await office.visits(campaign.id) == {code: (0, 1, 0)}


@pytest.mark.parametrize(
    "inside", ["[LinkedInApp]/9.29", "Telegram-Android/10.14", "[FBAN/FBIOS;FBAV/450]", "Teams/24"]
)
def test_somebody_who_reads_inside_a_chat_s_own_browser_is_a_human(inside: str) -> None:
    assert made_by("GET", {"user-agent": f"{A_BROWSER['User-Agent']} {inside}"}, is_test=False) is By.HUMAN


@pytest.mark.parametrize("header", ["Sec-Purpose", "Purpose", "X-Moz", "X-Purpose"])
async def test_a_page_fetched_ahead_of_time_is_no_visit(
    office: Office, campaign: Campaign, person: Person, header: str
) -> None:
    code = await office.makes_a_code(campaign)
    await person.opens(f"/k/{code}", **{header: "prefetch;prerender"})
    assert await office.visits(campaign.id) == {code: (0, 1, 0)}


async def test_looking_whether_a_page_is_there_is_no_visit(office: Office, campaign: Campaign, person: Person) -> None:
    code = await office.makes_a_code(campaign)
    looked = await person.opens(f"/k/{code}", method="HEAD")
    assert (looked.status_code, looked.content) == (200, b"")
    await person.opens(f"/c/{campaign.name}", method="HEAD")
    assert await office.visits(campaign.id) == {code: (0, 1, 0), "": (0, 1, 0)}


async def test_the_manager_s_own_test_is_counted_apart_and_begins_no_sign_up_of_the_code(
    office: Office, campaign: Campaign, person: Person
) -> None:
    code = await office.makes_a_code(campaign)
    page = await person.opens(f"/k/{code}?test=1")
    assert "Det her er en prøve" in page.text
    assert f"/k/{code}?test=1" in page.text, "the form stays a test"
    await person.presses_tilmeld(f"/k/{code}/acted?test=1")
    led = await person.presses_tilmeld(f"/k/{code}?test=1")
    assert led.headers["location"] == f"{SIGN_UP_URL}/tilmelding"
    assert await office.visits(campaign.id) == {code: (0, 0, 1)}


async def test_a_form_or_a_beacon_of_another_site_counts_nobody(
    office: Office, campaign: Campaign, person: Person
) -> None:
    code = await office.makes_a_code(campaign)
    for address in (f"/k/{code}/acted", f"/k/{code}"):
        await person.presses_tilmeld(address, Sec_Fetch_Site="cross-site")
    assert await office.visits(campaign.id) == {}


async def test_a_day_is_a_danish_day(office: Office, campaign: Campaign, person: Person, clock: SetClock) -> None:
    code = await office.makes_a_code(campaign)
    clock.advance(timedelta(hours=11, minutes=30))  # 23:30 in Denmark
    await person.presses_tilmeld(f"/k/{code}")
    clock.advance(timedelta(hours=1))
    await person.presses_tilmeld(f"/k/{code}")
    async with office.store.transaction() as c:
        days = await c.fetch("SELECT day, visited FROM campaigns.visits ORDER BY day")
    assert [(f"{row['day']}", row["visited"]) for row in days] == [("2026-11-21", 1), ("2026-11-22", 1)]


async def test_where_a_link_stood_is_counted_and_goes_no_further(
    office: Office, campaign: Campaign, person: Person
) -> None:
    code = await office.makes_a_code(campaign)
    query = "utm_source=intra&utm_medium=news&utm_campaign=uge+48"
    page = await person.opens(f"/k/{code}?{query}")
    assert "utm_source=intra" in page.text, "the form carries it on"
    led = await person.presses_tilmeld(f"/k/{code}?{query}")
    assert "utm" not in led.headers["location"]
    assert await office.sources(campaign.id) == {("intra", "news", "uge 48"): 1}


@pytest.mark.parametrize("somebody", ["anna@example.dk", "+4568123456", "68 12 34 56", "a\x00b", "x" * 65])
async def test_a_source_that_could_be_somebody_s_is_not_kept(
    office: Office, campaign: Campaign, person: Person, somebody: str
) -> None:
    code = await office.makes_a_code(campaign)
    await person.presses_tilmeld(f"/k/{code}?{urlencode({'utm_source': somebody})}")
    kept = await office.sources(campaign.id)
    assert kept == ({("x" * 64, "", ""): 1} if somebody.startswith("x") else {})
    assert (await office.visits(campaign.id))[code] == (1, 0, 0)


async def test_a_table_does_not_grow_by_what_anybody_writes_into_links(
    office: Office, campaign: Campaign, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_SOURCES", 3)
    code = await office.makes_a_code(campaign)
    for source in ("a", "b", "c", "d", "e", "a"):
        await person.presses_tilmeld(f"/k/{code}?utm_source={source}")
    found: dict[Any, int] = await office.sources(campaign.id)
    assert {name[0]: count for name, count in found.items()} == {"a": 2, "b": 1, "c": 1, "(other)": 2}


async def test_a_campaign_s_page_without_a_code_is_counted_for_the_campaign(
    office: Office, campaign: Campaign, person: Person
) -> None:
    led = await person.presses_tilmeld(f"/c/{campaign.name}")
    assert led.headers["location"] == f"{SIGN_UP_URL}/tilmelding"
    assert await office.visits(campaign.id) == {"": (1, 0, 0)}


async def test_a_foreign_campaign_s_code_counts_for_neither_unit(
    office: Office, campaign: Campaign, person: Person
) -> None:
    code = await office.makes_a_code(campaign)
    other = await office.begins("en-anden")
    led = await person.presses_tilmeld(f"/c/{other.name}?code={code}")
    assert led.headers["location"] == f"{SIGN_UP_URL}/tilmelding"
    assert (await office.visits(campaign.id), await office.visits(other.id)) == ({}, {"": (1, 0, 0)})
