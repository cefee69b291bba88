"""What a dispatch system's request has to prove, at the edge: its proof, where it is asked for one, its certificate.

What cannot be remembered in time is believed where an incident is reported or ended, and nowhere else: there a proof
that comes twice does less harm than an alarm that does not come, and an Idempotency-Key is answered once anyway.
"""

from datetime import timedelta
from typing import Any

import asyncpg
import structlog
from litestar.connection import ASGIConnection
from litestar.types import Scope

from backend.api.limits import Limit
from backend.foundation.clock import Clock
from backend.foundation.database import Database, Lane
from backend.foundation.problems import Problem, overloaded
from backend.foundation.settings import Settings, dispatch_addresses
from backend.foundation.telemetry import proofs_not_remembered_total
from backend.identity.certificates import Presented, read_presented
from backend.identity.proofs import CLOCK_OFF, FRESH, KnownKeys, Proof, read_proof, wrong_proof
from backend.identity.queries_proofs import USE_PROOF
from backend.identity.tokens import Claims
from backend.identity.used_proofs import Use, refuse_unless_taken, told_ahead_s

Connection = ASGIConnection[Any, Any, Any, Any]

_CERTIFICATE = b"client-cert"
"""RFC 9440's header. What is there was said by a trusted proxy: the edge takes everybody else's away."""

ALARMS_WAIT_AT_MOST_S = 0.25
OTHERS_WAIT_AT_MOST_S = 5.0

_NEVER_LATE = frozenset({Limit.NEVER, Limit.HEALTH, Limit.TOKENS})
"""Where a clock may be off by minutes: incidents, and what a system that reports them needs before."""

_log = structlog.get_logger()


def proof_of(connection: Connection, limit: Limit, token: str | None) -> Proof:
    """What the request's DPoP header proves. Raises 401 as a Problem."""
    keys: KnownKeys = connection.app.state.known_keys
    clock: Clock = connection.app.state.clock
    given = connection.headers.getall("dpop", [])
    if len(given) > 1:
        raise wrong_proof("Send one DPoP header.")
    window = window_of(limit)
    text = given[0] if given else None
    return read_proof(
        text, str(connection.scope.get("method")), addresses(connection), token, window, keys, clock.now()
    )


def window_of(limit: Limit) -> timedelta:
    """How far from our clock a proof's time may be."""
    return CLOCK_OFF if limit in _NEVER_LATE else FRESH


def addresses(connection: Connection) -> tuple[str, ...]:
    """Every address this request may have been sent to: of the settings, never of a header that anybody can write."""
    settings: Settings = connection.app.state.settings
    return tuple(base + connection.scope["path"] for base in dispatch_addresses(settings))


def presented_certificate(scope: Scope) -> Presented | None:
    """The certificate the caller showed to a proxy that is trusted."""
    given = [value for name, value in scope["headers"] if name.lower() == _CERTIFICATE]
    return read_presented(given[0].decode("latin-1")) if len(given) == 1 else None


def check_holder(connection: Connection, claims: Claims, proof: Proof) -> None:
    """Whether the token is this key's, and where it names a certificate, this certificate's. Raises 401."""
    bound = claims.confirmation
    if bound is None or proof.thumbprint != bound.jkt:
        raise wrong_proof("The access token was given to another key than the one that made this proof.")
    if bound.x5t is not None:
        shown = presented_certificate(connection.scope)
        if shown is None or shown.x5t != bound.x5t:
            raise wrong_proof("The access token was given to another certificate than the one shown.")


async def use(connection: Connection, limit: Limit, claims: Claims, proof: Proof) -> None:
    """Take a proof once. Raises a Problem when it was used, and when its client may not call."""
    state = connection.app.state
    database: Database = state.database
    lane, within_s = (Lane.REST, OTHERS_WAIT_AT_MOST_S)
    if limit in _NEVER_LATE:
        lane, within_s = (Lane.ALERTS, ALARMS_WAIT_AT_MOST_S if limit is Limit.NEVER else OTHERS_WAIT_AT_MOST_S)
    of_it = (proof.digest, proof.until, claims.subject, told_ahead_s(proof), state.clock.now())
    try:
        used = await database.alone(lane, USE_PROOF, *of_it, within_s=within_s)
    except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as trouble:
        proofs_not_remembered_total.labels(limit.value).inc()
        _log.warning("proof_not_remembered", limit=limit.value, why=type(trouble).__name__, client=str(claims.subject))
        if limit is Limit.NEVER:
            return
        raise _not_now() from trouble
    refuse_unless_taken(Use(str(used)))


def _not_now() -> Problem:
    return overloaded(1)
