"""What a trusted proxy says of a caller's certificate, told from what anybody could have written into a header."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from backend.api.proofs import CERTIFICATE

_HEADER = b"client-cert"


class BelieveCertificates:
    """In front of everything that changes the caller's address: moves `Client-Cert` (RFC 9440) of a proxy's request
    to where the edge looks for it. Nobody else's header is looked at by anybody."""

    def __init__(self, inner: Any, proxies: str) -> None:
        self._inner = inner
        self._networks = list(_networks(proxies))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and self._trusts(scope.get("client")):
            found = [value for name, value in scope["headers"] if name.lower() == _HEADER]
            if len(found) == 1:
                scope = {**scope, CERTIFICATE: found[0].decode("latin-1")}
        await self._inner(scope, receive, send)

    def _trusts(self, client: Any) -> bool:
        try:
            address: IPv4Address | IPv6Address = ip_address(client[0])
        except (TypeError, ValueError, IndexError):
            return False
        return any(address in network for network in self._networks)


def _networks(proxies: str) -> Iterable[IPv4Network | IPv6Network]:
    for each in proxies.split(","):
        if each.strip() == "*":
            yield from (ip_network("0.0.0.0/0"), ip_network("::/0"))
        elif each.strip():
            yield ip_network(each.strip(), strict=False)
