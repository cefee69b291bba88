"""One connection that listens for NOTIFY and wakes loops. A hint only: every loop also looks by itself."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import asyncpg
import structlog
from asyncpg.connect_utils import SessionAttribute

from backend.foundation.database import Role

RECONNECT_S = 0.5

_log = structlog.get_logger()


class Woken(Protocol):
    """An event, or several."""

    def set(self) -> None: ...


@dataclass(frozen=True)
class Wake:
    """What two loops wait for: live alarms' and everything else's."""

    live: asyncio.Event = field(default_factory=asyncio.Event)
    others: asyncio.Event = field(default_factory=asyncio.Event)

    def set(self) -> None:
        self.live.set()
        self.others.set()


async def listen(dsn: str, wakes: Mapping[str, Woken]) -> None:
    """Set the event of each channel when it is notified; reconnects without end. Runs until cancelled."""
    while True:
        lost = asyncio.Event()
        try:
            connection = await asyncpg.connect(
                dsn,
                timeout=5,
                target_session_attrs=SessionAttribute.read_write,
                server_settings={"application_name": "hjerteloeber wake", "role": Role.WORKER.value},
            )
        except (OSError, asyncpg.PostgresError, TimeoutError) as failed:
            _log.warning("wake_not_connected", why=type(failed).__name__)
            await asyncio.sleep(RECONNECT_S)
            continue
        try:
            connection.add_termination_listener(lambda *_, gone=lost: gone.set())
            for channel, event in wakes.items():
                await connection.add_listener(channel, lambda *_, woken=event: woken.set())
                event.set()  # whatever was notified while nobody listened
            await lost.wait()
            _log.warning("wake_connection_lost")
        finally:
            connection.terminate()
