"""Short secrets that people remember or keep in an envelope: argon2id, off the event loop."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError


async def hash_word(word: str) -> str:
    return await asyncio.to_thread(_hasher().hash, word)


async def is_word(kept: str | None, word: str) -> bool:
    """Whether `word` is what was hashed; None was never anything, after the same work."""
    return await asyncio.to_thread(_matches, kept, word)


def _matches(kept: str | None, word: str) -> bool:
    if kept is None:
        _hasher().hash(word)
        return False
    try:
        return _hasher().verify(kept, word)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _hasher() -> PasswordHasher:
    # OWASP's least for argon2id (19 MiB, 2 passes, 1 lane). What stops guessing is the count of tries beside it; this
    # is for whoever has a copy of the table.
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
