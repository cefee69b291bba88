"""The proof that the device which calls holds the key its refresh tokens are bound to: DPoP (RFC 9449) on token routes.

Pure. A proof is made for one call: its method, its address, and the secret that the call spends (`ath`, the hash of a
code, a sign-up token or a refresh token). Codes and sign-up tokens work once, so their proofs do too; of a refresh
token the proofs it was spent with are remembered (:mod:`.refresh`). So nothing hangs on the phone's clock: `iat` has to
be there and is not judged. A phone whose clock is a day off must not be signed out.
"""

import base64
import hashlib
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import msgspec

from backend.foundation.problems import bad_field
from backend.identity.jose import PublicKey, Unbelievable, claims_of, header_of, public_key, verified

FIELD = "header:DPoP"
LONGEST_ID = 200


class Shown(msgspec.Struct, frozen=True):
    """A proof that was believed: the thumbprint (RFC 7638) of its key, and a digest of it and the proof's own id."""

    thumbprint: str
    digest: bytes


class _Claims(msgspec.Struct, frozen=True):
    htm: str
    htu: str
    iat: int | float
    jti: str
    ath: str


def read_device_proof(proof: str | None, url: str, secret: str) -> Shown | None:
    """What `proof` shows of whoever calls POST `url` with `secret`; None when there is no proof.

    Raises 422 `wrong-device-proof` for one that is not what it should be, saying what.
    """
    if not proof:
        return None
    try:
        key, thumbprint = _key(header_of(proof))
        claims: _Claims = claims_of(verified(proof, key), _Claims)
        _check(claims, url, secret)
    except Unbelievable as why:
        raise bad_field(
            FIELD, f"a proof made for this call by the device's key: {why}", slug="wrong-device-proof"
        ) from None
    return Shown(thumbprint, hashlib.sha256(f"{thumbprint} {claims.jti}".encode()).digest())


def missing() -> Exception:
    """What a new device without a key is told."""
    return bad_field(FIELD, "a proof made for this call by a key of the device (RFC 9449)", slug="wrong-device-proof")


def hash_of(secret: str) -> str:
    """What `ath` is."""
    return base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest()).rstrip(b"=").decode()


def _check(claims: _Claims, url: str, secret: str) -> None:
    if not 1 <= len(claims.jti) <= LONGEST_ID:
        raise Unbelievable(f"jti has 1 to {LONGEST_ID} characters")
    if claims.htm != "POST":
        raise Unbelievable("htm is not POST")
    if _plain(claims.htu) != _plain(url):
        raise Unbelievable("htu is not this address")
    if claims.ath != hash_of(secret):
        raise Unbelievable("ath is not the hash of the code or token sent with it")


def _key(header: dict[str, Any]) -> tuple[PublicKey, str]:
    if str(header.get("typ", "")).lower() != "dpop+jwt":
        raise Unbelievable("typ is not dpop+jwt")
    jwk = header.get("jwk")
    if not isinstance(jwk, dict):
        raise Unbelievable("its header lacks jwk")
    key = public_key(jwk)
    return key, key.thumbprint()


@lru_cache(maxsize=256)
def _plain(url: str) -> str:
    """An address as it is compared: without query and fragment, scheme and host in small letters."""
    try:
        parts = urlsplit(url)
        usual = {"http": 80, "https": 443}.get(parts.scheme)
        port = "" if parts.port in (None, usual) else f":{parts.port}"
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"
