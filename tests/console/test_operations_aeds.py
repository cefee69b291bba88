"""Operations: what is reported of a defibrillator waits for somebody who knows, and what they say counts."""

from datetime import timedelta
from typing import Any

import pytest

from backend.aeds import queries, queries_import
from backend.aeds.aed import Condition
from backend.aeds.made_up import SOURCE
from backend.foundation.clock import SetClock
from backend.foundation.database import Database
from backend.foundation.ids import AedId
from backend.identity.staff import StaffRole
from tests.alarm.cast import Town
from tests.console.cast import HOVEDSTADEN, Browser, Office, text_of

PAGE = "/konsol/drift/hjertestartere"


@pytest.fixture
def town(database: Database, clock: SetClock) -> Town:
    town = Town(database)
    town.clock, town.centre_id = clock, HOVEDSTADEN
    return town


@pytest.fixture
async def manager(office: Office, browser: Browser) -> Browser:
    await browser.sits_down(await office.grants("Mads", StaffRole.DRIFTSANSVARLIG))
    return browser


@pytest.fixture
async def aed(town: Town) -> AedId:
    await town.aeds(300)
    (row,) = await town.rows("SELECT id FROM aeds.aed")
    return AedId(row["id"])


async def is_reported(town: Town, aed: AedId, condition: Condition) -> None:
    async with town.acting() as c:
        await queries.count_problem(c, aed, condition, town.now)


async def says(browser: Browser, aed: AedId, finding: str) -> Any:
    return await browser.fills_in(await browser.opens(PAGE), f"{PAGE}/{aed}", fund=finding)


async def stands(town: Town, aed: AedId) -> tuple[str, int, bool]:
    (row,) = await town.rows("SELECT state, problems, gone_at IS NULL AS there FROM aeds.aed WHERE id = $1", aed)
    return row["state"], row["problems"], row["there"]


async def test_one_that_was_reported_is_put_back_by_somebody_who_looked(
    town: Town, manager: Browser, office: Office, aed: AedId, clock: SetClock
) -> None:
    assert "Alle hjertestartere er på plads, så vidt vi ved: 1." in text_of(await manager.opens(PAGE))
    await is_reported(town, aed, Condition.DEAD)
    clock.advance(timedelta(hours=3))
    shown = text_of(await manager.opens(PAGE))
    assert "Hjertestartere, der skal ses efter: 1 af 1. Taget og ikke meldt tilbage: 0." in shown
    assert "Den første har ventet siden 21.11. 12.00." in shown
    assert "Virkede ikke 21.11. 12.00 1" in shown
    assert (await says(manager, aed, "in_place")).status_code == 303
    assert await stands(town, aed) == ("in_place", 0, True)
    (entry,) = await office.journal("aed_reviewed")
    assert entry["facts"] == {"aed": str(aed), "finding": "in_place"}
    assert entry["person_id"] is not None


async def test_one_that_was_taken_and_is_not_back_waits_there(town: Town, manager: Browser, aed: AedId) -> None:
    async with town.acting() as c:
        await queries.set_condition(c, aed, Condition.PICKED_UP, town.now)
    assert "Taget og ikke meldt tilbage: 1." in text_of(await manager.opens(PAGE))


async def test_one_that_is_gone_comes_back_with_its_source_to_be_looked_at_again(
    town: Town, manager: Browser, aed: AedId
) -> None:
    await is_reported(town, aed, Condition.NOT_THERE)
    assert (await says(manager, aed, "gone")).status_code == 303
    assert await stands(town, aed) == ("not_there", 1, False)
    assert "Ingen hjertestartere" in text_of(await manager.opens(PAGE))
    (row,) = await town.rows("SELECT source_id, lat, lon, cell_r9 FROM aeds.aed")
    async with town.acting() as c:
        listed = queries_import.Listed(aed, row["source_id"], row["lat"], row["lon"], row["cell_r9"])
        await queries_import.write(c, SOURCE.source, [listed], town.now)
    assert await stands(town, aed) == ("not_there", 1, True)
    assert "Var der ikke" in text_of(await manager.opens(PAGE))


async def test_one_that_somebody_is_on_the_way_by_is_not_taken_from_them(
    town: Town, manager: Browser, aed: AedId
) -> None:
    """Their mission is not changed from here: whoever stands before it in vain says so, and is sent on."""
    people = await town.volunteers(100, 110, 120)
    incident = await town.arrest()
    for each in people:
        await town.accepts(incident, each)
    assert (await town.rows("SELECT aed_id FROM aeds.reservation"))[0]["aed_id"] == aed
    await town.rows("UPDATE aeds.aed SET state = 'locked' WHERE id = $1", aed)
    assert "nogen er på vej efter den" in text_of(await manager.opens(PAGE))
    assert (await says(manager, aed, "gone")).status_code == 409
    assert await stands(town, aed) == ("locked", 0, True)


async def test_a_finding_nobody_knows_changes_nothing(town: Town, manager: Browser, aed: AedId, office: Office) -> None:
    await is_reported(town, aed, Condition.LOCKED)
    assert (await says(manager, aed, "eaten")).status_code == 422
    assert await stands(town, aed) == ("locked", 1, True)
    assert await office.journal("aed_reviewed") == []
