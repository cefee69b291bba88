"""At the console: what needs a person, taken up for the whole centre; and what is done with a running incident."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from httpx import Response

from backend.alerts.alert import AlertState
from backend.attention.look import Lookout
from backend.console.by_script import WORD_HEADER
from backend.console.visit import COOKIE
from backend.foundation.clock import SetClock
from backend.foundation.database import Database
from backend.foundation.kinds import Kind
from backend.identity.staff import StaffRole
from backend.identity.staff_session import form_word
from tests.alarm.cast import Town
from tests.console.cast import FROM_HERE, HOVEDSTADEN, NORDJYLLAND, Browser, Office

DATA = "/konsol/data"


@pytest.fixture
def town(database: Database, clock: SetClock) -> Town:
    town = Town(database)
    town.clock, town.centre_id = clock, HOVEDSTADEN
    return town


async def looks(browser: Browser, address: str = f"{DATA}/opmaerksomhed") -> dict[str, Any]:
    answer = await browser.opens(address)
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=dict[str, Any])


async def does(browser: Browser, path: str, body: Any = None, word: str | None = None) -> Response:
    headers = FROM_HERE | {WORD_HEADER: word or form_word(browser.cookies[COOKIE])}
    return await browser._call("POST", f"{DATA}{path}", json=body, headers=headers)


async def at_a_seat(office: Office, browser: Browser, name: str, *roles: StaffRole) -> None:
    await browser.sits_down(await office.grants(name, *(roles or (StaffRole.VISITATOR,))))


async def nobody_accepts(town: Town) -> None:
    await town.arrest()
    town.clock.advance(timedelta(minutes=2))
    await Lookout(town.database, town.clock).round()


async def test_what_one_takes_up_is_quiet_at_every_console_of_the_centre(
    town: Town, office: Office, browser: Browser
) -> None:
    """Who and when is written down; nobody of another centre hears of it."""
    vera, other = browser, Browser(browser.http, office)
    await at_a_seat(office, vera, "Vera")
    await at_a_seat(office, other, "Olav", StaffRole.TEKNISK_DISPONENT)
    await nobody_accepts(town)
    (item,) = (await looks(vera))["items"]
    assert (item["needs"], item["sounds"]) == ("nobody_accepted", True)
    assert (await looks(other))["items"][0]["sounds"] is True

    refused = await does(other, f"/opmaerksomhed/{item['id']}/kvitter")
    assert refused.status_code == 403, "whoever only follows takes nothing up"
    taken = await does(vera, f"/opmaerksomhed/{item['id']}/kvitter")

    assert taken.status_code == 200
    (seen,) = (await looks(other))["items"]
    assert (seen["sounds"], seen["acknowledged_by"]) == (False, "staff")
    (written,) = await office.journal("attention_taken")
    assert (str(written["person_id"]), written["centre_id"]) == (seen["acknowledged_by_id"], HOVEDSTADEN)
    far = Browser(browser.http, office)
    await far.sits_down(await office.grants("Nina", StaffRole.VISITATOR, centre=NORDJYLLAND), NORDJYLLAND)
    assert (await looks(far))["items"] == []
    assert (await does(far, f"/opmaerksomhed/{item['id']}/kvitter")).status_code == 404


async def test_a_script_without_the_session_s_word_changes_nothing(
    town: Town, office: Office, browser: Browser
) -> None:
    await at_a_seat(office, browser, "Vera")
    await nobody_accepts(town)
    (item,) = (await looks(browser))["items"]
    assert (await does(browser, f"/opmaerksomhed/{item['id']}/kvitter", word="guessed")).status_code == 403
    assert (await looks(browser))["items"][0]["sounds"] is True


async def test_exercises_sound_where_exercises_are_shown(town: Town, office: Office, browser: Browser) -> None:
    await town.arrest(kind=Kind.EXERCISE)
    town.clock.advance(timedelta(minutes=2))
    await Lookout(town.database, town.clock).round()
    await at_a_seat(office, browser, "Vera")
    assert (await looks(browser))["items"] == []
    (item,) = (await looks(browser, f"{DATA}/opmaerksomhed?slags=exercise"))["items"]
    assert item["kind"] == "exercise"


async def test_staff_stand_down_one_ask_more_say_a_word_and_end_it(
    town: Town, office: Office, browser: Browser
) -> None:
    people = await town.volunteers(*range(50, 1550, 50))
    incident = await town.arrest()
    anna, ben = people[:2]
    for each in (anna, ben):
        await town.accepts(incident, each)
    await at_a_seat(office, browser, "Vera")
    here = f"/haendelser/{incident}"
    name = (await town.alert(incident, anna)).pseudonym

    stopped = await does(browser, f"{here}/aflys-en", {"pseudonym": name, "reason": "enough_helpers"})
    assert (stopped.status_code, stopped.json()["reason"]) == (200, "enough_helpers")
    assert await town.state(incident, anna) is AlertState.STOOD_DOWN
    asked = len(await town.alerts(incident))
    assert (await does(browser, f"{here}/flere", {"id": str(uuid4()), "count": 2})).status_code == 200
    assert len(await town.alerts(incident)) == asked + 2
    told = await does(browser, f"{here}/ord", {"id": str(uuid4()), "word": "door_open"})
    assert told.status_code == 200
    assert next(each["words"] for each in told.json()["volunteers"] if each["words"])[0]["word"] == "door_open"
    ended = await does(browser, f"{here}/aflys", {"reason": "ambulance_arrived"})
    assert (ended.status_code, ended.json()["reason"]) == (200, "ambulance_arrived")
    assert await town.engaged() == set()
    assert (await does(browser, f"{here}/flere", {"id": str(uuid4())})).status_code == 409
