"""What the synthetic alarm needs to log in on both sides, in one file that nobody else can read."""

import contextlib
import fcntl
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec


class KeyFile(msgspec.Struct, frozen=True):
    """Made by `hjerteloeber synthetic prepare`. `refresh_tokens`: each works once and is replaced by its successor.

    There are several, because an answer that gets lost takes a token with it: the next one is used then.
    `channels`: by which providers every ring has to have been taken.
    """

    client_id: str
    volunteer_id: str
    refresh_tokens: list[str]
    lat: float
    lon: float
    channels: list[str] = []
    private_key: str = ""  # PEM, of the dispatch log-in; none: written when log-ins had secrets

    def __repr__(self) -> str:
        return f"KeyFile({self.client_id})"


class Unusable(Exception):
    """Says why the file cannot be used, and what to do."""


def read(path: Path) -> KeyFile:
    """Raises Unusable."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise Unusable(f"others can read {path}: chmod 600")
        return msgspec.json.decode(path.read_bytes(), type=KeyFile)
    except OSError as trouble:
        raise Unusable(f"{path} cannot be read ({type(trouble).__name__}): `hjerteloeber synthetic prepare`") from None
    except msgspec.DecodeError:
        raise Unusable(f"{path} is not what `hjerteloeber synthetic prepare` wrote") from None


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Nobody else uses the file until the block ends: two who spend the same tokens end each other's log-in.

    Raises Unusable.
    """
    try:
        lock = path.with_name(path.name + ".lock").open("ab")
    except OSError as trouble:
        raise Unusable(f"the folder of {path} cannot be written ({type(trouble).__name__})") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Unusable(f"another process uses {path}: a second one needs a file of its own") from None
        yield


def write(path: Path, keys: KeyFile) -> None:
    """Whole or not at all, also when the power fails: a spent token left in it would be refused."""
    half = path.with_name(path.name + ".new")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(msgspec.json.encode(keys))
        file.flush()
        os.fsync(file.fileno())
    half.rename(path)
