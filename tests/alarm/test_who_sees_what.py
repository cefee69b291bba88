"""Who is acted for decides what is seen: a centre its own, a volunteer their own, nobody nothing."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from backend.alerts.alert import AlertState
from backend.delivery import claim, in_app, receipts, test_alarms
from backend.delivery.enqueue import enqueue
from backend.delivery.message import Channel, NewMessage, What
from backend.delivery.queries_claim import Room
from backend.foundation.database import Actor, Connection, Lane, Role, enter
from backend.foundation.ids import CentreId, IncidentId, VolunteerId, in_order, without_time
from backend.foundation.kinds import Kind
from backend.incidents import queries as incident_queries
from backend.incidents.incident import EndReason
from backend.regions.queries import add_centre
from backend.responses import answer
from backend.responses.status import Status
from backend.worker.chores import CHORES
from tests.alarm.cast import Town, metres_east
from tests.harness.above import ABOVE

A_CENTRE_S = (
    "alerts.alert",
    "foundation.journal_entry",
    "incidents.incident",
    "incidents.incident_place",
    "incidents.possible_duplicate",
    "selection.candidate",
)
A_PERSON_S = (
    "alerts.alert",
    "delivery.message",
    "locations.fixed_place",
    "locations.position",
    "selection.candidate",
    "volunteers.address",
    "volunteers.consent",
    "volunteers.device",
    "volunteers.engagement",
    "volunteers.volunteer_identity",
)
AN_OPERATOR_COUNTS = {
    "delivery.delivery",
    "delivery.message",
    "foundation.journal_entry",
    "volunteers.address",
    "volunteers.device",
    "volunteers.volunteer",
}
"""Without a name, phone, position or patient's place in it."""

NOT_FOR_THE_WORKER = (
    "alerts.alert",
    "incidents.incident",
    "incidents.incident_place",
    "incidents.possible_duplicate",
    "incidents.request_key",
    "responses.status",
    "selection.candidate",
    "volunteers.volunteer_identity",
)
"""What a worker sees nothing of before it has entered a centre, or holds a message to somebody."""


async def another_centre(town: Town) -> CentreId:
    centre_id = CentreId(without_time())
    async with town.database.acting_as(ABOVE) as c:
        await add_centre(c, centre_id, "amk-nabo", "AMK Nabo", "live", town.now - timedelta(days=1), None)
    return centre_id


async def two_arrests(town: Town) -> tuple[CentreId, list[VolunteerId], IncidentId, IncidentId]:
    """One of the town's centre, one of its neighbour's, near each other; some are asked for each, one accepts."""
    people = await town.volunteers(100, 200, 300)
    here = await town.arrest()
    await town.volunteers(400, 500)
    mine, neighbour = town.centre_id, await another_centre(town)
    town.centre_id = neighbour
    there = await town.arrest(metres_east(150))
    accepting = next(iter(await town.ringing(there)), None)
    assert accepting is not None, "somebody is left for the second"
    await town.accepts(there, accepting)
    town.centre_id = mine
    await town.accepts(here, people[0])
    return neighbour, people, here, there


async def bound(c: Connection) -> list[str]:
    rows = await c.fetch(
        "SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind = 'r' AND c.relrowsecurity"
    )
    return [row["name"] for row in rows]


async def seen(c: Connection, tables: Sequence[str]) -> dict[str, int]:
    """How many rows of each table whoever acts sees; one they may not even read shows none."""
    found = {}
    for table in tables:
        try:
            async with c.transaction():
                found[table] = int(await c.fetchval(f"SELECT count(*) FROM {table}"))  # noqa: S608 – names of the catalog
        except asyncpg.InsufficientPrivilegeError:
            found[table] = 0
    return found


async def columns_of(c: Connection, table: str) -> set[str]:
    """What whoever acts may read of a table."""
    asked = """
        SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped
          AND has_column_privilege(attrelid, attnum, 'SELECT')
    """
    return {row["attname"] for row in await c.fetch(asked, table)}


async def ids(c: Connection, table: str, column: str) -> set[UUID]:
    return {row["id"] for row in await c.fetch(f"SELECT {column} AS id FROM {table}")}  # noqa: S608


@pytest.mark.parametrize("role", [Role.API, Role.OWNER, Role.CAMPAIGNS])
async def test_who_acts_for_nobody_sees_nothing(town: Town, role: Role) -> None:
    await two_arrests(town)
    async with town.database.acting_as(ABOVE) as c:
        tables = await bound(c)
        there = await seen(c, tables)
    assert sum(count > 0 for count in there.values()) > 12, "else nothing is proven"

    async with town.database.acting_as(Actor(role)) as c:
        visible = {table for table, count in (await seen(c, tables)).items() if count}
    if role is Role.OWNER:
        visible -= AN_OPERATOR_COUNTS
    assert visible == set()


async def test_a_centre_sees_no_row_of_another(town: Town) -> None:
    neighbour, _, _, there = await two_arrests(town)
    for table in A_CENTRE_S:
        async with town.database.acting_as(ABOVE) as c:
            assert await ids(c, table, "centre_id") == {town.centre_id, neighbour}, f"{table}: nothing is proven"
        for centre_id in (town.centre_id, neighbour):
            async with town.database.acting_as(Actor(Role.API, centre_id=centre_id)) as c:
                assert await ids(c, table, "centre_id") == {centre_id}, table
    async with town.acting() as c:
        assert await incident_queries.lock(c, there) is None
        assert await incident_queries.place_of(c, there) is None


async def test_a_centre_writes_no_row_of_another(town: Town) -> None:
    neighbour, _, here, there = await two_arrests(town)
    async with town.acting() as c:
        assert await c.execute("UPDATE incidents.incident SET state = state WHERE id = $1", there) == "UPDATE 0"
        assert await c.execute("DELETE FROM incidents.incident_place WHERE incident_id = $1", there) == "DELETE 0"
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        async with town.acting() as c:
            await c.execute(
                "UPDATE incidents.incident_place SET centre_id = $2 WHERE incident_id = $1", here, neighbour
            )


async def test_a_volunteer_sees_their_own(town: Town) -> None:
    _, people, _, _ = await two_arrests(town)
    for table in A_PERSON_S:
        async with town.being(people[0]) as c:
            assert await ids(c, table, "volunteer_id") <= {people[0]}, table
    async with town.being(people[0]) as c:
        assert await ids(c, "volunteers.volunteer", "id") == {people[0]}
        messages = await ids(c, "delivery.message", "id")
        assert messages
        assert await ids(c, "delivery.delivery", "message_id") == messages


async def test_the_address_is_for_who_is_on_the_way(town: Town) -> None:
    """Not for who was asked, not for who said no or gave up; the database itself sees to that."""
    going, asked = await town.volunteers(100, 200)
    incident = await town.arrest()

    async def knows(who: VolunteerId) -> bool:
        async with town.being(who) as c:
            assert incident in await ids(c, "incidents.incident", "id")
            return await ids(c, "incidents.incident_place", "incident_id") == {incident}

    assert (await knows(going), await knows(asked)) == (False, False)
    await town.accepts(incident, going)
    assert (await knows(going), await knows(asked)) == (True, False)
    await town.gives_up(incident, going)
    assert not await knows(going)


async def test_what_is_decided_as_the_centre_is_not_read_as_the_centre(town: Town) -> None:
    """Answering enters the centre; what the answer shows is what its giver may see, in the same transaction."""
    asked, going = await town.volunteers(100, 200)
    incident = await town.arrest()
    for who, say, seen_then in ((asked, answer.decline, set[IncidentId]()), (going, answer.accept, {incident})):
        alert = await town.alert(incident, who)
        async with town.being(who) as c:
            await say(c, Actor(Role.API, person_id=who), alert.id, who, town.now)
            assert await ids(c, "incidents.incident_place", "incident_id") == seen_then
            assert await ids(c, "alerts.alert", "volunteer_id") == {who}


async def test_a_name_is_for_the_centre_it_accepted_an_alarm_of(town: Town) -> None:
    neighbour, _, here, there = await two_arrests(town)
    for centre_id, incident in ((town.centre_id, here), (neighbour, there)):
        async with town.database.acting_as(Actor(Role.API, centre_id=centre_id)) as c:
            going = await c.fetch(
                "SELECT volunteer_id FROM alerts.alert WHERE incident_id = $1 AND place = 1", incident
            )
            assert await ids(c, "volunteers.volunteer_identity", "volunteer_id") == {row[0] for row in going}


async def test_a_worker_sees_the_queue_and_no_incident_name_phone_or_address(town: Town) -> None:
    neighbour, _, _, there = await two_arrests(town)
    async with town.database.acting_as(Actor(Role.WORKER)) as c:
        found = await seen(c, NOT_FOR_THE_WORKER)
        assert found == dict.fromkeys(NOT_FOR_THE_WORKER, 0)
        assert all((await seen(c, ("delivery.delivery", "foundation.timer", "locations.position"))).values())

        centre_id = await incident_queries.centre_of(c, there)
        assert centre_id == neighbour
        await enter(c, centre_id)
        assert await ids(c, "incidents.incident", "id") == {there}
        assert await ids(c, "incidents.incident_place", "incident_id") == {there}


async def test_a_worker_sees_a_phone_while_it_holds_a_text_message_to_it(town: Town) -> None:
    town.pushes_go_out = False
    (anna,) = await town.volunteers(100)
    await town.volunteers(5_000)
    await town.arrest()
    town.clock.advance(timedelta(seconds=60))  # text messages have waited for their pushes
    async with town.database.acting_as(Actor(Role.WORKER), Lane.ALERTS) as c:
        assert await ids(c, "volunteers.volunteer_identity", "volunteer_id") == set()
        assert len(await claim.claim(c, [Room(Channel.SMS, 5, 5)], town.now)) == 1
    async with town.database.acting_as(Actor(Role.WORKER), Lane.ALERTS) as c:
        assert await ids(c, "volunteers.volunteer_identity", "volunteer_id") == {anna}


async def test_statistics_count_over_every_centre_and_see_no_person(town: Town) -> None:
    await two_arrests(town)
    async with town.database.acting_as(Actor(Role.STATS)) as c:
        assert await c.fetchval("SELECT count(id) FROM incidents.incident") == 2
        assert await seen(c, ("volunteers.volunteer_identity", "incidents.request_key")) == {
            "volunteers.volunteer_identity": 0,
            "incidents.request_key": 0,
        }
        # That somebody was heard of, and when; where they are stands in the same row, and is not for statistics.
        assert await columns_of(c, "locations.position") == {"volunteer_id", "seen_at", "available"}
        assert await columns_of(c, "volunteers.address") == {"volunteer_id", "kind", "channel", "health"}


async def test_who_fills_old_rows_can_do_nothing_by_itself(town: Town) -> None:
    """Its policies let it through everywhere; what it may read and write is granted by the migration that needs it.

    All that is left to it is rotating keys: keys, hashes and phones as they are sealed, of which it opens none.
    """
    await two_arrests(town)
    async with town.database.acting_as(ABOVE) as c:
        tables = await bound(c)
        await c.execute("SET LOCAL ROLE hjerteloeber_backfill")
        rotated = {"volunteers.data_key", "incidents.data_key", "volunteers.volunteer_identity", "volunteers.volunteer"}
        found = await seen(c, tables)
        assert {name for name, rows in found.items() if rows} <= rotated
        for hidden in ("name_sealed", "birth_year"):
            assert not await c.fetchval(
                "SELECT has_column_privilege('volunteers.volunteer_identity', $1, 'SELECT')", hidden
            )
        await c.execute("RESET ROLE")
        await c.execute("GRANT SELECT (id, place), UPDATE (place) ON alerts.alert TO hjerteloeber_backfill")
        await c.execute("SET LOCAL ROLE hjerteloeber_backfill")
        filled = await c.execute("UPDATE alerts.alert SET place = place WHERE place IS NOT NULL")
        assert filled == "UPDATE 2", "both centres'"


async def test_places_of_every_centre_are_forgotten_in_time(town: Town) -> None:
    neighbour, _, here, there = await two_arrests(town)
    await town.ends(here)
    mine, town.centre_id = town.centre_id, neighbour
    await town.ends(there)
    town.centre_id = mine
    forget = next(chore for chore in CHORES if chore.what == "incident places")
    async with town.database.acting_as(Actor(Role.WORKER)) as c:
        assert await forget.do(c, town.now + timedelta(minutes=13)) == 0
        assert await forget.do(c, town.now + timedelta(minutes=15)) == 2


async def test_both_centres_are_told_of_a_possible_duplicate_in_ids_and_metres(town: Town) -> None:
    neighbour, _, here, there = await two_arrests(town)
    for centre_id, one, other in ((town.centre_id, here, there), (neighbour, there, here)):
        async with town.database.acting_as(Actor(Role.API, centre_id=centre_id)) as c:
            rows = await c.fetch("SELECT incident_id, other_id, metres FROM incidents.possible_duplicate")
            assert [tuple(row) for row in rows] == [(one, other, 150)]


async def test_whoever_gives_up_a_place_is_let_go_and_the_next_is_asked_as_the_centre(town: Town) -> None:
    """A volunteer's answer decides about others: it enters the centre for that, and only for the one transaction."""
    first, *_ = await town.volunteers(*range(100, 1_500, 100))
    incident = await town.arrest()
    await town.accepts(incident, first)
    await town.gives_up(incident, first)
    assert await town.state(incident, first) is AlertState.GAVE_UP
    async with town.being(first) as c:
        assert {a["volunteer_id"] for a in await c.fetch("SELECT volunteer_id FROM alerts.alert")} == {first}


async def test_two_centres_reports_of_one_arrest_become_one(town: Town) -> None:
    """Whoever is on the way for the one that ends goes on for the other centre's, with what they told."""
    neighbour, people, here, there = await two_arrests(town)
    await town.tells(here, people[0], Status.EN_ROUTE)
    await town.joins(here, there)

    assert (await town.incident(here)).end_reason is EndReason.JOINED
    mine, town.centre_id = town.centre_id, neighbour
    assert (await town.alert(there, people[0])).state is AlertState.ACCEPTED
    events = [entry.event for entry in await town.journal(there)]
    assert {"joined", "accepted", "status"} <= set(events)
    town.centre_id = mine
    assert "joined" in [entry.event for entry in await town.journal(here)]
    async with town.being(people[0]) as c:
        assert await ids(c, "incidents.incident_place", "incident_id") == {there}


async def test_a_volunteer_rings_their_own_phone_and_nobody_else_s(town: Town) -> None:
    anna, ben = await town.volunteers(100, 200)
    async with town.being(anna) as c:
        test = await test_alarms.start(c, anna, Kind.LIVE, town.now)
        assert len(test.channels) == 3
        assert await in_app.written_to_socket(c, anna, [test.id], town.now) == 1
        assert await receipts.receive(c, test.id, anna, Channel.FCM, town.now, town.now)
    message = NewMessage(What.TEST_ALARM, in_order(), Kind.LIVE, ben, None, {}, town.now + timedelta(minutes=2))
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        async with town.being(anna) as c:
            await enqueue(c, [message], 0, town.now)
