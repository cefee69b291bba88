"""Sending the weekly mail, once or again and again."""

import asyncio
import signal

import asyncpg
import typer

from backend.public.store import MachineClock, open_store
from campaigns.digest.post import Outcome, server_at
from campaigns.digest.weekly import send_due
from campaigns.settings import Settings

LOOK_EVERY_S = 900.0
SAID = {
    Outcome.SENT: "sent",
    Outcome.REFUSED: "refused for good by the mail server: `managers list` shows the addresses",
    Outcome.AWAY: "not taken now: the mail server is away or busy, and the next look tries again",
}


async def send_and_tell(settings: Settings, *, watch: bool) -> None:
    """With `watch` until SIGTERM or SIGINT; whatever goes wrong in one look is told, and the next one tries again."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await _look(settings)
    while watch and not stopped.is_set():
        try:
            await asyncio.wait_for(stopped.wait(), LOOK_EVERY_S)
        except TimeoutError:
            try:
                await _look(settings)
            except (OSError, asyncpg.PostgresError) as fault:
                typer.echo(
                    f"this look failed ({type(fault).__name__}); the next one is in a quarter of an hour", err=True
                )


async def _look(settings: Settings) -> None:
    store = await open_store(settings.database_url)
    try:
        outcomes = await send_due(
            store, server_at(settings.smtp_url), settings.mail_from, settings.public_url, MachineClock()
        )
    finally:
        await store.close()
    print("\n".join(f"{number} {SAID[outcome]}" for outcome, number in outcomes.items()) or "nobody is due")
