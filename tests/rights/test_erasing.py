"""Erasing: at once, in every room, whatever somebody is doing; and it outlives a restored backup."""

import re
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from backend.alerts.alert import AlertState
from backend.foundation.clock import SetClock
from backend.foundation.database import Actor, Lane, Role, open_database
from backend.foundation.ids import VolunteerId, without_time
from backend.foundation.problems import Problem
from backend.rights.catch_up import catch_up
from backend.rights.erase import Why, erase
from backend.rights.erasure_list import ErasureList, Line, What
from backend.worker.chores import chores
from backend.worker.housekeeping import Housekeeper
from tests.alarm.cast import Town
from tests.alarm.test_waves import policy
from tests.harness.keys import RING
from tests.people.cast import some_keys
from tests.rights.test_withdrawing import acting_for, takes_back, withdraws

KEYS = some_keys()


async def is_erased(town: Town, listing: ErasureList, volunteer_id: VolunteerId) -> None:
    actor = acting_for(volunteer_id)
    async with town.database.acting_as(actor, Lane.REST) as c:
        await erase(c, actor, listing, KEYS, volunteer_id, Why.ASKED, town.now)


async def state_of(town: Town, volunteer_id: VolunteerId) -> str:
    (row,) = await town.rows("SELECT state FROM volunteers.volunteer WHERE id = $1", volunteer_id)
    return str(row["state"])


async def named(town: Town) -> set[VolunteerId]:
    return {row["volunteer_id"] for row in await town.rows("SELECT volunteer_id FROM volunteers.volunteer_identity")}


async def test_an_open_mission_is_given_up_and_its_defibrillator_is_free_for_the_next(
    town: Town, listing: ErasureList
) -> None:
    anna, ben = await town.volunteers(300, 310)
    await town.aeds(250)
    incident = await town.arrest()
    await town.accepts(incident, ben)
    await town.accepts(incident, anna)
    assert len(await town.rows("SELECT FROM aeds.reservation")) == 1
    fetching = next(a.volunteer_id for a in await town.alerts(incident) if a.aed_id is not None)

    await is_erased(town, listing, fetching)

    assert await town.state(incident, fetching) is AlertState.GAVE_UP
    reserved = await town.rows("SELECT volunteer_id FROM aeds.reservation")
    assert fetching not in {row["volunteer_id"] for row in reserved}
    assert fetching not in await town.engaged()
    assert "gave_up" in {entry.event for entry in await town.journal(incident)}


async def test_in_the_stead_of_whoever_is_erased_on_a_mission_the_next_is_asked(
    town: Town, listing: ErasureList
) -> None:
    anna, ben = await town.volunteers(100, 200)
    incident = await town.arrest(policy=await policy(town, at_once=1, replace_on=["give_up"]))
    await town.accepts(incident, anna)
    await is_erased(town, listing, anna)
    assert await town.ringing(incident) == {ben}


async def test_seven_days_after_withdrawing_somebody_is_erased_and_not_before(town: Town, listing: ErasureList) -> None:
    anna, ben, clara = await town.volunteers(100, 200, 300)
    await withdraws(town, listing, anna)
    await withdraws(town, listing, clara)
    await takes_back(town, listing, clara)
    clock = SetClock(town.now)
    keeper = [chore for chore in chores(listing, KEYS, clock) if chore.what == "withdrawn people"]

    clock.advance(timedelta(days=7, seconds=-1))
    await Housekeeper(town.database, keeper, clock).round()
    assert await state_of(town, anna) == "withdrawn"

    clock.advance(timedelta(seconds=1))
    await Housekeeper(town.database, keeper, clock).round()
    assert [await state_of(town, each) for each in (anna, ben, clara)] == ["erased", "active", "active"]
    assert await named(town) == {ben, clara}


async def test_nobody_is_erased_whose_erasure_cannot_be_listed(town: Town, tmp_path: Path) -> None:
    """The disk of the list is away: a backup would bring Anna back, so she is told to try again."""
    [anna] = await town.volunteers(100)
    with pytest.raises(Problem) as refused:
        await is_erased(town, ErasureList(tmp_path / "not mounted", "host"), anna)
    assert refused.value.status == 503
    assert await state_of(town, anna) == "active"
    assert await named(town) == {anna}


async def test_withdrawing_stops_everything_even_when_it_cannot_be_listed(town: Town, tmp_path: Path) -> None:
    [anna] = await town.volunteers(100)
    await withdraws(town, ErasureList(tmp_path / "not mounted", "host"), anna)
    assert await state_of(town, anna) == "withdrawn"


async def test_the_list_is_written_before_the_commit_and_what_died_in_between_is_made_good(
    town: Town, listing: ErasureList
) -> None:
    [anna] = await town.volunteers(100)

    async def dies_before_the_commit() -> None:
        async with town.database.acting_as(acting_for(anna), Lane.REST) as c:
            await erase(c, acting_for(anna), listing, KEYS, anna, Why.ASKED, town.now)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        await dies_before_the_commit()
    assert await state_of(town, anna) == "active"
    found = await catch_up(town.database, listing, KEYS, town.clock, Role.API)
    assert found.to_erase == (anna,)
    assert await state_of(town, anna) == "erased"
    assert (await catch_up(town.database, listing, KEYS, town.clock, Role.API)).people == 0


async def test_whoever_withdrew_since_the_backup_is_not_asked_after_it_and_whoever_came_back_is(
    town: Town, listing: ErasureList
) -> None:
    anna, ben = await town.volunteers(100, 200)
    await listing.add(Line(town.now, What.WITHDREW, anna))
    await listing.add(Line(town.now, What.WITHDREW, ben))
    await listing.add(Line(town.now + timedelta(hours=1), What.TOOK_BACK, ben))
    await listing.add(Line(town.now, What.ERASED, VolunteerId(without_time())))  # signed up after the backup
    await catch_up(town.database, listing, KEYS, town.clock, Role.API)
    assert await town.ringing(await town.arrest()) == {ben}


async def test_erased_twice_is_erased_once(town: Town, listing: ErasureList) -> None:
    [anna] = await town.volunteers(100)
    await is_erased(town, listing, anna)
    with pytest.raises(Problem) as refused:
        await is_erased(town, listing, anna)
    assert refused.value.status == 401
    entries = await town.rows("SELECT facts FROM foundation.journal_entry WHERE event = 'erased'")
    assert [row["facts"] for row in entries] == [{"volunteer": str(anna), "why": "asked", "by": []}]


async def test_the_operator_erases_as_the_owner(town: Town, listing: ErasureList) -> None:
    [anna] = await town.volunteers(100)
    async with town.database.acting_as(Actor(Role.OWNER), Lane.REST) as c:
        await c.execute("RESET ROLE")
        await erase(c, Actor(Role.OWNER), listing, KEYS, anna, Why.OPERATOR, town.now)
    assert await state_of(town, anna) == "erased"


async def log_in(dsn: str, role: str, *may_be: str) -> str:
    """The address for a process that is no superuser and may be these roles only, as in the set-up."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(f"DROP ROLE IF EXISTS {role}")
    await connection.execute(f"CREATE ROLE {role} LOGIN NOBYPASSRLS PASSWORD 'p'")
    await connection.execute(f"GRANT {', '.join(may_be)} TO {role}")
    await connection.close()
    return re.sub(r"//[^@]+@", f"//{role}:p@", dsn)


@pytest.mark.parametrize(
    ("role", "may_be"),
    [
        (Role.API, ("hjerteloeber_api", "hjerteloeber_stats")),
        (Role.WORKER, ("hjerteloeber_worker",)),
    ],
)
async def test_each_kind_of_process_erases_with_the_log_in_it_has(
    town: Town, listing: ErasureList, role: Role, may_be: tuple[str, ...]
) -> None:
    """Serving and working, a restored backup and a mission: with no right but the process's own."""
    anna, ben, clara = await town.volunteers(100, 200, 300)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    await listing.add(Line(town.now, What.ERASED, anna))
    await listing.add(Line(town.now, What.ERASED, ben))
    await listing.add(Line(town.now, What.WITHDREW, clara))
    own = await open_database(
        await log_in(town.database.dsn, f"t_{role.name.lower()}", *may_be), {Lane.REST: 2}, carries=RING
    )
    found = await catch_up(own, listing, KEYS, town.clock, role)
    await own.close()
    assert found.people == 3
    assert [await state_of(town, each) for each in (anna, ben, clara)] == ["erased", "erased", "withdrawn"]
    assert await named(town) == {clara}
    assert await town.state(incident, anna) is AlertState.GAVE_UP
    assert await town.rows("SELECT FROM selection.candidate WHERE volunteer_id = $1", anna) == []
