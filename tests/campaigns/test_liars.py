"""A provider that is away, slow, wrong or dishonest: nobody is let in by it, and a page says what to do."""

import json
import socketserver
import threading
import time
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlencode, urlsplit

import pytest
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from litestar.testing import AsyncTestClient

from backend.foundation.clock import SetClock
from backend.identity import openid_provider as requests
from campaigns.app import create_app
from campaigns.campaign.campaign import Campaign
from campaigns.settings import Settings
from campaigns.signing_in.answers import COOKIE, WAY_COOKIE
from campaigns.signing_in.trouble import TOLD, Trouble
from tests.campaigns.cast import NOON, PUBLIC_URL, Office
from tests.campaigns.desk import ANNA, Desk, allow
from tests.campaigns.provider import CLIENT_ID, CLIENT_SECRET, Liar, new_key, running_liar, signed_with_text

DESCRIPTION = "/.well-known/openid-configuration"


@pytest.fixture(scope="module")
def key() -> RSAKey:
    return new_key("first")


@pytest.fixture(scope="module")
def other_key() -> RSAKey:
    return new_key("second")


@pytest.fixture
def liar(key: RSAKey) -> Iterator[Liar]:
    with running_liar(key) as running:
        running.now = NOON.timestamp()
        yield running


def settings_for(dsn: str, liar: Liar, **more: Any) -> Settings:
    return Settings(
        **{
            "database_url": dsn,
            "public_url": PUBLIC_URL,
            "oidc_issuer": liar.issuer,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret": CLIENT_SECRET,
        }
        | more
    )


@pytest.fixture
async def desk(campaigns_dsn: str, liar: Liar, clock: SetClock) -> AsyncIterator[Desk]:
    app = create_app(settings_for(campaigns_dsn, liar), clock=clock)
    async with AsyncTestClient(app, base_url=PUBLIC_URL) as http:
        yield Desk(http)


@pytest.fixture(autouse=True)
async def _anna(office: Office, campaign: Campaign) -> None:
    await allow(office, campaign)


async def anna_signs_in(desk: Desk, liar: Liar) -> Any:
    return await desk.opens(liar.signs_in(await desk.asks_to_sign_in(), "anna", ANNA))


def refused(desk: Desk, answer: Any, why: Trouble) -> bool:
    return bool(answer.status_code == TOLD[why].status and TOLD[why].heading in answer.text and not desk.has(COOKIE))


async def test_a_provider_by_the_book_lets_her_in_and_learns_who_asks(desk: Desk, liar: Liar) -> None:
    assert (await anna_signs_in(desk, liar)).status_code == 303
    assert desk.has(COOKIE)
    assert liar.last_form["redirect_uri"] == f"{PUBLIC_URL}/tal/tilbage"
    told = b64decode(liar.last_authorization.removeprefix("Basic ")).decode()
    assert told == f"{quote_plus(CLIENT_ID)}:{quote_plus(CLIENT_SECRET)}"
    assert CLIENT_SECRET not in json.dumps(liar.last_form)


@pytest.mark.parametrize("public", [True, False])
async def test_a_client_says_its_secret_as_the_provider_wants_it_or_has_none(
    campaigns_dsn: str, liar: Liar, clock: SetClock, public: bool
) -> None:
    liar.description = {"token_endpoint_auth_methods_supported": ["none" if public else "client_secret_post"]}
    settings = settings_for(campaigns_dsn, liar, oidc_client_secret="" if public else CLIENT_SECRET)
    async with AsyncTestClient(create_app(settings, clock=clock), base_url=PUBLIC_URL) as http:
        assert (await anna_signs_in(Desk(http), liar)).status_code == 303
    assert liar.last_authorization == ""
    assert liar.last_form["client_id"] == CLIENT_ID
    assert liar.last_form.get("client_secret") == (None if public else CLIENT_SECRET)


NOW = NOON.timestamp()
WRONG_CLAIMS: list[tuple[dict[str, Any], Trouble]] = [
    ({"nonce": "another"}, Trouble.NONSENSE),
    ({"nonce": None}, Trouble.NONSENSE),
    ({"aud": "somebody-else"}, Trouble.NONSENSE),
    ({"aud": ["somebody-else"]}, Trouble.NONSENSE),
    ({"aud": [CLIENT_ID, "somebody-else"]}, Trouble.NONSENSE),
    ({"aud": [CLIENT_ID, "somebody-else"], "azp": "somebody-else"}, Trouble.NONSENSE),
    ({"azp": "somebody-else"}, Trouble.NONSENSE),
    ({"aud": None}, Trouble.NONSENSE),
    ({"iss": "https://evil.example"}, Trouble.NONSENSE),
    ({"iss": None}, Trouble.NONSENSE),
    ({"sub": None}, Trouble.NONSENSE),
    ({"sub": ""}, Trouble.NONSENSE),
    ({"sub": 7}, Trouble.NONSENSE),
    ({"sub": "a\x00b"}, Trouble.NONSENSE),
    ({"sub": "x" * 300}, Trouble.NONSENSE),
    ({"at_hash": "another"}, Trouble.NONSENSE),
    ({"exp": None}, Trouble.NONSENSE),
    ({"exp": "soon"}, Trouble.CLOCK),
    ({"exp": NOW - 61}, Trouble.CLOCK),
    ({"iat": NOW + 120}, Trouble.CLOCK),
    ({"nbf": NOW + 120}, Trouble.CLOCK),
    ({"email_verified": "false"}, Trouble.UNVERIFIED),
    ({"email_verified": "yes"}, Trouble.UNVERIFIED),
    ({"email_verified": 1}, Trouble.UNVERIFIED),
    ({"email": [ANNA]}, Trouble.UNVERIFIED),
]


async def test_a_token_that_says_something_else_lets_nobody_in(desk: Desk, liar: Liar) -> None:
    for claims, why in WRONG_CLAIMS:
        liar.claims = claims
        assert refused(desk, await anna_signs_in(desk, liar), why), claims


async def test_what_the_book_allows_is_no_fault(desk: Desk, liar: Liar) -> None:
    allowed: list[dict[str, Any]] = [
        {"aud": [CLIENT_ID]},
        {"aud": [CLIENT_ID, "b"], "azp": CLIENT_ID},
        {"exp": NOW - 30},
        {"iat": NOW + 30},
        {"email_verified": "true"},
    ]
    for claims in allowed:
        liar.claims = claims
        assert (await anna_signs_in(desk, liar)).status_code == 303, claims


async def test_a_token_signed_with_another_s_key_lets_nobody_in(desk: Desk, liar: Liar, other_key: RSAKey) -> None:
    liar.signs_with = other_key
    assert refused(desk, await anna_signs_in(desk, liar), Trouble.NONSENSE)
    liar.kid = None
    assert refused(desk, await anna_signs_in(desk, liar), Trouble.NONSENSE)


def _unsigned(liar: Liar, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "none", "kid": "first"}, claims, OctKey.import_key(b"x" * 32), algorithms=["none"])


def _with_the_public_key(liar: Liar, claims: dict[str, Any]) -> str:
    return signed_with_text(liar.signs_with.as_pem(private=False), claims)


def _with_the_client_s_secret(liar: Liar, claims: dict[str, Any]) -> str:
    secret = OctKey.import_key(CLIENT_SECRET.encode() * 3)
    return jwt.encode({"alg": "HS256", "kid": "first"}, claims, secret, algorithms=["HS256"])


def _changed(liar: Liar, claims: dict[str, Any]) -> str:
    header, _, signature = liar.token(json.dumps(["bo", "x@y.dk", True, claims["nonce"], "", 0]))["id_token"].split(".")
    _, body, _ = jwt.encode({"alg": "RS256"}, claims, new_key("x")).split(".")
    return f"{header}.{body}.{signature}"


def _nothing(liar: Liar, claims: dict[str, Any]) -> str:
    return "..."


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize(
    "make",
    [_unsigned, _with_the_public_key, _with_the_client_s_secret, _changed, _nothing],
    ids=lambda make: make.__name__,
)
async def test_a_token_nobody_signed_lets_nobody_in(
    desk: Desk, liar: Liar, make: Callable[[Liar, dict[str, Any]], str]
) -> None:
    address = await desk.asks_to_sign_in()
    nonce = parse_qs(urlsplit(address).query)["nonce"][0]
    claims = {"iss": liar.issuer, "sub": "anna", "aud": CLIENT_ID, "iat": int(NOW), "exp": int(NOW) + 300}
    claims |= {"nonce": nonce, "email": ANNA, "email_verified": True}
    liar.instead["/token"] = web.json_response({"id_token": make(liar, claims), "access_token": "x"})
    assert refused(desk, await desk.opens(liar.signs_in(address, "anna", ANNA)), Trouble.NONSENSE)


async def test_another_state_or_verifier_is_another_browser_s(desk: Desk, liar: Liar) -> None:
    first = liar.signs_in(await desk.asks_to_sign_in(), "anna", ANNA)
    second = liar.signs_in(await desk.asks_to_sign_in(), "anna", ANNA)
    assert refused(desk, await desk.opens(first), Trouble.LOST)
    # Somebody else's code under our own state: the verifier does not fit it.
    code = parse_qs(urlsplit(first).query)["code"][0]
    state = parse_qs(urlsplit(second).query)["state"][0]
    assert refused(desk, await desk.opens(f"/tal/tilbage?{urlencode({'code': code, 'state': state})}"), Trouble.LOST)


async def test_description_and_keys_are_asked_for_once_and_keys_again_for_a_new_one(
    desk: Desk, liar: Liar, other_key: RSAKey, clock: SetClock
) -> None:
    for _ in range(3):
        assert (await anna_signs_in(desk, liar)).status_code == 303
    assert (liar.asked.count(DESCRIPTION), liar.asked.count("/keys")) == (1, 1)
    liar.signs_with, liar.shows, liar.kid = other_key, [other_key], "second"
    assert (await anna_signs_in(desk, liar)).status_code == 303
    assert liar.asked.count("/keys") == 2
    liar.kid = "third"
    assert (await anna_signs_in(desk, liar)).status_code == TOLD[Trouble.NONSENSE].status
    clock.advance(timedelta(minutes=61))
    liar.now, liar.kid = clock.now().timestamp(), "second"
    assert (await anna_signs_in(desk, liar)).status_code == 303
    assert liar.asked.count(DESCRIPTION) == 2


async def test_an_issuer_that_ends_in_a_slash_is_the_same_issuer_and_its_tokens_say_so(desk: Desk, liar: Liar) -> None:
    liar.description = {"issuer": f"{liar.issuer}/"}
    assert refused(desk, await anna_signs_in(desk, liar), Trouble.NONSENSE), "the token has to name it as it is"
    liar.claims = {"iss": f"{liar.issuer}/"}
    assert (await anna_signs_in(desk, liar)).status_code == 303


@pytest.mark.parametrize(
    ("description", "why"),
    [
        ({"issuer": "https://evil.example"}, Trouble.NONSENSE),
        ({"token_endpoint": "http://evil.example/token"}, Trouble.NONSENSE),
        ({"jwks_uri": "file:///etc/passwd"}, Trouble.NONSENSE),
        ({"authorization_endpoint": "javascript:alert(1)"}, Trouble.NONSENSE),
        ({"authorization_endpoint": "http://[::1"}, Trouble.NONSENSE),
        ({"authorization_endpoint": None}, Trouble.NONSENSE),
    ],
)
async def test_a_description_that_leads_elsewhere_is_not_followed(
    desk: Desk, liar: Liar, description: dict[str, Any], why: Trouble
) -> None:
    liar.description = description
    answer = await desk.opens("/tal/log-ind")
    assert refused(desk, answer, why)
    assert "set-cookie" not in answer.headers


BAD_ANSWERS = [
    (web.Response(status=503), Trouble.AWAY),
    (web.Response(status=429), Trouble.AWAY),
    (web.Response(status=404), Trouble.NONSENSE),
    (web.Response(status=302, headers={"Location": "http://evil.example"}), Trouble.NONSENSE),
    (web.Response(text="<html>"), Trouble.NONSENSE),
    (web.Response(text="[]"), Trouble.NONSENSE),
    (web.Response(text="{}"), Trouble.NONSENSE),
    (web.Response(text='{"id_token": 7}'), Trouble.NONSENSE),
    (web.Response(text='{"keys": [{"kty": "RSA"}, 7]}'), Trouble.NONSENSE),
    (web.Response(body=b"\xff\xfe"), Trouble.NONSENSE),
    (web.Response(body=b" " * (requests.MOST_BYTES + 1)), Trouble.NONSENSE),
]


@pytest.mark.parametrize("path", [DESCRIPTION, "/keys", "/token"])
async def test_an_answer_that_is_none_is_a_page_that_says_what_to_do(desk: Desk, liar: Liar, path: str) -> None:
    for answer, why in BAD_ANSWERS:
        provider = desk.http.app.state.provider
        provider._described = provider._keys = provider._failed = None
        liar.instead.clear()
        if path == DESCRIPTION:
            liar.instead[path] = answer
            assert refused(desk, await desk.opens("/tal/log-ind"), why)
        else:
            back = liar.signs_in(await desk.asks_to_sign_in(), "anna", ANNA)
            liar.instead[path] = answer
            assert refused(desk, await desk.opens(back), why), (answer.status, why)


@pytest.mark.parametrize(
    ("error", "why"),
    [
        ("access_denied", Trouble.DENIED),
        ("temporarily_unavailable", Trouble.AWAY),
        ("server_error", Trouble.AWAY),
        ("invalid_scope", Trouble.NONSENSE),
        ("<script>", Trouble.NONSENSE),
    ],
)
async def test_a_no_from_the_provider_is_told_as_what_it_is(desk: Desk, error: str, why: Trouble) -> None:
    state = parse_qs(urlsplit(await desk.asks_to_sign_in()).query)["state"][0]
    query = urlencode({"error": error, "error_description": "<script>", "state": state})
    answer = await desk.opens(f"/tal/tilbage?{query}")
    assert refused(desk, answer, why)
    assert "<script>" not in answer.text


async def test_a_provider_that_is_gone_is_said_to_be(campaigns_dsn: str, clock: SetClock, key: RSAKey) -> None:
    with running_liar(key) as gone:
        settings = settings_for(campaigns_dsn, gone)
    async with AsyncTestClient(create_app(settings, clock=clock), base_url=PUBLIC_URL) as http:
        desk = Desk(http)
        assert refused(desk, await desk.opens("/tal/log-ind"), Trouble.AWAY)


async def test_a_provider_that_just_failed_is_asked_again_only_after_some_seconds(
    desk: Desk, liar: Liar, clock: SetClock
) -> None:
    """Nobody waits for what the one before them waited for in vain."""
    liar.instead[DESCRIPTION] = web.Response(status=503)
    for _ in range(5):
        assert refused(desk, await desk.opens("/tal/log-ind"), Trouble.AWAY)
    assert liar.asked.count(DESCRIPTION) == 1
    clock.advance(requests.ASKED_AGAIN_AFTER)
    assert refused(desk, await desk.opens("/tal/log-ind"), Trouble.AWAY)
    assert liar.asked.count(DESCRIPTION) == 2
    del liar.instead[DESCRIPTION]
    clock.advance(requests.ASKED_AGAIN_AFTER)
    assert (await desk.opens("/tal/log-ind")).status_code == 200


async def test_nobody_makes_this_site_ask_the_provider_as_often_as_they_like(desk: Desk, liar: Liar) -> None:
    at = [0.0]
    http = requests.http_client()
    provider = requests.Provider(liar.issuer, CLIENT_ID, CLIENT_SECRET, http, lambda: at[0])
    desk.http.app.state.provider = provider
    state = parse_qs(urlsplit(await desk.asks_to_sign_in()).query)["state"][0]
    cookie = next(f"{each.name}={each.value}" for each in desk.http.cookies.jar if each.name == WAY_COOKIE)
    back = f"/tal/tilbage?{urlencode({'code': json.dumps([1, 2, 3, 4, 'made up']), 'state': state})}"
    for _ in range(requests.BURST):
        assert refused(desk, await desk.opens(back, Cookie=cookie), Trouble.LOST)
    answer = await desk.opens(back, Cookie=cookie)
    assert refused(desk, answer, Trouble.BUSY)
    assert "Prøv igen om et øjeblik" in answer.text
    assert liar.asked.count("/token") == requests.BURST
    at[0] = 60 / requests.PER_MINUTE
    assert (await anna_signs_in(desk, liar)).status_code == 303
    await http.aclose()


REMOTE = "https://login.example"


@pytest.mark.parametrize(
    ("address", "issuer", "safe"),
    [
        ("https://login.example/token", REMOTE, True),
        ("https://keys.login.example/keys", REMOTE, True),
        ("http://127.0.0.1:8300/token", REMOTE, False),
        ("http://localhost/token", REMOTE, False),
        ("https://127.0.0.1:6443/token", REMOTE, False),
        ("https://[::1]/token", REMOTE, False),
        ("https://LOCALHOST./token", REMOTE, False),
        ("https://127.1.2.3/token", REMOTE, False),
        ("https://login.example:abc/token", REMOTE, False),
        ("http://login.example/token", "http://127.0.0.1:9000", False),
        ("http://127.0.0.1:9000/token", "http://localhost:9000", True),
        ("https://login.example/token", "http://localhost:9000", True),
    ],
)
def test_a_provider_elsewhere_never_sends_this_machine_to_itself(address: str, issuer: str, safe: bool) -> None:
    assert requests.is_safe(address, issuer) is safe


class Drips(socketserver.BaseRequestHandler):
    """An answer that comes a byte at a time, until nobody listens."""

    def handle(self) -> None:
        self.request.recv(4_096)
        try:
            self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            for _ in range(200):
                self.request.sendall(b" ")
                time.sleep(0.05)
        except OSError:
            pass


async def test_a_provider_that_never_ends_its_answer_is_waited_for_so_long_and_no_longer(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte comes within every timeout of a read; only a deadline of the whole ends it."""
    monkeypatch.setattr(requests, "DEADLINE_S", 0.5)

    with socketserver.TCPServer(("127.0.0.1", 0), Drips) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        desk.http.app.state.provider._issuer = f"http://127.0.0.1:{server.server_address[1]}"
        began = time.monotonic()
        assert refused(desk, await desk.opens("/tal/log-ind"), Trouble.AWAY)
        assert time.monotonic() - began < 5
        thread.join()
