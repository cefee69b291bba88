"""Whence the map's streets come: a file of our own, else tiles of a style an operator has named, else none.

Where somebody else's are asked for, their server learns at which places a control room looks (docs/decisions/0046).
"""

from urllib.parse import urlsplit

import msgspec

from backend.console.streets import address_of
from backend.console.tiles import streets_in
from backend.foundation.settings import Settings

_OWN = "connect-src 'self'"


class MapFrom(msgspec.Struct, frozen=True):
    """`streets`: our own archive's address. `style`: somebody else's style, and `origin` theirs. Empty: not so."""

    streets: str = ""
    style: str = ""
    origin: str = ""

    @property
    def host(self) -> str:
        return self.origin.partition("//")[2]

    def allowed_in(self, policy: str) -> str:
        """A page's or a worker's policy, with the one origin streets are asked of beside our own."""
        return policy.replace(_OWN, f"{_OWN} {self.origin}") if self.origin else policy


def map_from(settings: Settings) -> MapFrom:
    """Our own file comes first: while it is there nobody else is asked."""
    streets = address_of(streets_in(settings.map_folder))
    if streets or settings.map_style_url is None:
        return MapFrom(streets)
    parts = urlsplit(settings.map_style_url)
    return MapFrom("", settings.map_style_url, f"{parts.scheme}://{parts.netloc}")
