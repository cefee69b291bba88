"""A copy of somebody's data is handed out by two people of the service, once, and the journal says by whom."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.foundation.settings import Settings
from backend.identity.staff import Staff, StaffRole
from tests.console.cast import HOVEDSTADEN, Browser, Office, hidden_in
from tests.console.conftest import NewBrowser
from tests.console.test_second_person import PAGE, answers, waiting
from tests.people.cast import API, a_phone, newcomer

COPY = f"{PAGE}/kopi"


@pytest.fixture
async def phone(office: Office) -> str:
    """Of somebody who is signed up."""
    number = a_phone()
    async with office.database.acting_as(API) as c:
        await newcomer(c, office.clock.now(), phone=number)
    return number


@pytest.fixture
async def two(office: Office, new_browser: NewBrowser) -> tuple[Browser, Browser, list[Staff]]:
    """Two who run the service, everywhere."""
    people = [await office.grants(name, StaffRole.DRIFTSANSVARLIG, centre=None) for name in ("Mads", "Oda")]
    browsers = (new_browser(), new_browser())
    for browser, staff in zip(browsers, people, strict=True):
        await browser.sits_down(staff, None, fresh=True)
    return *browsers, people


async def asks(browser: Browser, phone: str) -> Any:
    word = hidden_in(await browser.opens("/konsol"), "/konsol/log-ud")
    return await browser.sends(COPY, word | {"what": phone})


async def test_one_asks_another_approves_and_the_first_fetches_it_once(
    office: Office, two: tuple[Browser, Browser, list[Staff]], phone: str
) -> None:
    mads, oda, people = two
    assert (await asks(mads, phone)).status_code == 200
    assert phone not in (await oda.opens(PAGE)).text, "what waits has ids, no phones"
    assert (await answers(mads, await waiting(mads), "approved")).status_code == 403
    assert (await answers(oda, await waiting(oda), "approved")).status_code == 200
    page = await mads.opens(PAGE)
    path = f"{COPY}/" + page.text.partition(f'action="{COPY}/')[2].partition('"')[0]
    other = await oda.sends(path, hidden_in(await oda.opens("/konsol"), "/konsol/log-ud"))
    assert other.status_code == 404, "only whoever asked"
    copy = await mads.fills_in(page, path)
    assert (copy.status_code, copy.headers["content-type"]) == (200, "application/json")
    assert copy.json()["identity"]["phone"] == phone
    assert copy.headers["cache-control"] == "no-store"
    again = await mads.sends(path, hidden_in(await mads.opens("/konsol"), "/konsol/log-ud"))
    assert again.status_code == 404
    (entry,) = await office.journal("exported")
    assert entry["facts"]["by"] == [str(each.id) for each in people]


async def test_what_nobody_fetched_in_a_day_is_asked_for_again(
    office: Office, two: tuple[Browser, Browser, list[Staff]], phone: str
) -> None:
    mads, oda, people = two
    await asks(mads, phone)
    await answers(oda, await waiting(oda), "approved")
    path = f"{COPY}/" + (await mads.opens(PAGE)).text.partition(f'action="{COPY}/')[2].partition('"')[0]
    office.clock.advance(timedelta(hours=25))
    await mads.sits_down(people[0], None, fresh=True)
    word = hidden_in(await mads.opens("/konsol"), "/konsol/log-ud")
    assert (await mads.sends(path, word)).status_code == 404
    assert await office.journal("exported") == []


async def test_whoever_runs_one_centre_only_or_is_not_fresh_asks_in_vain(
    office: Office, new_browser: NewBrowser, phone: str
) -> None:
    local, stale = new_browser(), new_browser()
    await local.sits_down(await office.grants("Lone", StaffRole.DRIFTSANSVARLIG), fresh=True)
    assert (await asks(local, phone)).status_code == 409
    await stale.sits_down(await office.grants("Sten", StaffRole.DRIFTSANSVARLIG, centre=None), HOVEDSTADEN)
    assert (await asks(stale, phone)).headers["location"].startswith("/konsol/bekraeft")
    assert await office.journal("second_person_asked") == []


@pytest.mark.parametrize("typed", ["", "12", "+4567999999", "Anna"])
async def test_nobody_s_phone_is_refused(
    office: Office, two: tuple[Browser, Browser, list[Staff]], typed: str, settings: Settings, tmp_path: Path
) -> None:
    assert (await asks(two[0], typed)).status_code == 422
    assert await office.journal("second_person_asked") == []
