"""By which name we are called. One that is not ours is a mistake, a mischief (DNS rebinding) or a new proxy."""

from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

import msgspec
import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send
from prometheus_client import Counter

from backend.foundation.problems import Problem

UNKNOWN_HOST = Problem(
    421,
    "unknown-host",
    "Not the name of this service",
    "This service answers to its own name only. Call it by the address you were given.",
)

unknown_hosts_total = Counter("hjerteloeber_unknown_hosts_total", "Calls by a name that is not ours", ["let_in"])

_BY_ADDRESS = ("/health", "/metrics")
"""Load balancers and Prometheus ask by address, every few seconds: that is no sign of anything."""
_BODY = msgspec.json.encode(UNKNOWN_HOST.document())
_log = structlog.get_logger()


class Hosts:
    """An ASGI application in front of another: who calls by another name than `names` gets 421.

    `let_in` says which calls are answered by whatever name: nothing in their answer is built on it, and refusing
    them could cost a life. They are counted and told like the others.
    """

    def __init__(self, inner: ASGIApp, names: frozenset[str], let_in: Callable[[HTTPScope], bool]) -> None:
        self._inner = inner
        self._names = names
        self._let_in = let_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or name_in(scope) in self._names:
            await self._inner(scope, receive, send)
            return
        let_in = self._let_in(scope)
        if not scope["path"].startswith(_BY_ADDRESS):
            unknown_hosts_total.labels(str(let_in).lower()).inc()
        if let_in:
            await self._inner(scope, receive, send)
            return
        _log.warning("unknown_host")  # never which: it is the caller's text
        headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(_BODY)).encode())]
        await send({"type": "http.response.start", "status": UNKNOWN_HOST.status, "headers": headers})
        await send({"type": "http.response.body", "body": _BODY, "more_body": False})


def name_in(scope: HTTPScope) -> str:
    """The name in the one Host header, without its port; nothing where there is none or more than one."""
    given = [value for name, value in scope["headers"] if name == b"host"]
    return name_of(given[0].decode("latin-1")) if len(given) == 1 else ""


def name_of(host: str) -> str:
    """`host` without a port and a closing dot, in small letters."""
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].removesuffix(".").lower()


def names_of(addresses: Iterable[str], more: str) -> frozenset[str]:
    """The names in the service's addresses and those in `more`, parted by commas."""
    names = [*(urlsplit(address).netloc.rpartition("@")[2] for address in addresses), *more.split(",")]
    return frozenset(name_of(name.strip()) for name in names if name.strip())
