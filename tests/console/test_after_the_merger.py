"""Their centre's work has moved to another; they sit where they sat, with the session and the role of the old one."""

from datetime import timedelta
from typing import Any

import pytest

from backend.foundation.clock import SetClock
from backend.foundation.database import Database
from backend.foundation.ids import CentreId
from backend.identity.staff import StaffRole
from backend.incidents.raised import UNTIL_DECIDED
from backend.regions import access, shipped
from tests.alarm.cast import SQUARE, Town
from tests.console.cast import HOVEDSTADEN, OWNER, Browser, Office, text_of
from tests.console.test_by_hand import ALARMS, HERE, calls, sends
from tests.console.test_operations_held import PAGE as HELD
from tests.console.test_operations_held import on_a_mission

SJAELLAND = CentreId(shipped.centre_id("amk-sjaelland"))


@pytest.fixture
def town(database: Database, clock: SetClock) -> Town:
    """Of the centre that the work has moved to."""
    town = Town(database)
    town.clock, town.centre_id = clock, SJAELLAND
    return town


@pytest.fixture
async def moved(office: Office, http: Any, browser: Browser) -> Browser:
    roles = (StaffRole.VAGTHAVENDE, StaffRole.DRIFTSANSVARLIG)
    await browser.sits_down(await office.grants("Vagn", *roles), fresh=True)
    now = office.clock.now()
    async with office.database.acting_as(OWNER) as c:
        await access.merge(c, OWNER, HOVEDSTADEN, SJAELLAND, now, "driftsansvarlig", now)
        http.app.state.access.now = await access.load(c)  # as the process does every ten seconds
    return browser


async def test_whom_the_new_centre_s_alarms_hold_is_seen_and_let_go(
    town: Town, moved: Browser, clock: SetClock
) -> None:
    incident, anna = await on_a_mission(town)
    clock.advance(timedelta(minutes=61))
    alert = await town.alert(incident, anna)
    page = await moved.opens(HELD)
    assert alert.pseudonym in text_of(page)
    assert (await moved.fills_in(page, f"{HELD}/{alert.id}")).status_code == 303
    assert await town.engaged() == set()


async def test_it_is_foreseen_that_a_second_person_will_be_called(town: Town, moved: Browser) -> None:
    for at in range(UNTIL_DECIDED.an_hour):
        await sends(moved, key=f"alarm-no-{at}", where=HERE | {"lat": SQUARE[0] + at / 10})
    asked = {"where": HERE, "case_number": "one more"}
    foreseen = (await calls(moved, f"{ALARMS}/forhaandsvisning", asked)).json()
    assert foreseen["above"] == ["an_hour"]
    assert (await sends(moved, key="one-more"))["above"] == ["an_hour"]


async def test_no_policy_is_changed_by_which_nobody_is_asked_any_more(moved: Browser, town: Town) -> None:
    """The old centre's: a draft of it would look like a change, and change nothing."""
    assert "/konsol/drift/regler/" not in (await moved.opens("/konsol/drift/regler")).text
    (policy, *_) = await town.rows("SELECT id FROM selection.policy")
    edit = f"/konsol/drift/regler/{policy['id']}"
    word = (await moved.opens("/konsol")).text.partition('name="ord" value="')[2].partition('"')[0]
    form = {"ord": word, "reach_m": "3000", "at_once": "20", "in_total": "20", "rings_s": "120", "receipt_s": "5"}
    form |= {"second_channel_s": "5", "silence_s": "60", "max_position_age_s": "259200", "replace_unreachable": "ja"}
    assert (await moved.sends(edit, form)).status_code == 404
