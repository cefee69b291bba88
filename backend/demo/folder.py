"""The demo's own folder: keys made at run time, logs, the phone book, what was made and from which seed."""

import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend.identity.data_keys import KEY_BYTES, written

MARK = b"hjerteloeber demo"
"""In every key made here: `hjerteloeber check` knows it, so that none is taken for a real one."""

CLONE = Path(__file__).resolve().parents[2]


class Centre(msgspec.Struct, frozen=True):
    """A dispatch centre's demo log-in."""

    name: str
    region: str
    client_id: str
    private_key: str

    def __repr__(self) -> str:
        return f"Centre({self.client_id})"


class Made(msgspec.Struct, frozen=True):
    """What the data in this folder were made from; the next start goes on with them."""

    seed: int
    volunteers: int
    centres: list[Centre]
    try_phones: list[str]


@dataclass(frozen=True)
class Folder:
    """Where everything of one demo lies. Nobody else can read it."""

    path: Path

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def book(self) -> Path:
        return self.path / "phone-book.jsonl"

    @property
    def phones_log(self) -> Path:
        return self.logs / "phones-saw.jsonl"

    @property
    def signing_key(self) -> Path:
        return self.path / "signing-key.pem"

    @property
    def phone_hash_key(self) -> Path:
        return self.path / "phone-hash.key"

    @property
    def data_key(self) -> Path:
        return self.path / "data.key"

    @property
    def sms_token(self) -> Path:
        return self.path / "sms-gateway.token"

    @property
    def staff_secret(self) -> Path:
        return self.path / "staff-log-in.secret"

    @property
    def map(self) -> Path:
        return self.path / "map"

    @property
    def service_account(self) -> Path:
        return self.path / "service-account.json"

    @property
    def synthetic(self) -> Path:
        return self.path / "synthetic.json"

    @property
    def centres(self) -> Path:
        return self.path / "centres.json"

    def prepare(self) -> None:
        """Make the folder and every key that is missing."""
        self.path.mkdir(parents=True, exist_ok=True)
        self.path.chmod(0o700)
        self.logs.mkdir(exist_ok=True)
        for log in self.logs.iterdir():  # of the start before this one
            log.unlink()
        if not self.signing_key.exists():
            write_secret(self.signing_key, MARK + b"\n" + new_signing_key())
        if not self.phone_hash_key.exists():
            write_secret(self.phone_hash_key, MARK + secrets.token_bytes(32))
        if not self.data_key.exists():
            write_secret(self.data_key, b"# " + MARK + b"\n" + written([secrets.token_bytes(KEY_BYTES)]))
        if not self.sms_token.exists():
            write_secret(self.sms_token, secrets.token_urlsafe(32).encode())
        if not self.staff_secret.exists():
            write_secret(self.staff_secret, secrets.token_urlsafe(32).encode())

    def made(self) -> Made | None:
        """What is already there; None when nothing is, or making it was interrupted."""
        path = self.path / "made.json"
        return msgspec.json.decode(path.read_bytes(), type=Made) if path.exists() else None

    def note_made(self, made: Made) -> None:
        """Call last."""
        write_secret(self.centres, msgspec.json.format(msgspec.json.encode(made.centres)))
        write_secret(self.path / "made.json", msgspec.json.encode(made))

    def start_over(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


def write_secret(path: Path, content: bytes) -> None:
    """Readable by its owner only, from its first byte; whole or not at all."""
    half = path.with_name(path.name + ".new")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    half.rename(path)


def new_signing_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
