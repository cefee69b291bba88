"""A manager signs in at a real OpenID provider, is let in or not, and signs out."""

import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import asyncpg
import pytest
from litestar import Litestar, get, post
from litestar.di import NamedDependency
from litestar.handlers.http_handlers import HTTPRouteHandler
from litestar.testing import AsyncTestClient

from campaigns.app import create_app
from campaigns.campaign.campaign import Campaign
from campaigns.managers import grants
from campaigns.managers.manager import Manager
from campaigns.settings import Settings
from campaigns.signing_in.answers import COOKIE, WAY_COOKIE
from campaigns.signing_in.guard import must_be_signed_in, must_come_from_here
from campaigns.signing_in.trouble import TOLD, Trouble
from tests.campaigns.cast import FLOTILLA, NOON, PUBLIC_URL, SIGN_UP_URL, Office, everything_in
from tests.campaigns.desk import ANNA, Desk, allow, onward, sit_down
from tests.campaigns.provider import CLIENT_ID, CLIENT_SECRET, RealProvider, running_provider

PAGE = "/tal/proeve"


@get("/tal/proeve")
async def who(manager: NamedDependency[Manager]) -> str:
    return manager.email


@post("/tal/proeve", status_code=200)
async def change(manager: NamedDependency[Manager]) -> str:
    return f"changed by {manager.email}"


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealProvider]:
    with running_provider(tmp_path_factory.mktemp("provider") / "log") as running:
        yield running


def app_for(dsn: str, issuer: str, **settings: Any) -> Litestar:
    """By the real clock, as the provider is."""
    wanted = {"database_url": dsn, "public_url": PUBLIC_URL, "sign_up_url": SIGN_UP_URL, "oidc_client_id": CLIENT_ID}
    settings = {"oidc_client_secret": CLIENT_SECRET} | settings
    return create_app(Settings(**wanted, oidc_issuer=issuer, **settings), besides=[who, change])


@pytest.fixture
async def desk(campaigns_dsn: str, provider: RealProvider) -> AsyncIterator[Desk]:
    app = app_for(campaigns_dsn, provider.issuer)
    async with AsyncTestClient(app, base_url=PUBLIC_URL) as http:
        yield Desk(http)


@pytest.fixture
def anna(provider: RealProvider) -> str:
    """What she is called at the provider; nobody else ever is."""
    subject = f"anna-{uuid4().hex}"
    provider.knows(subject, email="Anna@FMN.example", email_verified=True)
    return subject


def says(why: Trouble, answer: Any) -> bool:
    return bool(answer.status_code == TOLD[why].status and TOLD[why].heading in answer.text)


async def test_whoever_was_allowed_signs_in_and_sees_the_page_they_came_for(
    office: Office, campaign: Campaign, desk: Desk, provider: RealProvider, anna: str
) -> None:
    await allow(office, campaign)
    turned = await desk.opens(f"{PAGE}?fra=2026-11-01&til=2026-11-30")
    assert turned.status_code == 303
    address = onward(await desk.opens(turned.headers["location"]))
    assert address.startswith(provider.issuer)
    for said in ("response_type=code", "code_challenge_method=S256", "scope=openid+email", "state=", "nonce="):
        assert said in address
    back = await desk.opens(provider.signs_in(address, anna))
    assert (back.status_code, back.headers["location"]) == (303, f"{PAGE}?fra=2026-11-01&til=2026-11-30")
    assert (await desk.opens(PAGE)).text == ANNA

    out = await desk.opens("/tal/log-ud", "POST")
    assert "Du er logget ud" in (await desk.opens(out.headers["location"])).text
    assert not desk.has(COOKIE)
    assert (await desk.opens(PAGE)).headers["location"] == "/tal/log-ind?til=%2Ftal%2Fproeve"


async def test_cookies_are_for_pages_of_numbers_only_and_no_script_reads_them(
    office: Office, campaign: Campaign, desk: Desk, provider: RealProvider, anna: str, campaigns_dsn: str
) -> None:
    await allow(office, campaign)
    sent = await desk.opens("/tal/log-ind")
    back = await desk.opens(provider.signs_in(onward(sent), anna))
    for answer, lasts in ((sent, "Max-Age=600"), (back, "")):
        set_ = answer.headers.get_list("set-cookie")[0]
        for part in ("HttpOnly", "Secure", "Path=/tal", "SameSite=lax"):
            assert part in set_
        assert (lasts in set_) if lasts else ("Max-Age" not in set_)
    assert not desk.has(WAY_COOKIE)
    value = next(each.value for each in desk.http.cookies.jar if each.name == COOKIE)
    assert value is not None
    assert len(value) == 43
    assert value not in await everything_in(campaigns_dsn, "campaigns")
    for page in ("/", f"/c/{campaign.name}", "/was", "/tal/nowhere"):
        assert "set-cookie" not in (await desk.opens(page)).headers


async def test_over_plain_http_the_cookie_is_sent_too(campaigns_dsn: str, provider: RealProvider) -> None:
    app = app_for(campaigns_dsn, provider.issuer)
    app.state.settings = Settings(database_url=campaigns_dsn, oidc_issuer=provider.issuer, oidc_client_id=CLIENT_ID)
    async with AsyncTestClient(app, base_url=PUBLIC_URL) as http:
        assert "Secure" not in (await Desk(http).opens("/tal/log-ind")).headers["set-cookie"]


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"email": ANNA, "email_verified": False}, Trouble.UNVERIFIED),
        ({"email": ANNA}, Trouble.UNVERIFIED),
        ({"email_verified": True}, Trouble.UNVERIFIED),
        ({"email": "ingen", "email_verified": True}, Trouble.UNVERIFIED),
        ({"email": "bo@fmn.example", "email_verified": True}, Trouble.NOT_ALLOWED),
        ({"email": "anna@fmn.example.evil.example", "email_verified": True}, Trouble.NOT_ALLOWED),
    ],
)
async def test_whoever_is_not_vouched_for_or_not_allowed_is_told_what_to_do(
    office: Office, campaign: Campaign, desk: Desk, provider: RealProvider, claims: dict[str, object], why: Trouble
) -> None:
    await allow(office, campaign)
    somebody = f"nogen-{uuid4().hex}"
    provider.knows(somebody, **claims)
    back = await desk.opens(provider.signs_in(await desk.asks_to_sign_in(), somebody))
    assert says(why, back)
    assert not desk.has(COOKIE)
    assert not desk.has(WAY_COOKIE)


@pytest.mark.parametrize(("claims", "lets_in"), [({}, True), ({"email_verified": False}, False)])
async def test_where_the_setting_trusts_addresses_silence_is_enough_and_a_no_is_still_a_no(
    office: Office,
    campaign: Campaign,
    campaigns_dsn: str,
    provider: RealProvider,
    claims: dict[str, object],
    lets_in: bool,
) -> None:
    await allow(office, campaign)
    somebody = f"nogen-{uuid4().hex}"
    provider.knows(somebody, email=ANNA, **claims)
    app = app_for(campaigns_dsn, provider.issuer, oidc_email="trusted")
    async with AsyncTestClient(app, base_url=PUBLIC_URL) as http:
        desk = Desk(http)
        back = await desk.opens(provider.signs_in(await desk.asks_to_sign_in(), somebody))
        assert (back.status_code == 303) is lets_in


async def test_whoever_takes_over_an_address_takes_over_nothing(
    office: Office, campaign: Campaign, desk: Desk, provider: RealProvider, anna: str
) -> None:
    await allow(office, campaign)
    await desk.opens(provider.signs_in(await desk.asks_to_sign_in(), anna))
    successor = f"ny-{uuid4().hex}"
    provider.knows(successor, email=ANNA, email_verified=True)
    assert says(Trouble.SOMEBODY_ELSE, await desk.opens(provider.signs_in(await desk.asks_to_sign_in(), successor)))
    async with office.store.transaction() as c:
        await grants.forget(c, ANNA)
    await allow(office, campaign)
    back = await desk.opens(provider.signs_in(await desk.asks_to_sign_in(), successor))
    assert back.status_code == 303
    assert says(Trouble.SOMEBODY_ELSE, await desk.opens(provider.signs_in(await desk.asks_to_sign_in(), anna)))


async def test_whoever_signed_in_before_is_known_whatever_their_address_is_now(
    office: Office, campaign: Campaign, desk: Desk, provider: RealProvider, anna: str
) -> None:
    await allow(office, campaign)
    await desk.opens(provider.signs_in(await desk.asks_to_sign_in(), anna))
    provider.knows(anna, email="anna.jensen@fmn.example", email_verified=True)
    back = await desk.opens(provider.signs_in(await desk.asks_to_sign_in(), anna))
    assert back.status_code == 303
    assert (await desk.opens(PAGE)).text == ANNA


async def test_a_grant_that_was_withdrawn_ends_what_is_seen_at_once(
    office: Office, campaign: Campaign, desk: Desk, provider: RealProvider, anna: str
) -> None:
    await allow(office, campaign, unit=FLOTILLA)
    await desk.opens(provider.signs_in(await desk.asks_to_sign_in(), anna))
    assert (await desk.opens(PAGE)).status_code == 200
    async with office.store.transaction() as c:
        await grants.withdraw(c, ANNA, campaign, "fmn", FLOTILLA, NOON)
    assert (await desk.opens(PAGE)).status_code == 303
    assert says(Trouble.NOT_ALLOWED, await desk.opens(provider.signs_in(await desk.asks_to_sign_in(), anna)))


async def test_whoever_says_no_at_the_provider_is_told_so(desk: Desk, provider: RealProvider) -> None:
    assert says(Trouble.DENIED, await desk.opens(provider.refuses(await desk.asks_to_sign_in())))


async def test_an_answer_that_was_used_or_that_this_browser_does_not_wait_for_does_nothing(
    office: Office, campaign: Campaign, desk: Desk, provider: RealProvider, anna: str
) -> None:
    await allow(office, campaign)
    back = provider.signs_in(await desk.asks_to_sign_in(), anna)
    cookie = next(each.value for each in desk.http.cookies.jar if each.name == WAY_COOKIE)
    assert (await desk.opens(back)).status_code == 303
    again = await desk.opens(back)
    assert (again.status_code, again.headers["location"]) == (303, "/tal"), "signed in already: nothing to do"
    await desk.opens("/tal/log-ud", "POST")
    assert says(Trouble.LOST, await desk.opens(back))
    desk.http.cookies.set(WAY_COOKIE, cookie or "", domain="kampagne.example", path="/tal")
    assert says(Trouble.LOST, await desk.opens(back)), "the provider takes a code once"
    assert not desk.has(COOKIE)


async def test_an_answer_meant_for_another_browser_signs_nobody_in(
    office: Office, campaign: Campaign, desk: Desk, provider: RealProvider, anna: str
) -> None:
    """As somebody who wants you to work in their session would try: with a code of theirs."""
    await allow(office, campaign)
    theirs = provider.signs_in(await desk.asks_to_sign_in(), anna)
    await desk.asks_to_sign_in()
    for address in (
        theirs,
        "/tal/tilbage",
        "/tal/tilbage?code=x",
        "/tal/tilbage?code=x&state=",
        "/tal/tilbage?error=x",
    ):
        assert says(Trouble.LOST, await desk.opens(address))
    assert not desk.has(COOKIE)


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "/tal\\..\\x",
    "/tal/../c/x",
    "/tal/%2e%2e/c/x",
    "/tal/.%2E",
    "/talx",
    "/c/forsvaret-2027",
    "/tal/log-ind?til=/tal",
    "/tal/tilbage",
    "/tal/x\r\nSet-Cookie: a=b",
    "/tal/ø",
    "/tal/" + "x" * 2_000,
    "javascript:alert(1)",
]


async def test_nobody_is_led_anywhere_but_to_a_page_of_numbers(
    office: Office, campaign: Campaign, desk: Desk, provider: RealProvider, anna: str
) -> None:
    await allow(office, campaign)
    for til in ELSEWHERE:
        back = await desk.opens(provider.signs_in(await desk.asks_to_sign_in(quote(til, safe="")), anna))
        assert (back.status_code, back.headers["location"]) == (303, "/tal"), til
        assert back.headers.get_list("set-cookie")[0].startswith(f"{COOKIE}=")


async def test_a_form_from_elsewhere_changes_nothing(
    office: Office, campaign: Campaign, campaigns_dsn: str, provider: RealProvider
) -> None:
    await allow(office, campaign)
    async with AsyncTestClient(app_for(campaigns_dsn, provider.issuer), base_url=PUBLIC_URL) as http:
        http.app.state.clock = type("Then", (), {"now": lambda _: NOON})()
        await sit_down(office, http)
        desk = Desk(http)
        assert (await desk.opens(PAGE, "POST")).text == f"changed by {ANNA}"
        for site in ("cross-site", "same-site"):
            for page in (PAGE, "/tal/log-ud"):
                assert says(Trouble.ELSEWHERE, await desk.opens(page, "POST", Sec_Fetch_Site=site))
        for origin, status in (("https://evil.example", 403), ("null", 403), (PUBLIC_URL, 200)):
            answer = await http.post(PAGE, headers={"Origin": origin})
            assert answer.status_code == status
        assert (await http.post(PAGE)).status_code == 403, "a browser that says nothing is not believed"
        assert (await desk.opens(PAGE)).status_code == 200, "still signed in"


async def test_without_a_provider_there_is_nothing_under_tal_and_the_rest_is_as_ever(campaigns_dsn: str) -> None:
    async with AsyncTestClient(create_app(Settings(database_url=campaigns_dsn), besides=[who])) as http:
        for page in ("/tal", PAGE, "/tal/log-ind", "/tal/tilbage"):
            answer = await http.get(page, follow_redirects=False)
            assert answer.status_code == 404
            assert "tilmelding" in answer.text
        assert (await http.get("/")).status_code == 200


async def test_while_the_database_is_away_a_page_says_so(campaigns_dsn: str, provider: RealProvider) -> None:
    async with AsyncTestClient(app_for(campaigns_dsn, provider.issuer), base_url=PUBLIC_URL) as http:
        http.cookies.set(COOKIE, "x", path="/tal")
        owner = await asyncpg.connect(campaigns_dsn)
        await owner.execute("ALTER SCHEMA campaigns RENAME TO away")
        for page in (PAGE, "/tal/tilbage"):
            assert says(Trouble.STORE_AWAY, await Desk(http).opens(page))
        await owner.close()


async def test_every_page_below_tal_but_those_of_sign_in_asks_who_is_there(provider: RealProvider) -> None:
    """Also the ones that somebody adds tomorrow."""
    app = create_app(Settings(database_url="-", oidc_issuer=provider.issuer, oidc_client_id="x"), besides=[who])
    seen = 0
    for route in app.routes:
        if not route.path.startswith("/tal"):
            continue
        handlers: list[HTTPRouteHandler] = getattr(route, "route_handlers", [])
        for handler in handlers:
            guards = [getattr(guard, "func", guard) for guard in handler.resolve_guards()]
            assert must_come_from_here in guards, route.path
            open_to_all = route.path in ("/tal/log-ind", "/tal/tilbage", "/tal/log-ud")
            assert (must_be_signed_in in guards) is not open_to_all or handler.http_methods == {"OPTIONS"}, route.path
            seen += 1
    assert seen > 4


async def test_nobody_s_name_address_or_secret_is_logged(
    office: Office,
    campaign: Campaign,
    desk: Desk,
    provider: RealProvider,
    anna: str,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    await allow(office, campaign)
    back = provider.signs_in(await desk.asks_to_sign_in(), anna)
    await desk.opens(back)
    await desk.opens("/tal/log-ud", "POST")
    await desk.opens(back)
    somebody = f"nogen-{uuid4().hex}"
    provider.knows(somebody, email="bo@fmn.example", email_verified=True)
    await desk.opens(provider.signs_in(await desk.asks_to_sign_in(), somebody))
    said = "".join(capsys.readouterr()) + "".join(
        each.getMessage() for each in caplog.records if each.name.startswith(("campaigns", "litestar", "joserfc"))
    )
    assert "not allowed" in said
    for personal in ("anna", "bo@", somebody, back.partition("code=")[2][:20]):
        assert personal not in said.lower()
