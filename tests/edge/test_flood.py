"""More alarms from one system than any ever had to raise: nothing is held, all beyond is flagged, people decide."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import prometheus_client
import pytest

from backend.foundation.database import Actor, Database, Lane, Role, open_database
from backend.foundation.ids import CentreId
from backend.foundation.kinds import Kind
from backend.identity.client_keys import made_key
from backend.identity.clients import add_client, scopes_of
from backend.regions import access
from backend.regions.shipped import centre_id
from backend.worker.callers import Callers
from tests.edge.cast import NOW, Edge

MOST = 3
CENTRE = CentreId(centre_id("amk-hovedstaden"))
MOVED, INTO = (CentreId(centre_id(code)) for code in ("amk-nordjylland", "amk-midtjylland"))
OWNER = Actor(Role.OWNER)


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    opened = await open_database(database_dsn, dict.fromkeys(Lane, 1))
    yield opened
    await opened.close()


async def let_in(database: Database, client_id: str, kind: Kind = Kind.LIVE, centre: CentreId = CENTRE) -> UUID:
    async with database.acting_as(OWNER) as connection:
        return await add_client(connection, client_id, made_key()[1], centre, kind, scopes_of(kind), NOW)


async def reports(
    edge: Edge,
    client: UUID,
    how_many: int,
    kind: str = "live",
    scope: str = "incidents:write",
    centre: CentreId = CENTRE,
) -> None:
    for _ in range(how_many):
        key = str(uuid4())
        headers = edge.as_centre(centre, client=client, kind=kind, scope=scope) | {"Idempotency-Key": key}
        body = {"case_number": key, "position": {"system": "WGS84", "lat": 55.6761, "lon": 12.5683}}
        answer = await edge.http.post("/dispatch/v1/incidents", json=body, headers=headers)
        assert answer.status_code == 201, "no alarm is held, however many there were"
        edge.clock.advance(timedelta(seconds=1))


async def flagged(dsn: str) -> list[int]:
    """Which of all incidents, in the order they were opened, are flagged."""
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch(
        """
        SELECT EXISTS (SELECT 1 FROM foundation.journal_entry e
                       WHERE e.incident_id = i.id AND e.event = 'alarm_flagged') AS flagged
        FROM incidents.incident i ORDER BY i.opened_at, i.id
        """
    )
    await connection.close()
    return [number for number, row in enumerate(rows, start=1) if row["flagged"]]


def figure(name: str, client: str) -> float | None:
    return prometheus_client.REGISTRY.get_sample_value(name, {"client": client})


async def test_what_is_beyond_the_limit_goes_out_is_flagged_once_and_pages(edge: Edge, database: Database) -> None:
    client = await let_in(database, "flooding")
    looking = Callers(database, MOST, edge.clock)

    await reports(edge, client, MOST)
    await looking.round()
    assert (await flagged(edge.dsn), figure("hjerteloeber_client_alarms_over", "flooding")) == ([], 0)

    await reports(edge, client, 2)
    await looking.round()
    await looking.round()
    assert await flagged(edge.dsn) == [4, 5]
    assert figure("hjerteloeber_client_alarms", "flooding") == 5
    assert figure("hjerteloeber_client_alarms_over", "flooding") == 2

    edge.clock.advance(timedelta(hours=1, seconds=1))
    await looking.round()
    assert figure("hjerteloeber_client_alarms_over", "flooding") == 0, "over by itself, and what was flagged stays so"
    assert await flagged(edge.dsn) == [4, 5]


async def test_a_flood_of_a_system_whose_centre_s_work_has_moved_is_seen_too(edge: Edge, database: Database) -> None:
    """What it raises stands at the other centre then: whoever looked at its own only would see none."""
    client = await let_in(database, "moved")
    await reports(edge, client, 2)
    now, owner = edge.clock.now(), Actor(Role.OWNER)
    async with database.acting_as(owner) as connection:
        into = CentreId(centre_id("amk-sjaelland"))
        await access.merge(connection, owner, CENTRE, into, now, "driftsansvarlig", now)
    await edge.app.state.access.load()
    await reports(edge, client, MOST + 1)

    await Callers(database, MOST, edge.clock).round()

    assert figure("hjerteloeber_client_alarms", "moved") == 2 + MOST + 1
    assert figure("hjerteloeber_client_alarms_over", "moved") == 3
    assert await flagged(edge.dsn) == [2 + MOST + 1]


async def test_each_system_is_counted_by_itself_and_only_what_is_live(edge: Edge, database: Database) -> None:
    one, other = await let_in(database, "one"), await let_in(database, "other")
    drill = await let_in(database, "drill", Kind.EXERCISE)
    await reports(edge, one, MOST)
    await reports(edge, other, MOST)
    await reports(edge, drill, MOST + 2, "exercise", "exercises:write")

    await Callers(database, MOST, edge.clock).round()

    assert await flagged(edge.dsn) == []


async def test_a_system_whose_centre_s_work_has_moved_floods_as_visibly(edge: Edge, database: Database) -> None:
    """As from 1 January 2027: what it raises belongs to the centre its own was merged into."""
    client = await let_in(database, "moved", centre=MOVED)
    async with database.acting_as(OWNER) as connection:
        await access.merge(connection, OWNER, MOVED, INTO, NOW - timedelta(days=1), "driftsansvarlig", NOW)
    await edge.app.state.access.load()
    await reports(edge, client, MOST + 1, centre=MOVED)

    await Callers(database, MOST, edge.clock).round()

    assert await flagged(edge.dsn) == [MOST + 1]
    assert figure("hjerteloeber_client_alarms_over", "moved") == 1


async def test_revising_is_not_raising(edge: Edge, database: Database) -> None:
    """A case that is told better every minute is one alarm."""
    client = await let_in(database, "careful")
    for accuracy in range(MOST + 4):
        headers = edge.as_centre(client=client) | {"Idempotency-Key": f"better-{accuracy:04}"}
        position = {"system": "WGS84", "lat": 55.6761, "lon": 12.5683}
        body = {"case_number": "one", "position": position, "accuracy_m": 50 - accuracy}
        assert (await edge.http.post("/dispatch/v1/incidents", json=body, headers=headers)).status_code == 201
        edge.clock.advance(timedelta(seconds=1))

    await Callers(database, MOST, edge.clock).round()

    assert figure("hjerteloeber_client_alarms", "careful") == 1


async def test_a_clock_that_was_off_is_a_figure_until_it_is_right_for_a_while(edge: Edge, database: Database) -> None:
    client = await let_in(database, "late")
    async with database.acting_as(Actor(Role.API)) as connection:
        await connection.execute(
            "INSERT INTO identity.client_clock (client_id, ahead_s, seen_at) VALUES ($1, -420, $2)", client, NOW
        )
    looking = Callers(database, MOST, edge.clock)
    await looking.round()
    assert figure("hjerteloeber_client_clock_ahead_seconds", "late") == pytest.approx(-420)
    edge.clock.advance(timedelta(minutes=11))
    await looking.round()
    assert figure("hjerteloeber_client_clock_ahead_seconds", "late") is None
