"""One POST to a provider with a deadline of ours, and what its failing means."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
import msgspec
from aiohttp.abc import AbstractStreamWriter

from backend.delivery.claim import DEADLINE_S
from backend.delivery.outcome import LATE, Ambiguous, NotSent

NO_CONNECTION = "no_connection"
MAX_ANSWER_BYTES = 64 * 1024
IDLE_CONNECTION_S = 60.0


class Answer(msgspec.Struct, frozen=True):
    """What came back."""

    status: int
    retry_after: str | None
    body: bytes


class _OnTime(aiohttp.BytesPayload):
    """A body that looks at the clock where it is written, and with it the head of its request.

    A process that was frozen while it connected finds its connections made and its time over: of all the requests that
    waited for one, none goes on the wire.
    """

    def __init__(self, body: bytes, wire_by: float) -> None:
        super().__init__(body)
        self._wire_by = wire_by
        self.too_late = False

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        self.too_late = time.monotonic() > self._wire_by
        if self.too_late:
            raise aiohttp.ClientConnectionError(LATE)
        await super().write_with_length(writer, content_length)


def open_session() -> aiohttp.ClientSession:
    """For one provider. The worker's send slots bound what is in flight, so the session does not."""
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_CONNECTION_S, ttl_dns_cache=300)
    # No cookies, no redirects followed, no proxy from the environment: a request goes where the settings say.
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)


async def post(
    session: aiohttp.ClientSession, url: str, headers: Mapping[str, str], body: bytes, wire_by: float
) -> Answer | NotSent | Ambiguous:
    """POST `body`, on the wire by `wire_by` of the monotonic clock, answered DEADLINE_S later at most."""
    left_s = wire_by - time.monotonic()
    if left_s <= 0:
        return NotSent(LATE)
    timeout = aiohttp.ClientTimeout(total=left_s + DEADLINE_S, connect=left_s)
    on_time = _OnTime(body, wire_by)
    try:
        async with session.post(url, data=on_time, headers=headers, timeout=timeout, allow_redirects=False) as response:
            answer = await response.content.read(MAX_ANSWER_BYTES)
            return Answer(response.status, response.headers.get("Retry-After"), answer)
    except (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError):
        return NotSent(NO_CONNECTION)
    except TimeoutError:
        return Ambiguous("deadline")
    except aiohttp.ClientError as broken:
        if on_time.too_late:
            return NotSent(LATE)
        # The request may have been read before the connection broke.
        return Ambiguous(type(broken).__name__)


def retry_after_s(answer: Answer, now: datetime, otherwise: float | None = None) -> float | None:
    """The Retry-After header in seconds from `now`: a number, or a date; `otherwise` where it says nothing readable."""
    if answer.retry_after is None:
        return otherwise
    if answer.retry_after.isdigit():
        return float(answer.retry_after)
    try:
        at = parsedate_to_datetime(answer.retry_after)
    except ValueError:
        return otherwise
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds())
