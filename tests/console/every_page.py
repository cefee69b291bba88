"""Every page of the console, and how to come to it: what is looked at in pictures, by axe and for requests elsewhere.

A page that is added is a line in VISITS; `test_every_page` fails for a route that is in none.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from enum import Enum
from typing import NamedTuple
from uuid import uuid4

from playwright.async_api import Browser, Page

from backend.foundation.clock import MachineClock
from backend.foundation.database import Actor, Role
from backend.identity import seats, staff_session
from backend.identity.queries_staff import insert_role, insert_staff
from backend.identity.shift import How
from backend.identity.staff import Granted, Staff, StaffId, StaffRole
from tests.console.cast import HOVEDSTADEN
from tests.console.live_site import DESK, LiveSite, Scheme


class Who(Enum):
    """Who sits there."""

    NOBODY = ()
    AT_A_SEAT = ("seat",)
    VAGTHAVENDE = (StaffRole.VAGTHAVENDE,)
    AMK_LAEGE = (StaffRole.AMK_LAEGE,)
    DRIFTSANSVARLIG = (StaffRole.DRIFTSANSVARLIG,)


Does = Callable[[Page], Awaitable[object]]


async def _types_a_place(page: Page) -> None:
    await page.locator("#box").fill("55,676 12,568")
    await page.keyboard.press("Enter")
    await page.locator("#foreseen .band").wait_for()


async def _breaks_the_glass(page: Page) -> None:
    await page.locator("form[action$='/adresse'] button").first.click()
    await page.wait_for_load_state()


class Visit(NamedTuple):
    """A page: the name of its pictures, its address with the ids of `behind_it.happens` in braces, and who opens it.

    `does`: what they do there before it is looked at. Not `pictured`: it says other words on a page that is.
    """

    name: str
    address: str
    who: Who
    does: Does | None = None
    pictured: bool = True


_HELP = "to=amk-nordjylland&after_s=90&from_hour=22&to_hour=6&lends_for_min=30"
VISITS = (
    Visit("log-ind", "/konsol/log-ind", Who.NOBODY),
    Visit("videre", "/konsol/videre", Who.NOBODY, pictured=False),
    Visit("tilbage", "/konsol/tilbage", Who.NOBODY, pictured=False),
    Visit("log-ud", "/konsol/log-ud", Who.NOBODY),
    Visit("plads", "/konsol/plads", Who.NOBODY),
    Visit("skift", "/konsol/skift", Who.AT_A_SEAT),
    Visit("noed", "/konsol/noed", Who.AT_A_SEAT),
    Visit("tavle", "/konsol/tavle?valgt={noerreport}", Who.VAGTHAVENDE),
    Visit("tavle-oevelse", "/konsol/tavle?slags=oevelse", Who.VAGTHAVENDE),
    Visit("vaeg", "/konsol/vaeg", Who.VAGTHAVENDE),
    Visit("haendelse", "/konsol/haendelser/{noerreport}", Who.VAGTHAVENDE),
    Visit("ny", "/konsol/ny", Who.VAGTHAVENDE, _types_a_place),
    Visit("ny-oevelse", "/konsol/ny-oevelse", Who.VAGTHAVENDE, _types_a_place),
    Visit("kaldt", "/konsol/kaldt", Who.VAGTHAVENDE),
    Visit("haendelser", "/konsol/haendelser", Who.VAGTHAVENDE),
    Visit("adresse", "/konsol/haendelser", Who.VAGTHAVENDE, _breaks_the_glass),
    Visit("efter", "/konsol/efter", Who.VAGTHAVENDE),
    Visit("efter-forloeb", "/konsol/efter/{forbi}?skridt=6", Who.VAGTHAVENDE),
    Visit("efter-tal", "/konsol/efter/tal", Who.VAGTHAVENDE),
    Visit("min-side", "/konsol", Who.VAGTHAVENDE),
    Visit("bekraeft", "/konsol/bekraeft", Who.VAGTHAVENDE, pictured=False),
    Visit("godkendelser", "/konsol/godkendelser", Who.AMK_LAEGE),
    Visit("drift", "/konsol/drift", Who.DRIFTSANSVARLIG),
    Visit("drift-optaget", "/konsol/drift/optaget", Who.DRIFTSANSVARLIG),
    Visit("drift-hjertestartere", "/konsol/drift/hjertestartere", Who.DRIFTSANSVARLIG),
    Visit("drift-kan-naas", "/konsol/drift/kan-naas", Who.DRIFTSANSVARLIG),
    Visit("drift-sletning", "/konsol/drift/sletning", Who.DRIFTSANSVARLIG),
    Visit("drift-proevealarmer", "/konsol/drift/proevealarmer", Who.DRIFTSANSVARLIG),
    Visit("drift-regler", "/konsol/drift/regler", Who.DRIFTSANSVARLIG),
    Visit("drift-regel", "/konsol/drift/regler/{regel}", Who.DRIFTSANSVARLIG),
    Visit("drift-udkast", "/konsol/drift/regler/udkast/{udkast}", Who.DRIFTSANSVARLIG),
    Visit("drift-centralen", "/konsol/drift/centralen", Who.DRIFTSANSVARLIG),
    Visit("drift-centralen-forslag", f"/konsol/drift/centralen/nabohjaelp?{_HELP}", Who.DRIFTSANSVARLIG),
)


@asynccontextmanager
async def sitting(
    site: LiveSite, browser: Browser, who: Who, size: dict[str, int] = DESK, scheme: Scheme = "dark"
) -> AsyncIterator[Page]:
    """A browser of theirs; whoever sits at a seat has colleagues there who may come back."""
    roles = who.value if who not in (Who.NOBODY, Who.AT_A_SEAT) else ()
    async with site.seat(browser, *roles, size=size, scheme=scheme) as page:
        if not roles:
            await page.context.clear_cookies(name="__Host-konsol")
        if who is Who.AT_A_SEAT:
            await page.goto(site.service.url + "/konsol/plads")
            await page.locator("#code").fill(await _seat_with_people(site))
            await page.locator("main form button").click()
            await page.wait_for_load_state()
        yield page


async def opened(page: Page, site: LiveSite, visit: Visit, ids: Mapping[str, str]) -> None:
    """The page, live where it can be, and with done what is done there."""
    await page.goto(site.service.url + visit.address.format(**ids))
    if await page.locator("#stream").count():
        await page.wait_for_selector("#stream[data-state=live]")
    if visit.does is not None:
        await visit.does(page)


async def _seat_with_people(site: LiveSite) -> str:
    """The code of a new one, at which two were signed in before."""
    now = MachineClock().now()
    async with site.database.acting_as(Actor(Role.OWNER)) as c:
        made = await seats.add_seat(c, HOVEDSTADEN, f"{uuid4().hex[:2]}", now)
    assert made is not None
    for name in ("Bodil", "Christian"):
        staff = Staff(StaffId(uuid4()), f"{name.lower()}-{uuid4().hex[:6]}@amk.example", name)
        async with site.database.acting_as(Actor(Role.OWNER)) as c:
            await insert_staff(c, staff, now)
            await insert_role(c, staff.id, Granted(uuid4(), StaffRole.VISITATOR, HOVEDSTADEN, now, None))
        async with site.database.acting_as(Actor(Role.API, HOVEDSTADEN, staff.id)) as c:
            secret = await staff_session.begin(
                c, staff.id, HOVEDSTADEN, made.seat_id, How.OPENID, now, timedelta(hours=12), now
            )
            session = await staff_session.find(c, secret)
            assert session is not None
            if name == "Bodil":
                await staff_session.choose_pin(c, session, "4711")
            await staff_session.park(c, session, now)
    return made.code
