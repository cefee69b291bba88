"""The campaigns' part of docs/security/access.md, performed: every route as every role."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import AsyncTestClient

from backend.foundation.clock import SetClock
from campaigns.app import create_app
from campaigns.campaign.campaign import Campaign
from campaigns.managers import queries, session, tokens
from campaigns.settings import Settings
from campaigns.signing_in.answers import COOKIE
from tests.access import credentials
from tests.access.credentials import Credentials
from tests.access.gates import Opens, Right, Route, at_the_gate, every_route
from tests.access.ownership import Whose, owned
from tests.access.roles import KINDS, SCOPES, STAFF, Role
from tests.access.wire import Sent
from tests.campaigns.cast import A_BROWSER, FLOTILLA, NOON, Office
from tests.campaigns.desk import allow
from tests.people.cast import some_keys

GATED = [route for route in every_route() if route.app == "campaigns" and route.gate.opens is not Opens.ANYBODY]
MONDAY = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
ANNA, BEN = "anna@fmn.example", "ben@fmn.example"
Site = AsyncTestClient[Litestar]


@pytest.fixture
async def site(campaigns_dsn: str) -> AsyncIterator[Site]:
    settings = Settings(database_url=campaigns_dsn, oidc_issuer="http://127.0.0.1:9", oidc_client_id="x")
    async with AsyncTestClient(create_app(settings, clock=SetClock(MONDAY))) as http:
        yield http


@pytest.fixture
async def shows(office: Office, campaign: Campaign) -> dict[Role, Mapping[str, str]]:
    """What each role sends along."""
    await allow(office, campaign, ANNA)
    await allow(office, campaign, BEN, unit=FLOTILLA)
    async with office.store.transaction() as c:
        _, whole = await tokens.make(c, campaign, "BI", "fmn", None, None, NOON)
        _, unit = await tokens.make(c, campaign, "BI of a unit", "fmn", FLOTILLA, None, NOON)
        cookies = []
        for email in (ANNA, BEN):
            manager = await queries.manager_by_email(c, email)
            assert manager is not None
            cookies.append(await session.begin(c, manager, MONDAY))
    ours: dict[Role, Mapping[str, str]] = {
        Role.STRANGER: {},
        Role.PARTY: {"authorization": f"Bearer {whole}"},
        Role.UNIT_PARTY: {"authorization": f"Bearer {unit}"},
        Role.MANAGER: {"cookie": f"{COOKIE}={cookies[0]}"},
        Role.UNIT_MANAGER: {"cookie": f"{COOKIE}={cookies[1]}"},
    }
    return ours | backend_s()


def backend_s() -> dict[Role, Mapping[str, str]]:
    """Good credentials of the backend's, which are nothing here."""
    keys, nothing = some_keys(), Sent("GET", "/")
    found: dict[Role, Credentials] = {
        Role.NEWCOMER: credentials.proven(keys, "+4520123456"),
        **{role: credentials.Fixed({"cookie": "__Host-konsol=whatever"}) for role in STAFF},
        Role.VOLUNTEER: credentials.volunteer(keys, uuid4(), uuid4()),
        **{role: credentials.centre(keys, uuid4(), KINDS[role], scopes) for role, scopes in SCOPES.items()},
    }
    return {role: each.headers(nothing, MONDAY) for role, each in found.items()}


async def called(site: Site, route: Route, sent: Mapping[str, str], name: str) -> Response:
    path = route.path
    for part, value in {"campaign": name, "name": name, "unit": FLOTILLA, "file": "tal.csv"}.items():
        path = path.replace(f"{{{part}}}", value)
    site.cookies.clear()
    headers = {**A_BROWSER, "Sec-Fetch-Site": "same-origin", **sent}
    return await site.request(route.method, path, headers=headers, follow_redirects=False)


async def test_whoever_has_no_right_is_refused(
    site: Site, shows: dict[Role, Mapping[str, str]], campaign: Campaign
) -> None:
    """401 and a problem from the API; pages lead to the log-in; the whole is refused to whoever sees a unit."""
    assert set(shows) == set(Role)
    wrong: list[Any] = []
    for route in GATED:
        for role, sent in shows.items():
            right = at_the_gate(route, role)
            answered = await called(site, route, sent, campaign.name)
            if right is Right.YES:
                if not as_it_should(route, role, answered.status_code):
                    wrong.append((route.name, role.value, answered.status_code))
            elif str(answered.status_code) != right.value or not told_well(route, answered):
                wrong.append((route.name, role.value, right.value, answered.status_code))
    assert wrong == []


async def test_another_campaign_is_answered_as_one_that_never_was(
    site: Site, shows: dict[Role, Mapping[str, str]], office: Office, campaign: Campaign
) -> None:
    other = await office.begins("en-anden")
    wrong: list[Any] = []
    for route in GATED:
        what = owned("campaigns", route.name)
        assert what is not None
        for role, sent in shows.items():
            if what.named and at_the_gate(route, role) is Right.YES:
                theirs = await called(site, route, sent, other.name)
                never = await called(site, route, sent, "aldrig-set")
                if theirs.status_code != 404 or theirs.text != never.text:
                    wrong.append((route.name, role.value, theirs.status_code, never.status_code))
    assert wrong == []


def as_it_should(route: Route, role: Role, status: int) -> bool:
    what = owned(route.app, route.name)
    assert what is not None
    if what.whose is Whose.WHOLE and role in (Role.UNIT_PARTY, Role.UNIT_MANAGER):
        return status == (403 if route.gate.opens is Opens.TOKEN else 404)
    return status not in (401, 403) and status < 500


def told_well(route: Route, answered: Response) -> bool:
    if route.gate.opens is Opens.TOKEN:
        return answered.headers["content-type"] == "application/problem+json"
    return answered.headers["location"].startswith("/tal/log-ind")
