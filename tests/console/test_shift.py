"""A session lasts a shift, never ends in an alarm, and not with the provider."""

from datetime import timedelta
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from backend.console.visit import COOKIE
from backend.foundation.clock import SetClock
from backend.identity import staff_session
from backend.identity.staff import StaffRole
from backend.regions import access
from tests.campaigns.provider import Liar
from tests.console.cast import HOVEDSTADEN, NORDJYLLAND, OWNER, Browser, Office
from tests.console.test_signing_in import signs_in

SHIFT, A_MINUTE = timedelta(hours=12), timedelta(minutes=1)


async def is_in(browser: Browser) -> bool:
    return (await browser.opens("/konsol")).status_code == 200


@pytest.fixture
async def anna(office: Office, browser: Browser) -> Browser:
    await browser.sits_down(await office.grants("Anna", StaffRole.VAGTHAVENDE))
    return browser


async def test_a_session_lasts_a_shift_and_no_longer(anna: Browser, clock: SetClock, office: Office) -> None:
    clock.advance(SHIFT - A_MINUTE)
    assert await is_in(anna)
    clock.advance(A_MINUTE)
    assert not await is_in(anna)
    await office.has_an_incident()
    assert not await is_in(anna), "what is over does not come back with the next alarm"


async def test_a_session_never_ends_in_an_alarm(anna: Browser, clock: SetClock, office: Office) -> None:
    clock.advance(SHIFT - A_MINUTE)
    incident = await office.has_an_incident()
    clock.advance(timedelta(hours=1))
    page = await anna.opens("/konsol")
    assert page.status_code == 200
    assert "Vagten er slut, men der er en alarm i gang" in page.text
    await office.ends(incident)
    assert not await is_in(anna)


async def test_nor_in_the_next_one_that_begins_meanwhile(anna: Browser, clock: SetClock, office: Office) -> None:
    clock.advance(SHIFT - A_MINUTE)
    first = await office.has_an_incident()
    clock.advance(timedelta(minutes=40))
    assert await is_in(anna)
    second = await office.has_an_incident()
    clock.advance(timedelta(minutes=10))
    await office.ends(first)
    assert await is_in(anna)
    await office.ends(second)
    assert not await is_in(anna)


async def test_an_alarm_that_nobody_of_the_shift_was_there_for_prolongs_nothing(
    anna: Browser, clock: SetClock, office: Office
) -> None:
    """A secret that lay about for the night is not made good by the morning's alarm."""
    clock.advance(SHIFT + timedelta(hours=6))
    await office.has_an_incident()
    assert not await is_in(anna)


async def test_overtime_ends_half_a_day_after_the_shift(anna: Browser, clock: SetClock, office: Office) -> None:
    """Alarm after alarm: those that begin later than that prolong nothing, those under way then are seen through."""
    clock.advance(SHIFT - A_MINUTE)
    incident = await office.has_an_incident()
    for _ in range(12):
        clock.advance(timedelta(hours=1))
        assert await is_in(anna)
        following = await office.has_an_incident()
        await office.ends(incident)
        incident = following
    clock.advance(timedelta(hours=1))
    assert await is_in(anna), "the last one began within the twelve hours"
    await office.has_an_incident()
    await office.ends(incident)
    assert not await is_in(anna)


async def test_another_centre_s_alarm_or_an_exercise_prolongs_nothing(
    anna: Browser, clock: SetClock, office: Office
) -> None:
    clock.advance(SHIFT - A_MINUTE)
    await office.has_an_incident(NORDJYLLAND)
    await office.has_an_incident(kind="exercise")
    clock.advance(timedelta(hours=1))
    assert not await is_in(anna)


async def test_an_alarm_at_the_centre_their_work_has_moved_to_prolongs_it_too(
    anna: Browser, clock: SetClock, office: Office, http: AsyncTestClient[Any]
) -> None:
    """On the night of 1 January 2027 a shift that began at the old centre ends in no alarm of the new one."""
    now = clock.now()
    async with office.database.acting_as(OWNER) as c:
        await access.merge(c, OWNER, HOVEDSTADEN, NORDJYLLAND, now, "driftsansvarlig", now)
        http.app.state.access.now = await access.load(c)  # as the process does every ten seconds
    clock.advance(SHIFT - A_MINUTE)
    await office.has_an_incident(NORDJYLLAND)
    clock.advance(timedelta(hours=1))
    assert await is_in(anna)


async def test_a_provider_that_is_down_ends_no_session_and_says_what_to_do_to_who_comes_anew(
    office: Office, browser: Browser, provider: Liar, clock: SetClock
) -> None:
    from aiohttp import web

    await office.grants("Anna", StaffRole.VISITATOR)
    await signs_in(browser, provider)
    for path in ("/.well-known/openid-configuration", "/keys", "/token"):
        provider.instead[path] = web.Response(status=503)
    clock.advance(timedelta(hours=3))
    assert await is_in(browser)
    anew = Browser(browser.http, office)
    told = await anew.opens("/konsol/videre")
    assert told.status_code == 503
    assert "brug nødlogin ved pladsen" in told.text


async def test_housekeeping_removes_what_nothing_can_prolong_any_more(
    anna: Browser, clock: SetClock, office: Office
) -> None:
    from backend.foundation.database import Actor, Role

    async def removed() -> int:
        async with office.database.acting_as(Actor(Role.WORKER)) as c:
            return await staff_session.remove_old(c, clock.now())

    clock.advance(SHIFT + timedelta(hours=12))
    assert await removed() == 0
    clock.advance(timedelta(hours=4))
    assert await removed() == 1
    async with office.database.acting_as(OWNER) as c:
        assert await c.fetchval("SELECT count(*) FROM identity.staff_session") == 0
    assert COOKIE in anna.cookies
