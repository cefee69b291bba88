"""The keys of a process, read from files once at start."""

import re
from collections.abc import Iterable

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from joserfc import jwt
from joserfc.jwk import OKPKey

from backend.foundation.settings import Settings, WrongSettings
from backend.identity.data_keys import NO_KEYS, KeyRing, UnusableKeys, read_ring

ALGORITHM = "Ed25519"  # RFC 9864's name for what RFC 8037 called EdDSA with this curve
_PEM = re.compile(rb"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----", re.DOTALL)
LEAST_HASH_KEY_BYTES = 32


class SigningKey(msgspec.Struct, frozen=True):
    """An Ed25519 key. `kid` is its RFC 7638 thumbprint, so that the same key has the same name in every process."""

    kid: str
    jwk: OKPKey
    public: Ed25519PublicKey

    @property
    def header(self) -> dict[str, str]:
        """What every token signed with it says of itself."""
        return {"alg": ALGORITHM, "kid": self.kid}

    def __repr__(self) -> str:
        return f"SigningKey({self.kid})"


class PhoneHashKey(msgspec.Struct, frozen=True):
    """Hashes phones with `newest`; what `old` hashed is still found, until every phone is hashed anew."""

    newest: bytes
    old: bytes | None = None

    def __repr__(self) -> str:
        return "PhoneHashKey(…)"

    def derived(self, purpose: str) -> bytes:
        """32 bytes for one purpose, so that one secret file serves several without one use weakening another."""
        return _derived(self.newest, purpose)

    def every_derived(self, purpose: str) -> list[bytes]:
        """As :meth:`derived`, the newest first: what was sealed before the key was replaced still opens."""
        return [_derived(each, purpose) for each in (self.newest, self.old) if each is not None]


class Keys(msgspec.Struct, frozen=True):
    """`signing` signs; every key in `verifying` (by kid, `signing` among them) is believed. `ring` wraps data keys."""

    signing: SigningKey
    verifying: dict[str, SigningKey]
    phone_hash_key: PhoneHashKey
    ring: KeyRing = NO_KEYS
    by_beginning: dict[str, SigningKey] = {}
    """The same keys by what their tokens have before the first dot: a header written otherwise is none of ours."""

    def __repr__(self) -> str:
        return f"Keys({', '.join(self.verifying)})"

    def derived(self, purpose: str) -> bytes:
        """As :meth:`PhoneHashKey.derived`."""
        return self.phone_hash_key.derived(purpose)

    def every_derived(self, purpose: str) -> list[bytes]:
        """As :meth:`PhoneHashKey.every_derived`."""
        return self.phone_hash_key.every_derived(purpose)


def load_keys(settings: Settings) -> Keys:
    """Read the key files; raises WrongSettings, which never quotes them.

    The signing key file holds one PEM block or several: the first (private) signs, the later ones (private or
    public) are still believed. That is how a key is replaced without signing anybody out: put the new one on top,
    and take the old one away when the longest access token's life is over.
    """
    old = settings.old_phone_hash_key_file
    return keys_from(
        settings.signing_key_file.read_bytes(),
        settings.phone_hash_key_file.read_bytes(),
        load_ring(settings),
        None if old is None else old.read_bytes(),
    )


def load_ring(settings: Settings) -> KeyRing:
    """The data key file alone, for whoever signs and hashes nothing; raises WrongSettings, which never quotes it."""
    return ring_in(settings.data_key_file.read_bytes())


def ring_in(content: bytes) -> KeyRing:
    """As :func:`load_ring`, from the file's content."""
    try:
        return read_ring(content)
    except UnusableKeys as why:
        raise WrongSettings(
            f"The data key file (HJERTELOEBER_DATA_KEY_FILE) cannot be used: {why}. Each line is what "
            "`openssl rand -base64 32` prints; the first wraps what is new, keep the others until `keys rotate` is done"
        ) from None


def keys_from(
    signing_pem: bytes, phone_hash_key: bytes, ring: KeyRing = NO_KEYS, old_phone_hash_key: bytes | None = None
) -> Keys:
    """As :func:`load_keys`, from the files' contents; without `ring` these keys sign and open nothing sealed."""
    if any(len(key) < LEAST_HASH_KEY_BYTES for key in (phone_hash_key, old_phone_hash_key) if key is not None):
        raise WrongSettings(f"The phone hash key file must hold at least {LEAST_HASH_KEY_BYTES} random bytes")
    blocks = [match.group(0) for match in _PEM.finditer(signing_pem)]
    if not blocks or b"PRIVATE" not in blocks[0]:
        raise WrongSettings("The signing key file must begin with an Ed25519 private key as PEM")
    found = [_read(block) for block in blocks]
    hash_key = PhoneHashKey(phone_hash_key, old_phone_hash_key)
    return Keys(found[0], {key.kid: key for key in found}, hash_key, ring, _by_beginning(found))


def _by_beginning(keys: Iterable[SigningKey]) -> dict[str, SigningKey]:
    """Written by joserfc, as tokens are; with a key of the moment, since of an old one there may be the public half."""
    anyone = OKPKey.generate_key("Ed25519")
    return {jwt.encode(key.header, {}, anyone, algorithms=[ALGORITHM]).partition(".")[0]: key for key in keys}


def _derived(secret: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret)


def _read(block: bytes) -> SigningKey:
    try:
        key = load_pem_private_key(block, None) if b"PRIVATE" in block else load_pem_public_key(block)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey | Ed25519PublicKey):
        raise WrongSettings("Every block of the signing key file must be an Ed25519 key as PEM, without a passphrase")
    jwk = OKPKey.import_key(key)
    return SigningKey(jwk.thumbprint(), jwk, key.public_key() if isinstance(key, Ed25519PrivateKey) else key)
