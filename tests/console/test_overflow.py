"""A neighbour helps, from the agreement on pages to the end of what a worker lends: sees, follows, stands down."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from backend.attention.look import Lookout
from backend.console.by_script import WORD_HEADER
from backend.console.visit import APPROVALS, COOKIE
from backend.console.who import still_here, who_is
from backend.foundation.database import Database
from backend.foundation.ids import CentreId, IncidentId
from backend.identity.staff import StaffRole
from backend.identity.staff_session import form_word
from tests.alarm.cast import Town
from tests.console.cast import FROM_HERE, HOVEDSTADEN, NORDJYLLAND, Browser, Office, text_of
from tests.edge.cast import Edge

DATA = "/konsol/data"
LENT_S = 30 * 60


class Two:
    """The owner's console and its neighbour's, and the worker between them."""

    def __init__(self, edge: Edge, database: Database) -> None:
        self.edge, self.database = edge, database
        self.office = Office(database, edge.clock)
        self.town = Town(database)
        self.town.clock, self.town.centre_id = edge.clock, HOVEDSTADEN

    async def sits(self, name: str, role: StaffRole, centre: CentreId = HOVEDSTADEN) -> Browser:
        http: Any = self.edge.http
        browser = Browser(http, self.office)
        await browser.sits_down(await self.office.grants(name, role, centre=centre), centre, fresh=True)
        return browser

    async def agree(self) -> None:
        doctor = await self.sits("Dorte", StaffRole.AMK_LAEGE)
        manager = await self.sits("Mads", StaffRole.DRIFTSANSVARLIG)
        typed = "?to=amk-nordjylland&after_s=60&from_hour=0&to_hour=0&lends_for_min=30"
        page = await doctor.opens(f"/konsol/drift/centralen/nabohjaelp{typed}")
        await doctor.fills_in(page, "/konsol/drift/centralen/nabohjaelp")
        waiting = await manager.opens(APPROVALS)
        address = waiting.text.partition(f'action="{APPROVALS}/')[2].partition('"')[0]
        assert (await manager.fills_in(waiting, f"{APPROVALS}/{address}", svar="approved")).status_code == 200

    async def looks(self, **later: float) -> None:
        """A worker does, after a while; and every process reads again who acts for whom."""
        self.edge.clock.advance(timedelta(**later))
        for _ in range(2):
            await Lookout(self.database, self.edge.clock).round()
        await self.edge.app.state.access.load()

    async def lent(self) -> IncidentId:
        """An alarm nobody takes up: two minutes until it sounds, and one more until it is lent."""
        await self.town.volunteers(100, 200, 300)
        incident = await self.town.arrest()
        await self.looks(minutes=2)
        await self.looks(minutes=1)
        return incident


@pytest.fixture
def two(edge: Edge, database: Database) -> Two:
    return Two(edge, database)


async def seen_by(browser: Browser) -> set[str]:
    return {each["id"] for each in (await browser.opens(f"{DATA}/overblik")).json()["incidents"]}


async def does(browser: Browser, path: str, body: Any) -> int:
    headers = FROM_HERE | {WORD_HEADER: form_word(browser.cookies[COOKIE])}
    return (await browser._call("POST", f"{DATA}{path}", json=body, headers=headers)).status_code


async def test_a_neighbour_sees_follows_and_stands_down_and_nothing_more_until_the_time_is_over(two: Two) -> None:
    nora = await two.sits("Nora", StaffRole.VAGTHAVENDE, NORDJYLLAND)
    over = await two.town.arrest()
    await two.town.ends(over)
    await two.agree()
    incident = await two.lent()
    another = await two.town.arrest()
    page, here = f"/konsol/haendelser/{incident}", f"/haendelser/{incident}"

    assert await seen_by(nora) == {str(incident), str(another)}, "the centre's incidents, for the time"
    items = (await nora.opens(f"{DATA}/opmaerksomhed")).json()["items"]
    assert {each["needs"]: each["sounds"] for each in items}["handover_received"] is True
    shown = await nora.opens(page)
    assert shown.status_code == 200
    assert f'action="{page}/aflys"' in shown.text
    for act in ("flere", "ord", "ret", "saml", "alligevel", "adresse"):
        assert f'action="{page}/{act}"' not in shown.text, act

    word = {"ord": form_word(nora.cookies[COOKIE])}
    glass = await nora.sends(f"{page}/adresse", {**word, "reason": "ambulance_asks"})
    assert glass.status_code == 403
    assert await two.office.journal("address_disclosed") == []
    assert (await nora.sends(f"/konsol/kaldt/{incident}", {**word, "svar": "confirmed"})).status_code == 403
    more = {"id": str(uuid4()), "count": 1}
    assert await does(nora, f"{here}/flere", more) == 403
    assert await does(nora, f"{here}/ord", {"id": str(uuid4()), "word": "call_us"}) == 403
    assert str(over) not in (await nora.opens("/konsol/efter")).text, "what is over was never lent"
    assert (await nora.opens(f"/konsol/efter/{over}")).status_code == 404

    vera = await two.sits("Vera", StaffRole.VISITATOR)
    assert (await two.town.incident(incident)).centre_id == HOVEDSTADEN
    assert await seen_by(vera) == {str(incident), str(another)}
    assert await does(vera, f"{here}/ord", {"id": str(uuid4()), "word": "call_us"}) in (200, 409), "the owner's own"
    assert await does(nora, f"{here}/aflys", {"reason": "sent_in_error"}) == 200
    assert await seen_by(vera) == {str(another)}

    await two.looks(seconds=LENT_S)
    assert await seen_by(nora) == set()
    assert (await nora.opens(f"/konsol/haendelser/{another}")).status_code == 404
    assert await does(nora, f"/haendelser/{another}/aflys", {"reason": "sent_in_error"}) == 404
    assert await seen_by(vera) == {str(another)}


async def test_the_neighbour_s_open_stream_tells_nothing_more_from_the_moment_the_time_is_over(two: Two) -> None:
    """In the middle of it, to the second; and within ten seconds it is ended, so that the page asks what it may see."""
    nora = await two.sits("Nora", StaffRole.VISITATOR, NORDJYLLAND)
    await two.agree()
    incident = await two.lent()
    state = two.edge.app.state
    here = await who_is(two.database, state.access.now, nora.cookies[COOKIE], two.edge.clock.now())
    assert here is not None
    streaming = asyncio.create_task(nora.opens(f"{DATA}/haendelser"))
    own = asyncio.create_task((await two.sits("Vera", StaffRole.VISITATOR)).opens(f"{DATA}/haendelser"))
    await two.edge.is_followed(2)

    async def step() -> IncidentId:
        happened = await two.town.arrest()
        await two.edge.streams_told()
        return happened

    during = await step()
    two.edge.clock.advance(timedelta(seconds=LENT_S - 1))
    last = await step()
    two.edge.clock.advance(timedelta(seconds=1))
    after = await step()
    assert not await still_here(two.database, state.access.now, here, two.edge.clock.now())
    await state.hub.stop()
    async with asyncio.timeout(10):
        theirs, ours = (await streaming).text, (await own).text
    assert [str(each) in theirs for each in (during, last, after)] == [True, True, False]
    assert [str(each) in ours for each in (during, last, after)] == [True, True, True]
    assert str(incident) not in text_of(await nora.opens("/konsol/tavle"))
