"""Who calls, when a reverse proxy stands between: what proxies say is believed, what anybody else says is thrown away.

Every proxy adds the address it was called from at the right end of X-Forwarded-For, so the caller is the rightmost
address there that is no proxy of ours. What stands further left the caller may have written.
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from backend.foundation.settings import WrongSettings

MOST_HOPS = 16
"""Looked at, from the right: no chain of ours is as long, and a caller may have written thousands."""

_OF_A_PROXY = (b"x-forwarded-", b"client-cert", b"x-client-cert", b"x-ssl-client")
_OF_A_PROXY_WHOLE = frozenset({b"forwarded", b"x-real-ip", b"true-client-ip", b"cf-connecting-ip"})
_SCHEMES = {b"http": "http", b"https": "https"}

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Proxies:
    """An ASGI application in front of another: `client` becomes the caller's address, as far as that can be known.

    From whoever is no proxy of ours every header that only a proxy may write is taken away, so that what is behind may
    believe those that are there.
    """

    def __init__(self, inner: ASGIApp, trusted: str) -> None:
        self._inner = inner
        self._networks = networks_of(trusted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._inner(scope, receive, send)
            return
        client = scope.get("client")
        peer = address_of(client[0]) if client and self._networks else None
        if peer is None or not _is_in(peer, self._networks):
            scope["headers"] = [header for header in scope["headers"] if not _only_a_proxy_says(header[0])]
            await self._inner(scope, receive, send)
            return
        headers = scope["headers"]
        lines = [value.decode("latin-1") for name, value in headers if name == b"x-forwarded-for"]
        scope["client"] = (str(caller_of(peer, lines, self._networks)), 0)
        for name, value in headers:
            if name == b"x-forwarded-proto" and value in _SCHEMES:
                scope["scheme"] = _SCHEMES[value]
        await self._inner(scope, receive, send)


def networks_of(listed: str) -> tuple[Network, ...]:
    """Addresses and networks parted by commas or spaces. Raises WrongSettings where everybody would be believed."""
    names = listed.replace(",", " ").split()
    try:
        found = tuple(ip_network(name, strict=False) for name in names)
    except ValueError:
        raise WrongSettings(
            "Proxies are named by address or network, parted by commas, as 172.30.77.1,10.0.0.0/24; "
            "`*` would let every caller choose an address"
        ) from None
    if any(network.prefixlen == 0 for network in found):
        raise WrongSettings("A network of proxies that holds every address would let every caller choose one")
    return found


def caller_of(peer: Address, lines: Sequence[str], trusted: Sequence[Network]) -> Address:
    """The rightmost hop that is no proxy of ours; where the chain cannot be read, the last hop that could.

    `peer` is a proxy of ours; `lines` are the X-Forwarded-For headers in their order.
    """
    hops = [hop for line in lines for hop in line.split(",")][-MOST_HOPS:]
    nearest = peer
    for hop in reversed(hops):
        address = address_of(hop.strip())
        if address is None:
            return nearest
        nearest = address
        if not _is_in(address, trusted):
            return address
    return nearest


def address_of(text: str) -> Address | None:
    """The address in `text`, which may have a port or brackets; an IPv4 address as such, however it is written."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)


def _only_a_proxy_says(name: bytes) -> bool:
    return name in _OF_A_PROXY_WHOLE or name.startswith(_OF_A_PROXY)
