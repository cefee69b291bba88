"""Positions as a phone sends them over HTTP."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.foundation.ids import VolunteerId
from backend.locations import cells
from tests.edge.cast import Edge, load_shipped, make_settings, running_edge
from tests.places.cast import FOUNTAIN, NOW, STATION, connected, volunteers

ACCEPTED = {"outcome": "accepted", "reason": None}


class Phone:
    def __init__(self, edge: Edge, volunteer_id: VolunteerId) -> None:
        self.edge = edge
        self.volunteer_id = volunteer_id

    async def sends(self, method: str, path: str, body: object) -> tuple[int, Any]:
        answer = await self.edge.http.request(
            method, f"/mobile/v1/{path}", json=body, headers=self.edge.as_volunteer(self.volunteer_id)
        )
        return answer.status_code, answer.json() if answer.content else None


def when(minutes_ago: float) -> str:
    return (NOW - timedelta(minutes=minutes_ago)).isoformat()


def position(place: tuple[float, float], minutes_ago: float, **more: object) -> dict[str, object]:
    return {"lat": place[0], "lon": place[1], "measured_at": when(minutes_ago), **more}


@pytest.fixture
async def anna(database_dsn: str, tmp_path: Path) -> AsyncIterator[Phone]:
    await load_shipped(database_dsn, NOW)
    async with connected(database_dsn) as db:
        [one] = await volunteers(db)
    async with running_edge(make_settings(database_dsn, tmp_path), NOW) as edge:
        yield Phone(edge, one)


async def test_a_batch_is_answered_in_the_order_it_was_sent(anna: Phone, database_dsn: str) -> None:
    body = {
        "sent_at": when(0),
        "positions": [
            position(FOUNTAIN, 1, accuracy_m=12.5),
            position(STATION, 5, accuracy_m=None),
            position((95.0, 12.0), 0.5),
        ],
    }
    status, answer = await anna.sends("POST", "positions", body)
    assert (status, answer["results"]) == (
        200,
        [ACCEPTED, {"outcome": "older", "reason": None}, {"outcome": "refused", "reason": "out_of_range"}],
    )
    async with connected(database_dsn) as db:
        assert await db.fetchval("SELECT cell FROM locations.position") == cells.cell_of(*FOUNTAIN)
    _, again = await anna.sends("POST", "positions", body)
    assert [each["outcome"] for each in again["results"]] == ["older", "older", "refused"]


async def test_still_here_says_whether_anything_is_known(anna: Phone) -> None:
    assert await anna.sends("POST", "still-here", {"sent_at": when(0)}) == (200, {"position_known": False})
    await anna.sends("POST", "positions", {"sent_at": when(0), "positions": [position(FOUNTAIN, 0)]})
    assert await anna.sends("POST", "still-here", {"sent_at": when(0)}) == (200, {"position_known": True})


async def test_home_and_work_are_set_and_forgotten(anna: Phone, database_dsn: str) -> None:
    place = {"lat": FOUNTAIN[0], "lon": FOUNTAIN[1]}
    assert await anna.sends("PUT", "me/places/home", place) == (204, None)
    assert await anna.sends("PUT", "me/places/home", place) == (204, None)
    assert (await anna.sends("PUT", "me/places/cottage", place))[0] in (404, 422)
    async with connected(database_dsn) as db:
        assert await db.fetchval("SELECT count(*) FROM locations.fixed_place") == 1
    for _ in range(2):
        assert await anna.sends("DELETE", "me/places/home", None) == (204, None)
    async with connected(database_dsn) as db:
        assert await db.fetchval("SELECT count(*) FROM locations.fixed_place") == 0
        await db.execute("UPDATE volunteers.consent SET withdrawn_at = $1 WHERE purpose = 'location'", NOW)
    status, problem = await anna.sends("PUT", "me/places/home", place)
    assert (status, problem["type"].rsplit("/", 1)[1]) == (409, "no-location-consent")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"sent_at": "yesterday", "positions": []}, "/sent_at"),
        ({"sent_at": "2026-11-21T12:00:00", "positions": [position(FOUNTAIN, 0)]}, "/sent_at"),
        ({"sent_at": when(0), "positions": []}, "/positions"),
        ({"sent_at": when(0), "positions": [position(FOUNTAIN, 0)] * 101}, "/positions"),
        ({"sent_at": when(0), "positions": [{**position(FOUNTAIN, 0), "lat": "55.6"}]}, "/positions/0/lat"),
        ({"sent_at": when(0)}, "positions"),
    ],
)
async def test_a_body_that_cannot_be_read_names_its_field(anna: Phone, body: object, field: str) -> None:
    status, problem = await anna.sends("POST", "positions", body)
    assert status == 422
    assert field in str(problem["errors"])
    assert "55.67" not in str(problem)
