"""Two who sign managers in: a real OpenID provider, and one of our own that can misbehave in every way."""

import asyncio
import base64
import hashlib
import hmac
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from tests.campaigns.site import HOST, free_port

CLIENT_ID, CLIENT_SECRET = "hjerteloeber-tal", "en hemmelighed/+~"
PATIENCE_S = 60.0


@dataclass
class RealProvider:
    """`issuer` is its address. Anybody can be made known to it at any time."""

    issuer: str

    def knows(self, subject: str, **claims: object) -> None:
        httpx.put(f"{self.issuer}/users/{subject}", json=claims).raise_for_status()

    def signs_in(self, address: str, subject: str) -> str:
        """Somebody says at `address` who they are; where their browser is sent then."""
        return self._sends(address, {"sub": subject})

    def refuses(self, address: str) -> str:
        return self._sends(address, {"action": "deny"})

    def _sends(self, address: str, form: dict[str, str]) -> str:
        answer = httpx.post(address, data=form)
        assert answer.status_code in (302, 303), answer.text
        return answer.headers["location"]


def command_of(port: int, *users: dict[str, object], host: str = HOST) -> list[str]:
    """What starts it. A user has `sub`, by which they are chosen on its page, and claims: `email`, `email_verified`."""
    known = [word for user in users for word in ("--user-claims", json.dumps(user))]
    return [
        *(sys.executable, "-m", "oidc_provider_mock", "--host", host, "--port", f"{port}"),
        *("--require-nonce", "true", *known),
    ]


@contextmanager
def running_provider(log: Path, *users: dict[str, object]) -> Iterator[RealProvider]:
    """A process of its own, ended with the block."""
    port = free_port()
    provider = RealProvider(f"http://{HOST}:{port}")
    with log.open("wb") as said, subprocess.Popen(command_of(port, *users), stdout=said, stderr=said) as process:
        try:
            until = time.monotonic() + PATIENCE_S
            while not _answers(provider.issuer):
                assert process.poll() is None, log.read_text("utf-8")
                assert time.monotonic() < until, log.read_text("utf-8")
                time.sleep(0.05)
            yield provider
        finally:
            process.terminate()


def _answers(issuer: str) -> bool:
    try:
        return httpx.get(f"{issuer}/.well-known/openid-configuration").status_code == 200
    except httpx.TransportError:
        return False


@dataclass
class Liar:
    """A provider by the book, until a test changes something of it.

    `claims` are put over the true ones; one that is None is left out. `signs_with` signs, `shows` are the keys told.
    """

    issuer: str
    signs_with: RSAKey
    shows: list[RSAKey]
    algorithm: str = "RS256"
    kid: str | None = "first"
    claims: dict[str, Any] = field(default_factory=dict)
    description: dict[str, Any] = field(default_factory=dict)
    instead: dict[str, web.Response] = field(default_factory=dict)  # by path
    asked: list[str] = field(default_factory=list)
    spent: set[str] = field(default_factory=set)
    now: float = 0.0
    last_form: dict[str, str] = field(default_factory=dict)
    last_authorization: str = ""

    def signs_in(self, address: str, subject: str, email: str, *, verified: object = True) -> str:
        """As somebody does on its page; the code says by itself who, in answer to what."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = json.dumps([subject, email, verified, asked["nonce"], asked["code_challenge"], len(self.spent)])
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, code: str) -> dict[str, str]:
        subject, email, verified, nonce, _, _ = json.loads(code)
        now = int(self.now)
        claims = {
            "iss": self.issuer,
            "sub": subject,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "email": email,
            "email_verified": verified,
        } | self.claims
        header = {"alg": self.algorithm} | ({"kid": self.kid} if self.kid is not None else {})
        told = {name: value for name, value in claims.items() if value is not None}
        signed = jwt.encode(header, told, self.signs_with, algorithms=[self.algorithm])
        return {"id_token": signed, "token_type": "Bearer", "access_token": "x"}


def signed_with_text(secret: bytes, claims: dict[str, Any]) -> str:
    """HS256 by hand, with what everybody can read as if it were a shared secret: a library that is any good refuses."""
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "kid": "first"}, claims)]
    signed = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    signature = base64.urlsafe_b64encode(hmac.digest(secret, signed, "sha256")).rstrip(b"=")
    return b".".join([signed, signature]).decode()


def new_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


@contextmanager
def loop_of_its_own() -> Iterator[asyncio.AbstractEventLoop]:
    """In a thread: the test client keeps the test's own loop waiting while it asks the site."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def running_liar(key: RSAKey) -> Iterator[Liar]:
    port = free_port()
    liar = Liar(f"http://{HOST}:{port}", key, [key])
    runner = web.AppRunner(_site_of(liar), access_log=None)

    async def start() -> None:
        await runner.setup()
        await web.TCPSite(runner, HOST, port).start()

    with loop_of_its_own() as loop:
        asyncio.run_coroutine_threadsafe(start(), loop).result()
        try:
            yield liar
        finally:
            asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()


def _site_of(liar: Liar) -> web.Application:
    """What it serves."""

    @web.middleware
    async def or_instead(request: web.Request, handler: Any) -> web.StreamResponse:
        liar.asked.append(request.path)
        other = liar.instead.get(request.path)
        if other is None:
            answer: web.StreamResponse = await handler(request)
            return answer
        return web.Response(status=other.status, body=other.body, headers={"Content-Type": "application/json"})

    async def describe(_: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": liar.issuer,
                "authorization_endpoint": f"{liar.issuer}/authorize?tenant=1",
                "token_endpoint": f"{liar.issuer}/token",
                "jwks_uri": f"{liar.issuer}/keys",
            }
            | liar.description
        )

    async def keys(_: web.Request) -> web.Response:
        return web.json_response(KeySet([*liar.shows]).as_dict(private=False))

    async def token(request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        liar.last_form, liar.last_authorization = form, request.headers.get("Authorization", "")
        code = form["code"]
        if code in liar.spent or not _fits(code, form["code_verifier"]):
            return web.json_response({"error": "invalid_grant"}, status=400)
        liar.spent.add(code)
        return web.json_response(liar.token(code))

    app = web.Application(middlewares=[or_instead])
    app.add_routes(
        [
            web.get("/.well-known/openid-configuration", describe),
            web.get("/keys", keys),
            web.post("/token", token),
        ]
    )
    return app


def _fits(code: str, verifier: str) -> bool:
    """RFC 7636, 4.6, with its S256."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).decode().rstrip("=")
    return bool(challenge == json.loads(code)[4])
