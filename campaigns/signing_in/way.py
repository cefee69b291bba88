"""On the way to the provider and back: one secret in the browser's cookie, and the page to go on with."""

import base64
import re
from typing import NewType
from urllib.parse import unquote

import msgspec

from backend.public.openid import Way, set_out, way_of

HOME = "/tal"
LONGEST_TIL = 1_000
_BELOW_HOME = re.compile(r"/tal(?:[/?][\x21-\x5b\x5d-\x7e]*)?")  # printable ASCII without the backslash
_SIGN_IN_ITSELF = re.compile(r"/tal/(?:log-ind|log-ud|tilbage)(?:[/?]|$)")
Til = NewType("Til", str)
"""An address of ours, below /tal: where somebody goes once signed in."""


class OnTheWay(msgspec.Struct, frozen=True):
    """Somebody under way, and to which page."""

    way: Way
    til: Til

    def cookie(self) -> str:
        """As the browser keeps it."""
        return f"{self.way.secret}.{base64.urlsafe_b64encode(self.til.encode()).decode()}"

    def __repr__(self) -> str:
        return "OnTheWay(…)"


def begin(til: str) -> OnTheWay:
    return OnTheWay(set_out(), local(til))


def read(cookie: str) -> OnTheWay | None:
    """None for what no browser has from us."""
    secret, _, til = cookie.partition(".")
    way = way_of(secret)
    if way is None:
        return None
    try:
        page = base64.urlsafe_b64decode(til).decode()
    except ValueError:
        return None
    return OnTheWay(way, local(page))


def local(til: str) -> Til:
    """The page, if it is one of ours below /tal and none of sign-in itself; else the first one."""
    fits = len(til) <= LONGEST_TIL and _BELOW_HOME.fullmatch(til) and not _SIGN_IN_ITSELF.match(til)
    path = til.partition("?")[0]
    # A browser goes up at `..`, also where it is written %2e%2e: and then it is not below /tal any more.
    return Til(til) if fits and ".." not in unquote(path) and "\\" not in unquote(path) else Til(HOME)
