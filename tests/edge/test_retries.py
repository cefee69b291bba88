"""The retry contract: an answer that never came is asked for again with the same key, and there is one incident."""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from tests.edge.cast import NOW, Edge
from tests.harness.dispatching import logged_in
from tests.harness.running import Service

REPORT = {"case_number": "4711", "position": {"system": "WGS84", "lat": 55.6761, "lon": 12.5683}, "accuracy_m": 15}


async def reports(edge: Edge, headers: dict[str, str], key: str, **more: Any) -> httpx.Response:
    body = json.dumps(REPORT | more).encode()
    said = headers | {"Idempotency-Key": key, "Content-Type": "application/json"}
    return await edge.http.post("/dispatch/v1/incidents", content=body, headers=said)


async def incidents(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    count: int = await connection.fetchval("SELECT count(*) FROM incidents.incident")
    await connection.close()
    return count


def sent(answer: httpx.Response) -> tuple[int, str, bytes]:
    return answer.status_code, answer.headers["location"], answer.content


@pytest.mark.parametrize("later_s", [1, 61, 47 * 3600])
async def test_a_retry_gets_the_first_answer_byte_for_byte_although_the_incident_has_moved_on(
    edge: Edge, database_dsn: str, later_s: int
) -> None:
    client = uuid4()
    first = await reports(edge, edge.as_centre(client=client), "report-0001")
    where = first.headers["location"]
    better = {"position": REPORT["position"], "accuracy_m": 4}
    await edge.http.post(f"{where}/revise", json=better, headers=edge.as_centre(client=client))
    await edge.http.post(f"{where}/close", headers=edge.as_centre(client=client))
    edge.clock.advance(timedelta(seconds=later_s))

    again = await reports(edge, edge.as_centre(client=client), "report-0001")

    assert sent(first) == sent(again)
    assert first.status_code == 201
    assert await incidents(database_dsn) == 1


async def test_the_same_report_ten_times_at_once_is_one_incident_and_one_answer(edge: Edge, database_dsn: str) -> None:
    """Whoever retries while the first is still running waits for it."""
    headers = edge.as_centre(client=uuid4())

    answers = await asyncio.gather(*(reports(edge, headers, "report-0001") for _ in range(10)))

    assert len({sent(answer) for answer in answers}) == 1
    assert await incidents(database_dsn) == 1


async def test_a_retry_does_not_undo_what_was_corrected_since(edge: Edge) -> None:
    """One seat corrects, and the answer is lost; another seat corrects; the first one retries late."""
    client = uuid4()
    first = await reports(edge, edge.as_centre(client=client), "report-0001")
    await reports(edge, edge.as_centre(client=client), "report-0002", accuracy_m=40)
    await reports(edge, edge.as_centre(client=client), "report-0003", accuracy_m=5)

    await reports(edge, edge.as_centre(client=client), "report-0002", accuracy_m=40)

    now = (await edge.http.get(first.headers["location"], headers=edge.as_centre())).json()
    assert (now["accuracy_m"], now["revision"]) == (5.0, 3)


@pytest.mark.parametrize("off_s", [90, -90])
async def test_a_clock_that_is_off_refuses_no_report(edge: Edge, database_dsn: str, off_s: int) -> None:
    client = uuid4()
    theirs = NOW + timedelta(seconds=off_s)
    facts = {"patient_sex": "female", "patient_sex_at": stamp(theirs), "dansk_indeks": "A.01"}
    facts |= {"dansk_indeks_at": stamp(theirs), "call_received_at": stamp(theirs), "recognised_at": stamp(theirs)}

    first = await reports(edge, edge.as_centre(client=client), "report-0001", **facts)
    edge.clock.advance(timedelta(seconds=61))
    again = await reports(edge, edge.as_centre(client=client), "report-0001", **facts)

    assert (201, sent(first)) == (again.status_code, sent(again))
    assert first.json()["opened_at"] == stamp(NOW), "what the incident does goes by our clock"
    assert await incidents(database_dsn) == 1


async def test_an_answer_of_the_version_before_is_repeated_too(edge: Edge, database_dsn: str) -> None:
    """That one kept the answer's values only, not its bytes."""
    headers = edge.as_centre(client=uuid4())
    first = await reports(edge, headers, "report-0001")
    connection = await asyncpg.connect(database_dsn)
    await connection.execute("UPDATE incidents.request_key SET answer_sent = NULL")
    await connection.close()

    again = await reports(edge, headers, "report-0001")

    assert (201, first.json()) == (again.status_code, again.json())


async def test_a_report_whose_sender_hangs_up_is_there_when_it_is_sent_again(
    service: Service, database_dsn: str
) -> None:
    async with system(service) as (http, raw):
        writer = await raw("report-0001")
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        again = await http.post("/dispatch/v1/incidents", json=REPORT, headers={"Idempotency-Key": "report-0002"})
    assert again.status_code == 201
    assert await incidents(database_dsn) == 1


async def test_a_report_is_there_although_the_process_was_killed_right_after_the_commit(
    service: Service, database_dsn: str
) -> None:
    """The answer is not read: it is lost. The process dies as soon as the database shows the incident."""
    async with system(service) as (http, raw):
        writer = await raw("report-0001")
        async with asyncio.timeout(20):
            while not await incidents(database_dsn):
                pass
        assert service.api.pid is not None
        os.killpg(service.api.pid, signal.SIGKILL)
        writer.close()
        await service.supervisor.lost.wait()
        await service.supervisor.start(replace(service.api.part, name="api again"))

        again = await http.post(
            "/dispatch/v1/incidents",
            content=json.dumps(REPORT).encode(),
            headers={"Idempotency-Key": "report-0001", "Content-Type": "application/json"},
        )

    assert again.status_code == 201, again.text
    assert again.json()["revision"] == 1
    assert await incidents(database_dsn) == 1


@contextlib.asynccontextmanager
async def system(service: Service) -> AsyncIterator[tuple[httpx.AsyncClient, Any]]:
    """A dispatch system that is logged in: its HTTP client, and a way to send a report and not read the answer."""
    system = await logged_in(service, *await service.client())
    async with httpx.AsyncClient(base_url=service.url, timeout=20, event_hooks={"request": [system.prove]}) as http:

        async def raw(key: str) -> asyncio.StreamWriter:
            url = httpx.URL(service.url)
            _, writer = await asyncio.open_connection(url.host, url.port)
            body = json.dumps(REPORT).encode()
            lines = [
                "POST /dispatch/v1/incidents HTTP/1.1",
                f"Host: {url.host}",
                *(f"{name}: {value}" for name, value in system.headers("POST", "/dispatch/v1/incidents").items()),
                "Content-Type: application/json",
                f"Idempotency-Key: {key}",
                f"Content-Length: {len(body)}",
            ]
            writer.write("\r\n".join([*lines, "", ""]).encode() + body)
            await writer.drain()
            return writer

        yield http, raw


def stamp(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
