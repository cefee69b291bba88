"""From which network somebody calls: what calls without a token are counted by."""

from ipaddress import IPv6Address, ip_address, ip_network


def network_of(host: str, ipv4_bits: int = 32) -> str:
    """An IPv6 caller's /64, which one household has to itself, and so much of an IPv4 address; empty for no address."""
    try:
        address = ip_address(host)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    bits = 64 if isinstance(address, IPv6Address) else ipv4_bits
    return str(ip_network((address.packed, bits), strict=False))
