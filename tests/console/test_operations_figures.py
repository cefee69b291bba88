"""Operations: what was removed, how the machine's own alarm comes through, and whom an alarm would reach."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from backend.alerts.queries_synthetic import Left
from backend.alerts.synthetic_history import Leg, judged
from backend.console import synthetic_page
from backend.console.words_operations_da import OPERATIONS_DA
from backend.foundation import chores
from backend.foundation.chores import Look
from backend.foundation.clock import SetClock
from backend.foundation.database import Actor, Database, Role
from backend.foundation.ids import VolunteerId
from backend.foundation.kinds import Kind
from backend.identity.staff import StaffRole
from backend.locations.queries_share import Share
from backend.locations.reachable import told
from backend.rights.erasure_list import ErasureList, erasure_list
from backend.worker.chores import chores as all_chores
from tests.alarm.cast import Town
from tests.console.cast import HOVEDSTADEN, NOON, Browser, Office, text_of
from tests.console.test_operations_health import opens_with_figures
from tests.people.cast import some_keys

RETENTION, SYNTHETIC, REACH = (f"/konsol/drift/{each}" for each in ("sletning", "proevealarmer", "kan-naas"))


@pytest.fixture
def town(database: Database, clock: SetClock) -> Town:
    town = Town(database)
    town.clock, town.centre_id = clock, HOVEDSTADEN
    return town


@pytest.fixture
async def manager(office: Office, browser: Browser) -> Browser:
    await browser.sits_down(await office.grants("Mads", StaffRole.DRIFTSANSVARLIG))
    return browser


async def looks(office: Office, *looks: Look) -> None:
    async with office.database.acting_as(Actor(Role.WORKER)) as c:
        for each in looks:
            await chores.write_down(c, each, office.clock.now())


def look(what: str, due: int, removed: int, *, failed: bool = False) -> Look:
    return Look(what, 60.0, due, removed, failed)


async def test_what_is_overdue_stands_first_and_what_was_removed_in_numbers(
    office: Office, manager: Browser, clock: SetClock
) -> None:
    assert "Ingen oprydning er set" in text_of(await manager.opens(RETENTION))
    await looks(office, look("positions", 3, 3), look("positions", 2, 2), look("candidates", 0, 0))
    assert "Alt, hvis tid er gået, er slettet: 5 rækker på 7 dage" in text_of(await manager.opens(RETENTION))
    await looks(office, look("candidates", 4, 0))
    shown = text_of(await manager.opens(RETENTION))
    assert "Sletningen hænger: Hvem der blev set på har 4 rækker" in shown
    assert "Positioner i orden 21.11. 12.00 2 5 5" in shown
    await looks(office, look("candidates", 4, 4), look("one-time codes", 0, 0, failed=True))
    assert "Oprydningen af Engangskoder gik i stykker 21.11. 12.00." in text_of(await manager.opens(RETENTION))
    clock.advance(timedelta(minutes=10))
    assert "Ingen har ryddet op i Hvem der blev set på siden 21.11. 12.00." in text_of(await manager.opens(RETENTION))


async def test_what_housekeeping_did_is_forgotten_after_ninety_days(office: Office, clock: SetClock) -> None:
    await looks(office, look("positions", 3, 3))
    clock.advance(timedelta(days=91))
    async with office.database.acting_as(Actor(Role.WORKER)) as c:
        assert await chores.count_old(c, clock.now()) == 1
        assert await chores.remove_old(c, clock.now()) == 1
        assert await chores.count_old(c, clock.now()) == 0


def test_every_chore_has_a_danish_name(tmp_path: Path) -> None:
    listing: ErasureList = erasure_list(str(tmp_path))
    assert {each.what for each in all_chores(listing, some_keys(), SetClock(NOON))} == set(OPERATIONS_DA.chores)


def round_of(minutes_ago: float, *came: Leg) -> Left:
    at = NOON - timedelta(minutes=minutes_ago)
    then = {leg: at + timedelta(seconds=1) for leg in came}
    ended, pushed, shown, accepted = (then.get(leg) for leg in (Leg.ENDED, Leg.PUSHED, Leg.SHOWN, Leg.ACCEPTED))
    return Left(at, ended, int(Leg.ASKED in came), pushed, shown, accepted)


def says(*left: Left) -> str:
    return synthetic_page.first_sentence(OPERATIONS_DA, judged(left, NOON), NOON)


def test_a_round_is_told_by_the_first_thing_that_is_missing() -> None:
    whole: Sequence[Leg] = list(Leg)
    found = judged([round_of(1, *whole[:count]) for count in range(len(whole) + 1)], NOON)
    assert [each.missing for each in found] == [*whole, None]
    assert [each.well for each in found] == [False] * len(whole) + [True]


def test_one_that_only_just_began_is_neither_well_nor_broken() -> None:
    (young,) = judged([round_of(0.2, Leg.ASKED)], NOON)
    assert (young.missing, young.under_way, young.well) == (None, True, False)


def test_what_is_said_first_of_the_machine_s_own_alarm() -> None:
    good = list(Leg)
    assert "gik igennem; 2 af 2" in says(round_of(1, *good), round_of(2, *good))
    assert "gik ikke igennem: ingen udbyder tog imod. 1 af 2" in says(round_of(1, Leg.ASKED), round_of(2, *good))
    assert "Ingen prøvealarm siden 21.11. 11.50" in says(round_of(10, *good))
    assert "Ingen prøvealarm den seneste time" in says()


async def test_a_synthetic_alarm_is_seen_as_far_as_it_came(
    http: AsyncTestClient[Any], town: Town, manager: Browser
) -> None:
    town.pushes_go_out = False
    (phone,) = await town.volunteers(120, kind=Kind.SYNTHETIC)
    incident = await town.arrest(kind=Kind.SYNTHETIC)
    await town.accepts(incident, phone)
    town.clock.advance(timedelta(seconds=40))
    shown = text_of(await opens_with_figures(http, manager, SYNTHETIC))
    assert "gik ikke igennem: ingen udbyder tog imod. 0 af 1 den seneste time gik igennem." in shown


def test_counts_are_told_in_steps_and_nothing_of_fewer() -> None:
    found = told([Share("0101", "København", 1003, 799), Share("0825", "Læsø", 4, 4), Share("0461", "Odense", 12, 3)])
    assert [(each.name, each.people, each.reachable) for each in found.told] == [
        ("Odense", 10, 0),
        ("København", 1000, 795),
    ]
    assert found.too_few == 1
    assert (found.whole.people, found.whole.reachable) == (1015, 805)


async def test_who_could_be_reached_is_told_by_municipality(town: Town, manager: Browser) -> None:
    """Of twelve: one reported nothing, one has no address, one denied the app something; the others count."""
    people: list[VolunteerId] = await town.volunteers(*range(100, 112))
    await town.rows("UPDATE volunteers.volunteer SET municipality = '0461'")
    assert "En alarm kan nå mindst 71 % af de tilmeldte: mindst 10 af mindst 10." in text_of(await manager.opens(REACH))
    gone, deaf, denied = people[:3]
    await town.rows("DELETE FROM locations.position WHERE volunteer_id = $1", gone)
    await town.rows("UPDATE volunteers.address SET health = 'quarantined' WHERE volunteer_id = $1", deaf)
    await town.rows(
        'UPDATE volunteers.device SET permissions = \'{"notifications": "denied"}\' WHERE volunteer_id = $1', denied
    )
    shown = text_of(await manager.opens(REACH))
    assert "mindst 5 af mindst 10" in shown
    assert "Odense 10 5 35 %" in shown
