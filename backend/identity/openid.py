"""OpenID Connect, the pure half: who is on the way to a provider, and what may be believed of its ID token.

The rules are OpenID Connect Core's (3.1.2.1 for `max_age`, 3.1.3.7 for the token) and RFC 7636's.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import unquote

import msgspec
from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import ClaimError, JoseError, MissingClaimError
from joserfc.jwk import Key

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Whose keys the provider alone has. With an HMAC whoever knows our secret could sign; *none* is no signature."""
SKEW_S = 60
"""How far two clocks may be apart."""
LONGEST_SUBJECT = 255
_TIMES = {"exp", "iat", "nbf"}
_SECRET = re.compile(r"[\w-]{43}", re.ASCII)
_PRINTABLE = r"[\x21-\x5b\x5d-\x7e]*"  # printable ASCII without the backslash


class Failure(StrEnum):
    """Why a provider vouches for nobody."""

    AWAY = "away"  # it does not answer, or says that it cannot just now
    BUSY = "busy"  # so many come back at once that it is asked no more
    NONSENSE = "nonsense"  # its answer is none that may be believed
    CLOCK = "clock"  # by its clock or ours the answer is too old, or from the future
    LOST = "lost"  # the code was used before, is too old or another browser's
    NOT_FRESH = "not_fresh"  # it does not say that somebody has just proven who they are


class NotVouched(Exception):
    """With the reason and nothing else: nothing of it is anybody's."""

    def __init__(self, why: Failure) -> None:
        super().__init__(why.value)
        self.why = why


class Way(msgspec.Struct, frozen=True):
    """Somebody on the way to the provider and back: one secret in the browser, from which everything else follows.

    What the provider is sent (state, nonce, the code verifier's challenge) are hashes of it, each with a purpose of its
    own. So the server keeps nothing of whoever does not come back, and an answer fits the one browser that asked.
    """

    secret: str

    @property
    def state(self) -> str:
        return self._part("state")

    @property
    def nonce(self) -> str:
        return self._part("nonce")

    @property
    def verifier(self) -> str:
        """RFC 7636's: 43 letters."""
        return self._part("verifier")

    @property
    def challenge(self) -> str:
        """By which the provider knows the verifier again (S256)."""
        return _hashed(self.verifier)

    def _part(self, purpose: str) -> str:
        return _hashed(f"{purpose}:{self.secret}")

    def __repr__(self) -> str:
        return "Way(…)"


class Pages(msgspec.Struct, frozen=True):
    """Where somebody may go on to once signed in: to addresses below `home`, none of sign-in itself."""

    home: str
    of_sign_in: str  # words below home, parted by |
    longest: int

    def one_of_ours(self, til: str) -> str:
        """`til`, if it is such a page; else `home`."""
        below = re.fullmatch(rf"{self.home}(?:[/?]{_PRINTABLE})?", til)
        itself = re.match(rf"{self.home}/(?:{self.of_sign_in})(?:[/?]|$)", til)
        # A browser goes up at `..`, also where it is written %2e%2e: and then it is not below home any more.
        path = unquote(til.partition("?")[0])
        fits = len(til) <= self.longest and below and not itself and ".." not in path and "\\" not in path
        return til if fits else self.home

    def read(self, kept: str) -> str | None:
        """The page that :func:`kept_page` wrote down, if it is one of ours; None for what no browser has from us."""
        try:
            return self.one_of_ours(base64.urlsafe_b64decode(kept).decode())
        except ValueError:
            return None


def kept_page(til: str) -> str:
    """As a browser keeps it in a cookie."""
    return base64.urlsafe_b64encode(til.encode()).decode()


class Expected(msgspec.Struct, frozen=True):
    """Whose token it has to be, for whom, in answer to what.

    `fresh_s`: how long ago, at most, whoever it is for has proven who they are; None: it does not matter.
    """

    issuer: str
    client_id: str
    nonce: str
    fresh_s: int | None = None


class Vouched(msgspec.Struct, frozen=True):
    """Whom a provider vouches for.

    `email` as it says it; `verified` None: it does not say whether the address is theirs; `proven_at`: when they last
    proved who they are, None where it does not say.
    """

    issuer: str
    subject: str
    email: str | None
    verified: bool | None
    proven_at: datetime | None = None

    def __repr__(self) -> str:
        return "Vouched(…)"


class UnknownKey(Exception):
    """Signed with a key that is not among those known: perhaps a new one."""


def set_out() -> Way:
    return Way(secrets.token_urlsafe(32))


def way_of(secret: str) -> Way | None:
    """None for what no browser has from us."""
    return Way(secret) if _SECRET.fullmatch(secret) else None


def read(token: str, keys: Sequence[Key], expected: Expected, access_token: str | None, now: datetime) -> Vouched:
    """Raises UnknownKey, or NotVouched for a token that may not be believed."""
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
        raise NotVouched(Failure.NONSENSE) from None
    except ClaimError as wrong:
        raise NotVouched(Failure.CLOCK if wrong.claim in _TIMES else Failure.NONSENSE) from None
    except (JoseError, ValueError, TypeError, KeyError):
        raise NotVouched(Failure.NONSENSE) from None
    vouched = _vouched(claims)
    if expected.fresh_s is not None and not is_fresh(vouched.proven_at, expected.fresh_s, now):
        raise NotVouched(Failure.NOT_FRESH)
    return vouched


def is_fresh(proven_at: datetime | None, fresh_s: int, now: datetime) -> bool:
    """Whether somebody proved who they are within `fresh_s` seconds; two clocks may be a little apart."""
    return proven_at is not None and -SKEW_S <= (now - proven_at).total_seconds() <= fresh_s + SKEW_S


def _signed(token: str, keys: Sequence[Key]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims, once one of the keys has signed them."""
    named = jws.extract_compact(token.encode()).headers().get("kid")
    fitting = [key for key in keys if named is None or key.kid == named]
    for key in fitting:
        try:
            read = jwt.decode(token, key, algorithms=ALGORITHMS)
        except JoseError:
            continue  # a key of another kind, or not the one
        return dict(read.header), dict(read.claims)
    raise UnknownKey  # also where keys have no names, or an old one's name


def _vouched(claims: dict[str, Any]) -> Vouched:
    subject, email, verified = claims["sub"], claims.get("email"), claims.get("email_verified")
    if not isinstance(subject, str) or not 1 <= len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise NotVouched(Failure.NONSENSE)
    said = {True: True, False: False, "true": True, "false": False}  # some write a word
    known = verified if isinstance(verified, bool | str) else None
    return Vouched(
        claims["iss"],
        subject,
        email if isinstance(email, str) else None,
        # A word nobody knows is no *yes*.
        None if "email_verified" not in claims else said.get(known, False) if known is not None else False,
        _moment(claims.get("auth_time")),
    )


def _moment(seconds: object) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _hashed(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
