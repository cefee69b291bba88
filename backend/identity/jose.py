"""Whose signatures are believed of callers: Ed25519 and P-256, by joserfc; nothing symmetric, nothing unsigned."""

from collections.abc import Mapping
from typing import Any

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey
from joserfc.jws import JWSRegistry

ALGORITHMS = ("ES256", "Ed25519", "EdDSA")
MOST_CHARACTERS = 4096

PublicKey = OKPKey | ECKey
_MEMBERS = {"OKP": ("crv", "kty", "x"), "EC": ("crv", "kty", "x", "y")}
_CURVES = {"OKP": "Ed25519", "EC": "P-256"}


class Unbelievable(Exception):
    """What was signed wrongly, or not at all; the message is for whoever sent it and repeats nothing of it."""


class _Registry(JWSRegistry):
    """What RFC 8037 called EdDSA is Ed25519 here and nothing else (RFC 9864)."""

    def get_alg(self, name: str) -> Any:
        return super().get_alg("Ed25519" if name == "EdDSA" else name)


_REGISTRY = _Registry(algorithms=ALGORITHMS, strict_check_header=False)


def public_key(jwk: Mapping[str, Any]) -> PublicKey:
    """A public JWK (RFC 7517) as a key. Raises Unbelievable for any other kind of key, and for a private one."""
    kind = jwk.get("kty")
    if not isinstance(kind, str) or kind not in _MEMBERS or jwk.get("crv") != _CURVES[kind]:
        raise Unbelievable("the key is neither Ed25519 nor P-256")
    if "d" in jwk:
        raise Unbelievable("the key is a private one: send its public members only")
    members = {name: jwk[name] for name in _MEMBERS[kind] if isinstance(jwk.get(name), str)}
    if len(members) < len(_MEMBERS[kind]):
        raise Unbelievable("the key lacks a member")
    try:
        key: PublicKey = OKPKey.import_key({**members}) if kind == "OKP" else ECKey.import_key({**members})
        key.get_op_key("verify")  # a point that is not on the curve is noticed here
    except (JoseError, ValueError):
        raise Unbelievable("the key cannot be read") from None
    return key


def members_of(key: PublicKey) -> dict[str, str]:
    """The public members alone, as they are kept."""
    found = key.as_dict(private=False)
    return {name: str(found[name]) for name in _MEMBERS[str(found["kty"])]}


def header_of(compact: str) -> dict[str, Any]:
    """The protected header, unverified. Raises Unbelievable."""
    if len(compact) > MOST_CHARACTERS:
        raise Unbelievable("it is too long")
    try:
        header = jws.extract_compact(compact.encode()).headers()
    except (JoseError, ValueError, TypeError, AttributeError, RecursionError):
        raise Unbelievable("it is not a signed JWT") from None
    if header.get("alg") not in ALGORITHMS:
        raise Unbelievable(f"alg is one of {', '.join(ALGORITHMS)}")
    return header


def verified(compact: str, key: PublicKey) -> bytes:
    """The payload `key` signed. Raises Unbelievable, also where the algorithm is none of the key's."""
    try:
        return jws.deserialize_compact(compact, key, registry=_REGISTRY).payload
    except (JoseError, ValueError, TypeError, AttributeError, RecursionError):
        raise Unbelievable("its signature is not the key's") from None


def claims_of(payload: bytes, shape: type[Any]) -> Any:
    """The claims as `shape`. Raises Unbelievable naming what lacks."""
    try:
        return msgspec.json.decode(payload, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Unbelievable(f"its claims are not {', '.join(shape.__struct_encode_fields__)}") from None
