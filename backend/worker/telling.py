"""Claim → send → settle for webhooks: slots, a lane and a pace of their own, so that no alarm waits for one."""

import asyncio
import contextlib
from datetime import timedelta

import aiohttp
import structlog
from prometheus_client import Counter, Gauge

from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Database, Lane, Role
from backend.foundation.kinds import Kind
from backend.identity.keys import Keys
from backend.webhooks import queries
from backend.webhooks.outside import AT_ONCE, WHOLE_S, post
from backend.webhooks.payload import Step, body_of, headers_for, message_id_of
from backend.webhooks.queries import Claim, Settled
from backend.webhooks.subscribe import secret_in
from backend.webhooks.subscription import EXPIRES_AFTER, again_after_s

WORKER = Actor(Role.WORKER)
READ_AT_MOST = 1_000
POLL_S = 0.5
SWEEP_S = 15.0
EACH_AT_ONCE = 3
"""Under way for one subscription: one whose system hangs leaves room for the others."""
LEASE_S = WHOLE_S + 7.0
END_WITHIN_S = 1.0

webhooks_total = Counter("hjerteloeber_webhooks_total", "Requests to dispatch systems' addresses", ["kind", "outcome"])
webhook_events_expired_total = Counter(
    "hjerteloeber_webhook_events_expired_total", "Events that no try brought to a dispatch system in its time"
)
webhook_waits_seconds = Gauge(
    "hjerteloeber_webhook_waits_seconds", "How long the oldest event waits to reach a dispatch system", ["kind"]
)

_log = structlog.get_logger()


class Teller:
    """The loops that tell dispatch systems, of one process."""

    def __init__(self, database: Database, session: aiohttp.ClientSession, keys: Keys, clock: Clock) -> None:
        self._database = database
        self._session = session
        self._keys = keys
        self._clock = clock
        self._under_way: set[asyncio.Task[None]] = set()
        self._ending = False

    async def read_round(self) -> float:
        """Queue what was sealed since the last round."""
        now = self._clock.now()
        async with self._database.acting_as(WORKER, Lane.WEBHOOKS) as connection:
            read = await queries.read_on(connection, READ_AT_MOST, now + EXPIRES_AFTER, now)
        return 0.0 if read == READ_AT_MOST else POLL_S

    async def send_round(self) -> float:
        """Begin as much as there are free slots."""
        room = 0 if self._ending else AT_ONCE - len(self._under_way)
        if room == 0:
            return 0.05
        async with self._database.acting_as(WORKER, Lane.WEBHOOKS) as connection:
            claims = await queries.claim(connection, room, EACH_AT_ONCE, LEASE_S, self._clock.now())
        for claim in claims:
            task = asyncio.create_task(self._tell(claim))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return 0.05 if claims else POLL_S

    async def _tell(self, claim: Claim) -> None:
        outcome = await self._sent(claim)
        kind = claim.kind
        webhooks_total.labels(kind, outcome).inc()
        delivered = len(outcome) == 3 and outcome.startswith("2")
        later = self._clock.now() + timedelta(seconds=again_after_s(claim.attempts))
        settled = Settled(claim.subscription_id, claim.entry_id, claim.fence, outcome, None if delivered else later)
        if not delivered:
            _log.warning("webhook_not_taken", webhook=str(claim.subscription_id), outcome=outcome, tries=claim.attempts)
        try:
            async with self._database.acting_as(WORKER, Lane.WEBHOOKS) as connection:
                await queries.settle(connection, [settled])
        except Exception:  # noqa: BLE001 – its lease runs out, and it is sent again: at least once
            _log.exception("webhook_not_settled")

    async def _sent(self, claim: Claim) -> str:
        secret = secret_in(self._keys, claim.subscription_id, claim.secret_sealed)
        if secret is None:
            return "secret_unreadable"
        body = body_of(claim.event, claim.at, Step(claim.incident_id, claim.seq, claim.facts))
        message_id = message_id_of(claim.subscription_id, claim.entry_id)
        try:
            headers = headers_for(secret, message_id, body, self._clock.now())
            return await post(self._session, claim.url, headers, body)
        except Exception:  # noqa: BLE001 – a bug must not take other webhooks with it
            _log.exception("webhook_failed")
            return "bug"

    async def sweep_round(self) -> float:
        """End what is late, and tell how long events wait."""
        now = self._clock.now()
        async with self._database.acting_as(WORKER, Lane.WEBHOOKS) as connection:
            ended = await queries.end_the_late(connection, now)
            oldest = {each.kind: each.oldest for each in await queries.waiting(connection)}
        if ended:
            webhook_events_expired_total.inc(ended)
            _log.error("webhook_events_expired", events=ended)
        for kind in Kind:
            since = oldest.get(kind.value)
            webhook_waits_seconds.labels(kind.value).set(0.0 if since is None else (now - since).total_seconds())
        return SWEEP_S

    async def end(self) -> None:
        """Begin nothing more; what is under way may come to its end for a moment, the rest is sent again later."""
        self._ending = True
        if self._under_way:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(END_WITHIN_S):
                    await asyncio.wait(self._under_way)
        for task in self._under_way:
            task.cancel()
