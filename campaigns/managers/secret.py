"""Secrets of 256 random bits, and the hash by which one is known again. They need no salt: nobody can guess one."""

import hashlib
import secrets
from typing import NewType

Secret = NewType("Secret", str)
Hash = NewType("Hash", bytes)


def draw() -> Secret:
    return Secret(secrets.token_urlsafe(32))


def hash_of(secret: str) -> Hash:
    return Hash(hashlib.sha256(secret.encode()).digest())
