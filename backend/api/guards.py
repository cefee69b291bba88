"""Who may call a route, and how much of it: each route names exactly one guard, which names one limit.

A guard runs before the body is read. It leaves the caller where the dependency `caller` finds it.
"""

import math
from typing import Any

import msgspec
from litestar.connection import ASGIConnection, Request
from litestar.handlers.base import BaseRouteHandler

from backend.api import proofs
from backend.api.holders import holder_of
from backend.api.limits import ALLOWANCES, Limit, Limiter
from backend.edge.headers import header_in
from backend.foundation.clock import Clock
from backend.foundation.kinds import Kind
from backend.foundation.problems import Problem, forbidden, too_many, unauthorised
from backend.identity.caller import Caller, caller_of
from backend.identity.clients import Scope, writing_scope
from backend.identity.keys import Keys
from backend.identity.network import network_of
from backend.identity.proofs import Proof, challenge
from backend.identity.tokens import Audience, Claims, read_access_token
from backend.identity.used_proofs import told_ahead_s
from backend.regions.access import Access

Connection = ASGIConnection[Any, Any, Any, Any]


class Guard(msgspec.Struct, frozen=True):
    """Asks for an access token of `audience` (none: anyone), with `scope` where one is named, within `limit`.

    A dispatch system proves with each request that the token is its own; everybody else's is a bearer's.
    """

    audience: Audience | None
    limit: Limit
    scope: str | None = None

    async def __call__(self, connection: Connection, _handler: BaseRouteHandler) -> None:
        """Raises 401, 403 or 429 as a Problem."""
        if self.audience is None:
            self._count_anyone(connection)
            return
        claims, proof = self._claims(connection, self.audience)
        caller = caller_of(claims)
        self._count(connection, str(caller.subject_id))
        if self.scope is not None and (needed := scope_for(self.scope, caller.kind)) not in caller.scopes:
            raise forbidden(f"This needs the scope {needed}.")
        if proof is not None:
            await proofs.use(connection, self.limit, claims.subject, proof.digest, proof.until, told_ahead_s(proof))
        connection.scope["user"] = caller
        connection.scope["auth"] = claims.expires_at  # what a stream ends with

    def _claims(self, connection: Connection, audience: Audience) -> tuple[Claims, Proof | None]:
        keys: Keys = connection.app.state.key_ring
        clock: Clock = connection.app.state.clock
        scheme, _, token = header_in(connection.scope, b"authorization").partition(" ")
        wanted = "DPoP" if audience is Audience.DISPATCH else "Bearer"
        if scheme.lower() != wanted.lower() or not token:
            self._count(connection, _network(connection), Limit.OPEN)
            raise _no_token(audience, f"Send an access token: Authorization: {wanted} …")
        token = token.strip()
        try:
            claims = read_access_token(keys, audience, token, clock.now())
        except Problem as refused:
            raise _no_token(audience, refused.detail) from None
        if audience is not Audience.DISPATCH:
            return claims, None
        proof = proofs.proof_of(connection, self.limit, token)
        proofs.check_holder(connection, claims, proof)
        return claims, proof

    def _count_anyone(self, connection: Connection) -> None:
        try:
            self._count(connection, _network(connection))
        except Problem:
            holder = holder_of(connection) if self.limit is Limit.TOKENS else None
            if holder is None:
                raise
            self._count(connection, holder)

    def _count(self, connection: Connection, who: str, limit: Limit | None = None) -> None:
        if ALLOWANCES[limit or self.limit] is None:
            return  # whatever becomes of the limiter: what is never limited never asks it
        limiter: Limiter = connection.app.state.limiter
        if wait_s := limiter.wait_s(limit or self.limit, who):
            seconds = max(1, math.ceil(wait_s))
            raise too_many(f"Too many of these calls. Try again in {seconds} s.", seconds)


def _no_token(audience: Audience, detail: str) -> Problem:
    refusal = unauthorised(detail)
    if audience is Audience.DISPATCH:
        refusal.headers |= challenge()
    return refusal


def scope_for(scope: str, kind: Kind) -> str:
    """What a caller of `kind` needs where a route asks for `scope`: exercises are written with one of their own."""
    return writing_scope(kind) if scope == Scope.INCIDENTS_WRITE else scope


def volunteer(limit: Limit) -> Guard:
    """A signed-in volunteer's phone."""
    return Guard(Audience.MOBILE, limit)


def sign_up(limit: Limit = Limit.SIGN_IN) -> Guard:
    """Somebody who has proven a phone number and is about to sign up."""
    return Guard(Audience.SIGN_UP, limit)


def dispatch(scope: str, limit: Limit = Limit.DISPATCH_READS) -> Guard:
    """A dispatch centre's system whose client has `scope`, or what stands for it in the client's kind."""
    return Guard(Audience.DISPATCH, limit, scope)


def anyone(limit: Limit) -> Guard:
    """Anyone at all: counted by network address."""
    return Guard(None, limit)


def _network(connection: Connection) -> str:
    return network_of(connection.client.host if connection.client else "")


async def provide_caller(request: Request) -> Caller:  # type: ignore[type-arg]
    """The dependency `caller`: whom the guard let in, as of now: a centre's work may have moved to another."""
    caller: Caller = request.scope["user"]
    if caller.centre is None:
        return caller
    access: Access = request.app.state.access.now
    now = request.app.state.clock.now()
    centre = access.acts_as(caller.centre, now)
    return msgspec.structs.replace(
        caller,
        centre=centre,
        made_for=None if centre == caller.centre else caller.centre,
        acts_for=access.acts_for(centre, now),
        only_stops=access.only_stops(centre, now),
    )
