"""On the way: to the defibrillator if that is the role, then to the patient; telling each step."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from backend.demo.phones.account import Account, stamp
from backend.demo.phones.chances import Temper
from backend.demo.phones.walk import Point, part_of_way, seconds_between

if TYPE_CHECKING:
    from backend.demo.phones.alarm import Alarm

STEP_S = 3.0  # real seconds between two positions told under way
TO_THE_FLOOR_S = 20.0  # from the street door to the patient ††


class Mission:
    """One person's way, in one alarm. Ends when they are done, cannot go on, or are told that it is over."""

    def __init__(self, alarm: "Alarm", account: Account, pace: float, chances: Temper) -> None:
        self._alarm = alarm
        self._account = account
        self._pace = pace
        self._chances = chances
        self._at = account.entry.lies_at
        self._problem_left = chances.aed_problem

    async def go(self) -> None:
        """Every step asks again what the server wants: place, AED and role may change under way."""
        if not await self._tell("en_route"):
            return
        if not await self._fetch_aed():
            return
        while (place := await self._known_place()) != self._at:
            if place is None or not await self._walk_to(place):
                return
        if not await self._tell("on_scene") or await self._alarm.sleep(TO_THE_FLOOR_S / self._pace):
            return
        if not await self._tell("with_patient") or await self._alarm.sleep(self._chances.stays_s / self._pace):
            return
        await self._tell("finished")

    async def _fetch_aed(self) -> bool:
        """False when the mission ended on the way."""
        while (aed := self._aed()) is not None:
            aed_id, there = aed
            if not await self._walk_to(there):
                return False
            if self._aed() != aed:
                continue  # another one was named under way
            if self._problem_left is None:
                return await self._tell("aed_picked_up")
            problem, self._problem_left = self._problem_left, None
            reply = await self._alarm.call("POST", "aed-problem", {"problem": problem, "aed_id": aed_id})
            self._alarm.note("aed_problem", aed_id=aed_id, problem=problem, status=reply.status)
            if not reply.ok:
                return False
        return await self._known_place() is not None

    async def _walk_to(self, there: Point) -> bool:
        """In steps of a few seconds, each told to the server. False when it is over, or this person cannot go on; True
        on arrival, or when there is somewhere else to go now."""
        start, target = self._at, there
        needed_s = seconds_between(start, target, self._chances.speed_m_s) / self._pace
        gone_s = 0.0
        while gone_s < needed_s:
            step_s = min(STEP_S, needed_s - gone_s)
            if await self._alarm.sleep(step_s):
                return False
            gone_s += step_s
            self._at = part_of_way(start, target, gone_s / needed_s)
            if self._chances.gives_up_at is not None and gone_s / needed_s >= self._chances.gives_up_at:
                await self._give_up()
                return False
            await self._account.tell_positions([(self._at, 12.0, 0.0)], again=False)
            if self._has_moved(target):
                return True
        self._at = target
        return True

    def _has_moved(self, target: Point) -> bool:
        """Whether neither patient nor AED is any longer where we are heading."""
        aed = self._aed()
        return target not in (self._place(), aed[1] if aed else None) and self._place() is not None

    async def _give_up(self) -> None:
        reply = await self._alarm.call("POST", "give-up", {"reason": self._chances.give_up_reason})
        self._alarm.note("give_up", reason=self._chances.give_up_reason, status=reply.status)

    async def _tell(self, status: str) -> bool:
        now = stamp(datetime.now(UTC))
        reply = await self._alarm.call("POST", "status", {"status": status, "happened_at": now, "sent_at": now})
        self._alarm.note("status", told=status, status=reply.status)
        if not reply.ok:
            await self._alarm.read()
        return reply.ok and self._is_on()

    def _is_on(self) -> bool:
        return self._alarm.alert is not None and self._alarm.alert.state == "accepted"

    async def _known_place(self) -> Point | None:
        """Where to go; one that was dropped because it may be wrong is read anew."""
        if self._place() is None and self._is_on():
            await self._alarm.read()
        return self._place()

    def _place(self) -> Point | None:
        mission = self._alarm.alert.mission if self._alarm.alert is not None else None
        return None if mission is None or mission.place is None else Point(mission.place.lat, mission.place.lon)

    def _aed(self) -> tuple[str, Point] | None:
        mission = self._alarm.alert.mission if self._alarm.alert is not None else None
        if mission is None or mission.role != "aed" or mission.aed is None:
            return None
        return mission.aed.id, Point(mission.aed.lat, mission.aed.lon)
