"""A ministry's own programme reads a campaign's numbers with a token: what it may, as JSON and as CSV."""

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import jsonschema
import pytest
from litestar.testing import AsyncTestClient

from backend.app.openapi.compare import breaking
from backend.foundation.clock import SetClock
from campaigns.api import document
from campaigns.api.bearer import BURST, PER_MINUTE
from campaigns.app import create_app
from campaigns.campaign.campaign import Campaign
from campaigns.managers import tokens
from campaigns.managers.manager import TokenId
from campaigns.organisation.unit import UnitCode
from campaigns.rates import Rates
from campaigns.settings import Settings
from tests.campaigns.cast import COMPANY, FLOTILLA, NOON, Office
from tests.campaigns.teller import NEXT_SUNDAY, SUNDAY, THIRD_SUNDAY, Teller
from tests.edge.test_openapi_stays import git

MONDAY = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
NAVY = UnitCode("HJV-MHV")
WHOLE_ONLY = ("channels", "sources", "areas")
ANY = ("figures", "funnel", "series", "comparison")
DOCUMENT = document.make()


class Programme:
    def __init__(self, http: AsyncTestClient[Any], token: str, campaign: str) -> None:
        self.http, self.token, self.campaign = http, token, campaign

    async def asks(self, what: str, **query: str) -> Any:
        path = f"/api/v1/campaigns/{self.campaign}/{what}"
        return await self.http.get(path, params=query, headers={"Authorization": f"Bearer {self.token}"})

    async def reads(self, what: str, **query: str) -> Any:
        """What it says, which is what the document promises."""
        answer = await self.asks(what, **query)
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "private, no-store"
        promised(f"/api/v1/campaigns/{{campaign}}/{what}", answer.json())
        return answer.json()

    async def rows(self, what: str, **query: str) -> list[dict[str, str]]:
        answer = await self.asks(what, format="csv", **query)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("text/csv")
        return list(csv.DictReader(io.StringIO(answer.text)))


def promised(path: str, answer: Any) -> None:
    schema = DOCUMENT["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    whole = {**schema, "components": DOCUMENT["components"]}
    jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker()).validate(answer)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(MONDAY)


@pytest.fixture
async def http(campaigns_dsn: str, clock: SetClock) -> AsyncIterator[AsyncTestClient[Any]]:
    async with AsyncTestClient(create_app(Settings(database_url=campaigns_dsn), clock=clock)) as client:
        yield client


@pytest.fixture
async def told(office: Office, campaign: Campaign, campaigns_dsn: str) -> Campaign:
    """Two units of two parts of the tree, three weeks of numbers, some visits."""
    teller = Teller(campaigns_dsn)
    await teller.knows_denmark()
    code = await office.makes_a_code(campaign, FLOTILLA)
    await office.makes_a_code(campaign, COMPANY)
    await teller.tells(campaign, SUNDAY, {"campaign": 40, FLOTILLA: 10, NAVY: 20, COMPANY: 10})
    await teller.tells(campaign, NEXT_SUNDAY, {"campaign": 90, FLOTILLA: 20, NAVY: 30, COMPANY: 20})
    await teller.tells(campaign, THIRD_SUNDAY, {"campaign": 120, FLOTILLA: 50, NAVY: 60, COMPANY: 20, "0101": 10})
    await teller.counts_visits(campaign, code, date(2026, 11, 3), 777)
    async with office.store.transaction() as c:
        await c.execute(
            "INSERT INTO campaigns.visits_by_source (campaign_id, day, source, medium, name, visited) "
            "VALUES ($1, '2026-11-03', '=intra', 'news', 'uge 45', 12)",
            campaign.id,
        )
    return campaign


async def programme(
    office: Office, http: AsyncTestClient[Any], campaign: Campaign, party: str = "fmn", unit: UnitCode | None = None
) -> Programme:
    async with office.store.transaction() as c:
        _, secret = await tokens.make(c, campaign, f"bi {party} {unit}", party, unit, None, NOON)
    return Programme(http, secret, campaign.name)


async def test_the_owner_s_programme_reads_everything(
    office: Office, told: Campaign, http: AsyncTestClient[Any]
) -> None:
    bi = await programme(office, http, told)
    answer = await http.get("/api/v1/campaigns", headers={"Authorization": f"Bearer {bi.token}"})
    promised("/api/v1/campaigns", answer.json())
    (campaign,) = answer.json()["campaigns"]
    assert (campaign["name"], campaign["k"], campaign["to"]) == (told.name, 10, "2027-10-31")
    assert (campaign["told_until"], campaign["sees_units"], campaign["unit"]) == ("2026-11-22", True, None)
    assert len((await bi.reads("units"))["units"]) == 60, "one of the 61 was closed"
    assert (await bi.reads("figures"))["headlines"][0]["figure"]["at_least"] == 120
    found = await bi.reads("figures", unit=FLOTILLA)
    assert [found["headlines"][0][name] for name in ("in_period", "this_week", "week_before")] == [50, 30, 10]
    steps = {each["stage"]: each for each in (await bi.reads("funnel"))["steps"]}
    assert steps["visited"]["figure"] == {"at_least": 777, "why": None, "exact": True}
    weeks = (await bi.reads("series", unit=FLOTILLA))["weeks"]
    assert [each["registered"]["at_least"] for each in weeks] == [None, 10, 20, 50]
    assert weeks[0]["registered"]["why"] == "nothing_yet"
    assert {each["code"] for each in (await bi.reads("comparison", unit=NAVY))["units"]} >= {FLOTILLA}
    assert (await bi.reads("sources"))["sources"][0]["utm_campaign"] == "uge 45"
    assert {each["channel"] for each in (await bi.reads("channels"))["channels"]} >= {"poster", None}
    areas = await bi.reads("areas")
    assert len(areas["regions"]) >= 4
    copenhagen = next(each for each in areas["municipalities"] if each["code"] == "0101")
    assert copenhagen["registered"]["at_least"] == 10


async def test_every_answer_is_a_table_too(office: Office, told: Campaign, http: AsyncTestClient[Any]) -> None:
    bi = await programme(office, http, told)
    for what in (*ANY, *WHOLE_ONLY, "units"):
        assert await bi.rows(what), what
    (first, *_) = await bi.rows("figures", unit=FLOTILLA)
    assert (first["stage"], first["figure"], first["figure_why"], first["in_period"]) == ("registered", "50", "", "50")
    before, *_ = await bi.rows("series", unit=FLOTILLA)
    assert (before["registered"], before["registered_why"]) == ("", "nothing_yet")
    assert (await bi.rows("sources"))[0]["utm_source"] == "'=intra", "never a formula"
    compared = (await bi.rows("comparison", unit=NAVY))[0]
    assert {"target_people", "target_on", "of_asked", "name_da"} <= set(compared)


async def test_a_period_is_the_weeks_that_hold_its_days(
    office: Office, told: Campaign, http: AsyncTestClient[Any]
) -> None:
    bi = await programme(office, http, told)
    found = await bi.reads("figures", **{"from": "2026-11-10", "to": "2026-11-12"})
    assert found["period"] == {"from": "2026-11-09", "to": "2026-11-15"}
    assert found["headlines"][0]["in_period"] == 50


async def test_a_unit_s_programme_reads_its_own_and_the_total_and_a_partner_s_the_total(
    office: Office, told: Campaign, http: AsyncTestClient[Any]
) -> None:
    unit = await programme(office, http, told, unit=FLOTILLA)
    partner = await programme(office, http, told, "sundhed")
    assert [each["code"] for each in (await unit.reads("units"))["units"]] == [FLOTILLA]
    assert (await unit.reads("units"))["units"][0]["parent"] is None
    assert (await partner.reads("units"))["units"] == []
    for bi in (unit, partner):
        assert (await bi.reads("figures"))["headlines"][0]["figure"]["at_least"] == 120
        assert (await bi.reads("comparison"))["units"] == []
        for what in WHOLE_ONLY:
            assert (await bi.asks(what)).status_code == 403
    assert (await unit.reads("figures", unit=FLOTILLA.lower()))["unit"] == FLOTILLA


async def test_a_unit_beside_is_answered_as_one_there_is_not(
    office: Office, told: Campaign, http: AsyncTestClient[Any]
) -> None:
    bi = await programme(office, http, told, unit=FLOTILLA)
    nobody = await bi.asks("figures", unit="EKS-NEJ")
    assert nobody.status_code == 404
    for unit in (COMPANY, NAVY, "FMN", "~", "x" * 500, "EKS-FL-01/own"):
        for what in ANY:
            refused = await bi.asks(what, unit=unit)
            assert (refused.status_code, refused.content) == (404, nobody.content), unit
    other = await office.begins("en-anden")
    names = (other.name, "der-er-ingen", "%00")
    refused_for = [await Programme(http, bi.token, name).asks("figures") for name in names]
    assert {(each.status_code, each.content) for each in refused_for} == {(404, refused_for[0].content)}


WRONG = [
    ({"from": "soon"}, "query:from", "a day as 2027-01-31"),
    ({"to": "31-01-2027"}, "query:to", "a day as 2027-01-31"),
    ({"from": "2026-11-20", "to": "2026-11-10"}, "query:to", "not before `from`"),
    ({"from": "2031-01-01"}, "query:from", "numbers are told from 2026-11-01 to 2026-11-22"),
    ({"format": "xml"}, "query:format", "one of: json, csv"),
    ({"enhed": "HJV"}, "query:enhed", "known are: from, to, unit, format"),
]


@pytest.mark.parametrize(("query", "field", "said"), WRONG)
async def test_a_parameter_that_cannot_be_used_is_named(
    office: Office, told: Campaign, http: AsyncTestClient[Any], query: dict[str, str], field: str, said: str
) -> None:
    refused = await (await programme(office, http, told)).asks("figures", **query)
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    (error,) = refused.json()["errors"]
    assert error["field"] == field
    assert said in error["problem"]


async def test_without_a_token_that_opens_nothing_is_told(
    office: Office, told: Campaign, http: AsyncTestClient[Any], clock: SetClock
) -> None:
    bi = await programme(office, http, told)
    paths = [path.replace("{campaign}", told.name) for path in DOCUMENT["paths"]]
    for said in (None, "", "Basic eDp5", "Bearer", "Bearer ", "Bearer hlk_x", f"Bearer {'x' * 9_000}", "Bearer ~"):
        for path in paths:
            headers = {} if said is None else {"Authorization": said}
            refused = await http.get(path, headers=headers)
            assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
            assert refused.headers["cache-control"] == "private, no-store"
    clock.advance(timedelta(days=401))
    assert (await bi.asks("figures")).status_code == 401
    clock.advance(-timedelta(days=401))
    assert (await bi.asks("figures")).status_code == 200
    async with office.store.transaction() as c:
        await tokens.withdraw(c, told, "bi fmn None", MONDAY)
    assert (await bi.asks("figures")).status_code == 401


async def test_a_token_that_asks_all_the_time_waits_and_no_other_does(
    office: Office, told: Campaign, http: AsyncTestClient[Any]
) -> None:
    bi, other = await programme(office, http, told), await programme(office, http, told, unit=FLOTILLA)
    http.app.state.rates = Rates(
        PER_MINUTE, BURST, lambda: 0.0
    )  # a moment in which all this happens, however slow the machine
    answers = [await bi.asks("units") for _ in range(BURST + 1)]
    assert [each.status_code for each in answers] == [200] * BURST + [429]
    assert answers[-1].headers["retry-after"] == "1"
    assert (await other.asks("units")).status_code == 200


def test_a_token_gets_its_calls_back_with_time() -> None:
    at, token = [0.0], TokenId(uuid4())
    rates: Rates[TokenId] = Rates(PER_MINUTE, BURST, lambda: at[0])
    assert [rates.wait_s(token) for _ in range(BURST)] == [0.0] * BURST
    assert rates.wait_s(token) == pytest.approx(0.5)
    at[0] = 0.5
    assert rates.wait_s(token) == 0.0


async def test_it_is_only_read_and_what_is_not_there_is_a_problem_too(
    office: Office, told: Campaign, http: AsyncTestClient[Any], campaigns_dsn: str
) -> None:
    bi = await programme(office, http, told)
    headers = {"Authorization": f"Bearer {bi.token}"}
    for method, path, status in (
        ("POST", f"/api/v1/campaigns/{told.name}/figures", 405),
        ("DELETE", "/api/v1/campaigns", 405),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/", 404),
    ):
        refused = await http.request(method, path, headers=headers)
        assert (refused.status_code, refused.headers["content-type"]) == (status, "application/problem+json"), path
    owner = await asyncpg.connect(campaigns_dsn)
    await owner.execute("ALTER SCHEMA campaigns RENAME TO away")
    away = await bi.asks("figures")
    await owner.close()
    assert (away.status_code, away.headers["retry-after"]) == (503, "5")


def test_the_file_says_what_this_version_serves() -> None:
    path = Path(__file__).parents[2] / "openapi" / document.NAME
    assert path.read_text("utf-8") == document.text(), "python -m campaigns openapi --write"


def test_nothing_of_the_last_release_is_broken() -> None:
    """Before the first tag that has the file there is nothing to break."""
    tag = git("describe", "--tags", "--abbrev=0")
    released = git("show", f"{tag.strip()}:openapi/{document.NAME}") if tag else None
    if released is not None:
        assert breaking(json.loads(released), DOCUMENT) == []


def test_what_breaks_a_programme_is_noticed() -> None:
    changed = json.loads(document.text())
    del changed["components"]["schemas"]["Figure"]["properties"]["why"]
    assert breaking(DOCUMENT, changed)
    assert breaking(DOCUMENT, DOCUMENT) == []
