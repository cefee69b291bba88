"""What a dispatch centre tells beside case number and place: kept for statistics, each fact with its own time."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from tests.edge.cast import NOW, Edge

REPORT = {"case_number": "4711", "position": {"system": "WGS84", "lat": 55.6761, "lon": 12.5683}}


@pytest.fixture
def centre(edge: Edge) -> dict[str, str]:
    return edge.as_centre()


async def reports(edge: Edge, centre: dict[str, str], **facts: Any) -> Any:
    headers = centre | {"Idempotency-Key": str(uuid4())}
    return await edge.http.post("/dispatch/v1/incidents", json=REPORT | facts, headers=headers)


async def kept(dsn: str, *columns: str) -> list[Any]:
    connection = await asyncpg.connect(dsn)
    row = await connection.fetchrow("SELECT * FROM incidents.incident")
    await connection.close()
    assert row is not None
    return [row[column] for column in columns]


def at(moment: datetime) -> str:
    return moment.isoformat()


async def test_each_fact_has_the_time_it_was_told_with(edge: Edge, centre: dict[str, str], database_dsn: str) -> None:
    minutes = [NOW - timedelta(minutes=n) for n in range(5)]
    facts = {
        "call_received_at": at(minutes[4]),
        "recognised_at": at(minutes[3]),
        "call_taker_group": "A",
        "call_taker_group_at": at(minutes[2]),
        "dansk_indeks": "A.01.02",
        "dansk_indeks_at": at(minutes[1]),
        "patient_sex": "female",
        "patient_sex_at": at(minutes[0]),
    }

    answer = await reports(edge, centre, **facts)

    assert answer.status_code == 201, answer.text
    times = ["call_received_at", "recognised_at", "call_taker_group_at", "dansk_indeks_at", "patient_sex_at"]
    assert minutes[::-1] == await kept(database_dsn, *times)


async def test_a_fact_told_without_a_time_has_that_at_which_it_came_and_keeps_it(
    edge: Edge, centre: dict[str, str], database_dsn: str
) -> None:
    await reports(edge, centre, patient_sex="female")
    edge.clock.advance(timedelta(minutes=1))

    await reports(edge, centre, patient_sex="female", dansk_indeks="A.01")

    assert [NOW, NOW + timedelta(minutes=1)] == await kept(database_dsn, "patient_sex_at", "dansk_indeks_at")


async def test_a_fact_that_turns_out_to_be_another_has_a_new_time(
    edge: Edge, centre: dict[str, str], database_dsn: str
) -> None:
    await reports(edge, centre, dansk_indeks="B.02")
    later = NOW + timedelta(minutes=1)
    edge.clock.advance(timedelta(minutes=2))

    await reports(edge, centre, dansk_indeks="A.01", dansk_indeks_at=at(later))

    assert ["A.01", later] == await kept(database_dsn, "dansk_indeks", "dansk_indeks_at")


@pytest.mark.parametrize("fact", ["call_taker_group", "dansk_indeks", "patient_sex"])
async def test_a_time_without_its_fact_is_a_mistake(edge: Edge, centre: dict[str, str], fact: str) -> None:
    answer = await reports(edge, centre, **{f"{fact}_at": at(NOW)})

    assert (422, f"/{fact}_at") == (answer.status_code, answer.json()["errors"][0]["field"])
