"""Operations: how channels and addresses are doing, the worst first, in counts that are nobody's."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from httpx import Response
from litestar.testing import AsyncTestClient

from backend.console.operations import PAGES as PAGES_THERE_ARE
from backend.console.operations import percent
from backend.delivery.channel_health import State, judged
from backend.delivery.message import Channel
from backend.delivery.queries_health import Tried, Waiting
from backend.delivery.queries_switches import Switch
from backend.foundation.clock import SetClock
from backend.foundation.database import Database
from backend.identity.staff import MAY, May, StaffRole
from tests.alarm.cast import Town
from tests.console.cast import HOVEDSTADEN, NOON, Browser, Office, text_of
from tests.console.conftest import NewBrowser

PAGE = "/konsol/drift"
PAGES = [each.address for each in PAGES_THERE_ARE if each.may is May.OPERATE]


@pytest.fixture
def town(database: Database, clock: SetClock) -> Town:
    town = Town(database)
    town.clock, town.centre_id = clock, HOVEDSTADEN
    return town


@pytest.fixture
async def manager(office: Office, browser: Browser) -> Browser:
    """A driftsansvarlig at the capital's centre."""
    await browser.sits_down(await office.grants("Mads", StaffRole.DRIFTSANSVARLIG))
    return browser


async def tries(town: Town, outcome: str, code: str | None, count: int, at: datetime) -> None:
    """So many attempts by push, that ended alike."""
    await town.rows(
        """
        WITH made AS (
          INSERT INTO delivery.attempt (id, delivery_id, fence, provider, started_at)
          SELECT gen_random_uuid(), d.id, (random() * 1e12)::bigint, 'fcm', $4::timestamptz
          FROM delivery.delivery d, generate_series(1, $3::int)
          WHERE d.id = (SELECT id FROM delivery.delivery WHERE channel = 'fcm' LIMIT 1) RETURNING id)
        INSERT INTO delivery.attempt_result (attempt_id, outcome, code, ended_at)
        SELECT id, $1::text, $2::text, $4 FROM made
        """,
        outcome,
        code,
        count,
        at,
    )


async def opens_with_figures(http: AsyncTestClient[Any], browser: Browser, address: str) -> Response:
    """Once the alarm that the test raised is over for statistics: the app hears of it a moment later."""
    for _ in range(200):
        http.app.state.database.put_statistics_off(0)
        page = await browser.opens(address)
        if "Ingen tal lige nu" not in page.text:
            return page
        await asyncio.sleep(0.05)
    raise AssertionError("statistics stay put off")


def switch(channel: Channel, *, on: bool = True) -> Switch:
    return Switch(channel, on, NOON, 0)


def test_the_worst_channel_stands_first() -> None:
    """Off before failing, failing before too few to tell, and that before well; no result says nothing."""
    tried = [
        Tried(Channel.FCM, "accepted", None, 95, 900),
        Tried(Channel.FCM, "rejected", "UNREGISTERED", 5, 20),
        Tried(Channel.FCM, None, None, 400, 400),
        Tried(Channel.SMS, "accepted", None, 9, 9),
        Tried(Channel.SMS, "ambiguous", "timeout", 1, 1),
        Tried(Channel.IN_APP, "accepted", None, 4, 4),
    ]
    found = judged(tried, [switch(each) for each in Channel], [Waiting(Channel.SMS, 7, NOON)])
    assert [(each.channel, each.state) for each in found] == [
        (Channel.SMS, State.FAILING),
        (Channel.IN_APP, State.QUIET),
        (Channel.FCM, State.FINE),
    ]
    assert (found[0].waiting, found[0].oldest) == (7, NOON)
    off = judged(tried, [switch(Channel.FCM, on=False), switch(Channel.SMS)], [])
    assert [each.state for each in off] == [State.OFF, State.FAILING]


def test_a_failure_of_fewer_than_five_is_told_without_its_number() -> None:
    tried = [Tried(Channel.FCM, "rejected", "UNREGISTERED", 0, 5), Tried(Channel.FCM, "rejected", "QUOTA", 1, 4)]
    (channel,) = judged(tried, [switch(Channel.FCM)], [])
    assert [(each.code, each.lately, each.in_all) for each in channel.failures] == [
        ("UNREGISTERED", 0, 5),
        ("QUOTA", None, None),
    ]


def test_a_share_is_never_rounded_to_all_or_to_nothing() -> None:
    assert [percent(each) for each in (0, 0.00001, 0.123, 0.99999, 1)] == [
        "0,0 %",
        "0,1 %",
        "12,3 %",
        "99,9 %",
        "100,0 %",
    ]


async def test_the_page_says_first_which_channel_fails(
    http: AsyncTestClient[Any], town: Town, manager: Browser, clock: SetClock
) -> None:
    await town.volunteers(120, 130, 140, 150, 160)
    await town.arrest()
    await tries(town, "accepted", None, 12, clock.now())
    await tries(town, "rejected", "UNREGISTERED", 8, clock.now())
    page = await opens_with_figures(http, manager, PAGE)
    assert page.status_code == 200
    shown = text_of(page)
    assert "Push (FCM) svigter: 40,0 % af 20 besvarede forsøg den seneste time gik galt." in shown
    assert "afvist UNREGISTERED 8 8" in shown
    assert "Push (FCM, token) 5 0 0" in shown, "five addresses, all healthy"
    clock.advance(timedelta(hours=2))
    later = text_of(await manager.opens(PAGE))
    assert "For få forsøg den seneste time" in later
    assert "afvist UNREGISTERED 0 8" in later, "of the day still"
    assert "Too few attempts in the last hour" in text_of(await manager.opens(f"{PAGE}?lang=en"))


async def test_while_an_alarm_comes_first_there_are_no_figures(http: AsyncTestClient[Any], manager: Browser) -> None:
    """The page is there, says why, and took no time from anything."""
    database: Database = http.app.state.database
    database.put_statistics_off(60)
    page = await manager.opens(PAGE)
    assert page.status_code == 200
    assert "Ingen tal lige nu" in text_of(page)


@pytest.mark.parametrize("role", StaffRole)
async def test_operations_are_for_whoever_runs_the_service(
    office: Office, new_browser: NewBrowser, role: StaffRole
) -> None:
    browser = new_browser()
    await browser.sits_down(await office.grants("Nogen", role))
    wanted = 200 if May.OPERATE in MAY[role] else 403
    assert {(await browser.opens(page)).status_code for page in PAGES} == {wanted}
    assert wanted == (200 if role in (StaffRole.DRIFTSANSVARLIG, StaffRole.VAGTHAVENDE) else 403)
