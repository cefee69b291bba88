"""A dispatch system's public keys, as they are given to us and as they are kept."""

import json

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from backend.identity.jose import PublicKey, Unbelievable, public_key

MOST_KEYS = 2
"""Valid at once: the one in use and the next. Repeated as a CHECK on the table."""


def read_public_key(content: bytes) -> PublicKey:
    """A key from a file: PEM or JWK. Raises Unbelievable, which never quotes it; a private key is refused."""
    if b"PRIVATE KEY" in content:
        raise Unbelievable("this is a private key: it stays where it is; give the public one")
    if content.lstrip().startswith(b"{"):
        try:
            jwk = json.loads(content)
        except ValueError:
            raise Unbelievable("this is not a JWK") from None
        return public_key(jwk)
    try:
        pem = load_pem_public_key(content).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, UnsupportedAlgorithm):
        raise Unbelievable("this is neither a public key as PEM nor a JWK") from None
    for kind in (OKPKey, ECKey):
        try:
            return public_key(kind.import_key(pem).as_dict(private=False))
        except (JoseError, ValueError):
            continue
    raise Unbelievable("the key is neither Ed25519 nor P-256")


def made_key() -> tuple[str, PublicKey]:
    """A new Ed25519 key: the private one as PEM, for whoever it is made for, and the public one to be registered."""
    key = OKPKey.generate_key("Ed25519", private=True)
    return key.as_pem(private=True).decode(), public_key(key.as_dict(private=False))
