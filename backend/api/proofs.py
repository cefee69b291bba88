"""What a dispatch system's request has to prove, at the edge: its proof, where it is asked for one, its certificate.

What cannot be remembered in time is believed where an incident is reported or ended, and where a system that does so
logs in, and nowhere else: there what comes twice does less harm than an alarm that does not come, and an
Idempotency-Key is answered once anyway. Who was heard to be frozen a moment ago stays so.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from litestar.connection import ASGIConnection
from litestar.types import Scope

from backend.api.limits import Limit
from backend.api.problem_answers import DATABASE_AWAY
from backend.foundation.clock import Clock
from backend.foundation.database import Database, Lane
from backend.foundation.problems import overloaded
from backend.foundation.settings import Settings, dispatch_addresses
from backend.foundation.telemetry import proofs_not_remembered_total
from backend.identity.certificates import Presented, read_presented
from backend.identity.proofs import CLOCK_OFF, FRESH, KnownKeys, Proof, read_proof, wrong_proof
from backend.identity.queries_proofs import USE_PROOF
from backend.identity.tokens import Claims
from backend.identity.used_proofs import Refusals, Use, refuse_unless_taken

Connection = ASGIConnection[Any, Any, Any, Any]

_CERTIFICATE = b"client-cert"
"""RFC 9440's header. What is there was said by a trusted proxy: the edge takes everybody else's away."""

ALARMS_WAIT_AT_MOST_S = 0.25
LOG_INS_WAIT_AT_MOST_S = (
    2.0  # a token is renewed before it is needed, and one that is caught is worth more than a proof
)
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


_OPEN = {Limit.NEVER: ALARMS_WAIT_AT_MOST_S, Limit.TOKENS: LOG_INS_WAIT_AT_MOST_S}
"""Where what cannot be remembered is believed, and after how long."""

_TROUBLE: tuple[type[Exception], ...] = (asyncpg.PostgresError, *DATABASE_AWAY)


async def use(
    connection: Connection, limit: Limit, client: UUID, digest: bytes, until: datetime, off_s: float | None = None
) -> None:
    """Take what proves a request or a log-in, once. Raises a Problem when it was used, or its client may not call.

    `until`: when nobody would believe it any more; `off_s`: how far its clock is off, where that is worth telling.
    """
    state = connection.app.state
    database: Database = state.database
    refusals: Refusals = state.refusals
    now = state.clock.now()
    lane = Lane.ALERTS if limit in _NEVER_LATE else Lane.REST
    within_s = _OPEN.get(limit, OTHERS_WAIT_AT_MOST_S)
    try:
        used = Use(str(await database.alone(lane, USE_PROOF, digest, until, client, off_s, now, within_s=within_s)))
    except _TROUBLE as trouble:
        proofs_not_remembered_total.labels(limit.value).inc()
        _log.warning("proof_not_remembered", limit=limit.value, why=type(trouble).__name__, client=str(client))
        if limit not in _OPEN:
            raise overloaded(1) from trouble
        used = refusals.of(client, now)
    else:
        refusals.hear(client, used, now)
    refuse_unless_taken(used)
