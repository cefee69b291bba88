"""What a dispatch system is called with, where an operator has set that up: a webhook for each step."""

from typing import Any

from backend.foundation.schemas import Schema, Schemas
from backend.webhooks.payload import Told

SHAPES: dict[str, Any] = {"step": Told}

_SIGNED = (
    ("webhook-id", "The same for every try of one step: what came before is known by it"),
    ("webhook-timestamp", "When this try was made, in seconds since 1970; refuse what is more than five minutes off"),
    ("webhook-signature", "v1, and the HMAC-SHA256 of `id.timestamp.body` under your secret, base64; perhaps several"),
)


def webhooks(schemas: Schemas) -> Schema:
    """The document's `webhooks`: what reaches a dispatch system without its asking."""
    parameters = [
        {"name": name, "in": "header", "required": True, "description": words, "schema": {"type": "string"}}
        for name, words in _SIGNED
    ]
    return {
        name: {
            "post": {
                "operationId": f"receive_{name}",
                "tags": ["dispatch_live"],
                "summary": "A step of an incident, POSTed to you",
                "description": "Signed as Standard Webhooks says. At least once, an incident's steps in their order; "
                "tried again for six hours. `type` is the event's name in the stream, or `test`.",
                "security": [],
                "parameters": parameters,
                "requestBody": {"required": True, "content": {"application/json": {"schema": schemas.sent(shape)}}},
                "responses": {
                    "2XX": {"description": "Taken"},
                    "4XX": {"description": "Anything else than 2xx is tried again"},
                },
            }
        }
        for name, shape in SHAPES.items()
    }
