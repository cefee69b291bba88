"""How what a handler gives back becomes an answer: encoded once, with the two headers it needs.

Litestar's own way makes two objects and a dictionary of headers for each; handlers that give back a Response of theirs
still go that way.
"""

from typing import Any

import msgspec
from litestar import MediaType, Request, Response
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

_TYPE = (b"content-type", b"application/json")


class JsonAnswer(Response[Any]):
    """Set as `response_class` for the whole app."""

    def to_asgi_response(self, app: Any, request: Request[Any, Any, Any], **named: Any) -> ASGIResponse:
        # Content is None where the status has no body.
        if self.media_type != MediaType.JSON or self.content is None or named.get("headers") or named.get("cookies"):
            return super().to_asgi_response(app, request, **named)
        return _Written(self.status_code or 200, msgspec.json.encode(self.content))


class _Written(ASGIResponse):
    """Ready to be sent; nobody looks at it or changes it any more, so nothing else of its kind is set."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status_code = status
        self.body = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 – ASGI
        headers = [_TYPE, (b"content-length", str(len(self.body)).encode())]
        await send({"type": "http.response.start", "status": self.status_code, "headers": headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": False})
