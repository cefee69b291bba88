"""How a dispatch system logs in with a key of its own: `private_key_jwt` (RFC 7523). Pure."""

import base64
import hashlib
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from backend.foundation.problems import Problem
from backend.identity.jose import PublicKey, Unbelievable, claims_of, header_of, verified
from backend.identity.proofs import CLOCK_OFF, challenge, clock_off

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LASTS_AT_MOST = timedelta(minutes=5)
_LONGEST_ID = 200


class Assertion(msgspec.Struct, frozen=True):
    """One that was believed: what to remember of it, and until when."""

    digest: bytes
    until: datetime


class _Claims(msgspec.Struct, frozen=True):
    iss: str
    sub: str
    aud: str | list[str]
    iat: int | float
    exp: int | float
    jti: str


class _Named(msgspec.Struct, frozen=True):
    sub: str


def named_in(text: str) -> str:
    """Whom an assertion speaks of, before anything of it is believed. Raises 401 as a Problem."""
    try:
        header_of(text)
        payload = text.split(".")[1]
        named: _Named = claims_of(_decoded(payload), _Named)
    except Unbelievable as why:
        raise invalid_client(f"The client_assertion cannot be used: {why}.") from None
    return named.sub


def read_assertion(
    text: str, client_id: str, keys: Sequence[PublicKey], urls: Collection[str], now: datetime
) -> Assertion:
    """Check that the client signed `text` for us and just now. Raises 401 as a Problem.

    `keys`: those registered, none for a client nobody knows; `urls`: the addresses our token endpoint goes by.
    """
    try:
        claims = _believed(text, client_id, keys, urls)
        issued, ends = (datetime.fromtimestamp(at, UTC) for at in (claims.iat, claims.exp))
    except Unbelievable as why:
        raise invalid_client(f"The client_assertion cannot be used: {why}.") from None
    except (ValueError, OverflowError, OSError):
        raise invalid_client("The client_assertion cannot be used: iat and exp are seconds since 1970.") from None
    if issued - now > CLOCK_OFF or now - ends > CLOCK_OFF:
        refusal = clock_off(CLOCK_OFF, now)
        refusal.extra["error"] = "invalid_client"
        raise refusal
    return Assertion(hashlib.sha256(f"log-in {client_id} {claims.jti}".encode()).digest(), ends + CLOCK_OFF)


def _believed(text: str, client_id: str, keys: Sequence[PublicKey], urls: Collection[str]) -> _Claims:
    claims: _Claims = claims_of(_signed(text, keys), _Claims)
    if not claims.iss == claims.sub == client_id:
        raise Unbelievable("iss and sub are the client id")
    named = {claims.aud} if isinstance(claims.aud, str) else set(claims.aud)
    if not named & set(urls):
        raise Unbelievable(f"aud is not {' or '.join(urls)}")
    if not 1 <= len(claims.jti) <= _LONGEST_ID:
        raise Unbelievable(f"jti has 1 to {_LONGEST_ID} characters")
    if not 0 < claims.exp - claims.iat <= LASTS_AT_MOST.total_seconds():
        raise Unbelievable("exp is at most 300 s after iat")
    return claims


def _signed(text: str, keys: Sequence[PublicKey]) -> bytes:
    named = header_of(text).get("kid")
    # A kid is a hint; systems that call their keys otherwise than we do are believed by the signature alone.
    in_order = sorted(keys, key=lambda key: key.thumbprint() != named)
    for key in in_order:
        try:
            return verified(text, key)
        except Unbelievable:
            continue
    raise Unbelievable("no key registered for this client signed it")


def _decoded(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        raise Unbelievable("it is not a signed JWT") from None


def invalid_client(detail: str) -> Problem:
    return Problem(401, "unauthorised", "Not signed in", detail, headers=challenge(), error="invalid_client")
