"""The local FCM and SMS servers in this process, reached over HTTP like the real ones, and a sender over them."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from backend.delivery.channels.channel import ProviderChannel
from backend.delivery.channels.fcm import FcmChannel
from backend.delivery.channels.google_token import GoogleToken
from backend.delivery.channels.http import open_session
from backend.delivery.channels.sms import SmsChannel
from backend.delivery.message import Channel
from backend.demo.fcm_account import make_service_account
from backend.demo.fcm_server import FcmServer
from backend.demo.provider_faults import Fault, Faults, Trouble
from backend.demo.provider_log import ProviderLog
from backend.demo.provider_run import start
from backend.demo.sms_server import SmsServer
from backend.foundation.clock import MachineClock, SetClock
from backend.worker.sending import Sender
from backend.worker.wake import Wake
from tests.delivery.cast import NOW, Town

PUBLIC_URL = "https://hjerteloeber.example"
SMS_TOKEN = "gateway-secret"
A_BUSY_MACHINE_S = 20.0  # to the wire: no law but that of the 250 ms itself is about how busy this machine is


class Providers:
    """Both stand-ins and the channels that lead to them."""

    def __init__(self, account: Path, fcm_url: str, sms_url: str) -> None:
        self.account = account
        self.fcm_url = fcm_url
        self.sms_url = sms_url
        self.fcm = FcmServer(account, ProviderLog(None))
        self.sms = SmsServer(SMS_TOKEN, ProviderLog(None))
        self.channels: dict[Channel, ProviderChannel] = {}

    def pushes(self) -> list[dict[str, Any]]:
        return [entry.message for entry in self.fcm.log.since(0)]

    def texts(self) -> list[dict[str, Any]]:
        return [entry.message for entry in self.sms.log.since(0)]

    def trouble_pushes(self, trouble: Trouble, **how: Any) -> None:
        self.fcm.misbehaviour.order = Faults(faults=[Fault(trouble, **how)])

    def trouble_texts(self, trouble: Trouble, **how: Any) -> None:
        self.sms.misbehaviour.order = Faults(faults=[Fault(trouble, **how)])

    def well_again(self) -> None:
        self.fcm.misbehaviour.order = Faults()
        self.sms.misbehaviour.order = Faults()


@contextlib.asynccontextmanager
async def running_providers(folder: Path) -> AsyncIterator[Providers]:
    fcm_port, sms_port = _free_ports(2)
    account = folder / "service-account.json"
    await asyncio.to_thread(make_service_account, account, f"http://127.0.0.1:{fcm_port}/token")
    providers = Providers(account, f"http://127.0.0.1:{fcm_port}", f"http://127.0.0.1:{sms_port}")
    fcm = await start(providers.fcm.app(), "127.0.0.1", fcm_port)
    sms = await start(providers.sms.app(), "127.0.0.1", sms_port)
    token = GoogleToken(account, MachineClock())
    fresh = asyncio.create_task(token.keep_fresh())
    async with open_session() as session:
        providers.channels = {
            Channel.FCM: FcmChannel(session, token, providers.fcm_url),
            Channel.SMS: SmsChannel(session, providers.sms_url, SMS_TOKEN, "Hjerteloeb", PUBLIC_URL),
        }
        await token.ready()
        yield providers
    fresh.cancel()
    await asyncio.gather(fresh, return_exceptions=True)
    await fcm.cleanup()
    await sms.cleanup()


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]


class Worker:
    """A sender whose rounds a test does one by one, at the time it says."""

    def __init__(
        self,
        town: Town,
        providers: Providers,
        only: Iterable[Channel] | None = None,
        slots: int = 64,
        wake: Wake | None = None,
        alarm: asyncio.Event | None = None,
    ) -> None:
        wanted = list(Channel) if only is None else list(only)
        channels = {name: channel for name, channel in providers.channels.items() if name in wanted}
        self.clock = SetClock(NOW)
        self.sender = Sender(
            town.database,
            channels,
            slots,
            self.clock,
            wake or Wake(),
            alarm,
            on_the_wire_s=A_BUSY_MACHINE_S,
        )

    async def works(self, after_s: float = 0.0) -> None:
        """Everything that is due `after_s` later, to its end."""
        self.clock.advance(timedelta(seconds=after_s))
        await self.sender.sweep_round()
        while await self.claims():
            await self.finishes()

    async def claims(self) -> int:
        """Claims what is due and starts what may be; how many were claimed. The requests run on."""
        lines = (self.sender.live, self.sender.others)
        return sum([len(await self.sender.fill(line, line.slots.rooms())) for line in lines])

    @property
    def held(self) -> int:
        """Slots, of live alarms and of all else."""
        return self.sender.live.slots.held + self.sender.others.slots.held

    async def finishes(self) -> None:
        """Waits for the answers and settles them."""
        await answers(self.sender)
        for line in (self.sender.live.results, self.sender.others.results):
            while line.waits:
                await line.round()


async def answers(sender: Sender) -> None:
    """Until every request under way is answered; nothing of it is written yet."""
    if sender.sending:
        await asyncio.wait(sender.sending)
