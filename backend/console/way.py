"""On the way to the provider and back: what the browser keeps meanwhile."""

import base64
import re
from typing import NewType
from urllib.parse import unquote

import msgspec

from backend.console.visit import HOME
from backend.identity.openid import Way, set_out, way_of

LASTS_S = 600
"""To sign in at the provider, with a second factor that has to be found first."""
LONGEST_TIL = 500
_BELOW_HOME = re.compile(r"/konsol(?:[/?][\x21-\x5b\x5d-\x7e]*)?")  # printable ASCII without the backslash
_SIGN_IN_ITSELF = re.compile(r"/konsol/(?:log-ind|log-ud|videre|tilbage|bekraeft|noed)(?:[/?]|$)")
Til = NewType("Til", str)
"""An address of ours, below /konsol: where somebody goes afterwards."""


class OnTheWay(msgspec.Struct, frozen=True):
    """`confirms`: whoever it is is signed in, and proves anew that it is they."""

    way: Way
    til: Til
    confirms: bool

    def cookie(self) -> str:
        til = base64.urlsafe_b64encode(self.til.encode()).decode()
        return f"{self.way.secret}.{'b' if self.confirms else 'i'}.{til}"


def begin(til: str, *, confirms: bool) -> OnTheWay:
    return OnTheWay(set_out(), local(til), confirms)


def read(cookie: str) -> OnTheWay | None:
    """None for what no browser has from us."""
    secret, _, rest = cookie.partition(".")
    what, _, til = rest.partition(".")
    way = way_of(secret)
    if way is None or what not in ("b", "i"):
        return None
    try:
        page = base64.urlsafe_b64decode(til).decode()
    except ValueError:
        return None
    return OnTheWay(way, local(page), what == "b")


def local(til: str) -> Til:
    """The page, if it is one of ours and none of sign-in itself; else the first one."""
    fits = len(til) <= LONGEST_TIL and _BELOW_HOME.fullmatch(til) and not _SIGN_IN_ITSELF.match(til)
    # A browser goes up at `..`, also where it is written %2e%2e: and then it is not below /konsol any more.
    path = unquote(til.partition("?")[0])
    return Til(til) if fits and ".." not in path and "\\" not in path else Til(HOME)
