"""Phones in a test's hand: signed up by a text message, rung by real pushes, answering by the public mobile API.

They know nothing of the server but what the demo's phones know (`backend.demo.phones`); a test says what each does.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import msgspec

from backend.demo.denmark import NEW_NUMBERS
from backend.demo.phones.account import Account, stamp
from backend.demo.phones.book import Entry
from backend.demo.phones.ears import Push, Text, hear_pushes, hear_texts
from backend.demo.phones.mailbox import Mailbox
from backend.demo.phones.mobile_api import MobileApi, Reply
from backend.demo.phones.newcomer import person
from backend.demo.phones.notebook import Notebook
from tests.harness.running import Service

PATIENCE_S = 20.0
KEEPS_TRYING = 12
"""As often as a phone asks again before it lets a call be: some 35 s, in which a server is started again."""


class Handset:
    """One person's phone. `pushes` is all that reached it, the oldest first."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.pushes: list[dict[str, str]] = []
        self._news = asyncio.Event()

    async def signs_up(self) -> None:
        """From scratch: the number proven, the account, where pushes go, and where it lies."""
        await self.account.sign_up(person(1, self.account.entry.phone))
        assert (await self.account.tell_device()).ok
        assert (await self.account.tell_positions([(self.account.entry.lies_at, 10.0, 1.0)])).ok

    def rings(self, push: Push) -> None:
        self.pushes.append(push.data)
        self._news.set()

    async def hears(self, what: str) -> dict[str, str]:
        """The newest push of that kind, as soon as there is one; shown, and its receipt sent."""
        async with asyncio.timeout(PATIENCE_S):
            while not (heard := [each for each in self.pushes if each.get("what") == what]):
                self._news.clear()
                await self._news.wait()
        now = stamp(datetime.now(UTC))
        shown: dict[str, object] = {"shown_at": now, "sent_at": now, "channel": "fcm"}
        if word := heard[-1].get("word_id"):
            shown["word_id"] = word
        elif revision := heard[-1].get("revision"):
            shown["revision"] = int(revision)
        assert (await self._about("POST", "receipt", shown)).ok
        return heard[-1]

    async def accepts(self) -> dict[str, Any]:
        """The mission, whatever becomes of the server meanwhile."""
        reply = await self._about("POST", "accept", {"sent_at": stamp(datetime.now(UTC))})
        assert reply.status == 200, reply.body
        mission: dict[str, Any] = msgspec.json.decode(reply.body)["mission"]
        return mission

    async def declines(self) -> None:
        assert (await self._about("POST", "decline", {})).ok

    async def tells(self, status: str) -> None:
        now = stamp(datetime.now(UTC))
        told = {"status": status, "happened_at": now, "sent_at": now}
        assert (await self._about("POST", "status", told)).ok

    async def says(self, word: str) -> None:
        assert (await self._about("POST", "words", {"id": str(uuid4()), "word": word})).ok

    async def looks(self) -> dict[str, Any]:
        """The alarm as the server tells it now."""
        reply = await self.account.call("GET", f"/mobile/v1/alerts/{self._alert_id}")
        assert reply.status == 200, reply.body
        alert: dict[str, Any] = msgspec.json.decode(reply.body)
        return alert

    @property
    def _alert_id(self) -> str:
        return self.pushes[0]["alert_id"]

    async def _about(self, method: str, verb: str, body: object) -> Reply:
        return await self.account.call(method, f"/mobile/v1/alerts/{self._alert_id}/{verb}", body, KEEPS_TRYING)


@asynccontextmanager
async def handsets(service: Service, notes: Path, *lie_at: tuple[float, float]) -> AsyncIterator[list[Handset]]:
    """One signed-up phone at each place. The service needs its worker: codes and rings go out for real."""
    mailbox, notebook = Mailbox(), Notebook(notes)
    async with AsyncExitStack() as stack:
        stack.callback(notebook.close)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        api = MobileApi(session, service.url)
        found: dict[str, Handset] = {}
        for number, place in enumerate(lie_at):
            token = f"handset-{number}:{uuid4().hex}"
            entry = Entry(f"{NEW_NUMBERS}{number:06d}", "android", "da", token, *place, signs_up=True)
            found[token] = Handset(Account(entry, api, mailbox, notebook))

        def rings(push: Push) -> None:
            found[push.to].rings(push)

        def reads(text: Text) -> None:
            mailbox.take_code(text.to, text.text)

        hears = [
            asyncio.create_task(hear_pushes(session, f"{service.fcm}/device/stream?since=0", rings)),
            asyncio.create_task(hear_texts(session, f"{service.sms}/stream?since=0", reads)),
        ]
        try:
            await asyncio.gather(*(each.signs_up() for each in found.values()))
            yield list(found.values())
        finally:
            for each in hears:
                each.cancel()
            await asyncio.gather(*hears, return_exceptions=True)
