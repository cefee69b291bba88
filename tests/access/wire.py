"""A call to an ASGI application in this process, without a client library between: some thousand calls a second."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

import msgspec


class Sent(msgspec.Struct, frozen=True):
    """What is asked for. `body`: as it goes out; its media type stands in the headers."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = {}
    body: bytes = b""

    def with_headers(self, more: Mapping[str, str]) -> "Sent":
        return msgspec.structs.replace(self, headers={**self.headers, **more})

    def everything(self) -> bytes:
        """Whatever the caller said by itself: to hear it again is no news."""
        parts = (self.path, self.query, *self.headers.values())
        return "\n".join(parts).encode() + b"\n" + unquote_to_bytes(self.body)


class Answered(msgspec.Struct, frozen=True):
    """`headers` as they came, in order; a stream's body is what came until it was left."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @property
    def media_type(self) -> str:
        return next((v.decode() for k, v in self.headers if k == b"content-type"), "").partition(";")[0]

    def everything(self) -> bytes:
        return b"\n".join(b"%s: %s" % each for each in self.headers) + b"\n\n" + self.body


async def call(app: Any, sent: Sent, *, leave_after_s: float | None = None) -> Answered:
    """The whole answer; with `leave_after_s`, as of a stream, what came until then."""
    begun: dict[str, Any] = {}
    pieces: list[bytes] = []
    asked, left = False, asyncio.Event()

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": sent.body, "more_body": False}
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            begun.update(message)
        else:
            pieces.append(message.get("body", b""))

    answering = asyncio.ensure_future(app(_scope(sent), receive, send))
    if leave_after_s is not None:
        await asyncio.wait({answering}, timeout=leave_after_s)
    else:
        await asyncio.wait({answering})
    left.set()
    await answering
    headers = tuple((bytes(name), bytes(value)) for name, value in begun["headers"])
    return Answered(begun["status"], headers, b"".join(pieces))


def _scope(sent: Sent) -> dict[str, Any]:
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in sent.headers.items()]
    headers.append((b"host", b"edge.example"))
    if sent.body:
        headers.append((b"content-length", str(len(sent.body)).encode()))
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": sent.method,
        "scheme": "http",
        "path": sent.path,
        "raw_path": sent.path.encode(),
        "query_string": sent.query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 40_000),
        "server": ("edge.example", 80),
        "state": {},
    }
