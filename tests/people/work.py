"""The work behind an answer: every statement that goes to PostgreSQL, and every keyed hash, as they are made."""

import hashlib
import hmac
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from asyncpg.connection import Connection as Raw
from litestar import Litestar

from tests.people.cast import Phone


class Answered(msgspec.Struct, frozen=True):
    """What came, and what it took. Two that are equal cannot be told apart, but by the clock."""

    statuses: tuple[int, ...]
    bodies: tuple[bytes, ...]
    headers: tuple[tuple[str, ...], ...]
    statements: tuple[str, ...]
    hashes: int


class Work:
    """Counts while somebody watches."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.hashes = 0
        self.took_s: list[float] = []

    def begin(self) -> None:
        self.statements, self.hashes = [], 0


@contextmanager
def watched(app: Litestar) -> Iterator[Work]:
    """The app's pools tell each statement; HMACs and SHA-256 are counted where the interpreter calls them."""
    raise NotImplementedError(app, Raw, hmac, hashlib, time)


async def asks_and_guesses(phone: Phone, number: str, work: Work) -> Answered:
    raise NotImplementedError(phone, number, work, Any)
