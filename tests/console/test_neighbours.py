"""A neighbour who was let in by agreement sees what runs from then on; what was over before is its owner's alone."""

from datetime import timedelta
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from backend.foundation.clock import SetClock
from backend.foundation.database import Database
from backend.foundation.ids import CentreId, IncidentId, in_order
from backend.identity.staff import StaffRole
from backend.regions import access, shipped
from backend.regions.access import Access, Grant, Why
from tests.alarm.cast import Town, metres_east
from tests.console.cast import HOVEDSTADEN, NOON, NORDJYLLAND, Browser, Office
from tests.harness.above import ABOVE

SJAELLAND, FYN = (CentreId(shipped.centre_id(code)) for code in ("amk-sjaelland", "amk-syddanmark"))


@pytest.fixture
def town(database: Database, clock: SetClock) -> Town:
    """A square in the owner's town, where people collapse."""
    town = Town(database)
    town.clock, town.centre_id = clock, HOVEDSTADEN
    return town


async def lends(office: Office, http: AsyncTestClient[Any]) -> None:
    """For half an hour, as a worker does where an agreement says so."""
    now = office.clock.now()
    async with office.database.acting_as(ABOVE) as c:
        await c.execute(
            "INSERT INTO regions.access (id, centre_id, acting_id, why, valid, author, made_at) "
            "VALUES ($1, $2, $3, 'agreement', tstzrange($4, $5), 'agreement', $4)",
            in_order(),
            HOVEDSTADEN,
            NORDJYLLAND,
            now,
            now + timedelta(minutes=30),
        )
        http.app.state.access.now = await access.load(c)  # as the process does every ten seconds


@pytest.fixture
async def last_week(town: Town, clock: SetClock) -> IncidentId:
    """Of which a neighbour knows nothing."""
    incident = await town.arrest()
    await town.ends(incident)
    clock.advance(timedelta(days=7))
    return incident


@pytest.fixture
async def neighbour(last_week: IncidentId, town: Town, office: Office, http: Any, browser: Browser) -> Browser:
    staff = await office.grants("Nora", StaffRole.VAGTHAVENDE, centre=NORDJYLLAND)
    await browser.sits_down(staff, NORDJYLLAND, fresh=True)
    await lends(office, http)
    return browser


async def test_what_runs_is_seen_and_what_was_over_before_is_its_owner_s_alone(
    last_week: IncidentId, neighbour: Browser, town: Town, clock: SetClock
) -> None:
    figures = (await neighbour.opens("/konsol/efter/tal.csv")).text
    assert {line.split(";")[1] for line in figures.splitlines()[1:]} == {"AMK-vagtcentralen, Region Nordjylland"}
    running = await town.arrest(at=metres_east(9_000))
    page = f"/konsol/haendelser/{running}"
    told = (await neighbour.opens("/konsol/data/overblik")).json()
    assert [each["id"] for each in told["incidents"]] == [str(running)]
    assert (await neighbour.opens(page)).status_code == 200
    assert (await neighbour.opens(f"/konsol/haendelser/{last_week}")).status_code == 404
    assert (await neighbour.opens(f"/konsol/data/haendelser/{last_week}")).status_code == 404
    assert (await neighbour.opens(f"/konsol/efter/{last_week}")).status_code == 404
    listed = (await neighbour.opens("/konsol/efter")).text
    assert str(last_week) not in listed
    clock.advance(timedelta(minutes=5))
    await town.ends(running)
    assert (await neighbour.opens(page)).status_code == 200, "how what they followed has ended they may see"


def test_what_an_operator_lent_to_one_is_not_whole_for_another_who_has_an_agreement() -> None:
    """Hovedstaden has become Sjælland's, and was lent Nordjylland whole; Fyn is lent Nordjylland by agreement only."""
    since, until = NOON - timedelta(minutes=1), NOON + timedelta(hours=1)
    grants = Access(
        [
            Grant(HOVEDSTADEN, SJAELLAND, Why.MERGED, since, None),
            Grant(NORDJYLLAND, HOVEDSTADEN, Why.OVERFLOW, since, until),
            Grant(NORDJYLLAND, FYN, Why.AGREEMENT, since, until),
        ]
    )
    assert grants.only_stops(FYN, NOON) == {NORDJYLLAND}
    assert grants.only_stops(SJAELLAND, NOON) == frozenset(), "what was lent came along"
    assert grants.centres_of(HOVEDSTADEN, NOON) == (SJAELLAND, HOVEDSTADEN, NORDJYLLAND)
