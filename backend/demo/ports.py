"""Ports on this machine: the wished one where it is free, else another."""

import contextlib
import socket

HOST = "127.0.0.1"


def free_port(wish: int, avoid: frozenset[int] = frozenset()) -> int:
    """`wish`, or the next free one above it, or any; never one of `avoid`."""
    for port in range(wish, min(wish + 20, 65_536)):
        if port not in avoid and is_free(port):
            return port
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def any_ports(count: int) -> list[int]:
    """Ports the system picks, all different: whoever else looks for some in this moment gets others."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((HOST, 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As a server does: a port that is only waiting out its last connection is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
