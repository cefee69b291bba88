"""OpenID Connect, the half that asks: how a provider describes itself, its keys, and a code for a token.

Authlib knows the protocol; the requests are httpx's own, because each has to end in time and in size whatever comes.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import TypeVar
from urllib.parse import SplitResult, quote_plus, urlsplit

import httpx
import msgspec
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from backend.identity.openid import Expected, Failure, NotVouched, UnknownKey, Vouched, Way, read

DEADLINE_S = 6.0
"""Of one answer, whole: somebody stands and waits."""
TIMEOUT = httpx.Timeout(3.0, pool=1.0)
AT_ONCE = httpx.Limits(max_connections=8)
MOST_BYTES = 300_000
KEPT = timedelta(hours=1)
ASKED_AGAIN_AFTER = timedelta(seconds=5)
"""When it failed to say what it is; whoever comes meanwhile is told so at once."""
PER_MINUTE, BURST = 60, 30
"""How often a code is exchanged for one caller: anybody can make one up, and each would be a call to the provider."""
MOST_CALLERS = 10_000
"""Counted at a time; who came back longest ago is forgotten first."""
SCOPE = "openid email"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
T = TypeVar("T")


class Description(msgspec.Struct, frozen=True):
    """What stands at `/.well-known/openid-configuration`, as far as it is used."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class Tokens(msgspec.Struct, frozen=True):
    """What a code was worth."""

    id_token: str
    access_token: str | None = None

    def __repr__(self) -> str:
        return "Tokens(…)"


class _Refused(msgspec.Struct, frozen=True):
    error: str


class Provider:
    """Made once for an app: keeps description and keys for an hour, and asks for keys anew when there is one more."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str,
        http: httpx.AsyncClient,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer, self._client_id, self._client_secret, self._http = issuer, client_id, client_secret, http
        self._described: tuple[datetime, Description] | None = None
        self._keys: tuple[datetime, Sequence[Key]] | None = None
        self._failed: tuple[datetime, Failure] | None = None
        self._monotonic = monotonic
        self._exchanges: OrderedDict[str, tuple[float, float]] = OrderedDict()  # by caller: left, as of

    async def address(self, way: Way, back: str, now: datetime, **more: str) -> str:
        """Where somebody's browser is sent to sign in; `more` goes along, as `prompt`. Raises NotVouched."""
        described = await self._description(now)
        address: str = prepare_grant_uri(
            described.authorization_endpoint,
            self._client_id,
            "code",
            redirect_uri=back,
            scope=SCOPE,
            state=way.state,
            nonce=way.nonce,
            code_challenge=way.challenge,
            code_challenge_method="S256",
            **more,
        )
        return address

    async def vouches_for(
        self, code: str, way: Way, back: str, now: datetime, fresh_s: int | None = None, *, caller: str = ""
    ) -> Vouched:
        """Whom a code stands for; `fresh_s`: who has proven it so many seconds ago at most. Raises NotVouched.

        `caller`: the network it came from, by which it is counted, so that a stranger who makes codes up keeps nobody
        elsewhere from signing in; whoever cannot tell callers apart counts all as one.
        """
        if not self._may_exchange(caller):
            raise NotVouched(Failure.BUSY)
        described = await self._description(now)
        tokens = await self._exchange(described, code, way, back)
        expected = Expected(described.issuer, self._client_id, way.nonce, fresh_s)
        for anew in (False, True):
            keys = await self._known_keys(described, now, anew=anew)
            try:
                return read(tokens.id_token, keys, expected, tokens.access_token, now)
            except UnknownKey:
                continue
        raise NotVouched(Failure.NONSENSE)

    async def _description(self, now: datetime) -> Description:
        if self._described is not None and now - self._described[0] < KEPT:
            return self._described[1]
        if self._failed is not None and now - self._failed[0] < ASKED_AGAIN_AFTER:
            raise NotVouched(self._failed[1])
        try:
            found = await self._asked_what_it_is()
        except NotVouched as error:
            self._failed = (now, error.why)
            raise
        self._described = (now, found)
        return found

    async def _asked_what_it_is(self) -> Description:
        asked = self._http.build_request("GET", f"{self._issuer}/.well-known/openid-configuration")
        found = _as(Description, await self._answer(asked))
        addresses = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
        if found.issuer.rstrip("/") != self._issuer or not all(is_safe(each, self._issuer) for each in addresses):
            raise NotVouched(Failure.NONSENSE)
        return found

    async def _known_keys(self, described: Description, now: datetime, *, anew: bool) -> Sequence[Key]:
        if anew or self._keys is None or now - self._keys[0] >= KEPT:
            try:
                found = msgspec.json.decode(await self._answer(self._http.build_request("GET", described.jwks_uri)))
                keys = KeySet.import_key_set(found).keys
            except (JoseError, ValueError, TypeError, KeyError, AttributeError):
                raise NotVouched(Failure.NONSENSE) from None
            self._keys = (now, [key for key in keys if key.get("use") in (None, "sig")])
        return self._keys[1]

    async def _exchange(self, described: Description, code: str, way: Way, back: str) -> Tokens:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": way.verifier}
        headers = {"Accept": "application/json"}
        methods = described.token_endpoint_auth_methods_supported
        if self._client_secret and ("client_secret_basic" in methods or "client_secret_post" not in methods):
            # RFC 6749, 2.3.1: both are encoded as in a form before they are joined.
            basic = httpx.BasicAuth(quote_plus(self._client_id), quote_plus(self._client_secret))
            request = self._http.build_request("POST", described.token_endpoint, data=form, headers=headers)
            request = next(basic.auth_flow(request))
        else:
            form |= {"client_id": self._client_id}
            form |= {"client_secret": self._client_secret} if self._client_secret else {}
            request = self._http.build_request("POST", described.token_endpoint, data=form, headers=headers)
        return _as(Tokens, await self._answer(request))

    def _may_exchange(self, caller: str) -> bool:
        """Whether one more code of the caller's may be taken to the provider just now; if so it is counted."""
        now = self._monotonic()
        left, as_of = self._exchanges.pop(caller, (float(BURST), now))
        left = min(float(BURST), left + (now - as_of) * PER_MINUTE / 60)
        granted = left >= 1
        self._exchanges[caller] = (left - 1 if granted else left, now)
        if len(self._exchanges) > MOST_CALLERS:
            self._exchanges.popitem(last=False)
        return granted

    async def _answer(self, request: httpx.Request) -> bytes:
        try:
            async with asyncio.timeout(DEADLINE_S):
                response = await self._http.send(request, stream=True)
                try:
                    body = await _no_more_than(MOST_BYTES, response)
                finally:
                    await response.aclose()
        except (httpx.TransportError, TimeoutError):
            raise NotVouched(Failure.AWAY) from None
        except httpx.HTTPError:
            raise NotVouched(Failure.NONSENSE) from None
        if response.status_code >= 500 or response.status_code == 429:
            raise NotVouched(Failure.AWAY)
        if response.status_code != 200:
            raise NotVouched(_why_refused(body))
        return body


def http_client() -> httpx.AsyncClient:
    """What a provider is asked with: it follows no redirect, and waits for nobody long. The caller closes it."""
    return httpx.AsyncClient(timeout=TIMEOUT, limits=AT_ONCE)


def parts_of(address: str) -> SplitResult | None:
    """None where it cannot be read, as where its port is no number."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    return parts


def is_issuer(address: str) -> bool:
    """OpenID Connect wants https; a provider on this very machine may do without."""
    parts = parts_of(address)
    if parts is None or not parts.hostname or parts.query or parts.fragment or any(c in address for c in " \"'"):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def is_safe(address: str, issuer: str) -> bool:
    """Whether it is https and elsewhere; on this very machine only where the issuer is, which may do without https."""
    parts = parts_of(address)
    if parts is None or not parts.hostname:
        return False
    if _is_here(parts.hostname):
        return _is_here(urlsplit(issuer).hostname or "") and parts.scheme in ("http", "https")
    return parts.scheme == "https"


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.rstrip(".") in LOOPBACK


async def _no_more_than(most: int, response: httpx.Response) -> bytes:
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > most:
            raise NotVouched(Failure.NONSENSE)
    return bytes(body)


def _as(shape: type[T], body: bytes) -> T:
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise NotVouched(Failure.NONSENSE) from None


def _why_refused(body: bytes) -> Failure:
    """A code that was used, is too old or belongs to another browser is nobody's mistake: again."""
    try:
        refused = msgspec.json.decode(body, type=_Refused)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Failure.NONSENSE
    return Failure.LOST if refused.error == "invalid_grant" else Failure.NONSENSE
