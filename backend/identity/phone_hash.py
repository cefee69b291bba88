"""Finding somebody by phone without the phone standing anywhere but in their own row."""

import base64
import binascii
import hashlib
import hmac

from backend.foundation.kinds import Kind
from backend.foundation.problems import unauthorised
from backend.identity.keys import Keys, PhoneHashKey
from backend.identity.sealed import seal, unseal

_PURPOSE = "sealed phone"


def keyed_hash(key: PhoneHashKey | bytes, phone_e164: str, kind: Kind = Kind.LIVE) -> bytes:
    """HMAC-SHA256 of a phone in E.164. Without `key` the hundred million numbers there are cannot be tried out.

    Another for each kind of account: one phone may have a live one and one for exercises, and one of each at most.
    """
    use = b"phone\0" if kind is Kind.LIVE else f"{kind} phone\0".encode()
    newest = key.newest if isinstance(key, PhoneHashKey) else key
    return hmac.digest(newest, use + phone_e164.encode(), hashlib.sha256)


def old_hash(key: PhoneHashKey | bytes, phone_e164: str, kind: Kind = Kind.LIVE) -> bytes | None:
    """As :func:`keyed_hash` under the key before, while that is still believed: an account may be kept by either."""
    if not isinstance(key, PhoneHashKey) or key.old is None:
        return None
    return keyed_hash(key.old, phone_e164, kind)


def seal_phone(keys: Keys, phone_e164: str) -> str:
    """A proven phone for a token: tokens are signed, not secret, and travel through other people's logs."""
    return base64.urlsafe_b64encode(seal(keys, _PURPOSE, phone_e164.encode())).decode()


def open_phone(keys: Keys, sealed: str) -> str:
    """The phone that :func:`seal_phone` sealed; raises 401 for anything else."""
    try:
        phone = unseal(keys, _PURPOSE, base64.urlsafe_b64decode(sealed))
    except (binascii.Error, ValueError):
        phone = None
    if phone is None:
        raise unauthorised("The proof of the phone number is not one of ours: ask for a new code.")
    return phone.decode()
