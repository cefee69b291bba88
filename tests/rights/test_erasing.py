"""Erasing: at once, in every room, whatever somebody is doing; and it outlives a restored backup."""

import asyncio
import fcntl
import re
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from backend.alerts.alert import AlertState
from backend.foundation.clock import SetClock
from backend.foundation.database import Actor, Lane, Role, open_database
from backend.foundation.ids import VolunteerId, without_time
from backend.foundation.kinds import Kind
from backend.foundation.problems import Problem
from backend.responses import answer
from backend.rights.catch_up import catch_up, erase_one
from backend.rights.erase import Why, erase
from backend.rights.erasure_list import ErasureList, Line, Unreadable, What
from backend.volunteers import engagement
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


@pytest.mark.parametrize("goes", [is_erased, withdraws])
async def test_a_disk_that_hangs_holds_up_no_answer_to_the_same_alarm(
    town: Town, tmp_path: Path, goes: Callable[..., Coroutine[object, object, object]]
) -> None:
    """Anna goes while it rings and the list's disk does not answer; Ben's yes waits for neither."""
    anna, ben = await town.volunteers(100, 200)
    incident = await town.arrest()
    listing = ErasureList(tmp_path, "host", added_within_s=5)
    with (tmp_path / "host.erasures").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        going = asyncio.create_task(goes(town, listing, anna))
        await asyncio.sleep(0.2)
        await town.accepts(incident, ben)
        assert not going.done(), "it waits for the disk, and nobody for it"
        fcntl.flock(held, fcntl.LOCK_UN)
        await going
    assert await town.state(incident, ben) is AlertState.ACCEPTED


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


async def test_whoever_took_it_back_since_the_backup_is_not_erased_when_its_seven_days_are_over(
    town: Town, listing: ErasureList
) -> None:
    """The backup is from between the two; it knows Anna as withdrawn. Ben withdrew again after he had taken it back."""
    anna, ben = await town.volunteers(100, 200)
    for each in (anna, ben):
        await withdraws(town, ErasureList(None), each)
    await listing.add(Line(town.now, What.WITHDREW, anna))
    await listing.add(Line(town.now + timedelta(hours=1), What.TOOK_BACK, anna))
    await listing.add(Line(town.now - timedelta(hours=1), What.TOOK_BACK, ben))
    town.clock.advance(timedelta(days=8))
    found = await catch_up(town.database, listing, KEYS, town.clock, Role.WORKER)
    assert found.to_take_back == (anna,)
    keeper = [chore for chore in chores(listing, KEYS, town.clock) if chore.what == "withdrawn people"]
    await Housekeeper(town.database, keeper, town.clock).round()
    assert [await state_of(town, each) for each in (anna, ben)] == ["active", "erased"]


async def test_whoever_takes_it_back_while_they_are_about_to_be_erased_is_not(town: Town, listing: ErasureList) -> None:
    """The chore chose Anna, whose days are over; before her turn came she took it back."""
    [anna] = await town.volunteers(100)
    await erase_one(town.database, listing, KEYS, anna, Why.WITHDREW, town.clock, Role.WORKER)
    assert await state_of(town, anna) == "active"
    assert await listing.read() == []


async def test_an_alarm_that_rings_somebody_who_is_being_erased_is_declined_as_well(
    town: Town, listing: ErasureList
) -> None:
    """The alarm's transaction holds Anna, the erasure waits for it: it must not leave her ringing for ever."""
    anna, ben = await town.volunteers(100, 200)
    incident = await town.arrest(policy=await policy(town, at_once=1, replace_on=["decline"]))
    await town.rows("DELETE FROM volunteers.engagement")
    async with town.acting() as alarm:
        assert await engagement.engage(alarm, incident, Kind.LIVE, [anna], 1, town.now) == {anna}
        erasing = asyncio.create_task(erased_anew_where_needed(town, listing, anna))
        await asyncio.sleep(0.1)
        assert not erasing.done()
    await erasing
    assert await town.state(incident, anna) is AlertState.DECLINED
    assert await town.ringing(incident) == {ben}


async def test_a_yes_in_the_same_moment_is_given_up(town: Town, listing: ErasureList) -> None:
    """Anna's yes is being written while she is erased: her place must not be held by nobody for an hour and a half."""
    [anna] = await town.volunteers(100)
    incident = await town.arrest()
    await town.declines(incident, anna)
    alert = await town.alert(incident, anna)
    async with town.being(anna) as phone:
        await answer.accept(phone, acting_for(anna), alert.id, anna, town.now)
        erasing = asyncio.create_task(erased_anew_where_needed(town, listing, anna))
        await asyncio.sleep(0.1)
        assert not erasing.done()
    await erasing
    assert await town.state(incident, anna) is AlertState.GAVE_UP
    assert await town.engaged() == set()


async def test_whoever_was_erased_says_yes_to_nothing_any_more(town: Town, listing: ErasureList) -> None:
    """Her access token lives on for minutes; a no may be taken back, but not by somebody no word can reach."""
    [anna] = await town.volunteers(100)
    incident = await town.arrest()
    await town.declines(incident, anna)
    await is_erased(town, listing, anna)
    with pytest.raises(Problem) as refused:
        await town.accepts(incident, anna)
    assert refused.value.status == 401
    assert await town.engaged() == set()


async def erased_anew_where_needed(town: Town, listing: ErasureList, volunteer_id: VolunteerId) -> None:
    await erase_one(town.database, listing, KEYS, volunteer_id, Why.ASKED, town.clock, Role.API)


async def test_one_who_cannot_be_erased_keeps_nobody_else_from_it(town: Town, listing: ErasureList) -> None:
    people = await town.volunteers(100, 200, 300)
    stuck = min(people, key=lambda each: each.bytes)
    for each in people:
        await listing.add(Line(town.now, What.ERASED, each))
    await town.rows(
        """
        CREATE FUNCTION volunteers.stuck() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN RAISE EXCEPTION ''a bug''; END'
        """
    )
    await town.rows(
        f"""
        CREATE TRIGGER stuck BEFORE UPDATE ON volunteers.volunteer FOR EACH ROW WHEN (OLD.id = '{stuck}')
        EXECUTE FUNCTION volunteers.stuck()
        """
    )
    with pytest.raises(asyncpg.RaiseError, match="a bug"):
        await catch_up(town.database, listing, KEYS, town.clock, Role.API)
    assert await named(town) == {stuck}


async def test_whose_key_is_lost_is_erased_all_the_same(town: Town, listing: ErasureList) -> None:
    [anna] = await town.volunteers(100)
    await town.rows("DELETE FROM volunteers.data_key WHERE volunteer_id = $1", anna)
    await is_erased(town, listing, anna)
    assert await named(town) == set()


async def test_of_a_list_that_is_partly_unreadable_the_rest_is_erased(
    town: Town, listing: ErasureList, tmp_path: Path
) -> None:
    [anna] = await town.volunteers(100)
    await listing.add(Line(town.now, What.ERASED, anna))
    (tmp_path / "erasures" / "other-host.erasures").write_text("nonsense!\n")
    with pytest.raises(Unreadable):
        await catch_up(town.database, listing, KEYS, town.clock, Role.API)
    assert await state_of(town, anna) == "erased"


async def test_an_empty_list_is_no_list_where_somebody_was_erased(town: Town, listing: ErasureList) -> None:
    """The folder is there and its disk is not mounted: that looks like a list on which nobody stands."""
    [anna] = await town.volunteers(100)
    await catch_up(town.database, listing, KEYS, town.clock, Role.WORKER)
    await is_erased(town, ErasureList(None), anna)
    with pytest.raises(Unreadable, match="mounted"):
        await catch_up(town.database, listing, KEYS, town.clock, Role.WORKER)


async def test_what_is_done_because_the_list_says_so_is_not_listed_again(town: Town, listing: ErasureList) -> None:
    [anna] = await town.volunteers(100)
    await listing.add(Line(town.now, What.ERASED, anna))
    await catch_up(town.database, listing, KEYS, town.clock, Role.API)
    assert len(await listing.read()) == 1


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
