"""Something to be kept or carried where others could read it, which only this service is to read."""

import contextlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.identity.keys import Keys, PhoneHashKey

_NONCE_BYTES = 12


def seal(keys: Keys | PhoneHashKey, purpose: str, content: bytes) -> bytes:
    """AES-256-GCM under a key of this purpose alone."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(keys.derived(purpose)).encrypt(nonce, content, None)


def unseal(keys: Keys | PhoneHashKey, purpose: str, sealed: bytes) -> bytes | None:
    """What :func:`seal` was given; None for anything it did not make with these keys and for this purpose."""
    for key in keys.every_derived(purpose):
        with contextlib.suppress(InvalidTag, ValueError):
            return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
    return None
