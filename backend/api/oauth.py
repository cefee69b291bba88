"""Where a dispatch centre's system logs in: OAuth 2.0 client credentials (RFC 6749, 4.4)."""

import base64
import binascii
from typing import Any, Literal
from urllib.parse import unquote_plus

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.response import Response

from backend.api.contract import form
from backend.api.guards import anyone
from backend.api.limits import Limit
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Connection, Database, Lane, Role
from backend.foundation.problems import Problem
from backend.identity.clients import Client, authenticate
from backend.identity.keys import Keys
from backend.identity.tokens import Audience, issue_access_token


class TokenRequest(msgspec.Struct, frozen=True):
    """The form's fields. The client's name and secret come here or as HTTP Basic, not as both."""

    grant_type: Literal["client_credentials"]
    client_id: str | None = None
    client_secret: str | None = None
    scope: str | None = None


class Token(msgspec.Struct, frozen=True):
    """`expires_in` in seconds; `scope` names what the token may do, parted by spaces."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str


@post(
    "/oauth/token",
    guards=[anyone(Limit.TOKENS)],
    status_code=200,
    opt=form(TokenRequest, {401: "The client is not known, or its secret is wrong"}),
)
async def issue_token(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    keys: NamedDependency[Keys],
) -> Response[Token]:
    """Log a dispatch centre's system in

    Client credentials, as HTTP Basic or in the form; the answer's token goes into `Authorization: Bearer …`. Refusals
    are problem documents that carry OAuth's `error` member as well.
    """
    asked = await _form(request)
    client_id, secret = _credentials(request.headers.get("authorization", ""), asked)
    now = clock.now()
    async with database.acting_as(Actor(Role.API), Lane.ALERTS) as connection:  # without it nothing can be reported
        client = await _known(connection, client_id, secret)
    scopes = set(client.scopes) if asked.scope is None else set(asked.scope.split())
    if not scopes <= set(client.scopes):
        raise Problem(
            400,
            "invalid-scope",
            "Not this scope",
            "The client does not have every scope it asks for.",
            error="invalid_scope",
        )
    scope = " ".join(sorted(scopes))
    claims = {"centre": str(client.centre_id), "kind": client.kind.value, "scope": scope}
    token, ends = issue_access_token(keys.signing, Audience.DISPATCH, client.id, claims, now)
    lasts_s = int((ends - now).total_seconds())
    return Response(Token(token, "Bearer", lasts_s, scope), headers={"Cache-Control": "no-store"})


async def _known(connection: Connection, client_id: str, secret: str) -> Client:
    try:
        return await authenticate(connection, client_id, secret)
    except Problem as refusal:
        refusal.extra["error"] = "invalid_client"
        raise


async def _form(request: Request[Any, Any, Any]) -> TokenRequest:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise Problem(
            415, "wrong-media-type", "Not a form", "Send application/x-www-form-urlencoded.", error="invalid_request"
        )
    fields = await request.form()
    names = [field.name for field in msgspec.structs.fields(TokenRequest)]
    given = {name: fields.getall(name) for name in names if name in fields}
    if any(len(values) != 1 or not isinstance(values[0], str) for values in given.values()):
        raise _unusable("Each field of the form is given once.")
    asked = TokenRequest(**{"grant_type": "", **{name: values[0] for name, values in given.items()}})
    if asked.grant_type != "client_credentials":
        raise Problem(
            400,
            "unsupported-grant",
            "Not this way",
            "grant_type must be client_credentials.",
            error="unsupported_grant_type",
        )
    return asked


def _credentials(header: str, asked: TokenRequest) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() == "basic":
        if asked.client_secret is not None:
            raise _unusable("Send the client's secret in one place only.")
        try:
            client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise _unusable("The Authorization header is not HTTP Basic.") from None
        return _usable(unquote_plus(client_id)), _usable(unquote_plus(secret))
    if asked.client_id is None or asked.client_secret is None:
        raise _unusable("Send client_id and client_secret, as HTTP Basic or in the form.")
    return _usable(asked.client_id), _usable(asked.client_secret)


def _usable(value: str) -> str:
    if "\0" in value or len(value) > 500:
        raise _unusable("client_id and client_secret are text of at most 500 characters.")
    return value


def _unusable(detail: str) -> Problem:
    return Problem(400, "bad-request", "The request cannot be used", detail, error="invalid_request")


routes = (issue_token,)
