"""What every answer carries, whoever asked and whatever came of it. An answer that says otherwise itself is left so."""

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

Header = tuple[bytes, bytes]

ALWAYS: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    # Pages name what they need themselves; what is no page needs nothing, also when it is opened as one.
    (b"content-security-policy", b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    # Nearly everything here is about somebody: what may be kept says so.
    (b"cache-control", b"no-store"),
)

ENCRYPTED_ONLY: Header = (b"strict-transport-security", b"max-age=63072000")
"""Two years, this name only: the names beside it belong to others."""


def header_in(scope: Scope, name: bytes) -> str:
    """The first of a call's headers of this name (in small letters, as servers give them), or nothing."""
    return next((value.decode("latin-1") for each, value in scope["headers"] if each == name), "")


class Headers:
    """An ASGI application in front of another: completes the head of each of its answers."""

    def __init__(self, inner: ASGIApp, *, encrypted: bool) -> None:
        self._inner = inner
        self._always = (*ALWAYS, ENCRYPTED_ONLY) if encrypted else ALWAYS
        self._names = frozenset(name for name, _ in self._always)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._inner(scope, receive, send)
            return

        async def completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = list(message.get("headers", []))
                names = self._names.intersection([bytes(name).lower() for name, _ in said])
                rest = [header for header in self._always if header[0] not in names] if names else self._always
                message["headers"] = [*said, *rest]
            await send(message)

        await self._inner(scope, receive, completed)
