"""Short-lived signed access tokens: JWT, Ed25519, one audience each."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature
from joserfc import jwt
from joserfc.util import urlsafe_b64decode

from backend.foundation.kinds import Kind
from backend.foundation.problems import unauthorised
from backend.identity.jose import MOST_CHARACTERS
from backend.identity.keys import ALGORITHM, Keys, SigningKey

ISSUER = "hjerteloeber"


class Audience(StrEnum):
    """Whom a token lets in; a token for one is nothing to another."""

    MOBILE = "mobile"
    DISPATCH = "dispatch"
    SIGN_UP = "sign_up"


LIFETIMES: Mapping[Audience, timedelta] = MappingProxyType(
    {
        # Signing out and withdrawing end the refresh token at once; this is how long an access token outlives that.
        Audience.MOBILE: timedelta(minutes=10),
        Audience.DISPATCH: timedelta(minutes=5),
        # Long enough to fill in a form and read four consents, short enough for a phone left on a table.
        Audience.SIGN_UP: timedelta(minutes=30),
    }
)


class Confirmation(msgspec.Struct, frozen=True):
    """Whose token it is (RFC 7800): the thumbprint of the key that proves each request, and of a certificate."""

    jkt: str
    x5t: str | None = msgspec.field(name="x5t#S256", default=None)


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What a token that was believed says."""

    audience: Audience = msgspec.field(name="aud")
    subject: UUID = msgspec.field(name="sub")
    issuer: str = msgspec.field(name="iss")
    issued_at: int = msgspec.field(name="iat")
    expires_at: int = msgspec.field(name="exp")
    device: UUID | None = None
    centre: UUID | None = None
    kind: Kind | None = None
    scope: str = ""
    sealed_phone: str | None = None
    confirmation: Confirmation | None = msgspec.field(name="cnf", default=None)


_CLAIMS = msgspec.json.Decoder(Claims)


def issue_access_token(
    key: SigningKey, audience: Audience, subject: UUID, claims: Mapping[str, str | Mapping[str, str]], now: datetime
) -> tuple[str, datetime]:
    """Sign a token for `subject` that lives as long as its audience's tokens do; gives it and its end."""
    issued = now.astimezone(UTC).replace(microsecond=0)
    ends = issued + LIFETIMES[audience]
    body = {
        **claims,
        "iss": ISSUER,
        "aud": audience.value,
        "sub": str(subject),
        "iat": int(issued.timestamp()),
        "exp": int(ends.timestamp()),
    }
    return jwt.encode(key.header, body, key.jwk, algorithms=[ALGORITHM]), ends


def read_access_token(keys: Keys, audience: Audience, token: str, now: datetime) -> Claims:
    """What a token says, if one of our keys signed it for `audience` and its time is not over; else raises 401."""

    if len(token) > MOST_CHARACTERS:
        raise unauthorised("The access token is not one of ours.")
    # With every request of a phone: by hand, since joserfc's way of reading costs a quarter of the verifying itself.
    signed, _, signature = token.rpartition(".")
    beginning, _, payload = signed.partition(".")
    key = keys.by_beginning.get(beginning)
    if key is None:
        raise unauthorised("The access token is not one of ours.")
    try:
        key.public.verify(urlsafe_b64decode(signature.encode()), signed.encode())
        claims = _CLAIMS.decode(urlsafe_b64decode(payload.encode()))
    # msgspec's and base64's errors are ValueErrors. What was wrong helps nobody but a forger.
    except (InvalidSignature, ValueError, RecursionError):
        raise unauthorised("The access token is not one of ours.") from None
    if claims.issuer != ISSUER or claims.audience is not audience:
        raise unauthorised("The access token is for something else.")
    if claims.expires_at <= now.timestamp():
        raise unauthorised("The access token's time is over: refresh it.")
    return claims
