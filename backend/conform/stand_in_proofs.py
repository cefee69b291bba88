"""What a dispatch server checks of who is calling, in memory: signed log-ins, and a proof with every request."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any
from uuid import uuid4

from aiohttp import web
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from backend.conform.signing import ASSERTION_TYPE
from backend.conform.stand_in_rules import Problem

ALGORITHMS = ["Ed25519", "ES256"]
FRESH_S, CLOCK_OFF_S = 60.0, 600.0
ASSERTION_LASTS_AT_MOST_S = 300


@dataclass(frozen=True)
class Given:
    """A token: until when (monotonic), and the thumbprint of the key it is bound to."""

    until: float
    key: str


@dataclass
class Door:
    """Of one client, whose public key is `registered`."""

    client_id: str
    registered: Mapping[str, str]
    tokens: dict[str, Given] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    @property
    def thumbprint(self) -> str:
        return key_of(self.registered).thumbprint()

    async def log_in(self, request: web.Request, lasts_s: float) -> str:
        """A new token. Raises Problem."""
        bound_to = self.proof_of(request, CLOCK_OFF_S, None)
        form = await request.post()
        if form.get("client_assertion_type") != ASSERTION_TYPE:
            raise wrong("Send client_assertion and client_assertion_type.", error="invalid_client")
        claims = _read(str(form.get("client_assertion")), key_of(self.registered), "invalid_client")
        if not claims.get("iss") == claims.get("sub") == self.client_id or claims.get("aud") != str(request.url):
            raise wrong("iss and sub are the client id, aud is this address.", error="invalid_client")
        lasts, now = claims.get("exp", 0) - claims.get("iat", 0), datetime.now(UTC).timestamp()
        if not 0 < lasts <= ASSERTION_LASTS_AT_MOST_S or abs(claims["iat"] - now) > CLOCK_OFF_S:
            raise wrong("exp is at most 300 s after iat, and iat is now.", error="invalid_client")
        self._once(f"log-in {claims.get('jti')}")
        token = f"token-{uuid4()}"
        self.tokens[token] = Given(monotonic() + lasts_s, bound_to)
        return token

    def check(self, request: web.Request, window_s: float) -> None:
        """Raises Problem unless the request carries a token and a new proof of its key."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        given = self.tokens.get(token)
        if scheme.lower() != "dpop" or given is None or given.until < monotonic():
            raise Problem(401, "unauthorised", "Send an access token: Authorization: DPoP …")
        if self.proof_of(request, window_s, token) != given.key:
            raise wrong("The token was given to another key.")

    def proof_of(self, request: web.Request, window_s: float, token: str | None) -> str:
        """The thumbprint of the key that made the request's proof. Raises Problem."""
        text = request.headers.get("DPoP", "")
        try:
            header = jws.extract_compact(text.encode()).headers()
            key = key_of(header["jwk"])
        except (JoseError, ValueError, KeyError, TypeError, AttributeError):
            raise wrong("Send a proof made for this request: DPoP: …") from None
        claims = _read(text, key, None)
        here = str(request.url.with_query(None))
        if header.get("typ") != "dpop+jwt" or (claims.get("htm"), claims.get("htu")) != (request.method, here):
            raise wrong("The proof is of another request.")
        if token is not None and claims.get("ath") != _hash_of(token):
            raise wrong("The proof is of another token.")
        now = datetime.now(UTC)
        if abs(float(claims.get("iat", 0)) - now.timestamp()) > window_s:
            raise Problem(401, "clock-off", "The proof is old, or your clock is off.", server_time=now.isoformat())
        self._once(f"{key.thumbprint()} {claims.get('jti')}")
        return key.thumbprint()

    def _once(self, proof: str) -> None:
        if proof in self.used:
            raise Problem(401, "proof-repeated", "Make a new proof for every request, also for a retry.")
        self.used.add(proof)


def key_of(jwk: Mapping[str, Any]) -> OKPKey | ECKey:
    return OKPKey.import_key({**jwk}) if jwk["kty"] == "OKP" else ECKey.import_key({**jwk})


def wrong(detail: str, **more: str) -> Problem:
    return Problem(401, "unauthorised" if more else "wrong-proof", detail, **more)


def _read(text: str, key: OKPKey | ECKey, error: str | None) -> dict[str, Any]:
    try:
        return dict(jwt.decode(text, key, algorithms=ALGORITHMS).claims)
    except (JoseError, ValueError):
        raise wrong("The signature is not the key's.", **({"error": error} if error else {})) from None


def _hash_of(token: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
