"""One alarm at a time for everybody."""

import asyncio

from backend.foundation.database import Database
from backend.foundation.ids import IncidentId, VolunteerId, in_order, without_time
from backend.foundation.kinds import Kind
from backend.volunteers.engagement import engage, release, start_mission
from backend.volunteers.erase import erase
from backend.volunteers.withdraw import withdraw
from tests.people.cast import API, NOON, newcomer


def an_incident() -> IncidentId:
    return IncidentId(in_order())


async def some_people(database: Database, count: int) -> list[VolunteerId]:
    async with database.acting_as(API) as connection:
        return [(await newcomer(connection)).volunteer_id for _ in range(count)]


async def test_who_rings_for_one_incident_is_not_asked_by_another(database: Database) -> None:
    anna, ben, clara = await some_people(database, 3)
    first, second = an_incident(), an_incident()
    async with database.acting_as(API) as connection:
        assert await engage(connection, first, Kind.LIVE, [anna, ben], 9, NOON) == {anna, ben}
        assert await engage(connection, second, Kind.LIVE, [ben, clara], 9, NOON) == {clara}
        assert await engage(connection, first, Kind.LIVE, [anna, clara], 9, NOON) == set()
        await release(connection, [ben, clara], first)
        assert await engage(connection, second, Kind.LIVE, [ben, clara], 9, NOON) == {ben}


async def test_the_first_so_many_who_are_free_are_engaged(database: Database) -> None:
    anna, ben, clara, dorte = await some_people(database, 4)
    async with database.acting_as(API) as connection:
        assert await engage(connection, an_incident(), Kind.LIVE, [ben], 1, NOON) == {ben}
        assert await engage(connection, an_incident(), Kind.LIVE, [anna, ben, clara, dorte], 2, NOON) == {anna, clara}


async def test_whom_another_alarm_is_engaging_at_this_moment_nobody_waits_for(database: Database) -> None:
    anna, ben = await some_people(database, 2)
    async with database.acting_as(API) as one, database.acting_as(API) as other:
        assert await engage(one, an_incident(), Kind.LIVE, [anna], 1, NOON) == {anna}
        assert await engage(other, an_incident(), Kind.LIVE, [anna, ben], 1, NOON) == {ben}


async def test_two_alarms_at_once_share_the_volunteers_out_between_them(database: Database) -> None:
    everybody = await some_people(database, 12)

    async def ask(incident: IncidentId, order: list[VolunteerId]) -> set[VolunteerId]:
        async with database.acting_as(API) as connection:
            return await engage(connection, incident, Kind.LIVE, order, 12, NOON)

    backwards = everybody[::-1]
    asked = await asyncio.gather(ask(an_incident(), everybody), ask(an_incident(), backwards))
    assert asked[0] | asked[1] == set(everybody)
    assert asked[0] & asked[1] == set()


async def test_a_late_yes_counts_unless_one_is_engaged_elsewhere(database: Database) -> None:
    [anna] = await some_people(database, 1)
    first, second = an_incident(), an_incident()
    async with database.acting_as(API) as connection:
        assert await start_mission(connection, anna, Kind.LIVE, first, NOON)
        assert await start_mission(connection, anna, Kind.LIVE, first, NOON)
        assert not await start_mission(connection, anna, Kind.LIVE, second, NOON)
        assert await engage(connection, first, Kind.LIVE, [anna], 1, NOON) == set()
        await release(connection, [anna], second)
        assert not await start_mission(connection, anna, Kind.LIVE, second, NOON)
        await release(connection, [anna], first)
        assert await start_mission(connection, anna, Kind.LIVE, second, NOON)


async def test_nobody_of_another_kind_withdrawn_or_unknown_is_engaged(database: Database) -> None:
    anna, ben, clara = await some_people(database, 3)
    async with database.acting_as(API) as connection:
        await withdraw(connection, ben, NOON)
        await erase(connection, clara, NOON)
        assert await engage(connection, an_incident(), Kind.TEST, [anna], 1, NOON) == set()
        nobody = VolunteerId(without_time())
        assert await engage(connection, an_incident(), Kind.LIVE, [ben, clara, nobody], 3, NOON) == set()
