"""All phones together: whoever is rung wakes up and is played; a few sign up before one's eyes."""

import asyncio
import random
from collections.abc import Coroutine
from datetime import datetime
from pathlib import Path

import aiohttp
import msgspec

from backend.demo.phones.account import Account, CannotSignIn
from backend.demo.phones.alarm import Alarm
from backend.demo.phones.book import Book, Entry
from backend.demo.phones.chances import is_deaf_to_push, temper
from backend.demo.phones.ears import Push, Text, events, hear_pushes, hear_texts
from backend.demo.phones.mailbox import Mailbox, link_in
from backend.demo.phones.mobile_api import MobileApi
from backend.demo.phones.newcomer import bring_along, person
from backend.demo.phones.notebook import Notebook
from backend.demo.phones.text_answer import answer_by_link, look_again
from backend.demo.phones.wire import Alerts

STILL_HERE_EVERY_S = 120.0


class Simulator:
    """`seed` decides what people are like, `pace` how much faster they answer and walk than in life."""

    def __init__(
        self, session: aiohttp.ClientSession, api_url: str, book: Book, log: Path, seed: int, pace: float
    ) -> None:
        self.seed = seed
        self.pace = pace
        self._session = session
        self._api = MobileApi(session, api_url)
        self._book = book
        self._notebook = Notebook(log)
        self._mailbox = Mailbox()
        self._accounts: dict[str, Account] = {}
        self._alarms: dict[str, Alarm] = {}
        self._alarm_nos: dict[datetime, int] = {}
        self._links_opened: dict[str, list[str]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def alarm_no(self, asked_at: datetime) -> int:
        return self._alarm_nos.setdefault(asked_at, len(self._alarm_nos))

    async def run(self, pushes_url: str, texts_url: str, newcomers_every_s: float) -> None:
        """Until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(hear_pushes(self._session, pushes_url, self.hears_push))
                group.create_task(hear_texts(self._session, texts_url, self.hears_text))
                group.create_task(self._sign_up_newcomers(newcomers_every_s))
                group.create_task(self._say_still_here())
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._notebook.close()

    # ---- what comes in

    def hears_push(self, push: Push) -> None:
        entry = self._book.by_push.get(push.to)
        alert_id = push.data.get("alert_id")
        if entry is None or not alert_id or is_deaf_to_push(self.seed, entry.phone):
            return
        if push.data.get("what") == "ring":
            self._ring(entry, alert_id, "fcm", push.data.get("ring_no", "1"), push.data.get("revision"))
        elif (alarm := self._alarms.get(_key(entry, alert_id))) is not None:
            alarm.hears_news(push.data.get("what", ""), push.data.get("reason"), push.data.get("revision"))

    def hears_text(self, text: Text) -> None:
        entry = self._book.by_phone.get(text.to)
        if entry is None or self._mailbox.take_code(text.to, text.text):
            return
        link = link_in(text.text)
        self._notebook.note(entry.phone, "text_seen", has_link=link is not None)
        opened = self._links_opened.setdefault(entry.phone, [])
        if link is not None and is_deaf_to_push(self.seed, entry.phone) and link not in opened:
            chances = temper(self.seed, entry.phone, len(opened))
            opened.append(link)
            self._start(answer_by_link(self._api, self._notebook, entry, link, chances, self.pace))
        elif link is None and opened:
            self._start(look_again(self._api, self._notebook, entry, opened[-1]))

    def _ring(self, entry: Entry, alert_id: str, channel: str, ring_no: str, revision: str | None = None) -> None:
        alarm = self._alarms.get(_key(entry, alert_id))
        if alarm is None:
            alarm = Alarm(alert_id, self.account(entry), self, self._notebook)
            self._alarms[_key(entry, alert_id)] = alarm
        if alarm.hears_ring(channel, ring_no, revision):
            self._start(alarm.live(channel))

    def account(self, entry: Entry) -> Account:
        """The log-in of this phone: one, however many alarms it lives through."""
        if entry.phone not in self._accounts:
            self._accounts[entry.phone] = Account(entry, self._api, self._mailbox, self._notebook)
        return self._accounts[entry.phone]

    # ---- what phones do unasked

    async def _sign_up_newcomers(self, every_s: float) -> None:
        """One after another, as people do: each with the whole way from the code to the first position."""
        for number, entry in enumerate(e for e in list(self._book.by_phone.values()) if e.signs_up):
            account = self.account(entry)
            try:
                await account.sign_up(person(self.seed, entry.phone))
                await bring_along(account, self._notebook, self.seed)
            except CannotSignIn:
                continue
            if number % 4 == 0:  # some keep the app open: rung by its own stream as well
                self._start(self._follow_stream(entry, account))
            await asyncio.sleep(every_s)

    async def _follow_stream(self, entry: Entry, account: Account) -> None:
        while True:
            token = (account.tokens or await account.sign_in()).access_token
            try:
                async with self._session.get(
                    f"{self._api.url}/mobile/v1/alerts/stream",
                    headers={"Authorization": f"Bearer {token}", "Accept": "text/event-stream"},
                    timeout=aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=60),
                ) as stream:
                    if stream.status == 401:
                        await account.still_here()  # renews the token
                    async for event, data in events(stream):
                        if event == "alerts":
                            self._hears_stream(entry, data)
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(1.0)

    def _hears_stream(self, entry: Entry, data: bytes) -> None:
        for alert in msgspec.json.decode(data, type=Alerts).alerts:
            if alert.state == "ringing":
                self._ring(entry, alert.id, "in_app", str(alert.ring_no), str(alert.revision))
            elif (alarm := self._alarms.get(_key(entry, alert.id))) is not None:
                alarm.hears_truth(alert)

    async def _say_still_here(self) -> None:
        draw = random.Random(self.seed)
        while True:
            await asyncio.sleep(STILL_HERE_EVERY_S / max(1, len(self._accounts)))
            signed_in = [account for account in self._accounts.values() if account.tokens is not None]
            if signed_in:
                await draw.choice(signed_in).still_here()

    def _start(self, life: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(life)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None:
            self._notebook.note("", "trouble", why=f"{type(failure).__name__}: {failure}"[:300])


def _key(entry: Entry, alert_id: str) -> str:
    return f"{entry.phone} {alert_id}"
