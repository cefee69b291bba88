"""Forged tokens, forms from elsewhere, pages without a session: nothing of it does anything."""

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from litestar import Litestar
from litestar.types import Receive, Scope, Send

from backend.console.visit import COOKIE, SEAT_COOKIE
from backend.console.who import must_be_signed_in
from backend.identity.openid import Failure, NotVouched, set_out
from backend.identity.openid_provider import BURST, Provider, http_client
from backend.identity.staff import StaffRole
from tests.campaigns.provider import CLIENT_ID, CLIENT_SECRET, Liar, new_key, signed_with_text
from tests.console.cast import FROM_HERE, NOON, PUBLIC_URL, Browser, Office, hidden_in, onward
from tests.edge.test_house_rules import handlers

UNSIGNED = {  # what works without a session, and why it may
    "GET /konsol/log-ind",
    "GET /konsol/log-ud",
    "GET /konsol/videre",
    "GET /konsol/tilbage",
    "GET /konsol/plads",
    "POST /konsol/plads",  # with the seat's one-time code
    "GET /konsol/vejledning",  # read where signing in fails
    "GET /konsol/skift",  # with the seat's cookie
    "POST /konsol/skift",  # … and a PIN
    "GET /konsol/noed",
    "POST /konsol/noed",  # … and the envelope
    "GET /konsol/filer/{version:str}/{name:path}",  # scripts and style sheets, the same for everybody
    "GET /konsol/veje/{version:str}",  # streets, as anybody may have them
}


@pytest.fixture
async def anna(office: Office, browser: Browser) -> Browser:
    await office.grants("Anna", StaffRole.VAGTHAVENDE)
    return browser


async def comes_back_with(browser: Browser, provider: Liar, forge: Callable[[dict[str, Any]], str]) -> Any:
    """Through the provider, whose token is forged on its way."""
    address = onward(await browser.opens("/konsol/videre"))
    answer = provider.signs_in(address, "s-anna", "anna@amk.example")
    code = json.loads(parse_qs(urlsplit(answer).query)["code"][0])
    now = int(provider.now)
    claims = {"iss": provider.issuer, "sub": "s-anna", "aud": CLIENT_ID, "iat": now, "exp": now + 300}
    claims |= {"nonce": code[3], "email": "anna@amk.example", "email_verified": True}
    token = {"id_token": forge(claims), "token_type": "Bearer", "access_token": "x"}
    provider.instead["/token"] = web.json_response(token)
    return await browser.opens(answer)


def signed(key: Any, algorithm: str = "RS256", **header: Any) -> Callable[[dict[str, Any]], str]:
    return lambda claims: jwt.encode({"alg": algorithm, "kid": "first"} | header, claims, key, algorithms=[algorithm])


def without_signature(claims: dict[str, Any]) -> str:
    parts = [urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in ({"alg": "none"}, claims)]
    return b".".join([*parts, b""]).decode()


def changed(key: RSAKey, **claims: Any) -> Callable[[dict[str, Any]], str]:
    return lambda true: signed(key)({name: value for name, value in (true | claims).items() if value is not None})


FORGERIES: dict[str, Callable[[RSAKey, int], Callable[[dict[str, Any]], str]]] = {
    "alg none": lambda _key, _now: without_signature,
    "HS256 with the public key": lambda key, _now: partial(signed_with_text, key.as_pem(private=False)),
    "HS256 with our own secret": lambda _key, _now: signed(OctKey.import_key(CLIENT_SECRET), "HS256"),
    "another one's key": lambda _key, _now: signed(new_key("first")),
    "a key nobody knows": lambda _key, _now: signed(new_key("other"), kid="other"),
    "a key it brings along": lambda _key, _now: (
        lambda claims: signed(k := new_key("mine"), kid="mine", jwk=k.as_dict(private=False))(claims)
    ),
    "another audience": lambda key, _now: changed(key, aud="another-service"),
    "audience of two, authorised for the other": lambda key, _now: changed(key, aud=[CLIENT_ID, "b"], azp="b"),
    "no audience": lambda key, _now: changed(key, aud=None),
    "another issuer": lambda key, _now: changed(key, iss="https://evil.example"),
    "another nonce": lambda key, _now: changed(key, nonce="guessed"),
    "no nonce": lambda key, _now: changed(key, nonce=None),
    "expired": lambda key, now: changed(key, iat=now - 900, exp=now - 600),
    "no end": lambda key, _now: changed(key, exp=None),
    "from the future": lambda key, now: changed(key, iat=now + 600, nbf=now + 600, exp=now + 900),
    "nobody's": lambda key, _now: changed(key, sub=None),
    "an empty subject": lambda key, _now: changed(key, sub=""),
    "not a token": lambda _key, _now: lambda _claims: "a.b.c",
}


async def test_a_true_token_lets_in(anna: Browser, provider: Liar, signing_key: RSAKey) -> None:
    """Else the forgeries below would prove nothing."""
    assert (await comes_back_with(anna, provider, signed(signing_key))).status_code == 303
    assert COOKIE in anna.cookies


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_forged_one_does_not(
    anna: Browser, office: Office, provider: Liar, signing_key: RSAKey, forgery: str
) -> None:
    answer = await comes_back_with(anna, provider, FORGERIES[forgery](signing_key, int(provider.now)))
    assert answer.status_code == 502
    assert COOKIE not in anna.cookies
    assert await office.journal("staff_signed_in") == []


async def test_codes_that_a_stranger_makes_up_keep_nobody_else_from_signing_in(provider: Liar) -> None:
    way, back = set_out(), f"{PUBLIC_URL}/konsol/tilbage"
    made_up = json.dumps([1, 2, 3, 4, "made up"])
    async with http_client() as http:
        asked = Provider(provider.issuer, CLIENT_ID, CLIENT_SECRET, http)
        reasons = []
        for _ in range(BURST + 1):
            with pytest.raises(NotVouched) as refused:
                await asked.vouches_for(made_up, way, back, NOON, caller="192.0.2.66")
            reasons.append(refused.value.why)
        assert reasons == [Failure.LOST] * BURST + [Failure.BUSY]
        answer = provider.signs_in(await asked.address(way, back, NOON), "s-anna", "anna@amk.example")
        (code,) = parse_qs(urlsplit(answer).query)["code"]
        assert (await asked.vouches_for(code, way, back, NOON, caller="192.0.2.1")).subject == "s-anna"


async def test_codes_are_counted_by_the_network_they_come_from(
    anna: Browser, provider: Liar, signing_key: RSAKey
) -> None:
    app = anna.http.app
    here = app.asgi_handler

    async def from_far(scope: Scope, receive: Receive, send: Send) -> None:
        scope["client"] = ("2001:db8::7", 50000)
        await here(scope, receive, send)

    app.asgi_handler = from_far
    await comes_back_with(anna, provider, signed(signing_key))
    assert list(app.state.staff_provider._exchanges) == ["2001:db8::/64"]


def routes_of(app: Litestar) -> list[tuple[str, Any]]:
    return [(name, handler) for name, handler in handlers(app) if " /konsol" in name]


async def test_every_page_asks_who_it_is_but_those_one_signs_in_by(browser: Browser) -> None:
    routes = routes_of(browser.http.app)
    asked = {name for name, handler in routes if must_be_signed_in in handler.resolve_guards()}
    assert {name for name, _ in routes} - asked == UNSIGNED
    assert len(asked) > 8


async def posts(browser: Browser) -> list[str]:
    names = [name for name, _ in routes_of(browser.http.app) if name.startswith("POST")]
    some_id = "00000000-0000-4000-8000-000000000000"
    paths = [name.split()[1] for name in names]
    return [re.sub(r"\{\w+:uuid\}", some_id, path) for path in paths]


ELSEWHERE: list[dict[str, str]] = [
    {},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": f"{PUBLIC_URL}.evil.example"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
]


@pytest.mark.parametrize("headers", ELSEWHERE)
async def test_a_form_of_another_site_changes_nothing(
    office: Office, browser: Browser, headers: dict[str, str]
) -> None:
    await browser.sits_down(await office.grants("Vagn", StaffRole.VAGTHAVENDE), fresh=True)
    word = hidden_in(await browser.opens("/konsol"), "/konsol/log-ud")
    for path in await posts(browser):
        assert (await browser.sends(path, word, headers)).status_code == 403, path
    assert (await browser.opens("/konsol")).status_code == 200


async def test_a_form_without_the_session_s_word_or_with_another_s_changes_nothing(
    office: Office, browser: Browser
) -> None:
    vagn, other = await office.grants("Vagn", StaffRole.VAGTHAVENDE), Browser(browser.http, office)
    await browser.is_seat(await office.has_a_seat())
    await browser.sits_down(vagn, fresh=True)
    await other.sits_down(vagn, fresh=True)
    theirs = hidden_in(await other.opens("/konsol"), "/konsol/log-ud")
    with_a_word = [path for path in await posts(browser) if path != "/konsol/plads"]
    for path in with_a_word:
        for form in ({"ord": ""}, {"ord": "guessed"}, {"other": "x"}, theirs):
            assert (await browser.sends(path, {**form})).status_code == 403, (path, form)
    assert (await browser.opens("/konsol")).status_code == 200
    assert SEAT_COOKIE in browser.cookies


async def test_what_is_no_form_is_refused(office: Office, browser: Browser) -> None:
    await browser.sits_down(await office.grants("Vagn", StaffRole.VAGTHAVENDE), fresh=True)
    for path in await posts(browser):
        answer = await browser._call("POST", path, json={"ord": "x"}, headers=dict(FROM_HERE))
        assert answer.status_code in (403, 415), path


async def test_refusals_are_pages_that_repeat_nothing(office: Office, browser: Browser) -> None:
    await browser.sits_down(await office.grants("Vagn", StaffRole.VAGTHAVENDE))
    for path in ("/konsol/<script>", "/konsol/nowhere?x=<script>"):
        answer = await browser.opens(path)
        assert answer.status_code == 404
        assert "<script>" not in answer.text
