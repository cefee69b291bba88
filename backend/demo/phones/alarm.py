"""One phone and one alarm: it rings, is shown, is answered, and comes to an end with a reason."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Protocol

from backend.demo.phones.account import Account, CannotSignIn, stamp
from backend.demo.phones.chances import Temper, receipt_delay, temper
from backend.demo.phones.mission import Mission
from backend.demo.phones.mobile_api import Reply
from backend.demo.phones.notebook import Notebook
from backend.demo.phones.wire import Alert, Problem

UNDER_WAY = ("ringing", "accepted")
LOOKS_AGAIN_S = 2.0  # after the ringing should be over
POLLS_EVERY_S = 20.0  # a phone that heard nothing looks for itself


class World(Protocol):
    """What all phones share."""

    seed: int
    pace: float

    def alarm_no(self, asked_at: datetime) -> int:
        """Which alarm this is, counted from 0: a phone cannot know the incident, but a wave is asked at one moment."""
        ...


class Alarm:
    """Made by the first ring; later pushes of the same alert wake it."""

    def __init__(self, alert_id: str, account: Account, world: World, notebook: Notebook) -> None:
        self.alert_id = alert_id
        self.alert: Alert | None = None
        self._account = account
        self._world = world
        self._notebook = notebook
        self._news = asyncio.Event()
        self._rings_seen: set[str] = set()
        self._lives = False
        self._to_receipt = False
        self._revision: int | None = None  # the newest that a push told of
        self._told_end: tuple[str, str | None] | None = None

    # ---- what comes in

    def hears_ring(self, channel: str, ring_no: str, revision: str | None = None) -> bool:
        """Pushes come at least once: the same ring again is noted and changes nothing. True when a life starts."""
        self._hears_revision(revision)
        again = ring_no in self._rings_seen
        self._rings_seen.add(ring_no)
        self._note("ring_seen", channel=channel, ring_no=ring_no, again=again)
        if again:
            return False
        if self._lives:
            self._news.set()
            return False
        self._lives = True
        return True

    def hears_truth(self, alert: Alert) -> None:
        """From the app's own stream."""
        if self.alert is None or (alert.state, alert.revision) != (self.alert.state, self.alert.revision):
            self._news.set()

    def hears_news(self, what: str, reason: str | None, revision: str | None = None) -> None:
        """Stood down, revised, another AED: the truth is read, not taken from a push; and it is receipted.

        The address on the screen may be the wrong one from now on: it goes at once.
        """
        self._note("push_seen", push=what, reason=reason)
        self._hears_revision(revision)
        if self.alert is not None and self.alert.mission is not None:
            self.alert.mission.place = None
            self._note("address_dropped", shows_address=self._shows_address)
        self._to_receipt = True
        self._news.set()

    def _hears_revision(self, revision: str | None) -> None:
        if revision is not None and revision.isdecimal():
            self._revision = max(int(revision), self._revision or 0)

    # ---- the whole way

    async def live(self, channel: str) -> None:
        """From ring to end. Never raises for what the server or the network does."""
        try:
            await asyncio.gather(self._account.sign_in(), asyncio.sleep(receipt_delay(self._world.seed, self._phone)))
            await self._send_receipt(channel)
            if self.alert is not None and self.alert.state in UNDER_WAY:
                chances = temper(self._world.seed, self._phone, self._world.alarm_no(self.alert.asked_at))
                await self._answer(chances)
                await self._until_the_end(chances)
            self._end()
        except CannotSignIn as reason:
            self._note("trouble", why=str(reason))
        finally:
            self._lives = False

    async def _send_receipt(self, channel: str) -> None:
        now = stamp(datetime.now(UTC))
        shown: dict[str, object] = {"shown_at": now, "sent_at": now, "channel": channel}
        if self._revision is not None:
            shown["revision"] = self._revision
        reply = await self.call("POST", "receipt", shown)
        self._note("receipt", status=reply.status, shows_address=self._shows_address)
        if not reply.ok:
            await self.read()

    async def _answer(self, chances: Temper) -> None:
        """After this person's delay; whoever is told in between that it is over does not answer."""
        assert self.alert is not None
        if chances.answer == "silence":
            return
        if await self._ends_within(chances.answer_s / self._world.pace):
            return
        body = {"sent_at": stamp(datetime.now(UTC))} if chances.answer == "accept" else {}
        reply = await self.call("POST", chances.answer, body)
        self._note(
            "answer", answer=chances.answer, status=reply.status, shows_address=self._shows_address, role=self._role
        )
        if not reply.ok:
            await self.read()

    async def _until_the_end(self, chances: Temper) -> None:
        gone = False
        while self.alert is not None and self.alert.state in UNDER_WAY:
            if self.alert.state == "accepted":
                if not gone:
                    gone = True
                    await Mission(self, self._account, self._world.pace, chances).go()
                elif not await self.sleep(POLLS_EVERY_S):
                    await self.read()
                continue
            left_s = (self.alert.rings_until - datetime.now(UTC)).total_seconds() + LOOKS_AGAIN_S
            await self._ends_within(max(0.5, min(left_s, POLLS_EVERY_S)))
            await self.read()

    def _end(self) -> None:
        end = None if self.alert is None else (self.alert.state, self.alert.reason)
        if end is not None and end != self._told_end:
            self._told_end = end
            self._note("ended", state=end[0], reason=end[1])

    # ---- for the mission

    async def call(self, method: str, verb: str, body: object) -> Reply:
        """A call about this alert. A good answer is the alert as it is now; 410 says that it is over."""
        reply = await self._account.call(method, f"/mobile/v1/alerts/{self.alert_id}/{verb}", body)
        if reply.ok:
            self.alert = reply.read(Alert)
        elif reply.status == 410:
            self._note("refused", verb=verb, status=410, reason=reply.read(Problem).reason)
        return reply

    async def read(self) -> None:
        """The truth as the server tells it now."""
        reply = await self._account.call("GET", f"/mobile/v1/alerts/{self.alert_id}")
        if reply.ok:
            self.alert = reply.read(Alert)
        self._note(
            "read",
            status=reply.status,
            shows_address=self._shows_address,
            state=None if self.alert is None else self.alert.state,
        )

    async def sleep(self, seconds: float) -> bool:
        """Real seconds, on a mission; True when it is over (news are read at once)."""
        return await self._ends_within(seconds, lambda: self.alert is None or self.alert.state != "accepted")

    async def _ends_within(self, seconds: float, over: Callable[[], bool] | None = None) -> bool:
        """Waits; whatever is told meanwhile is read at once. True when the alert is no longer under way."""
        is_over = over or (lambda: self.alert is None or self.alert.state not in UNDER_WAY)
        until = asyncio.get_running_loop().time() + seconds
        while (left := until - asyncio.get_running_loop().time()) > 0:
            self._news.clear()
            if not await _happens_within(self._news.wait, left):
                break
            await self._take_news()
            if is_over():
                return True
        return is_over()

    async def _take_news(self) -> None:
        if self._to_receipt:
            self._to_receipt = False
            await self._send_receipt("fcm")
        else:
            await self.read()

    def note(self, what: str, **facts: str | int | float | bool | None) -> None:
        self._note(what, shows_address=self._shows_address, role=self._role, **facts)

    def _note(self, what: str, **facts: str | int | float | bool | None) -> None:
        self._notebook.note(self._phone, what, alert_id=self.alert_id, **facts)

    @property
    def _phone(self) -> str:
        return self._account.entry.phone

    @property
    def _shows_address(self) -> bool:
        return self.alert is not None and self.alert.shows_address

    @property
    def _role(self) -> str | None:
        return self.alert.mission.role if self.alert is not None and self.alert.mission is not None else None


async def _happens_within(wait: Callable[[], Awaitable[object]], seconds: float) -> bool:
    try:
        await asyncio.wait_for(wait(), seconds)
    except TimeoutError:
        return False
    return True
