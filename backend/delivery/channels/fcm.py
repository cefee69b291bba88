"""Firebase Cloud Messaging: credentials and message types by firebase-admin, one POST for each device by ourselves.

Its own transport retries invisibly, ignores Retry-After and waits for the token endpoint with the loop standing still.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

import aiohttp
import structlog

from backend.delivery.channels import fcm_errors, fcm_message
from backend.delivery.channels.google_token import GoogleToken
from backend.delivery.channels.http import Answer, post
from backend.delivery.claim import Parcel
from backend.delivery.message import Channel
from backend.delivery.outcome import NotSent, Outcome, Rejected

WARM_EVERY_S = 20.0
WARM_CONNECTIONS = 8  # a wave finds so many open; the rest are made while these work
WARM_LIMIT_S = 5.0
_NOBODY = b'{"validate_only":true,"message":{"token":"nobody","data":{"what":"probe"}}}'

_log = structlog.get_logger()


class FcmChannel:
    """Sends to FCM tokens and installation ids."""

    channel = Channel.FCM

    def __init__(self, session: aiohttp.ClientSession, token: GoogleToken, base_url: str) -> None:
        self._session = session
        self._token = token
        self._url = f"{base_url.rstrip('/')}/v1/projects/{token.project_id}/messages:send"

    async def send(self, parcel: Parcel, wire_by: float, now: datetime) -> Outcome:
        bearer = self._token.current()
        if bearer is None:
            return NotSent("no_credentials")
        try:
            body = fcm_message.encode(parcel, now)
        except (fcm_message.TooBig, ValueError) as wrong:
            _log.error("push_cannot_be_made", what=parcel.what.value, why=type(wrong).__name__)
            return Rejected("unencodable")
        answer = await post(self._session, self._url, _headers(bearer), body, wire_by)
        if not isinstance(answer, Answer):
            return answer
        outcome = fcm_errors.outcome_of(answer, now)
        if isinstance(outcome, Rejected) and outcome.code == fcm_errors.UNAUTHENTICATED:
            self._token.renew_soon()
        return outcome

    async def ready(self) -> None:
        await self._token.ready()

    async def keep_warm(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._token.keep_fresh())
            group.create_task(self._keep_connections())

    async def _keep_connections(self) -> None:
        await self._token.ready()
        while True:
            await asyncio.gather(*(self._probe() for _ in range(WARM_CONNECTIONS)))
            await asyncio.sleep(WARM_EVERY_S)

    async def _probe(self) -> None:
        """A send that is only validated, to nobody: whatever the answer, the connection is there."""
        bearer = self._token.newest()
        timeout = aiohttp.ClientTimeout(total=WARM_LIMIT_S)
        try:
            async with self._session.post(self._url, data=_NOBODY, headers=_headers(bearer), timeout=timeout) as answer:
                await answer.read()
        except (aiohttp.ClientError, TimeoutError) as failed:
            _log.warning("fcm_not_reached", why=type(failed).__name__)


@lru_cache(maxsize=2)
def _headers(bearer: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
