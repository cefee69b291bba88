"""Reading an ID token: what may be believed of it, by OpenID Connect Core 3.1.3.7."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import BadSignatureError, ClaimError, JoseError, MissingClaimError
from joserfc.jwk import Key

from campaigns.managers.manager import normal
from campaigns.signing_in.trouble import CannotSignIn, Trouble

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Whose keys the provider alone has. With an HMAC whoever knows our secret could sign; *none* is no signature."""
SKEW_S = 60
"""How far two clocks may be apart."""
LONGEST_SUBJECT = 255
_TIMES = {"exp", "iat", "nbf"}


class Expected(msgspec.Struct, frozen=True):
    """Whose token it has to be, for whom, in answer to what."""

    issuer: str
    client_id: str
    nonce: str


class Vouched(msgspec.Struct, frozen=True):
    """Whom a provider vouches for. `verified` None: it does not say whether the address is theirs."""

    issuer: str
    subject: str
    email: str | None
    verified: bool | None

    def __repr__(self) -> str:
        return "Vouched(…)"


class UnknownKey(Exception):
    """Signed with a key that is not among those known: perhaps a new one."""


def read(token: str, keys: Sequence[Key], expected: Expected, access_token: str | None, now: datetime) -> Vouched:
    """Raises UnknownKey, or CannotSignIn for a token that may not be believed."""
    try:
        header, claims = _signed(token, keys)
        checked = CodeIDToken(
            claims,
            header,
            {
                "iss": {"essential": True, "value": expected.issuer},
                "aud": {"essential": True, "value": expected.client_id},
                "sub": {"essential": True},
            },
            {"nonce": expected.nonce, "client_id": expected.client_id, "access_token": access_token},
        )
        checked.validate(now=int(now.timestamp()), leeway=SKEW_S)
    except MissingClaimError:
        raise CannotSignIn(Trouble.NONSENSE) from None
    except ClaimError as wrong:
        raise CannotSignIn(Trouble.CLOCK if wrong.claim in _TIMES else Trouble.NONSENSE) from None
    except (JoseError, ValueError, TypeError, KeyError):
        raise CannotSignIn(Trouble.NONSENSE) from None
    return _vouched(claims)


def _signed(token: str, keys: Sequence[Key]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims, once one of the keys has signed them."""
    named = jws.extract_compact(token.encode()).headers().get("kid")
    fitting = [key for key in keys if named is None or key.kid == named]
    if not fitting:
        raise UnknownKey
    for key in fitting:
        try:
            read = jwt.decode(token, key, algorithms=ALGORITHMS)
        except JoseError:
            continue  # a key of another kind, or not the one
        return dict(read.header), dict(read.claims)
    raise BadSignatureError


def _vouched(claims: dict[str, Any]) -> Vouched:
    subject, email, verified = claims["sub"], claims.get("email"), claims.get("email_verified")
    if not isinstance(subject, str) or not 1 <= len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise CannotSignIn(Trouble.NONSENSE)
    said = {True: True, False: False, "true": True, "false": False}  # some write a word
    known = verified if isinstance(verified, bool | str) else None
    return Vouched(
        claims["iss"],
        subject,
        normal(email) if isinstance(email, str) else None,
        # A word nobody knows is no *yes*.
        None if "email_verified" not in claims else said.get(known, False) if known is not None else False,
    )
