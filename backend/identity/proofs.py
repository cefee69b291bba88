"""The proof that whoever sends a request holds the key its token was given to (DPoP, RFC 9449).

Pure: what a proof says of itself. That it comes for the first time is the database's to say (:mod:`.used_proofs`).
"""

import base64
import hashlib
from collections import OrderedDict
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec

from backend.foundation.problems import Problem
from backend.identity.jose import ALGORITHMS, PublicKey, Unbelievable, claims_of, header_of, public_key, verified

FRESH = timedelta(seconds=60)
"""How old a proof may be, and how far from the future."""

CLOCK_OFF = timedelta(minutes=10)
"""The same where incidents are reported and ended, and on the way there: no alarm is lost to a clock."""

_LONGEST_ID = 200
_KEYS_KEPT = 1000


class Proof(msgspec.Struct, frozen=True):
    """One that was believed. `ahead_s`: its clock minus ours; `until`: after that nobody would believe it any more."""

    thumbprint: str
    digest: bytes
    ahead_s: float
    until: datetime


class _Claims(msgspec.Struct, frozen=True):
    htm: str
    htu: str
    iat: int | float
    jti: str
    ath: str | None = None


class KnownKeys:
    """Keys by their members, so that one is read once and not with every proof. Those used last are kept."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], tuple[PublicKey, str]] = OrderedDict()

    def read(self, jwk: Any) -> tuple[PublicKey, str]:
        """The key and its RFC 7638 thumbprint. Raises Unbelievable."""
        if not isinstance(jwk, dict):
            raise Unbelievable("its header lacks jwk")
        if "d" in jwk:
            raise Unbelievable("jwk is a private key: make a new one, this one is known")
        name = tuple(str(jwk.get(member)) for member in ("kty", "crv", "x", "y"))
        found = self._kept.pop(name, None)
        if found is None:
            key = public_key(jwk)
            found = (key, key.thumbprint())
        self._kept[name] = found
        while len(self._kept) > _KEYS_KEPT:
            self._kept.popitem(last=False)
        return found


def read_proof(
    text: str | None,
    method: str,
    urls: Collection[str],
    token: str | None,
    window: timedelta,
    keys: KnownKeys,
    now: datetime,
) -> Proof:
    """What `text`, a DPoP header, proves of this request. Raises 401 as a Problem.

    `urls`: every address this request may have been sent to, without query; `token`: the access token it came with.
    """
    if not text:
        raise wrong_proof("Send a proof made for this request: DPoP: … (RFC 9449).")
    try:
        thumbprint, claims = _believed(text, keys)
        _check_request(claims, method, urls, token)
    except Unbelievable as why:
        raise wrong_proof(f"The proof in the DPoP header cannot be used: {why}.") from None
    issued = _moment(claims.iat)
    if issued is None or not abs(issued - now) <= window:
        raise clock_off(window, now)
    digest = hashlib.sha256(f"{thumbprint} {claims.jti}".encode()).digest()
    return Proof(thumbprint, digest, (issued - now).total_seconds(), issued + window)


def _believed(text: str, keys: KnownKeys) -> tuple[str, _Claims]:
    header = header_of(text)
    if str(header.get("typ", "")).lower() != "dpop+jwt":
        raise Unbelievable("typ is not dpop+jwt")
    key, thumbprint = keys.read(header.get("jwk"))
    return thumbprint, claims_of(verified(text, key), _Claims)


def _check_request(claims: _Claims, method: str, urls: Collection[str], token: str | None) -> None:
    if not 1 <= len(claims.jti) <= _LONGEST_ID:
        raise Unbelievable(f"jti has 1 to {_LONGEST_ID} characters")
    if claims.htm != method:
        raise Unbelievable(f"htm is not {method}")
    if normal(claims.htu) not in {normal(url) for url in urls}:
        raise Unbelievable(f"htu is not {' or '.join(urls)}")
    if token is not None and claims.ath != base64url(hashlib.sha256(token.encode()).digest()):
        raise Unbelievable("ath is not the hash of this access token")


def normal(url: str) -> str:
    """An address as it is compared (RFC 9449, 4.3): without query and fragment, scheme and host in small letters."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # a port that is none
        return ""
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{parts.hostname}{'' if port in (None, usual) else f':{port}'}{parts.path or '/'}"


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _moment(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def wrong_proof(detail: str) -> Problem:
    return Problem(401, "wrong-proof", "Not proven", detail, headers=challenge("invalid_dpop_proof"))


def proof_repeated() -> Problem:
    """A retry is a new proof with the same Idempotency-Key."""
    return Problem(
        401,
        "proof-repeated",
        "This proof was used before",
        "Make a new proof (a new jti) for every request, also for a retry: with the same Idempotency-Key it gets the "
        "first answer.",
        headers=challenge("invalid_dpop_proof"),
    )


def clock_off(window: timedelta, now: datetime) -> Problem:
    return Problem(
        401,
        "clock-off",
        "Your clock is off, or the proof is old",
        f"iat is more than {window.total_seconds():.0f} s from server_time. Set the clock, or reckon from server_time; "
        "make a new proof for every request.",
        headers=challenge("invalid_dpop_proof"),
        server_time=stamp(now),
    )


def stamp(now: datetime) -> str:
    """The server's time as answers carry it."""
    return now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def challenge(error: str | None = None) -> dict[str, str]:
    """What a 401 tells a client to come with."""
    words = [f'error="{error}"'] if error else []
    return {"WWW-Authenticate": "DPoP " + ", ".join([*words, f'algs="{" ".join(ALGORITHMS)}"'])}
