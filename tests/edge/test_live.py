"""Following incidents as they happen, through a real server process."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid4

import aiohttp
import asyncpg

from backend.foundation.database import prepare_connection
from backend.foundation.ids import in_order
from backend.regions import shipped
from tests.harness.dispatching import LoggedIn, logged_in
from tests.harness.running import Service

CENTRE = shipped.centre_id("amk-hovedstaden")


class Stream:
    """A client of an event stream: what a browser's EventSource does, by hand."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.commented = asyncio.Event()

    async def next(self) -> dict[str, str]:
        """The next event; waits for it."""
        event: dict[str, str] = {}
        async for raw in self._response.content:
            line = raw.decode().rstrip("\n")
            if line.startswith(":"):
                self.commented.set()
            elif line:
                name, _, value = line.partition(": ")
                event[name] = value
            elif "event" in event:
                return event
        raise EOFError("the stream ended")

    async def ended(self) -> None:
        async for _ in self._response.content:
            pass


class Centre:
    """A dispatch centre's system, and its incidents' journal as another process would write it."""

    def __init__(
        self, service: Service, system: LoggedIn, http: aiohttp.ClientSession, connection: asyncpg.Connection
    ) -> None:
        self.service = service
        self.system = system
        self.http = http
        self.connection = connection

    @asynccontextmanager
    async def follows(self, path: str, last_event_id: str | None = None) -> AsyncIterator[Stream]:
        headers = self.system.headers("GET", path)
        headers |= {} if last_event_id is None else {"Last-Event-ID": last_event_id}
        async with self.http.get(self.service.url + path, headers=headers) as response:
            assert response.status == 200, await response.text()
            assert response.content_type == "text/event-stream"
            yield Stream(response)

    async def reports(self) -> tuple[UUID, int]:
        """A new incident, and how much its journal says of it so far."""
        path = "/dispatch/v1/incidents"
        headers = self.system.headers("POST", path) | {"Idempotency-Key": str(uuid4())}
        body = {"case_number": "4711", "position": {"system": "WGS84", "lat": 55.6761, "lon": 12.5683}}
        async with self.http.post(self.service.url + path, json=body, headers=headers) as answer:
            assert answer.status == 201, await answer.text()
            incident = UUID((await answer.json())["id"])
        of_it = "SELECT max(seq) FROM foundation.journal_entry WHERE incident_id = $1"
        return incident, await self.connection.fetchval(of_it, incident)

    async def something_happens(self, incident: UUID, seq: int, centre: UUID = CENTRE) -> None:
        await write(self.connection, incident, seq, centre)


async def write(
    connection: asyncpg.Connection,
    incident: UUID | None,
    seq: int | None,
    centre: UUID = CENTRE,
    kind: str | None = "live",
) -> None:
    await connection.execute(
        """
        WITH written AS (
          INSERT INTO foundation.journal_entry (incident_id, seq, event, at, kind, centre_id, role, facts)
          VALUES ($1, $2, 'status', $3, $5, $4, 'hjerteloeber_api', '{"n": 1}') RETURNING id)
        SELECT pg_notify('hjerteloeber_journal', id::text) FROM written
        """,
        incident,
        seq,
        datetime.now(UTC),
        centre,
        kind,
    )


@asynccontextmanager
async def centre_of(service: Service) -> AsyncIterator[Centre]:
    system = await logged_in(service, *await service.client())
    connection = await asyncpg.connect(service.dsn)
    await prepare_connection(connection)
    timeout = aiohttp.ClientTimeout(total=None, sock_read=30)
    async with aiohttp.ClientSession(timeout=timeout) as http:
        yield Centre(service, system, http, connection)
    await connection.close()


async def test_an_incident_is_followed_from_its_report_and_taken_up_again_where_it_broke_off(service: Service) -> None:
    async with centre_of(service) as centre:
        incident, last = await centre.reports()
        await centre.something_happens(incident, last + 1)
        path = f"/dispatch/v1/incidents/{incident}/events"
        async with centre.follows(path) as stream:
            told = [await stream.next() for _ in range(last + 1)]
            await centre.something_happens(incident, last + 2)
            told.append(await stream.next())
        await centre.something_happens(incident, last + 3)
        async with centre.follows(path, told[-1]["id"]) as stream:
            told.append(await stream.next())
        assert [json.loads(event["data"])["seq"] for event in told] == list(range(1, last + 4))
        assert told[0]["event"] == "incident_opened"


async def test_a_centre_hears_of_its_own_incidents_only(service: Service) -> None:
    mine, theirs = in_order(), in_order()
    async with centre_of(service) as centre:
        async with centre.follows("/dispatch/v1/events") as stream:
            await centre.something_happens(theirs, 1, shipped.centre_id("amk-midtjylland"))
            await centre.something_happens(mine, 1)
            event = await stream.next()
        assert json.loads(event["data"])["incident_id"] == str(mine)
        path = f"/dispatch/v1/incidents/{theirs}/events"
        async with centre.http.get(service.url + path, headers=centre.system.headers("GET", path)) as refused:
            assert refused.status == 404


async def test_an_entry_committed_after_a_later_one_is_told_too(service: Service) -> None:
    slow, quick = in_order(), in_order()
    other = await asyncpg.connect(service.dsn)
    async with centre_of(service) as centre, centre.follows("/dispatch/v1/events") as stream:
        async with other.transaction():
            await write(other, slow, 1)
            await centre.something_happens(quick, 1)
            first = await stream.next()
        second = await stream.next()
    await other.close()
    assert [json.loads(event["data"])["incident_id"] for event in (first, second)] == [str(quick), str(slow)]
    assert int(first["id"]) > int(second["id"])


async def test_what_happened_while_the_server_lost_its_connection_is_made_up_for(service: Service) -> None:
    incident = in_order()
    async with centre_of(service) as centre, centre.follows("/dispatch/v1/events") as stream:
        await centre.something_happens(incident, 1)
        await stream.next()
        await centre.connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hjerteloeber live'"
        )
        await centre.something_happens(incident, 2)
        assert json.loads((await stream.next())["data"])["seq"] == 2


async def test_a_stream_says_that_it_lives(service: Service) -> None:
    """Nothing happens; within 10 s there is a comment, and then still an event."""
    incident = in_order()
    async with centre_of(service) as centre, centre.follows("/dispatch/v1/events") as stream:
        waiting = asyncio.create_task(stream.next())
        await stream.commented.wait()
        await centre.something_happens(incident, 1)
        assert (await waiting)["event"] == "status"


async def test_a_server_told_to_end_ends_its_streams_and_itself(service: Service) -> None:
    async with centre_of(service) as centre, centre.follows("/dispatch/v1/events") as stream:
        process = service.api.process
        assert process is not None
        before = time.monotonic()
        process.terminate()
        await stream.ended()
        assert await process.wait() == 0
        took_s = time.monotonic() - before
    print(f"\nended in {took_s:.2f} s with a stream open (aim 2.5 s)")  # noqa: T201


async def test_unknown_incidents_are_not_followed(service: Service) -> None:
    path = f"/dispatch/v1/incidents/{uuid4()}/events"
    async with (
        centre_of(service) as centre,
        centre.http.get(service.url + path, headers=centre.system.headers("GET", path)) as refused,
    ):
        assert refused.status == 404
        assert refused.content_type == "application/problem+json"


async def test_a_live_console_sees_no_exercise_of_its_centre_and_no_change_of_rights(service: Service) -> None:
    """Neither as it happens nor on coming again."""
    exercise, live = in_order(), in_order()
    async with centre_of(service) as centre:
        async with centre.follows("/dispatch/v1/events") as stream:
            await write(centre.connection, exercise, 1, kind="exercise")
            await write(centre.connection, None, None, kind=None)  # as `hjerteloeber client add` does
            await write(centre.connection, live, 1)
            assert json.loads((await stream.next())["data"])["incident_id"] == str(live)
        async with centre.follows("/dispatch/v1/events", "1") as stream:
            assert json.loads((await stream.next())["data"])["incident_id"] == str(live)
