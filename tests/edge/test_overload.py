"""Under pressure: who is answered, who is turned away and how; and processes that serve one audience only."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from prometheus_client import REGISTRY

from backend.api.admission import LOOKS, Classes, Gate
from backend.api.guards import Guard
from backend.api.limits import Limit
from backend.api.live import Hub
from backend.api.shedding import AT_ONCE_IN_ALARM, NEVER_SHED
from backend.app.factory import create_app
from backend.demo import parts
from backend.demo.ports import HOST, free_port
from backend.demo.supervisor import Part
from backend.foundation import journal
from backend.foundation.database import Actor, Lane, Role, open_database
from backend.foundation.ids import CentreId
from backend.foundation.journal import Event, Happening
from backend.foundation.kinds import Kind
from backend.foundation.problems import Problem
from backend.foundation.settings import Serves
from tests.edge.cast import NOW, Edge, make_settings
from tests.harness.running import Service

OVERLOADED = "https://hjerteloeber.example/problems/overloaded"


def unstarted(folder: Path, serves: Serves = Serves.ALL) -> Litestar:
    """Without a database: enough to see who gets as far as a route."""
    return create_app(make_settings("postgresql://nowhere/", folder, only=serves))


def calls(app: Litestar) -> list[tuple[str, str, Limit]]:
    """Every route as somebody calls it: method, path, the limit its guard names."""
    found = []
    for route in app.routes:
        parts_of_path = [part if isinstance(part, str) else str(uuid4()) for part in route.path_components]
        for method, (handler, _) in getattr(route, "route_handler_map", {}).items():
            if method != "OPTIONS":
                found.append((str(method), "/" + "/".join(parts_of_path), _limit(handler)))
    return found


def _limit(handler: HTTPRouteHandler) -> Limit:
    (guard,) = (each for each in handler.resolve_guards() if isinstance(each, Guard))
    return guard.limit


def client(app: Any) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://edge.example")


def press(app: Litestar, lag_s: float) -> None:
    for _ in range(LOOKS):
        app.state.gate.look(lag_s, 0.0, 0.0)


@pytest.fixture
async def pressed(tmp_path: Path) -> AsyncIterator[tuple[Litestar, httpx.AsyncClient]]:
    """A process that wakes whom it promised to three seconds late."""
    app = unstarted(tmp_path)
    press(app, lag_s=3.0)
    async with client(app) as http:
        yield app, http


def test_a_call_belongs_to_the_class_its_route_s_guard_names(tmp_path: Path) -> None:
    app = unstarted(tmp_path)
    class_of = Classes(app.routes)
    for method, path, limit in calls(app):
        assert class_of(method, path) is class_of(method, path + "/") is limit, path
    assert class_of("GET", "/nowhere") is Limit.OPEN


async def test_under_the_worst_pressure_only_what_is_never_turned_away_reaches_its_route(
    pressed: tuple[Litestar, httpx.AsyncClient],
) -> None:
    """Reports and what ends them, a dispatch system's log-in, health."""
    app, http = pressed
    through = set()
    for method, path, limit in calls(app):
        answer = await http.request(method, path)
        if not was_turned_away(answer):
            through.add(limit)
            assert limit in NEVER_SHED, path
    assert through == NEVER_SHED


def test_what_staff_do_about_an_alarm_is_turned_away_as_little_as_what_their_system_does(tmp_path: Path) -> None:
    acts = {"aflys", "aflys-en", "flere", "ord", "ret", "saml", "alligevel", "kvitter", "alarmer", "send"}
    of_alarms = {
        path: limit
        for method, path, limit in calls(unstarted(tmp_path))
        if method == "POST" and path.startswith("/konsol") and path.rsplit("/", 1)[1] in acts and "oevelse" not in path
    }
    assert {path.rsplit("/", 1)[1] for path in of_alarms} == acts
    assert {path for path, limit in of_alarms.items() if limit not in NEVER_SHED} == set()


def was_turned_away(answer: httpx.Response) -> bool:
    if answer.headers["content-type"] == "application/problem+json":
        return bool(answer.json()["type"] == OVERLOADED)
    return "Alarmer kommer først" in answer.text and "Alarms come first" in answer.text


async def test_somebody_signing_up_is_turned_away_with_a_page(pressed: tuple[Litestar, httpx.AsyncClient]) -> None:
    _, http = pressed
    for answer in (await http.get("/tilmelding?code=A"), await http.post("/tilmelding/samtykke", content=b"unread")):
        assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html; charset=utf-8")
        assert int(answer.headers["retry-after"]) > 0
        assert "Intet er gået tabt" in answer.text


async def test_whoever_is_turned_away_is_told_when_to_come_back(pressed: tuple[Litestar, httpx.AsyncClient]) -> None:
    _, http = pressed
    waits = set()
    for _ in range(20):
        answer = await http.post("/mobile/v1/positions", content=b"not even read")
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.json().keys() == {"type", "title", "status", "detail"}
        waits.add(int(answer.headers["retry-after"]))
    assert len(waits) > 1, "they would all come back together"
    assert min(waits) >= 10
    assert max(waits) <= 60


async def test_whoever_is_turned_away_is_counted_by_kind(pressed: tuple[Litestar, httpx.AsyncClient]) -> None:
    _, http = pressed
    before = shed("positions")
    await http.post("/mobile/v1/positions")
    await http.post("/mobile/v1/still-here")
    await http.get("/mobile/v1/readiness")
    assert shed("positions") == before + 2


def shed(limit: str) -> float:
    return REGISTRY.get_sample_value("hjerteloeber_shed_total", {"limit": limit}) or 0.0


async def test_a_flood_of_positions_is_held_to_a_few_at_once_while_a_report_gets_through(edge: Edge) -> None:
    """Of a hundred at the same moment some are taken; the dispatch centre before them is answered as ever."""
    body = {"sent_at": NOW.isoformat(), "positions": [{"lat": 55.6, "lon": 12.5, "measured_at": NOW.isoformat()}]}
    phones = [edge.http.post("/mobile/v1/positions", json=body, headers=edge.as_volunteer()) for _ in range(100)]
    report = edge.http.post("/dispatch/v1/incidents", json={}, headers=edge.as_centre())
    reported, *answered = await asyncio.gather(report, *phones)

    statuses = [answer.status_code for answer in answered]
    assert set(statuses) == {200, 503}
    assert reported.status_code == 422, "read and found wanting, not turned away"
    assert 'hjerteloeber_shed_total{limit="positions"}' in (await edge.http.get("/metrics")).text


async def test_while_a_report_is_being_answered_fewer_positions_are_taken_at_a_time(tmp_path: Path) -> None:
    gate = unstarted(tmp_path).state.gate
    gate.enter(Limit.NEVER)
    for _ in range(AT_ONCE_IN_ALARM[Limit.POSITIONS]):
        assert gate.lets_in(Limit.POSITIONS)
        gate.enter(Limit.POSITIONS)
    assert not gate.lets_in(Limit.POSITIONS)
    assert gate.lets_in(Limit.ANSWERS)
    gate.leave(Limit.NEVER)
    assert gate.lets_in(Limit.POSITIONS)


async def test_what_another_process_writes_about_an_incident_is_heard(tmp_path: Path) -> None:
    gate = unstarted(tmp_path).state.gate
    for _ in range(AT_ONCE_IN_ALARM[Limit.POSITIONS]):
        gate.enter(Limit.POSITIONS)
    assert gate.lets_in(Limit.POSITIONS)
    gate.heard_of_an_incident(live=True)
    assert not gate.lets_in(Limit.POSITIONS)


async def test_a_process_that_begins_to_answer_a_report_tells_the_others_at_once(database_dsn: str) -> None:
    database = await open_database(database_dsn, {Lane.REST: 1})
    heard = asyncio.Event()
    here, elsewhere = Hub(database), Hub(database, lambda _live: heard.set())
    await asyncio.gather(here.start(), elsewhere.start())
    await here.announce_alarm()
    await asyncio.wait_for(heard.wait(), 10)
    await asyncio.gather(here.stop(), elsewhere.stop())
    await database.close()


async def test_a_drill_s_steps_put_no_statistics_off_and_a_live_alarm_s_do(database_dsn: str) -> None:
    """Positions are held to fewer by both: a drill has as many phones."""
    database = await open_database(database_dsn, {Lane.REST: 1})
    heard: asyncio.Queue[bool] = asyncio.Queue()
    hub = Hub(database, heard.put_nowait)
    await hub.start()
    told = []
    centre_id = CentreId(uuid4())
    actor = Actor(Role.API, centre_id)
    for kind in Kind:
        async with database.acting_as(actor) as connection:
            happened = [Happening(Event.INCIDENT_OPENED, {})]
            await journal.write(connection, actor, uuid4(), kind, centre_id, 1, happened, NOW)
        told.append((kind, await asyncio.wait_for(heard.get(), 10)))
    await hub.stop()
    assert told == [(kind, kind is Kind.LIVE) for kind in Kind]

    await database.close()


async def test_statistics_go_on_in_a_drill_and_wait_for_a_live_alarm(database_dsn: str) -> None:
    database = await open_database(database_dsn, dict.fromkeys((Lane.ALERTS, Lane.ANSWERS, Lane.STATS), 1))
    gate = Gate()
    gate.start(database, Hub(database))
    gate.heard_of_an_incident(live=False)
    async with database.statistics() as connection:
        assert await connection.fetchval("SELECT 1") == 1
    gate.heard_of_an_incident(live=True)
    with pytest.raises(Problem):
        async with database.statistics():
            pass
    await gate.stop()
    await database.close()


@pytest.mark.parametrize(
    ("serves", "there", "elsewhere"),
    [
        (Serves.DISPATCH, {"/dispatch", "/oauth", "/health", "/metrics", "/docs", "/openapi"}, "/mobile/v1/positions"),
        (
            Serves.MOBILE,
            {"/mobile", "/a", "/tilmelding", "/was", "/health", "/metrics", "/docs", "/openapi"},
            "/dispatch/v1/incidents",
        ),
        (Serves.POSITIONS, {"/mobile", "/health", "/metrics"}, "/mobile/v1/sign-in"),
        (Serves.SIGN_UP, {"/tilmelding", "/was", "/health", "/metrics"}, "/mobile/v1/sign-in"),
    ],
)
async def test_a_process_for_one_audience_has_no_route_of_another(
    tmp_path: Path, serves: Serves, there: set[str], elsewhere: str
) -> None:
    app = unstarted(tmp_path, serves)
    assert {"/" + path.split("/")[1] for _, path, _ in calls(app)} == there
    async with client(app) as http:
        assert (await http.post(elsewhere)).status_code == 404


async def test_the_processes_together_serve_what_one_for_everything_does(tmp_path: Path) -> None:
    together = {
        handler
        for serves in (Serves.DISPATCH, Serves.MOBILE, Serves.CONSOLE)
        for handler in map(str, unstarted(tmp_path, serves).route_handler_method_map)
    }
    assert together == set(map(str, unstarted(tmp_path).route_handler_method_map))


async def test_serve_only_dispatch_is_a_process_that_no_phone_can_touch(service: Service) -> None:
    port = free_port(8100)
    url = f"http://{HOST}:{port}"
    command = (str(parts.PROGRAM), "serve", "--host", HOST, "--port", str(port), "--only", "dispatch")
    ready = parts.answers(url, "/health/ready")
    await service.supervisor.start(Part("dispatch", command, service.api.part.environment, is_ready=ready))
    async with httpx.AsyncClient() as http:
        assert (await http.post(f"{url}/mobile/v1/positions")).status_code == 404
        assert (await http.post(f"{url}/dispatch/v1/incidents")).status_code == 401
