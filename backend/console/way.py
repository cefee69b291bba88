"""On the way to the provider and back: what the browser keeps meanwhile."""

from typing import NewType

import msgspec

from backend.console.visit import HOME
from backend.identity.openid import Pages, Way, kept_page, set_out, way_of

LASTS_S = 600
"""To sign in at the provider, with a second factor that has to be found first."""
PAGES = Pages(HOME, "log-ind|log-ud|videre|tilbage|bekraeft|noed", 500)
Til = NewType("Til", str)
"""An address of ours, below /konsol: where somebody goes afterwards."""


class OnTheWay(msgspec.Struct, frozen=True):
    """`confirms`: whoever it is is signed in, and proves anew that it is they."""

    way: Way
    til: Til
    confirms: bool

    def cookie(self) -> str:
        return f"{self.way.secret}.{'b' if self.confirms else 'i'}.{kept_page(self.til)}"


def begin(til: str, *, confirms: bool) -> OnTheWay:
    return OnTheWay(set_out(), local(til), confirms)


def read(cookie: str) -> OnTheWay | None:
    """None for what no browser has from us."""
    secret, _, rest = cookie.partition(".")
    what, _, til = rest.partition(".")
    way, page = way_of(secret), PAGES.read(til)
    if way is None or page is None or what not in ("b", "i"):
        return None
    return OnTheWay(way, Til(page), what == "b")


def local(til: str) -> Til:
    """The page, if it is one of ours and none of sign-in itself; else the first one."""
    return Til(PAGES.one_of_ours(til))
