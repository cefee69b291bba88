"""A join code: eight letters that can be read aloud, and of which one mistyped is noticed."""

import secrets
from collections.abc import Callable
from typing import NewType

JoinCode = NewType("JoinCode", str)

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0 and O, 1, I and L. There are 31, a prime: that is what the check letter stands on."""
LENGTH = 8


def draw(chance: Callable[[str], str] = secrets.choice) -> JoinCode:
    """A new one: seven letters by chance, and the one that fits them."""
    begun = "".join(chance(LETTERS) for _ in range(LENGTH - 1))
    return next(JoinCode(begun + last) for last in LETTERS if _fits(begun + last))


def _fits(code: str) -> bool:
    # Each place has a weight of its own, 1 to 8. The difference of one letter, or of two that changed places, times a
    # number below 31 is never a multiple of 31: so every such typing error is noticed.
    return sum(place * LETTERS.index(letter) for place, letter in enumerate(code, start=1)) % len(LETTERS) == 0


def read(text: str) -> JoinCode | None:
    """A code as somebody typed it, with or without spaces and hyphens, in any case; None: it was mistyped."""
    code = "".join(text.split()).replace("-", "").upper()
    if len(code) != LENGTH or not set(code) <= set(LETTERS) or not _fits(code):
        return None
    return JoinCode(code)


def aloud(code: JoinCode) -> str:
    """As it is printed and read out: two groups of four."""
    return f"{code[:4]}-{code[4:]}"
