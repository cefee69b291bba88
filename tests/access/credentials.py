"""What each role shows with a call: one small object a role, made by whoever knows the service's keys.

The only place in these tests that knows how somebody logs in: where that changes, this changes.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID, uuid4

from backend.conform.signing import ProofKey
from backend.foundation.kinds import Kind
from backend.identity.keys import Keys
from backend.identity.phone_hash import seal_phone
from backend.identity.tokens import Audience, issue_access_token
from tests.access.wire import Sent
from tests.edge.cast import URL

_RENEWED_BEFORE = timedelta(minutes=1)


class Credentials(Protocol):
    """Asked anew for every call, because a call may have to be proven by itself."""

    def headers(self, sent: Sent, now: datetime, /) -> Mapping[str, str]: ...


class Nothing:
    """Of a stranger."""

    def headers(self, _sent: Sent, _now: datetime) -> Mapping[str, str]:
        return {}


class Fixed:
    """Of whoever has one secret for long: a party's token, a manager's cookie."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def headers(self, _sent: Sent, _now: datetime) -> Mapping[str, str]:
        return self._headers


class Token:
    """An access token of ours, renewed before its end."""

    def __init__(
        self, keys: Keys, audience: Audience, subject: UUID, claims: Mapping[str, str | Mapping[str, str]]
    ) -> None:
        self._keys, self._audience, self._subject, self._claims = keys, audience, subject, claims
        self._token = ""
        self._ends: datetime | None = None

    def token(self, now: datetime) -> str:
        if self._ends is None or now > self._ends - _RENEWED_BEFORE:
            key = self._keys.signing
            self._token, self._ends = issue_access_token(key, self._audience, self._subject, self._claims, now)
        return self._token

    def headers(self, _sent: Sent, now: datetime) -> Mapping[str, str]:
        return {"authorization": f"Bearer {self.token(now)}"}


class Proven:
    """A token that is good only with a fresh proof for each call."""

    def __init__(self, token: Token, key: ProofKey) -> None:
        self._token, self._key = token, key

    def headers(self, sent: Sent, now: datetime) -> Mapping[str, str]:
        return self._key.headers(sent.method, URL + sent.path, now, self._token.token(now))


def volunteer(keys: Keys, volunteer_id: UUID, device_id: UUID, kind: Kind = Kind.LIVE) -> Credentials:
    """A signed-in phone."""
    return Token(keys, Audience.MOBILE, volunteer_id, {"device": str(device_id), "kind": kind.value})


def proven(keys: Keys, phone: str) -> Credentials:
    """Somebody who typed the code that was sent to the phone."""
    return Token(keys, Audience.SIGN_UP, uuid4(), {"sealed_phone": seal_phone(keys, phone)})


def centre(keys: Keys, centre_id: UUID, kind: Kind, scopes: frozenset[str], client: UUID | None = None) -> Credentials:
    """A dispatch centre's system."""
    key = ProofKey()
    claims = {"centre": str(centre_id), "kind": kind.value, "scope": " ".join(sorted(scopes))}
    bound = {"cnf": {"jkt": key.thumbprint}}
    return Proven(Token(keys, Audience.DISPATCH, client or uuid4(), {**claims, **bound}), key)
