"""From which network somebody calls: what calls without a token are counted by."""


def network_of(host: str) -> str:
    """An IPv4 address as it is; an IPv6 caller by its /64, which one household has to itself."""
    return ":".join(host.split(":")[:4]) if ":" in host else host
