"""In production the service answers to its own name only; every answer of every route carries what keeps it safe."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
from prometheus_client import REGISTRY

from backend.app.factory import create_app
from backend.edge.headers import ALWAYS, ENCRYPTED_ONLY
from backend.edge.hosts import name_of, names_of
from backend.foundation.settings import Serves, Settings
from tests.edge.cast import Edge, load_shipped, make_settings, running_edge
from tests.edge.test_bad_input import INCIDENTS, REPORT, problem

NOBODY = uuid4()
PUBLIC = "https://hjerteloeber.example"


@pytest.fixture
async def public(database_dsn: str, tmp_path: Path) -> AsyncIterator[Edge]:
    """As people rely on it: by a public name, and by one more."""
    await load_shipped(database_dsn)
    settings = make_settings(database_dsn, tmp_path, public_url=PUBLIC, hosts="intern.example, [fd00::7]:8000")
    assert settings.in_production
    async with running_edge(settings) as edge:
        yield edge


@pytest.mark.parametrize(
    "host",
    [
        "hjerteloeber.example",
        "hjerteloeber.example:443",
        "HJERTELOEBER.example.",
        "intern.example:8000",
        "[FD00::7]",
    ],
)
async def test_its_own_names_are_answered(public: Edge, host: str) -> None:
    assert (await public.http.get("/docs", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1", "hjerteloeber.example.evil.example", "hjerteloeber.example@evil.example", "", "["],
)
@pytest.mark.parametrize("path", ["/docs", "/mobile/v1/alerts", "/tilmelding", "/no/such/thing"])
async def test_another_name_is_refused(public: Edge, host: str, path: str) -> None:
    answer = await public.http.get(path, headers={"Host": host})
    problem(answer, 421, "unknown-host")
    assert answer.headers["Cache-Control"] == "no-store"


async def test_two_names_are_none(public: Edge) -> None:
    headers = httpx.Headers([("Host", "hjerteloeber.example"), ("Host", "evil.example")])
    problem(await public.http.get("/docs", headers=headers), 421, "unknown-host")


async def test_a_report_is_taken_by_whatever_name_it_comes(public: Edge) -> None:
    headers = public.as_centre() | {"Idempotency-Key": str(uuid4()), "Host": "10.1.2.3:8001"}
    assert (await public.http.post(PUBLIC + INCIDENTS, json=REPORT, headers=headers)).status_code == 201


async def test_a_load_balancer_asks_for_health_by_address(public: Edge) -> None:
    assert (await public.http.get("/health/live", headers={"Host": "10.1.2.3:8000"})).status_code == 200


async def test_what_asks_by_address_every_few_seconds_does_not_drown_a_report_by_a_wrong_name(public: Edge) -> None:
    """The alarm UnknownHosts is about dispatch systems; Prometheus and the load balancer would keep it on for ever."""
    by_address = {"Host": "127.0.0.1:8001"}
    before = let_in_by_another_name()
    for path in ("/health/live", "/health/ready", "/metrics", "/metrics/"):
        assert (await public.http.get(path, headers=by_address)).status_code == 200
    assert let_in_by_another_name() == before
    await public.http.post("/oauth/token", headers=by_address)
    assert let_in_by_another_name() == before + 1


def let_in_by_another_name() -> float:
    return REGISTRY.get_sample_value("hjerteloeber_unknown_hosts_total", {"let_in": "true"}) or 0.0


def test_names_are_compared_without_port_dot_and_capitals() -> None:
    assert names_of(["https://Hjerteloeber.example:8443/"], " a.example ,,b.example.") == {
        "hjerteloeber.example",
        "a.example",
        "b.example",
    }
    assert name_of("[::1]:80") == "[::1]"


@pytest.mark.parametrize(
    ("public_url", "more", "production"),
    [
        ("http://127.0.0.1:8000", {}, False),
        ("http://localhost", {}, False),
        (PUBLIC, {}, True),
        ("http://hjerteloeber.example", {}, True),
        (PUBLIC, {"demo": True}, False),
        (PUBLIC, {"production": False}, False),
        ("http://127.0.0.1:8000", {"production": True}, True),
    ],
)
def test_what_has_a_public_name_is_production_unless_it_says_otherwise(
    public_url: str, more: dict[str, Any], production: bool
) -> None:
    settings = Settings(
        database_url="",
        signing_key_file=Path(),
        phone_hash_key_file=Path(),
        data_key_file=Path(),
        public_url=public_url,
        **more,
    )
    assert settings.in_production is production


def paths_of(settings: Settings) -> set[tuple[str, str]]:
    """Every method and path the application has, with something for each parameter."""
    app = create_app(settings)
    found = set()
    for route in app.routes:
        path = "/".join(part if isinstance(part, str) else str(NOBODY) for part in route.path_components)
        methods: set[str] = getattr(route, "methods", set())
        found |= {(str(method), f"/{path}") for method in methods}
    return found


async def test_every_answer_of_every_route_carries_every_header(
    public: Edge, database_dsn: str, tmp_path: Path
) -> None:
    (tmp_path / "again").mkdir()
    settings = make_settings(database_dsn, tmp_path / "again", public_url=PUBLIC)
    paths = paths_of(settings) | {("GET", "/nothing/here"), ("DELETE", "/docs")}
    assert len(paths) > 60
    for method, path in sorted(paths):
        answer = await public.http.request(method, path, headers={"Host": "hjerteloeber.example"})
        missing = {name.decode() for name, _ in (*ALWAYS, ENCRYPTED_ONLY)} - set(answer.headers)
        assert not missing, (method, path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, (method, path)
        assert "frame-ancestors 'none'" in policy or not answer.headers["Content-Type"].startswith("text/html"), path


def test_every_audience_was_looked_at(tmp_path: Path) -> None:
    """A process for one audience has no route that one for all has not: the test above sees them all."""
    settings = make_settings("", tmp_path)
    everything = paths_of(settings)
    for serves in Serves:
        assert paths_of(msgspec.structs.replace(settings, only=serves)) <= everything


async def test_without_tls_in_front_nobody_is_told_to_insist_on_it(edge: Edge) -> None:
    assert "Strict-Transport-Security" not in (await edge.http.get("/docs")).headers


async def test_what_may_be_kept_still_says_so(edge: Edge) -> None:
    assert (await edge.http.get("/docs")).headers.get_list("Cache-Control") == ["max-age=300"]
