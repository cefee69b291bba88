"""On the way to the provider and back: one secret in the browser's cookie, and the page to go on with."""

from typing import NewType

import msgspec

from backend.public.openid import Pages, Way, kept_page, set_out, way_of

HOME = "/tal"
PAGES = Pages(HOME, "log-ind|log-ud|tilbage", 1_000)
Til = NewType("Til", str)
"""An address of ours, below /tal: where somebody goes once signed in."""


class OnTheWay(msgspec.Struct, frozen=True):
    """Somebody under way, and to which page."""

    way: Way
    til: Til

    def cookie(self) -> str:
        """As the browser keeps it."""
        return f"{self.way.secret}.{kept_page(self.til)}"

    def __repr__(self) -> str:
        return "OnTheWay(…)"


def begin(til: str) -> OnTheWay:
    return OnTheWay(set_out(), local(til))


def read(cookie: str) -> OnTheWay | None:
    """None for what no browser has from us."""
    secret, _, til = cookie.partition(".")
    way, page = way_of(secret), PAGES.read(til)
    return None if way is None or page is None else OnTheWay(way, Til(page))


def local(til: str) -> Til:
    """The page, if it is one of ours below /tal and none of sign-in itself; else the first one."""
    return Til(PAGES.one_of_ours(til))
