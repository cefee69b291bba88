"""Where a dispatch centre's system logs in: OAuth 2.0 client credentials (RFC 6749, 4.4), by a key or a certificate."""

from datetime import datetime
from typing import Any, Literal

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.response import Response

from backend.api import proofs
from backend.api.contract import form
from backend.api.guards import anyone
from backend.api.limits import Limit
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Database, Lane, Role
from backend.foundation.problems import Problem
from backend.identity import assertions, log_in
from backend.identity.clients import Client
from backend.identity.keys import Keys
from backend.identity.tokens import Audience, issue_access_token
from backend.identity.used_proofs import told_ahead_s


class TokenRequest(msgspec.Struct, frozen=True):
    """The form's fields. With a key: `client_assertion` and its type; with a certificate: `client_id`."""

    grant_type: Literal["client_credentials"]
    client_id: str | None = None
    client_assertion_type: str | None = None
    client_assertion: str | None = None
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
    opt=form(
        TokenRequest,
        {
            401: "The client is not known, or has not proven that it is the one",
            403: "The client is frozen: nothing it sends is carried out",
        },
    ),
)
async def issue_token(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    keys: NamedDependency[Keys],
) -> Response[Token]:
    """Log a dispatch centre's system in

    Client credentials. The client proves itself by `private_key_jwt` (RFC 7523), or by a certificate that the reverse
    proxy took (RFC 8705); and with the DPoP header (RFC 9449) that it holds the key the token is given to. The token
    goes into `Authorization: DPoP …`, with a proof of its own for every request. Refusals are problem documents that
    carry OAuth's `error` member as well.
    """
    asked = await _form(request)
    now = clock.now()
    proof = proofs.proof_of(request, Limit.TOKENS, None)
    shown = _shown(request, asked, now)
    client = await _let_in(request, database, shown, now)
    await proofs.use(request, Limit.TOKENS, client.id, proof.digest, proof.until, told_ahead_s(proof))
    scope = _scope(client, asked)
    bound = {"jkt": proof.thumbprint} | ({"x5t#S256": shown.x5t} if isinstance(shown, log_in.ByCertificate) else {})
    claims = {"centre": str(client.centre_id), "kind": client.kind.value, "scope": scope, "cnf": bound}
    token, ends = issue_access_token(keys.signing, Audience.DISPATCH, client.id, claims, now)
    request.app.state.holders.logged_in(proof.thumbprint, now)
    lasts_s = int((ends - now).total_seconds())
    return Response(Token(token, "DPoP", lasts_s, scope), headers={"Cache-Control": "no-store"})


async def _let_in(request: Request[Any, Any, Any], database: Database, shown: log_in.Shown, now: datetime) -> Client:
    try:
        # The lane of the alarms: without a log-in nothing can be reported.
        async with database.acting_as(Actor(Role.API), Lane.ALERTS) as connection:
            client, assertion = await log_in.client_of(connection, shown, now)
        if assertion is not None:
            await proofs.use(request, Limit.TOKENS, client.id, assertion.digest, assertion.until)
    except Problem as refusal:
        refusal.extra["error"] = "invalid_client"
        raise
    return client


def _shown(request: Request[Any, Any, Any], asked: TokenRequest, now: datetime) -> log_in.Shown:
    """What the client proves itself with; read as far as it can be without knowing the client."""
    if asked.client_assertion is not None:
        if asked.client_assertion_type != assertions.TYPE:
            raise _unusable(f"client_assertion_type is {assertions.TYPE}.")
        named = assertions.named_in(asked.client_assertion)
        if asked.client_id not in (None, named):
            raise _unusable("client_id, where it is sent, is the assertion's sub.")
        return log_in.ByKey(_usable(named), asked.client_assertion, proofs.addresses(request))
    certificate = proofs.presented_certificate(request.scope)
    if asked.client_id is None or certificate is None:
        raise assertions.invalid_client(
            "Send client_assertion and client_assertion_type (private_key_jwt), or client_id with a certificate that "
            "the reverse proxy takes. There are no client secrets."
        )
    if not request.app.state.authorities.vouch_for(certificate, now):
        raise assertions.invalid_client("The certificate is none of an authority that is believed here, or is over.")
    return log_in.ByCertificate(_usable(asked.client_id), certificate)


def _scope(client: Client, asked: TokenRequest) -> str:
    scopes = set(client.scopes) if asked.scope is None else set(asked.scope.split())
    if not scopes <= set(client.scopes):
        raise Problem(
            400,
            "invalid-scope",
            "Not this scope",
            "The client does not have every scope it asks for.",
            error="invalid_scope",
        )
    return " ".join(sorted(scopes))


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


def _usable(value: str) -> str:
    if "\0" in value or len(value) > 500:
        raise _unusable("A client id is text of at most 500 characters.")
    return value


def _unusable(detail: str) -> Problem:
    return Problem(400, "bad-request", "The request cannot be used", detail, error="invalid_request")


routes = (issue_token,)
