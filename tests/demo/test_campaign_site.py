"""The demo's campaign: a made-up year, told by the real counting, on a site that says what it is."""

import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import msgspec
import pytest
from yarl import URL

from backend.cli.migrating import bring_up_to_date
from backend.demo import campaign_site
from backend.demo.campaign_people import LOG_INS
from backend.demo.campaign_site import NAME, CampaignSite, Ready
from backend.demo.campaign_year import tell_year
from backend.demo.ports import HOST
from backend.demo.recruits import CHANNELS, Recruit, new_each_day, pull, recruits
from backend.demo.supervisor import Supervisor
from backend.foundation.clock import COPENHAGEN
from backend.foundation.database import prepare_connection
from backend.recruitment import day as counting
from backend.recruitment.campaign import ROOT, STAGES, Group, Stage, Way
from backend.recruitment.made_up import PeopleCame
from backend.recruitment.tell import GroupName
from backend.regions import shipped
from tests.campaigns.site import free_port

TODAY = datetime.now(COPENHAGEN).date()
DAYS = 15
FIRST, LAST = date(2025, 11, 28), date(2026, 11, 27)
ONWARD = re.compile(r'<meta http-equiv="refresh" content="0; url=([^"]+)">')
PAGES = ("", "/enhed/FKO", "/enhed/HJV", "/enhed/EKS-HK-01", "/enhed/EKS-HK-02", "/kanaler")
SEEN = {
    "kommunikation": list(PAGES),
    "hjemmevaernet": ["", "/enhed/HJV", "/enhed/EKS-HK-01", "/enhed/EKS-HK-02"],
    "kompagni": ["", "/enhed/EKS-HK-01"],
    "sundhed": [""],
}
UNITS = [
    Group(GroupName("FMN"), Way.UNIT, None, 400),
    Group(GroupName("HJV"), Way.UNIT, GroupName("FMN"), 200),
    Group(GroupName("HJV/own"), Way.UNIT, GroupName("HJV"), 200),
    Group(GroupName("FKO"), Way.UNIT, GroupName("FMN"), 200),
    Group(GroupName("FKO/own"), Way.UNIT, GroupName("FKO"), 200),
    *(Group(GroupName(name), Way.CHANNEL) for name in CHANNELS),
]


@pytest.fixture
def site(database_dsn: str) -> CampaignSite:
    url, issuer = (f"http://{HOST}:{free_port()}" for _ in range(2))
    return CampaignSite(url, database_dsn, f"http://{HOST}:1", issuer, seed=1, days=DAYS)


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[asyncpg.Connection]:
    await bring_up_to_date(database_dsn)
    connection = await asyncpg.connect(database_dsn)
    await prepare_connection(connection)
    yield connection
    await connection.close()


async def everything_told(database: asyncpg.Connection) -> list[tuple[Any, ...]]:
    rows = await database.fetch(
        "SELECT day, stage, group_name, at_least FROM recruitment.told ORDER BY day, stage, group_name"
    )
    return [tuple(row) for row in rows]


async def visits(database: asyncpg.Connection) -> int:
    return int(await database.fetchval("SELECT sum(visited) FROM campaigns.visits"))


async def seen_by(site: CampaignSite, user: str) -> list[str]:
    """Which pages of numbers somebody sees, who signs in as one does in a browser: a name chosen at the provider."""
    seen = []
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        for page in PAGES:
            async with browser.get(f"{site.numbers}/{NAME}{page}") as answer:
                said = await answer.text()
            if led_on := ONWARD.search(said):
                async with browser.post(URL(unescape(led_on[1]), encoded=True), data={"sub": user}) as answer:
                    said = await answer.text()
            if answer.status == 200:
                assert "Opdigtede tal" in said
                seen.append(page)
    return seen


async def what_each_sees(site: CampaignSite) -> dict[str, list[str]]:
    return {each.user: await seen_by(site, each.user) for each in LOG_INS}


async def test_the_site_answers_says_that_it_is_made_up_and_shows_a_year_that_can_be(
    database: asyncpg.Connection, site: CampaignSite, tmp_path: Path
) -> None:
    """Started twice: the second time nothing is made up again."""
    said: list[str] = []
    async with Supervisor(tmp_path, said.append) as them, aiohttp.ClientSession() as http:
        ready = await campaign_site.start(site, TODAY, them, said.append)
        for address in (ready.page, ready.poster):
            async with http.get(address) as page:
                assert (page.status, "Kampagnen er opdigtet" in await page.text()) == (200, True)
        assert await what_each_sees(site) == SEEN
        assert await seen_by(site, "nobody") == []
    assert ready.units == 60
    assert 20 <= ready.units_with_a_number <= 60  # of units on Sundays only, and these are two weeks
    assert any(f"{ready.units_with_a_number} of 60 units show a number" in line for line in said)

    told = await everything_told(database)
    at_least = {(day, stage, name): number for day, stage, name, number in told}
    assert {day for day, _, name, _ in told if name == ROOT} == {TODAY - timedelta(days=n + 1) for n in range(DAYS)}
    assert all(number % 10 == 0 for number in at_least.values())
    for day, _, name, _ in told:
        numbers = [at_least[day, stage.value, name] for stage in STAGES if (day, stage.value, name) in at_least]
        assert numbers == sorted(numbers, reverse=True), (day, name)
    for stage in STAGES:
        whole = [number for (_, each, name), number in sorted(at_least.items()) if (each, name) == (stage, ROOT)]
        assert whole == sorted(whole)
        assert whole[-1] > 0
    assert await visits(database) > at_least[TODAY - timedelta(days=1), "begun", ROOT]

    before = await visits(database)
    elsewhere = msgspec.structs.replace(site, issuer=f"http://{HOST}:{free_port()}")  # its port was taken, say
    async with Supervisor(tmp_path, said.append) as them:
        again = await campaign_site.start(elsewhere, TODAY, them, said.append)
        assert await what_each_sees(elsewhere) == SEEN
    assert again == ready
    assert await everything_told(database) == told
    assert await visits(database) == before


def test_the_demo_s_lines_name_the_page_the_poster_and_who_may_sign_in(site: CampaignSite) -> None:
    poster = f"{site.url}/k/ABCD2345"
    page, link, numbers = campaign_site.links(site, Ready(site.page, poster, 58, 60, 1000))
    assert page == f"Campaign site (made up) {site.url}/c/{NAME}"
    assert link.split() == ["A", "poster's", "link", poster]
    assert f" {site.url}/tal (" in numbers
    assert numbers.endswith(f"(sign in as: {', '.join(SEEN)})"), "of whom it is tested what they see"
    addresses = [line.index("http") for line in (page, link, numbers)]
    assert len(set(addresses)) == 1, "one below the other"


async def test_a_start_that_died_half_way_while_the_worker_counted_becomes_the_same_year(
    database: asyncpg.Connection, site: CampaignSite, tmp_path: Path
) -> None:
    await campaign_site.prepare(site, TODAY)
    assert await counting.look(database, datetime.now(COPENHAGEN)) == 0
    assert {row[3] for row in await everything_told(database)} == {0}, "of nobody, and only of yesterday"
    year = await tell_year(site.database, NAME, shipped.places(), TODAY, 1, lambda _line: None)
    told = await everything_told(database)
    assert len({row[0] for row in told}) == year.days == DAYS
    assert year.registered > 1000
    rows = await database.fetchval("SELECT count(*) FROM recruitment.member")
    assert rows == await database.fetchval("SELECT count(*) FROM recruitment.touch") == 0, (
        "made-up people are sums only"
    )


async def test_a_campaign_that_somebody_came_by_gets_no_made_up_past(
    database: asyncpg.Connection, site: CampaignSite
) -> None:
    await campaign_site.prepare(site, TODAY)
    await database.execute("UPDATE recruitment.join_code SET begun = 1 WHERE unit = 'EKS-FL-01/own'")
    with pytest.raises(PeopleCame):
        await tell_year(site.database, NAME, shipped.places(), TODAY, 1, lambda _line: None)
    assert await everything_told(database) == []


def drawn(seed: int = 1) -> list[Recruit]:
    return list(recruits(UNITS, {GroupName("0101"): 6, GroupName("0461"): 2}, FIRST, LAST, seed))


def test_the_same_seed_draws_the_same_people_and_another_others() -> None:
    assert drawn() == drawn()
    assert drawn() != drawn(2)


def test_nobody_comes_to_a_stage_before_the_one_before_it() -> None:
    everybody = drawn()
    assert {stage for one in everybody for stage in one.on} == set(Stage)
    for one in everybody:
        assert list(one.on) == list(STAGES)[: len(one.on)]
        assert list(one.on.values()) == sorted(one.on.values())


def test_a_whole_has_whom_its_parts_have_and_every_way_adds_up() -> None:
    total = Counter[tuple[str, str]]()
    for counts in new_each_day(drawn()).values():
        total.update({(each.stage, each.group_name): each.count for each in counts})
    for stage in STAGES:
        assert total[stage, ROOT] == total[stage, "FMN"] == total[stage, "HJV"] + total[stage, "FKO"]
        assert total[stage, ROOT] == sum(total[stage, name] for name in CHANNELS)
        areas = sum(total[stage, name] for name in ("0101", "0461", "area unknown"))
        assert areas == (0 if stage in ("begun", "proven") else total[stage, ROOT])


def test_a_launch_draws_most_a_minute_on_television_much_and_summer_little() -> None:
    def week(day: date) -> float:
        return sum(pull(day + timedelta(days=n), FIRST, LAST) for n in range(7))

    television = FIRST + timedelta(days=int(0.72 * (LAST - FIRST).days))
    assert week(FIRST) > week(television) > 2 * week(date(2026, 4, 13)) > 4 * week(date(2026, 7, 6))
