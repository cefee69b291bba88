"""How large a body may be, how deep and how long what is in it: looked at before anything parses it. Pure."""

import re

import msgspec

_TOKENS = re.compile(rb'"(?:[^"\\]++|\\.?)*+(?:"|\Z)|[\[\]{},]', re.DOTALL)
"""Strings whole, so that what stands in them counts for nothing; possessive: no body takes more than one pass."""

_OPENING, _CLOSING = b"[{", b"]}"


class Size(msgspec.Struct, frozen=True):
    """The most a body may have. `entries` are those of one list or the members of one object."""

    bytes: int
    depth: int
    entries: int


def too_much_in(body: bytes, size: Size) -> str | None:
    """What is too much in a JSON body, in words; None for everything else, also for what is no JSON."""
    # As deep as it has openings and as long as it has commas, at most: for nearly every body that is the answer.
    if body.count(b"[") + body.count(b"{") <= size.depth and body.count(b",") < size.entries:
        return None
    return _measured(body, size)


def _measured(body: bytes, size: Size) -> str | None:
    commas: list[int] = []
    for token in _TOKENS.finditer(body):
        sign = body[token.start()]
        if sign in _OPENING:
            commas.append(0)
            if len(commas) > size.depth:
                return f"The body may be nested {size.depth} deep at most."
        elif sign in _CLOSING:
            if commas:
                commas.pop()
        elif sign == b","[0] and commas:
            commas[-1] += 1
            if commas[-1] >= size.entries:
                return f"A list or an object in the body may have {size.entries} entries at most."
    return None
