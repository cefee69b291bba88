"""The OAuth token for FCM, renewed in the background, so that no alarm ever waits for Google's token endpoint."""

import asyncio
import functools
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import google.auth.transport.requests
import structlog
from firebase_admin import credentials
from prometheus_client import Counter

from backend.foundation.clock import Clock

RENEW_AFTER = 0.75  # of its life
TRY_AGAIN_S = 2.0
ENDPOINT_LIMIT_S = 5.0  # google-auth itself would wait 120 s

not_renewed_total = Counter("hjerteloeber_fcm_token_not_renewed_total", "Times Google's token endpoint gave no token")

_log = structlog.get_logger()


class GoogleToken:
    """Holds the newest token. Run :meth:`keep_fresh` beside whoever uses it."""

    def __init__(self, service_account: Path, clock: Clock) -> None:
        self._clock = clock
        certificate = credentials.Certificate(str(service_account))
        self.project_id = str(certificate.project_id)
        self._credential = certificate.get_credential()
        self._value: str | None = None
        self._expires_at = datetime.min.replace(tzinfo=UTC)
        self._wanted = asyncio.Event()
        self._fresh = asyncio.Event()

    def current(self) -> str | None:
        """The token, or None while there is none that is valid."""
        return self._value if self._clock.now() < self._expires_at else None

    def newest(self) -> str:
        """The token whether valid or not; empty before the first."""
        return self._value or ""

    async def ready(self) -> None:
        """Wait for the first token."""
        await self._fresh.wait()

    def renew_soon(self) -> None:
        """The provider did not believe the token."""
        self._wanted.set()

    async def keep_fresh(self) -> None:
        """Renew at three quarters of the token's life, and when told; runs until cancelled."""
        while True:
            wait_s = TRY_AGAIN_S
            try:
                life = await self._renew()
                wait_s = life.total_seconds() * RENEW_AFTER
            except Exception as failed:  # noqa: BLE001 – google-auth raises what its transport raises; we go on with what we have
                not_renewed_total.inc()
                _log.warning("fcm_token_not_renewed", why=type(failed).__name__)
            self._wanted.clear()
            try:
                async with asyncio.timeout(max(TRY_AGAIN_S, wait_s)):
                    await self._wanted.wait()
                await asyncio.sleep(TRY_AGAIN_S)  # told again and again, we still ask no oftener
            except TimeoutError:
                pass

    async def _renew(self) -> timedelta:
        await _in_a_daemon_thread(functools.partial(self._credential.refresh, _request()))
        expiry: datetime = self._credential.expiry.replace(tzinfo=UTC)  # google-auth says UTC without saying so
        self._value, self._expires_at = str(self._credential.token), expiry
        self._fresh.set()
        return expiry - self._clock.now()


def _request() -> functools.partial[object]:
    return functools.partial(google.auth.transport.requests.Request(), timeout=ENDPOINT_LIMIT_S)


async def _in_a_daemon_thread(work: functools.partial[object]) -> None:
    """As asyncio.to_thread, but a hanging endpoint does not hold up the end of the process."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def tell(failed: BaseException | None) -> None:
        if not done.done():
            done.set_exception(failed) if failed is not None else done.set_result(None)

    def run() -> None:
        failed: BaseException | None = None
        try:
            work()
        except Exception as error:  # noqa: BLE001 – handed to whoever waits
            failed = error
        if not loop.is_closed():
            loop.call_soon_threadsafe(tell, failed)

    threading.Thread(target=run, name="fcm-token", daemon=True).start()
    await done
