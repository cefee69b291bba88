"""Which addresses a webhook may lead to: https, a name, the usual port, and a public address behind it. Pure.

An address that somebody else chose must not become a way into our own network: neither by what is written in it
nor by what its name turns out to mean.
"""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address

LONGEST = 500

# Written out rather than asked of `is_global`, whose answers changed between versions of Python.
_NOT_PUBLIC_V4 = tuple(
    ip_network(each)
    for each in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_PUBLIC_V6 = ip_network("2000::/3")
"""All that is given out. What carries an IPv4 address within lies outside (mapped, NAT64) or in the next lines."""
_NOT_PUBLIC_V6 = tuple(ip_network(each) for each in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_WITHIN = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "onion", "arpa", "test")


def is_public(address: Address) -> bool:
    """Whether anybody on the internet would reach the same machine there."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_V4)
    if address.scope_id is not None or address not in _PUBLIC_V6:
        return False
    return not any(address in network for network in _NOT_PUBLIC_V6)


def is_loopback(address: Address) -> bool:
    """For tests and the demo only."""
    return address in ip_network("127.0.0.0/8") if isinstance(address, IPv4Address) else address == IPv6Address("::1")


def address_in(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def mistake_in(url: str, ports: frozenset[int], *, loopback: bool = False) -> str | None:
    """What is wrong with an address for a webhook, and what would be right; None for one that can be used."""
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or any(sign in url for sign in ' \\"<>^`{|}'):
        return f"an address has at most {LONGEST} characters, all ASCII: write a name with other letters as xn--…"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "the address cannot be read: it should look like https://dispatch.example/hooks"
    host = parts.hostname or ""
    if loopback and host in ("127.0.0.1", "::1", "localhost") and parts.scheme in ("http", "https"):
        return None
    if parts.scheme != "https":
        return "the address begins with https://"
    if "@" in parts.netloc or parts.fragment or "#" in url:
        return "the address has no user, password or #: the signature says who calls"
    if (443 if port is None else port) not in ports:
        return f"the port is one of {', '.join(map(str, sorted(ports)))}: HJERTELOEBER_WEBHOOK_PORTS names more"
    return _mistake_in_name(host)


def _mistake_in_name(host: str) -> str | None:
    labels = host.split(".")
    if ":" in host or "%" in host or re.fullmatch(r"\d+|0x[0-9a-f]*", labels[-1]):
        return "the address has a name, no number: a certificate is for a name"
    if len(host) > 253 or len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        return "the address has a whole name, such as dispatch.example"
    if labels[-1] in _WITHIN:
        return "the name is one that only an own network knows: webhooks go to public addresses"
    return None


def ports_in(listed: str) -> frozenset[int]:
    """443 and those named, parted by commas. Raises ValueError for what is no port."""
    more = frozenset(int(each) for each in listed.split(",") if each.strip())
    if not all(0 < port < 65536 for port in more):
        raise ValueError(listed)
    return more | {443}
