"""Operations: somebody whom an alarm holds for longer than usual is seen, without a name, and let go by a person."""

from datetime import timedelta
from typing import Any

import pytest

from backend.alerts.alert import AlertState
from backend.foundation.clock import SetClock
from backend.foundation.database import Database
from backend.foundation.ids import IncidentId, VolunteerId
from backend.identity.staff import StaffRole
from tests.alarm.cast import Town
from tests.console.cast import HOVEDSTADEN, NORDJYLLAND, Browser, Office, hidden_in, text_of
from tests.console.conftest import NewBrowser

PAGE = "/konsol/drift/optaget"


@pytest.fixture
def town(database: Database, clock: SetClock) -> Town:
    town = Town(database)
    town.clock, town.centre_id = clock, HOVEDSTADEN
    return town


@pytest.fixture
async def manager(office: Office, browser: Browser) -> Browser:
    await browser.sits_down(await office.grants("Mads", StaffRole.DRIFTSANSVARLIG))
    return browser


async def on_a_mission(town: Town) -> tuple[IncidentId, VolunteerId]:
    """Anna said yes and has said nothing since."""
    (anna,) = await town.volunteers(120)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    return incident, anna


async def lets_go(browser: Browser, town: Town, incident: IncidentId, who: VolunteerId) -> Any:
    address = f"{PAGE}/{(await town.alert(incident, who)).id}"
    return await browser.fills_in(await browser.opens(PAGE), address)


async def test_whoever_is_held_is_let_go_and_it_is_written_down_by_whom(
    town: Town, manager: Browser, office: Office, clock: SetClock
) -> None:
    incident, anna = await on_a_mission(town)
    assert "Ingen hjerteløber er optaget af en alarm længere end sædvanligt." in text_of(await manager.opens(PAGE))
    clock.advance(timedelta(minutes=61))
    page = await manager.opens(PAGE)
    alert = await town.alert(incident, anna)
    shown = text_of(page)
    assert "Optaget længere end sædvanligt, og bliver derfor ikke spurgt: 1. Af en hændelse, der er slut: 0." in shown
    assert alert.pseudonym in shown
    assert not [word for word in ("Anna", str(anna), "+45") if word in page.text]
    address = f"{PAGE}/{alert.id}"
    assert (await lets_go(manager, town, incident, anna)).status_code == 303
    assert await town.engaged() == set()
    again = await manager.opens("/konsol")
    assert (await manager.sends(address, {"ord": hidden_in(again, "/konsol/log-ud")["ord"]})).status_code == 303, (
        "twice"
    )
    assert await town.state(incident, anna) is AlertState.FINISHED
    (entry,) = await office.journal("mission_ended")
    assert entry["facts"]["reason"] == "released_by_staff"
    assert entry["incident_id"] == incident
    assert entry["person_id"] is not None, "who said so, by their id"
    assert "Ingen hjerteløber er optaget" in text_of(await manager.opens(PAGE))


async def test_letting_go_asks_nobody_anew(town: Town, manager: Browser, clock: SetClock) -> None:
    """An hour later somebody in their stead would run to where nobody lies any more."""
    incident, anna = await on_a_mission(town)
    clock.advance(timedelta(minutes=61))
    await town.volunteers(100)
    await lets_go(manager, town, incident, anna)
    assert len(await town.alerts(incident)) == 1


async def test_who_is_held_by_an_alert_that_is_over_is_let_go_too(
    town: Town, manager: Browser, office: Office, clock: SetClock
) -> None:
    """A fault of ours: nothing goes on, and yet they are asked for nothing."""
    incident, anna = await on_a_mission(town)
    await town.ends(incident)
    await town.rows(
        "INSERT INTO volunteers.engagement (volunteer_id, kind, incident_id, state, since) "
        "VALUES ($1, 'live', $2, 'mission', $3)",
        anna,
        incident,
        clock.now(),
    )
    clock.advance(timedelta(minutes=61))
    assert "hændelsen er slut" in text_of(await manager.opens(PAGE))
    assert (await lets_go(manager, town, incident, anna)).status_code == 303
    assert await town.engaged() == set()
    assert (await office.journal("mission_ended"))[-1]["facts"]["reason"] == "released_by_staff"


async def test_another_centre_s_people_are_neither_seen_nor_let_go(
    town: Town, manager: Browser, office: Office, new_browser: NewBrowser, clock: SetClock
) -> None:
    incident, anna = await on_a_mission(town)
    clock.advance(timedelta(minutes=61))
    other = new_browser()
    await other.sits_down(await office.grants("Nora", StaffRole.DRIFTSANSVARLIG, centre=NORDJYLLAND), NORDJYLLAND)
    page = await other.opens(PAGE)
    assert "Ingen hjerteløber er optaget" in text_of(page)
    word = (await manager.opens(PAGE)).text.partition('name="ord" value="')[2].partition('"')[0]
    address = f"{PAGE}/{(await town.alert(incident, anna)).id}"
    assert (await other.sends(address, {"ord": word})).status_code == 403, "another session's form"
    own = (await other.opens("/konsol")).text.partition('name="ord" value="')[2].partition('"')[0]
    assert (await other.sends(address, {"ord": own})).status_code == 404
    assert await town.engaged() == {anna}
