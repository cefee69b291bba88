"""Over HTTP: a centre finds nothing of another's, unless it was lent to it or has moved to it, to the second."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from typer.testing import CliRunner

from backend.app.access import AccessInUse
from backend.cli.commands import app
from backend.foundation.database import Actor, Database, Lane, Role, open_database
from backend.foundation.ids import CentreId, in_order
from backend.identity.tokens import LIFETIMES, Audience
from backend.regions import access, feeds, queries, shipped
from tests.edge.cast import Edge, load_shipped, make_settings, running_edge
from tests.harness.above import ABOVE

MERGER = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
"""1 January 2027 in Denmark."""
EVE = MERGER - timedelta(minutes=5)
HOVEDSTADEN, SJAELLAND, FYN = (
    CentreId(shipped.centre_id(code)) for code in ("amk-hovedstaden", "amk-sjaelland", "amk-syddanmark")
)
OWNER = Actor(Role.OWNER)


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    await load_shipped(database_dsn, EVE)
    database = await open_database(database_dsn, {Lane.REST: 2})
    yield database
    await database.close()


@pytest.fixture
async def edge(database: Database, tmp_path: Path) -> AsyncIterator[Edge]:
    async with running_edge(make_settings(database.dsn, tmp_path), EVE) as edge:
        yield edge


def at(lat: float) -> dict[str, Any]:
    return {"system": "WGS84", "lat": lat, "lon": 12.5683}


class System:
    """A centre's dispatch system."""

    def __init__(self, edge: Edge, centre_id: UUID) -> None:
        self._edge, self._centre_id, self._client = edge, centre_id, uuid4()

    async def calls(self, method: str, path: str, body: Any = None, key: str | None = None) -> httpx.Response:
        headers = self._edge.as_centre(self._centre_id, client=self._client)
        more = {} if key is None else {"Idempotency-Key": key}
        return await self._edge.http.request(method, f"/dispatch/v1{path}", json=body, headers=headers | more)

    async def reports(self, case: str, lat: float = 55.6761, key: str | None = None) -> httpx.Response:
        body = {"case_number": case, "position": at(lat), "accuracy_m": 10}
        return await self.calls("POST", "/incidents", body, key or f"key {in_order()}")


async def centre_of(database: Database, incident: str) -> UUID:
    async with database.acting_as(ABOVE) as c:
        found: UUID = await c.fetchval("SELECT centre_id FROM incidents.incident WHERE id = $1", UUID(incident))
        return found


async def everything_asked_about(system: System, incident: str) -> list[tuple[int, bytes]]:
    revision = {"position": at(55.6)}
    answers = [
        await system.calls("GET", f"/incidents/{incident}"),
        await system.calls("GET", f"/incidents/{incident}/candidates"),
        await system.calls("GET", f"/incidents/{incident}/events"),
        await system.calls("POST", f"/incidents/{incident}/revise", revision),
        await system.calls("POST", f"/incidents/{incident}/stand-down", {"reason": "ambulance_arrived"}),
        await system.calls("POST", f"/incidents/{incident}/close"),
        await system.calls("POST", f"/incidents/{incident}/override", {"reason": "other"}),
        await system.calls("POST", f"/incidents/{incident}/join", {"into": incident}),
    ]
    return [(answer.status_code, answer.content.replace(incident.encode(), b"ID")) for answer in answers]


async def test_another_centre_s_incident_is_answered_as_one_that_never_was(edge: Edge) -> None:
    """By whatever route, to the byte."""
    incident = (await System(edge, HOVEDSTADEN).reports("case 1")).json()["id"]
    stranger = System(edge, FYN)
    guessed = await everything_asked_about(stranger, incident)
    assert guessed == await everything_asked_about(stranger, str(in_order()))
    assert {status for status, _ in guessed} == {404}
    assert (await stranger.calls("GET", "/incidents")).json()["incidents"] == []


async def test_what_is_lent_is_seen_and_acted_on_until_its_end(edge: Edge, database: Database) -> None:
    owns, helps = System(edge, HOVEDSTADEN), System(edge, FYN)
    incident = (await owns.reports("case 1")).json()["id"]
    now = edge.clock.now()
    async with database.acting_as(OWNER) as c:
        await access.lend(c, OWNER, HOVEDSTADEN, FYN, now + timedelta(hours=1), "vagthavende", now)
    await again(edge)

    assert (await helps.calls("GET", f"/incidents/{incident}")).status_code == 200
    assert [each["id"] for each in (await helps.calls("GET", "/incidents")).json()["incidents"]] == [incident]
    revised = await helps.calls("POST", f"/incidents/{incident}/revise", {"position": at(55.677)})
    assert revised.status_code == 200
    mine = (await helps.reports("case 2", 55.3959)).json()["id"]
    assert await centre_of(database, mine) == FYN, "what it reports itself is its own"
    assert (await owns.calls("GET", f"/incidents/{mine}")).status_code == 404, "lent one way"

    edge.clock.advance(timedelta(minutes=59, seconds=59))
    assert (await helps.calls("GET", f"/incidents/{incident}")).status_code == 200
    edge.clock.advance(timedelta(seconds=1))
    assert (await helps.calls("GET", f"/incidents/{incident}")).status_code == 404


async def test_a_stream_of_what_was_lent_ends_with_the_first_step_after_its_end(edge: Edge, database: Database) -> None:
    """The log-in it was opened with would have let it go on for minutes."""
    owns, helps = System(edge, HOVEDSTADEN), System(edge, FYN)
    incident = (await owns.reports("case 1")).json()["id"]
    now = edge.clock.now()
    async with database.acting_as(OWNER) as c:
        await access.lend(c, OWNER, HOVEDSTADEN, FYN, now + timedelta(minutes=1), "vagthavende", now)
    await again(edge)
    following = asyncio.create_task(helps.calls("GET", f"/incidents/{incident}/events"))
    await edge.is_followed()
    assert not following.done()

    edge.clock.advance(timedelta(minutes=1))
    assert (await owns.calls("POST", f"/incidents/{incident}/revise", {"position": at(55.677)})).status_code == 200
    async with asyncio.timeout(10):
        told = (await following).text
    assert "event: incident_opened" in told
    assert "event: incident_revised" not in told


async def test_the_connection_that_listens_is_the_api_s_and_sees_no_row(edge: Edge) -> None:
    """It is nobody's transaction, and the log-in of these tests is a superuser: it has stepped down all the same."""
    await System(edge, HOVEDSTADEN).reports("case 1")
    listening = edge.app.state.hub._connection
    assert await listening.fetchval("SELECT current_user::text") == Role.API.value
    assert await listening.fetchval("SELECT count(*) FROM incidents.incident") == 0


async def test_what_is_lent_is_written_down_and_can_be_taken_back(edge: Edge, database: Database) -> None:
    now = edge.clock.now()
    async with database.acting_as(OWNER) as c:
        with pytest.raises(access.NoEnd):
            await access.lend(c, OWNER, HOVEDSTADEN, FYN, now, "vagthavende", now)
        await access.lend(c, OWNER, HOVEDSTADEN, FYN, now + timedelta(hours=1), "vagthavende", now)
        assert await access.take_back(c, OWNER, HOVEDSTADEN, FYN, "vagthavende", now + timedelta(minutes=1))
        assert not await access.take_back(c, OWNER, HOVEDSTADEN, FYN, "vagthavende", now + timedelta(minutes=2))
        facts = await c.fetch("SELECT facts ->> 'change' AS change FROM foundation.journal_entry ORDER BY id")
    assert [row["change"] for row in facts] == ["access_granted", "access_ended"]


async def planned_merger(edge: Edge, database: Database) -> CentreId:
    merged = CentreId(in_order())
    async with database.acting_as(ABOVE) as c:
        await queries.add_centre(c, merged, "amk-oestdanmark", "AMK Østdanmark", "live", MERGER, None)
    async with database.acting_as(OWNER) as c:
        for centre_id in (HOVEDSTADEN, SJAELLAND):
            await access.merge(c, OWNER, centre_id, merged, MERGER, "driftsansvarlig", edge.clock.now())
    await again(edge)
    return merged


async def test_when_centres_merge_their_systems_go_on_as_the_new_one_at_that_second(
    edge: Edge, database: Database
) -> None:
    """Hovedstaden and Sjælland become Østdanmark on 1 January 2027: with the log-ins they have, and no alarm lost."""
    hovedstaden, sjaelland, fyn = (System(edge, each) for each in (HOVEDSTADEN, SJAELLAND, FYN))
    merged = await planned_merger(edge, database)
    first = await hovedstaden.reports("case 1", key="one and the same")
    before = first.json()["id"]
    edge.clock.advance(MERGER - edge.clock.now() - timedelta(seconds=1))
    assert (await sjaelland.calls("GET", f"/incidents/{before}")).status_code == 404

    edge.clock.advance(timedelta(seconds=1))
    for system in (hovedstaden, sjaelland):
        assert (await system.calls("GET", f"/incidents/{before}")).status_code == 200
        assert [each["id"] for each in (await system.calls("GET", "/incidents")).json()["incidents"]] == [before]
    again_sent = await hovedstaden.reports("case 1", key="one and the same")
    assert again_sent.content == first.content, "a retry over midnight gets its first answer"
    assert (await hovedstaden.reports("case 1", 55.6765)).json()["id"] == before, "its case is still its case"
    after = (await sjaelland.reports("case 1", 55.4)).json()["id"]
    assert await centre_of(database, after) == merged
    assert (await hovedstaden.calls("GET", f"/incidents/{after}")).status_code == 200
    assert {(await fyn.calls("GET", f"/incidents/{each}")).status_code for each in (before, after)} == {404}
    stopped = await sjaelland.calls("POST", f"/incidents/{before}/stand-down", {"reason": "ambulance_arrived"})
    assert stopped.status_code == 200


async def test_the_same_case_number_of_two_systems_that_became_one_centre_is_two_arrests(
    edge: Edge, database: Database
) -> None:
    """Each goes on numbering by itself: taken for one, the second arrest would be lost, and the first one moved."""
    hovedstaden, sjaelland = System(edge, HOVEDSTADEN), System(edge, SJAELLAND)
    await planned_merger(edge, database)
    edge.clock.advance(MERGER - edge.clock.now())
    one, other = await hovedstaden.reports("1"), await sjaelland.reports("1", 55.4)
    assert (one.status_code, other.status_code) == (201, 201)
    assert other.json()["id"] != one.json()["id"]
    assert (await hovedstaden.reports("1", 55.6762)).json()["id"] == one.json()["id"], "told again, it is that case"
    ended = await sjaelland.calls("POST", f"/incidents/{other.json()['id']}/close")
    assert ended.status_code == 200
    assert (await hovedstaden.reports("1", 55.6763)).json()["id"] == one.json()["id"]
    assert (await sjaelland.reports("1", 55.4)).status_code == 409, "that one has just ended"
    assert (await hovedstaden.reports("2")).status_code == 201
    assert (await sjaelland.reports("2", 55.4)).status_code == 201


async def test_each_system_is_missed_by_itself_when_their_centres_have_merged(edge: Edge, database: Database) -> None:
    """One that lives must not speak for the other that is dead; and neither is missed because its centre is gone."""
    hovedstaden, sjaelland = System(edge, HOVEDSTADEN), System(edge, SJAELLAND)
    await planned_merger(edge, database)
    edge.clock.advance(MERGER - edge.clock.now() - timedelta(minutes=1))

    async def beats(system: System) -> None:
        sent = await system.calls("POST", "/heartbeat", {"sent_at": edge.clock.now().isoformat()})
        assert sent.status_code == 200

    for system in (hovedstaden, sjaelland):
        await beats(system)
    for _ in range(3):
        edge.clock.advance(timedelta(minutes=1))
        await beats(hovedstaden)
    assert (await hovedstaden.calls("GET", "/centre")).json()["feed"]["state"] == "heard"
    assert (await sjaelland.calls("GET", "/centre")).json()["feed"]["state"] == "silent"
    async with database.acting_as(Actor(Role.WORKER)) as c:
        looked = await feeds.notice(c, edge.clock.now())
    assert looked.fell_silent == [SJAELLAND]
    assert {each.centre: each.silent_s for each in looked.standing} == {"amk-hovedstaden": 0, "amk-sjaelland": 180}


async def test_the_stream_of_a_centre_goes_on_with_what_ran_over_the_merger(edge: Edge, database: Database) -> None:
    """Both what was written and what is being written, of the old centre's incident and of the new one's."""
    hovedstaden = System(edge, HOVEDSTADEN)
    await planned_merger(edge, database)
    before = (await hovedstaden.reports("case 1")).json()["id"]
    edge.clock.advance(timedelta(minutes=1))
    headers = edge.as_centre(HOVEDSTADEN) | {"Last-Event-ID": "1"}
    edge.clock.advance(LIFETIMES[Audience.DISPATCH] - timedelta(seconds=0.1))
    assert edge.clock.now() > MERGER
    after = (await hovedstaden.reports("case 2", 55.4)).json()["id"]
    following = asyncio.create_task(edge.http.get("/dispatch/v1/events", headers=headers))
    await edge.is_followed()
    for incident in (before, after):
        assert (await hovedstaden.calls("POST", f"/incidents/{incident}/close")).status_code == 200
    await edge.streams_told()
    edge.clock.advance(timedelta(seconds=1))
    told = (await following).text
    for incident in (before, after):
        events = [part for part in told.split("\n\n") if incident in part]
        assert ["incident_opened" in events[0], "incident_ended" in events[-1]] == [True, True]
    ids = [int(line.removeprefix("id: ")) for line in told.splitlines() if line.startswith("id: ")]
    assert ids == sorted(ids)


async def again(edge: Edge) -> None:
    """What every process does of itself every ten seconds."""
    in_use: AccessInUse = edge.app.state.access
    await in_use.load()


def test_an_operator_lends_takes_back_and_merges_and_is_told_of_mistakes(database_dsn: str) -> None:
    asyncio.run(load_shipped(database_dsn, EVE))
    at = ["--database-url", database_dsn]

    def runs(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, [*words, *at])
        return done.exit_code, done.output

    lend = ("access", "lend", "amk-hovedstaden", "--to", "amk-syddanmark", "--until")
    assert runs(*lend, "2030-01-01T08:00")[0] == 0
    assert "time that is to come" in runs(*lend, "2020-01-01T08:00")[1]
    assert "there is no centre amk-nowhere" in runs("access", "take-back", "amk-nowhere", "--to", "amk-syddanmark")[1]
    assert runs("access", "merge", "amk-sjaelland", "--into", "amk-hovedstaden", "--from", "2030-01-01")[0] == 0
    again = runs("access", "merge", "amk-sjaelland", "--into", "amk-syddanmark", "--from", "2030-01-01")
    assert "moves to another centre already" in again[1]
    back = runs("access", "merge", "amk-hovedstaden", "--into", "amk-sjaelland", "--from", "2029-01-01")
    assert "come back to itself" in back[1], "neither would be anybody's from the second of the two on"
    assert (
        "to itself" in runs("access", "merge", "amk-syddanmark", "--into", "amk-syddanmark", "--from", "2030-01-01")[1]
    )
    _, shown = runs("access", "list")
    assert ["amk-hovedstaden", "overflow", "amk-syddanmark"] in [line.split()[:3] for line in shown.splitlines()]
    assert runs("access", "take-back", "amk-hovedstaden", "--to", "amk-syddanmark")[0] == 0
    assert (
        "nothing of amk-hovedstaden is lent"
        in runs("access", "take-back", "amk-hovedstaden", "--to", "amk-syddanmark")[1]
    )
