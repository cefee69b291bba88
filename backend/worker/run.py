"""Puts the worker together and runs it until it is told to end."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from typing import Any

import prometheus_client
import structlog

from backend.alerts.look_again import look_again
from backend.attention.look import Lookout
from backend.delivery.channels.channel import ProviderChannel
from backend.delivery.channels.fcm import FcmChannel
from backend.delivery.channels.google_token import GoogleToken
from backend.delivery.channels.http import open_session
from backend.delivery.channels.sms import SmsChannel
from backend.delivery.message import DELIVERIES, Channel
from backend.foundation import sealer, timers
from backend.foundation.clock import Clock, MachineClock
from backend.foundation.database import Actor, Database, Lane, Role, open_database
from backend.foundation.journal import ALARM_CHANNEL
from backend.foundation.sealer import Source
from backend.foundation.settings import Settings
from backend.identity.data_keys import KeyRing
from backend.identity.keys import Keys, load_keys
from backend.incidents.sealing import sources
from backend.rights import catch_up
from backend.rights.erasure_list import ErasureList, erasure_list
from backend.webhooks.outside import may_call
from backend.webhooks.outside import open_session as open_webhooks
from backend.worker import clock_check, feeds, watch
from backend.worker.callers import Callers
from backend.worker.chores import chores
from backend.worker.housekeeping import Housekeeper
from backend.worker.loop import keep_running
from backend.worker.sending import Sender
from backend.worker.telling import Teller
from backend.worker.timing import Timekeeper
from backend.worker.wake import Wake, listen

POOL_SIZES = {Lane.ALERTS: 12, Lane.ANSWERS: 1, Lane.LOCATIONS: 1, Lane.REST: 3, Lane.WEBHOOKS: 1}
SILENT_AT_MOST_S = 1.0  # in a transaction: a frozen worker holds up no stand-down for longer
SEAL_EVERY_S = 0.3
SEAL_ASIDE = 50  # of a source: an alarm's own, and of a drill a little
SEAL_ASIDE_ROUNDS = 3  # in a row that were not enough, about a second: webhooks read the chain, an alarm's too
LONG_LOOK_EVERY = 2_000  # rounds: what committed so late that the short look missed it
CLOSE_WITHIN_S = 0.3
READY_WITHIN_S = 1.0
COLLECT_EVERY = 10_000  # objects made and not yet gone: what is under way at once is some thousands

_log = structlog.get_logger()


async def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; then end within 2.5 s. Raises when there is no database to begin with."""
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    if settings.worker_metrics_port is not None:
        prometheus_client.start_http_server(settings.worker_metrics_port, addr="127.0.0.1")
    keys = load_keys(settings)
    database = await open_for_work(settings.database_url, keys.ring)
    try:
        async with _channels(settings) as channels, open_webhooks(may_call(loopback=settings.webhook_loopback)) as out:
            teller = Teller(database, out, keys, MachineClock())
            await _work(database, channels, teller, settings, keys, MachineClock(), told)
    finally:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(database.close(), CLOSE_WITHIN_S)


async def open_for_work(dsn: str, ring: KeyRing) -> Database:
    """A worker's connections. Raises when there is no database."""
    return await open_database(dsn, POOL_SIZES, SILENT_AT_MOST_S, ring, queues={Lane.ALERTS}, own_role=Role.WORKER)


async def _work(
    database: Database,
    channels: Mapping[Channel, ProviderChannel],
    teller: Teller,
    settings: Settings,
    keys: Keys,
    clock: Clock,
    told: asyncio.Event,
) -> None:
    queued, due, alarm = Wake(), asyncio.Event(), asyncio.Event()
    sender = Sender(database, channels, settings.send_slots, clock, queued, alarm)
    timekeeper = Timekeeper(database, look_again, clock, due)
    listing = erasure_list(settings.erasures_folder)
    await catch_up.catch_up_or_say_so(database, listing, keys, clock, Role.WORKER)
    everything = chores(listing, keys, clock)
    work: dict[str, Coroutine[Any, Any, None]] = {
        "wake": listen(database.dsn, {DELIVERIES: queued, timers.CHANNEL: due, ALARM_CHANNEL: alarm}),
        "claim": _claim("claim", sender.claim_live_round, channels),
        "claim others": _claim("claim others", sender.claim_others_round, channels),
        "settle": keep_running("settle", sender.live.results.round),
        "settle others": keep_running("settle others", sender.others.results.round),
        "sweep": keep_running("sweep", sender.sweep_round),
        "timers": keep_running("timers", timekeeper.round),
        "seal": keep_running("seal", Sealing(database, clock, sender.stands_aside).round),
        "housekeeping": keep_running("housekeeping", Housekeeper(database, everything, clock).round),
        "erasures": keep_running("erasures", lambda: _catch_up(database, listing, keys, clock)),
        "webhooks read": keep_running("webhooks read", teller.read_round),
        "webhooks send": keep_running("webhooks send", teller.send_round),
        "webhooks sweep": keep_running("webhooks sweep", teller.sweep_round),
        "attention": keep_running("attention", Lookout(database, clock).round),
        "feeds": keep_running("feeds", lambda: feeds.look(database, clock)),
        "callers": keep_running("callers", Callers(database, settings.live_alarms_an_hour, clock).round),
        "watch": keep_running("watch", lambda: watch.look(database, clock)),
        "chain": keep_running("chain", watch.ChainCheck(database).round),
        "clock": keep_running("clock", lambda: _compare_clocks(database, clock)),
    }
    work |= {f"{name} warm": channel.keep_warm() for name, channel in channels.items()}
    # What is loaded by now stays: looked through with every collection it was a fifth of what a push costs.
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_EVERY)
    tasks = [asyncio.create_task(part, name=name) for name, part in work.items()]
    _log.info("worker_started", channels=[channel.value for channel in channels], send_slots=settings.send_slots)
    waiting = asyncio.create_task(told.wait())
    done, _ = await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
    await sender.end()
    await timekeeper.end()
    await teller.end()
    for task in (waiting, *tasks):
        task.cancel()
    await asyncio.gather(waiting, *tasks, return_exceptions=True)
    for task in done - {waiting}:
        task.result()  # no loop ends by itself: if one did, this process does, and says why
    _log.info("worker_ended")


async def _claim(
    name: str, one_round: Callable[[], Awaitable[float]], channels: Mapping[Channel, ProviderChannel]
) -> None:
    """Once there are credentials, which takes a blink. A provider that gives none holds nothing up for long."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(READY_WITHIN_S):
            await asyncio.gather(*(channel.ready() for channel in channels.values()))
    await keep_running(name, one_round)


class Sealing:
    """The sealer's loop."""

    def __init__(self, database: Database, clock: Clock, stands_aside: Callable[[], bool]) -> None:
        self._database = database
        self._clock = clock
        self._stands_aside = stands_aside
        self._sources: list[Source] = sources()
        self._round = 0
        self._not_enough = 0  # rounds in a row, beside an alarm

    async def round(self) -> float:
        long_look = self._round % LONG_LOOK_EVERY == 0
        aside = self._stands_aside()
        little = aside and self._not_enough < SEAL_ASIDE_ROUNDS and not long_look
        at_once = SEAL_ASIDE if little else sealer.AT_ONCE
        self._round += 1  # before it is tried: a long look that takes too long must not keep the short from sealing
        try:
            async with self._database.acting_as(Actor(Role.WORKER), Lane.REST) as connection:
                sealed = await sealer.seal(
                    connection, self._sources, self._clock.now(), long_look=long_look, at_once=at_once
                )
        except BaseException:
            self._sources = sources()  # what they took for sealed is not: they begin anew where the chain ends
            raise
        self._not_enough = self._not_enough + 1 if aside and sealed >= at_once else 0
        more = sealed >= sealer.AT_ONCE and not self._stands_aside()
        return 0.0 if more else SEAL_EVERY_S


async def _catch_up(database: Database, listing: ErasureList, keys: Keys, clock: Clock) -> float:
    """What a process that died had promised, or somebody restored beneath us."""
    await asyncio.sleep(catch_up.EVERY_S)
    await catch_up.catch_up_or_say_so(database, listing, keys, clock, Role.WORKER, None)
    return 0.0


async def _compare_clocks(database: Database, clock: Clock) -> float:
    await clock_check.compare(database, clock)
    return clock_check.EVERY_S


@contextlib.asynccontextmanager
async def _channels(settings: Settings) -> AsyncIterator[dict[Channel, ProviderChannel]]:
    """The channels the settings describe; one that they do not is off."""
    async with contextlib.AsyncExitStack() as stack:
        channels: dict[Channel, ProviderChannel] = {}
        if settings.fcm_service_account_file is not None:
            session = await stack.enter_async_context(open_session())
            token = GoogleToken(settings.fcm_service_account_file, MachineClock())
            channels[Channel.FCM] = FcmChannel(session, token, settings.fcm_url)
        if settings.sms_gateway_url is not None and settings.sms_gateway_token_file is not None:
            session = await stack.enter_async_context(open_session())
            secret = settings.sms_gateway_token_file.read_text().strip()
            channels[Channel.SMS] = SmsChannel(
                session, settings.sms_gateway_url, secret, settings.sms_sender, settings.public_url
            )
        yield channels
