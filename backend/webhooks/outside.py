"""The way out: one POST to an address that somebody else chose.

A name is resolved once, every address it has is looked at, and the connection is made to one of those. The socket looks
again at the very address it is made for: whatever a resolver answers later, nothing private is ever connected to.
"""

import asyncio
import socket
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from ssl import SSLContext
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from backend.webhooks.addresses import Address, address_in, is_loopback, is_public

AT_ONCE = 8
"""In one worker, to all subscriptions together."""
CONNECT_S, WHOLE_S = 3.0, 8.0
GLANCE_BYTES = 256
RESOLVING_AT_ONCE = 8
"""Threads of their own, a name never in two: a name server that hangs holds up no alarm's provider, no other name."""

May = Callable[[Address], bool]


class NotPublic(OSError):
    """A name leads to an address that is not public."""


LookUp = Callable[[str, int, int, int], Sequence[tuple[Any, ...]]]


class Threads(AbstractResolver):
    """The system's resolver, in threads of its own.

    Whoever asks for a name that is being looked up waits for the same answer. A look-up cannot be broken off: one that
    hangs would otherwise take another thread with each try, and soon every other name's.
    """

    def __init__(self, look_up: LookUp = socket.getaddrinfo) -> None:
        self._threads = ThreadPoolExecutor(RESOLVING_AT_ONCE, thread_name_prefix="webhook names")
        self._look_up = look_up
        self._asked: dict[tuple[str, int, int], asyncio.Future[Sequence[tuple[Any, ...]]]] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await asyncio.shield(self._looking_up((host, port, family)))
        return [
            ResolveResult(
                hostname=host,
                host=str(sockaddr[0]),
                port=port,
                family=of,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for of, _, protocol, _, sockaddr in found
        ]

    def _looking_up(self, asked: tuple[str, int, int]) -> asyncio.Future[Sequence[tuple[Any, ...]]]:
        if asked not in self._asked:

            def over(answer: asyncio.Future[Sequence[tuple[Any, ...]]]) -> None:
                del self._asked[asked]
                if not answer.cancelled():
                    answer.exception()  # it may be that nobody waits for it any more

            self._asked[asked] = asyncio.get_running_loop().run_in_executor(
                self._threads, self._look_up, *asked, socket.SOCK_STREAM
            )
            self._asked[asked].add_done_callback(over)
        return self._asked[asked]

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


class Checked(AbstractResolver):
    """Another resolver, whose answer counts only if every address in it may be called."""

    def __init__(self, inner: AbstractResolver, may: May) -> None:
        self._inner = inner
        self._may = may

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if not found or not all(_may_be(self._may, each["host"]) for each in found):
            raise NotPublic
        return found

    async def close(self) -> None:
        await self._inner.close()


def may_call(*, loopback: bool) -> May:
    return (lambda address: is_public(address) or is_loopback(address)) if loopback else is_public


def open_session(
    may: May = is_public, *, resolver: AbstractResolver | None = None, tls: SSLContext | None = None
) -> aiohttp.ClientSession:
    """For webhooks alone. `may` says which addresses may be called, `tls` whom to believe (left out: the system)."""

    def checked_socket(info: Any) -> socket.socket:
        family, kind, protocol, _, sockaddr = info
        if not _may_be(may, str(sockaddr[0])):
            raise NotPublic
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        return made

    connector = aiohttp.TCPConnector(
        resolver=Checked(resolver or Threads(), may),
        use_dns_cache=False,  # a name is looked at anew for every call
        force_close=True,
        limit=AT_ONCE,
        ssl=tls or True,
        socket_factory=checked_socket,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,
        skip_auto_headers=("User-Agent", "Accept-Encoding"),
        read_bufsize=4096,
    )


async def post(
    session: aiohttp.ClientSession,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    connect_s: float = CONNECT_S,
    whole_s: float = WHOLE_S,
) -> str:
    """POST `body`. Gives what came of it: the answer's status, or one word for what failed. Never raises for it."""
    timeout = aiohttp.ClientTimeout(total=whole_s, connect=connect_s)
    try:
        async with session.post(url, data=body, headers=headers, timeout=timeout, allow_redirects=False) as answer:
            await answer.content.read(GLANCE_BYTES)
            answer.close()  # whatever more there is stays unread
            return str(answer.status)
    except aiohttp.ClientConnectorError as failed:
        return _word_for(failed)
    except TimeoutError:
        return "too_slow"
    except aiohttp.InvalidURL:
        return "unusable_address"
    except aiohttp.ClientError:
        return "broken_off"


def _word_for(failed: aiohttp.ClientConnectorError) -> str:
    if isinstance(failed.os_error, NotPublic):
        return "not_public"
    if isinstance(failed, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError):
        return "certificate"
    return "no_such_name" if isinstance(failed, aiohttp.ClientConnectorDNSError) else "no_connection"


def _may_be(may: May, host: str) -> bool:
    address = address_in(host)
    return address is not None and may(address)
