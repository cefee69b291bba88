"""One synthetic alarm through the whole chain, with the time each leg took and the name of the one that failed."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from time import monotonic

import structlog

from backend.conform.reference_client import DispatchSystem, Json, NobodyAnswers, Refused, stamp
from backend.rehearsal.phone import SignedOut, SyntheticPhone

LOOK_EVERY_S = 0.05
CLEAN_UP_S = 5.0

_log = structlog.get_logger()


class Leg(StrEnum):
    """What has to work, in order; a failure bears one of these names."""

    LOG_IN = "log_in"  # tokens of both sides
    FOLLOW = "follow"  # the phone's stream
    REPORT = "report"  # API, choosing, the database
    RING = "ring"  # the phone hears of it
    PROVIDER = "provider"  # the worker claimed and sent it, a provider took it
    RECEIPT = "receipt"
    ACCEPT = "accept"  # role and address
    STATUS = "status"
    CENTRE = "centre"  # the dispatch centre sees all of it
    CLOSE = "close"


class Failed(Exception):
    """A round that did not come through: where, and why."""

    def __init__(self, leg: Leg, why: str) -> None:
        super().__init__(f"{leg}: {why}")
        self.leg = leg
        self.why = why


class Stopwatch:
    """Which leg a round is in, and how many seconds each took."""

    def __init__(self) -> None:
        self.leg = Leg.LOG_IN
        self.seconds: dict[Leg, float] = {}

    @contextlib.contextmanager
    def on(self, leg: Leg) -> Iterator[None]:
        self.leg, began = leg, monotonic()
        yield
        self.seconds[leg] = monotonic() - began

    def refuse(self, right: bool, why: str) -> None:
        """Ends the round when what was seen is not what should be."""
        if not right:
            raise Failed(self.leg, why)


class Round:
    """One alarm. `watch` shows how far it came, also when it failed."""

    def __init__(self, centre: DispatchSystem, phone: SyntheticPhone) -> None:
        self.watch = Stopwatch()
        self._centre = centre
        self._phone = phone
        self._case = f"{phone.keys.client_id}-{datetime.now(UTC):%Y%m%dT%H%M%S.%f}"
        self._incident = ""
        self._wanted = set(phone.keys.channels)

    async def run(self, limit_s: float) -> None:
        """The whole chain within `limit_s`. Raises Failed; whatever was opened is closed."""
        try:
            async with asyncio.timeout(limit_s):
                await self._all_legs()
        except TimeoutError:
            raise Failed(self.watch.leg, f"not through within {limit_s:g} s") from None
        except (Refused, SignedOut, NobodyAnswers) as trouble:
            raise Failed(self.watch.leg, str(trouble)) from None
        finally:
            if self._incident:
                await self._clean_up()

    async def _all_legs(self) -> None:
        on = self.watch.on
        with on(Leg.LOG_IN):
            await self._phone.log_in()
            self._look_at(await self._centre.centre())
        async with contextlib.AsyncExitStack() as stack:
            with on(Leg.FOLLOW):
                stream = await stack.enter_async_context(self._phone.following())
                await anext(stream)
            with on(Leg.REPORT):
                await self._report()
            with on(Leg.RING):
                alert = await self._rings(stream)
        with on(Leg.PROVIDER):
            await self._taken_by_providers()
        with on(Leg.RECEIPT):
            await self._phone.shows(alert)
        with on(Leg.ACCEPT):
            mission = (await self._phone.accepts(alert)).get("mission") or {}
            address = (mission.get("place") or {}).get("address")
            self.watch.refuse(address == self._case, "the phone was not told the address that was reported")
        with on(Leg.STATUS):
            await self._phone.tells(alert, "on_scene")
            await self._phone.tells(alert, "finished")
        with on(Leg.CENTRE):
            self._check(await self._centre.incident(self._incident))
        with on(Leg.CLOSE):
            await self._centre.close(self._incident)
            ended = await self._centre.incident(self._incident)
            self.watch.refuse(ended["state"] == "ended", f"closed and yet {ended['state']}")
            self._incident = ""

    def _look_at(self, centre: Json) -> None:
        """Before anything is reported: a file with somebody else's log-in must not ring citizens every minute."""
        self.watch.refuse(centre["kind"] == "synthetic", f"this log-in reports {centre['kind']}: nothing was reported")
        off = {each["channel"] for each in centre["channels"] if not each["on"]}
        if unproven := sorted(self._wanted & off):
            _log.warning("channel_switched_off", unproven=unproven)
        self._wanted -= off

    async def _report(self) -> None:
        now, keys = stamp(datetime.now(UTC)), self._phone.keys
        reported = await self._centre.report(
            {
                "case_number": self._case,
                "position": {"system": "WGS84", "lat": keys.lat, "lon": keys.lon},
                "accuracy_m": 10,
                "address": {"text": self._case},
                "call_received_at": now,
                "recognised_at": now,
            }
        )
        self._incident = reported["id"]
        # `pending` comes to its end within a second, or the ring does not come.
        self.watch.refuse(reported["asking"] in ("asked", "pending"), f"asking: {reported['asking']}")

    async def _rings(self, stream: AsyncIterator[list[Json]]) -> str:
        async for alerts in stream:
            for alert in alerts:
                if alert["state"] == "ringing":
                    self.watch.refuse(alert["kind"] == "synthetic", f"rings as {alert['kind']}")
                    return str(alert["id"])
        raise Failed(self.watch.leg, "the stream ended")

    async def _taken_by_providers(self) -> None:
        """Before the receipt: what still waits then is not sent any more."""
        while self._wanted:
            seen = await self._centre.incident(self._incident)
            taken = {channel for volunteer in seen["volunteers"] for channel in volunteer["reached_by"]}
            if taken >= self._wanted:
                return
            await asyncio.sleep(LOOK_EVERY_S)

    def _check(self, seen: Json) -> None:
        going = [each for each in seen["volunteers"] if each["answered_at"] is not None]
        self.watch.refuse(seen["accepted"] == 1 and len(going) == 1, f"{seen['accepted']} accepted")
        (volunteer,) = going
        self.watch.refuse(volunteer["receipt_at"] is not None, "no receipt is seen")
        told = [each["status"] for each in volunteer["statuses"]]
        self.watch.refuse({"on_scene", "finished"} <= set(told), f"told {told}")
        self.watch.refuse(volunteer["state"] == "finished", f"the mission is {volunteer['state']}")

    async def _clean_up(self) -> None:
        """So that the phone is free for the next round; if this fails too, the next round tells."""
        with contextlib.suppress(Refused, NobodyAnswers, TimeoutError):
            async with asyncio.timeout(CLEAN_UP_S):
                await self._centre.close(self._incident)


async def close_left_open(centre: DispatchSystem, client_id: str) -> None:
    """What an earlier round of this log-in could not close. Raises Refused or NobodyAnswers."""
    for incident in await centre.open_incidents():
        if incident["case_number"].startswith(f"{client_id}-"):
            await centre.close(incident["id"])
