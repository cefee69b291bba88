"""Keys for what is kept sealed at rest: a data key for one person or one incident, wrapped by a key that the database
never sees. Pure cryptography: AES-256-GCM throughout, no I/O.

Whose a data key is (the id of a volunteer or an incident) is bound into its wrapping and, with the column, into every
value it seals: a ciphertext copied into another row, another column or under another key does not open. Destroying the
wrapped key makes everything under it unreadable for good, in every copy of the database that is made from then on.
"""

import base64
import binascii
import contextlib
import hashlib
import hmac
import os
from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12
_ID_CHARACTERS = 12


class Sealed(StrEnum):
    """Every column that holds what a data key sealed; bound into the ciphertext."""

    PHONE = "volunteers.volunteer_identity.phone_sealed"
    NAME = "volunteers.volunteer_identity.name_sealed"
    POINT = "incidents.incident_place.point_sealed"
    ADDRESS = "incidents.incident_place.address_sealed"
    TOLD = "incidents.incident_place.told_sealed"
    BARE_ADDRESS = "delivery.bare_address.value_sealed"
    SEAT_CODES = "identity.seat.totp_sealed"


class Unreadable(Exception):
    """A value whose key is not in the key file, was destroyed, or is another's; says which key, never a value."""


class WrappedKey(msgspec.Struct, frozen=True):
    """A data key as a table holds it: unreadable without the wrapping key named `key_id`."""

    key_id: str
    wrapped: bytes


def stored(key_id: str | None, wrapped: bytes | None) -> WrappedKey | None:
    """A row of a data_key table that was joined from the left: None where there is none."""
    return None if key_id is None or wrapped is None else WrappedKey(key_id, wrapped)


class DataKey(msgspec.Struct, frozen=True):
    """The key of one person or incident, in the clear: lives as long as one request needs it."""

    owner: UUID
    secret: bytes

    def __repr__(self) -> str:
        return f"DataKey({self.owner})"

    def seal(self, column: Sealed, value: bytes) -> bytes:
        """`value` for this column of its owner's row, and for nowhere else."""
        return _encrypt(self.secret, value, _bound(column, self.owner))

    def open(self, column: Sealed, sealed: bytes) -> bytes:
        """What :meth:`seal` was given; raises Unreadable for anything it did not make for this row and column."""
        opened = _decrypt(self.secret, sealed, _bound(column, self.owner))
        if opened is None:
            raise Unreadable(f"{column.value} does not open with its row's key")
        return opened


class KeyRing(msgspec.Struct, frozen=True):
    """The wrapping keys of a process by id: `first` wraps what is new, every one of them unwraps."""

    first: str
    secrets: dict[str, bytes]

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self.secrets)})"

    def new_key(self, owner: UUID) -> tuple[DataKey, WrappedKey]:
        """A data key for somebody or something new, and what is to be stored of it."""
        key = DataKey(owner, os.urandom(KEY_BYTES))
        return key, self._wrap(key)

    def unwrap(self, owner: UUID, stored: WrappedKey) -> DataKey:
        """The data key of `owner`; raises Unreadable when its wrapping key is missing or it is another's."""
        wrapping = self.secrets.get(stored.key_id)
        if wrapping is None:
            raise Unreadable(f"the data key file holds no key {stored.key_id}")
        secret = _decrypt(wrapping, stored.wrapped, _bound("data_key", owner))
        if secret is None:
            raise Unreadable(f"a data key does not open with key {stored.key_id}: it is another row's, or damaged")
        return DataKey(owner, secret)

    def rewrap(self, owner: UUID, stored: WrappedKey) -> WrappedKey:
        """The same data key under the first key: nothing it sealed changes. Raises Unreadable as :meth:`unwrap`."""
        return self._wrap(self.unwrap(owner, stored))

    def seal_passing(self, column: Sealed, owner: UUID, value: bytes) -> bytes:
        """For what is gone in minutes and has no data key: under the first key itself, whose id goes in front."""
        return self.first.encode() + _encrypt(self._passing(self.first), value, _bound(column, owner))

    def open_passing(self, column: Sealed, owner: UUID, sealed: bytes) -> bytes:
        """What :meth:`seal_passing` was given; raises Unreadable for anything else."""
        key_id = sealed[:_ID_CHARACTERS].decode("ascii", "replace")
        if key_id not in self.secrets:
            raise Unreadable(f"{column.value} was sealed with a key the data key file does not hold")
        opened = _decrypt(self._passing(key_id), sealed[_ID_CHARACTERS:], _bound(column, owner))
        if opened is None:
            raise Unreadable(f"{column.value} does not open with the key it names")
        return opened

    def _wrap(self, key: DataKey) -> WrappedKey:
        wrapping = self.secrets.get(self.first)
        if wrapping is None:
            raise Unreadable("this process was given no data key file: it can seal nothing")
        return WrappedKey(self.first, _encrypt(wrapping, key.secret, _bound("data_key", key.owner)))

    def _passing(self, key_id: str) -> bytes:
        if key_id not in self.secrets:
            raise Unreadable("this process was given no data key file: it can seal nothing")
        return hmac.digest(self.secrets[key_id], b"hjerteloeber passing values", hashlib.sha256)


NO_KEYS = KeyRing("", {})
"""For a process that signs tokens and opens nothing."""


class StoredKey(msgspec.Struct, frozen=True):
    """A row of a data_key table."""

    owner: UUID
    key_id: str
    wrapped: bytes


class Wraps(msgspec.Struct, frozen=True):
    """How many data keys of a table a wrapping key wraps."""

    key_id: str
    count: int


class Batch(msgspec.Struct, frozen=True):
    """How far a pass over many has come: `last` is where the next batch begins, None when none is left."""

    last: UUID | None
    done: int
    unreadable: int


def rewrapped(ring: KeyRing, rows: Sequence[StoredKey]) -> dict[StoredKey, WrappedKey]:
    """What is to stand in place of each; left out is what no key of the ring opens."""
    anew: dict[StoredKey, WrappedKey] = {}
    for row in rows:
        with contextlib.suppress(Unreadable):
            anew[row] = ring.rewrap(row.owner, WrappedKey(row.key_id, row.wrapped))
    return anew


class UnusableKeys(ValueError):
    """Why the content of a data key file cannot be used; never quotes it."""


def read_ring(content: bytes) -> KeyRing:
    """The keys of a file, one a line as base64 of 32 random bytes; `#` begins a remark. The first wraps.

    Raises UnusableKeys, with the number of the line that is wrong.
    """
    found: dict[str, bytes] = {}
    for number, line in enumerate(content.splitlines(), 1):
        text = line.partition(b"#")[0].strip()
        if not text:
            continue
        try:
            secret = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            secret = b""
        if len(secret) != KEY_BYTES:
            raise UnusableKeys(f"line {number} is not {KEY_BYTES} bytes in base64")
        if key_id(secret) in found:
            raise UnusableKeys(f"line {number} repeats an earlier key")
        found[key_id(secret)] = secret
    if not found:
        raise UnusableKeys("it holds no key")
    return KeyRing(next(iter(found)), found)


def written(secrets: Sequence[bytes]) -> bytes:
    """A data key file's content; the first of `secrets` is the one that wraps."""
    return b"".join(base64.b64encode(secret) + b"\n" for secret in secrets)


def key_id(secret: bytes) -> str:
    """A wrapping key's name, made of the key: it is the same in every process and cannot be given to another key."""
    return hmac.digest(secret, b"hjerteloeber data key id", hashlib.sha256).hex()[:_ID_CHARACTERS]


def _bound(where: str, owner: UUID) -> bytes:
    return f"{where} {owner}".encode()


def _encrypt(secret: bytes, value: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(secret).encrypt(nonce, value, bound)


def _decrypt(secret: bytes, sealed: bytes, bound: bytes) -> bytes | None:
    try:
        return AESGCM(secret).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
    except (InvalidTag, ValueError):
        return None
