"""What a dispatch system signs: its log-in (RFC 7523) and a proof for every request (RFC 9449). To be read or copied.

Two keys: the one it is registered with, which logs in and nothing else, and one made anew at every start, which proves
that a token is used by whoever it was given to. A stolen token is worth nothing without the second.
"""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LASTS = timedelta(seconds=60)  # the service takes 5 min at most


class ProofKey:
    """Made at start, kept in memory, never written anywhere."""

    def __init__(self, private_pem: str | None = None) -> None:
        """`private_pem`: one there is already, for who has several processes use one token."""
        self._key = _read(private_pem) if private_pem else OKPKey.generate_key("Ed25519", private=True)
        self._algorithm = _algorithm_of(self._key)
        self.public_jwk = self._key.as_dict(private=False)

    @property
    def thumbprint(self) -> str:
        return self._key.thumbprint()

    def proof(self, method: str, url: str, at: datetime, token: str | None = None) -> str:
        """The DPoP header of one request, of a retry another one. `at`: the server's time, as well as it is known."""
        claims: dict[str, str | int] = {
            "htm": method,
            "htu": url.partition("?")[0].partition("#")[0],
            "iat": int(at.timestamp()),
            "jti": str(uuid4()),
        }
        if token is not None:
            claims["ath"] = _base64url(hashlib.sha256(token.encode()).digest())
        header = {"typ": "dpop+jwt", "alg": self._algorithm, "jwk": self.public_jwk}
        return jwt.encode(header, claims, self._key, algorithms=[self._algorithm])

    def headers(self, method: str, url: str, at: datetime, token: str) -> dict[str, str]:
        """What a request with a token carries."""
        return {"Authorization": f"DPoP {token}", "DPoP": self.proof(method, url, at, token)}


class ClientKey:
    """The private key a system is registered with: Ed25519 or P-256, PEM."""

    def __init__(self, pem: str | bytes) -> None:
        self._key = key = _read(pem)
        self._algorithm = _algorithm_of(key)

    @classmethod
    def made(cls) -> "ClientKey":
        return cls(new_private_pem())

    @property
    def thumbprint(self) -> str:
        """What the operator calls the key (RFC 7638)."""
        return self._key.thumbprint()

    @property
    def public_jwk(self) -> dict[str, str]:
        return {name: str(value) for name, value in self._key.as_dict(private=False).items()}

    def form(self, client_id: str, token_url: str, at: datetime, **more: str) -> dict[str, str]:
        """The form of a log-in: good once."""
        issued = int(at.timestamp())
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": token_url,
            "iat": issued,
            "exp": issued + int(ASSERTION_LASTS.total_seconds()),
            "jti": str(uuid4()),
        }
        header = {"alg": self._algorithm, "kid": self._key.thumbprint()}
        return {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": jwt.encode(header, claims, self._key, algorithms=[self._algorithm]),
        } | more

    def __repr__(self) -> str:
        return "ClientKey()"


class ServersClock:
    """The server's time by what it told with its last answer: this machine's clock may be off."""

    def __init__(self) -> None:
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) - self._ahead

    def told(self, server_time: str | None) -> None:
        """`server_time`: an answer's Server-Time header."""
        try:
            if server_time is not None:
                self._ahead = datetime.now(UTC) - datetime.fromisoformat(server_time)
        except (ValueError, TypeError):
            return


def new_private_pem() -> str:
    """A new Ed25519 key, to be kept where only this system reads it."""
    return OKPKey.generate_key("Ed25519", private=True).as_pem(private=True).decode()


def public_pem(private_pem: str | bytes) -> str:
    """What the operator registers."""
    return _read(private_pem).as_pem(private=False).decode()


def _read(pem: str | bytes) -> OKPKey | ECKey:
    """Raises ValueError for what is neither."""
    for kind in (OKPKey, ECKey):
        try:
            return kind.import_key(pem)
        except (JoseError, ValueError):
            continue
    raise ValueError("the key is neither Ed25519 nor P-256, as PEM")


def _algorithm_of(key: OKPKey | ECKey) -> str:
    return "Ed25519" if isinstance(key, OKPKey) else "ES256"


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
