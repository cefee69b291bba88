"""The test centre's people at work: whoever is rung answers by habit, always the same, so that a vendor sees it all.

Eight at each of five places, the nearest 100 m from its middle, the others 150 m further each. A habit goes with the
distance: docs/dispatchers.md has the table. They are nobody, and know of the service only its mobile API.
"""

import asyncio
import contextlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID, uuid5

import aiohttp

from backend.conform.reference_client import Answer, Json, events_of, stamp

NAMESPACE = UUID("3c6a3c1e-0f5c-5d0a-9b1f-6f2f1c0d7a55")
PLACES = {
    "Odense": (55.4038, 10.4024),
    "København": (55.6761, 12.5683),
    "Skagen": (57.7209, 10.5839),
    "Esbjerg": (55.4765, 8.4594),
    "Nordby": (55.4445, 8.3990),  # on Fanø: water lies between it and Esbjerg
}
NEAREST_M, STEP_M = 100.0, 150.0
METRES_PER_DEGREE = 111_195.0
METRES_PER_SECOND = 2.3
WITH_THE_PATIENT_S = 120.0
SHOWS_AFTER_S = 1.0
POSITION_EVERY_S = 6 * 3600.0
COME_AGAIN_S = 1.0
PATIENCE_S = 10.0


class Habit(StrEnum):
    """What somebody does when rung."""

    GOES = "accepts after 5 s and goes"
    DECLINES = "declines after 4 s"
    SILENT = "shows it and never answers"
    GIVES_UP = "accepts after 8 s and gives up after 20 s"
    DEAF = "has no connection"
    LATE = "accepts after 40 s and goes"


HABITS = (
    *(Habit.GOES, Habit.DECLINES, Habit.GOES, Habit.SILENT),
    *(Habit.GIVES_UP, Habit.DEAF, Habit.LATE, Habit.GOES),
)


@dataclass(frozen=True)
class Person:
    """One of them; the same ids on every installation."""

    volunteer_id: UUID
    device_id: UUID
    lat: float
    lon: float
    metres: float
    habit: Habit


def everybody() -> list[Person]:
    return [_person(place, number) for place in PLACES for number in range(len(HABITS))]


def _person(place: str, number: int) -> Person:
    """They stand north of the middle, one behind the other."""
    lat, lon = PLACES[place]
    metres = NEAREST_M + STEP_M * number
    return Person(
        volunteer_id=uuid5(NAMESPACE, f"person {place} {number}"),
        device_id=uuid5(NAMESPACE, f"device {place} {number}"),
        lat=lat + metres / METRES_PER_DEGREE,
        lon=lon,
        metres=metres,
        habit=HABITS[number],
    )


TokenOf = Callable[[Person], str]
Tell = Callable[[str], None]


async def play(url: str, people: Sequence[Person], token_of: TokenOf, *, pace: float, tell: Tell) -> None:
    """Everybody's phone, without end."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session, asyncio.TaskGroup() as phones:
        for person in people:
            phones.create_task(Phone(session, url, person, token_of, pace, tell).live())


@dataclass
class Phone:
    """One person's. Nothing is tried twice here but the stream: a test centre does not have to be reliable."""

    session: aiohttp.ClientSession
    url: str
    person: Person
    token_of: TokenOf
    pace: float
    tell: Tell
    reacting: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    shown: dict[str, int] = field(default_factory=dict)  # alert → the newest revision that was shown

    async def live(self) -> None:
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._stay_known())
                if self.person.habit is not Habit.DEAF:
                    both.create_task(self._listen())
        finally:
            for task in self.reacting.values():
                task.cancel()

    async def _stay_known(self) -> None:
        """Only the latest position is kept, and for 72 h."""
        while True:
            now = stamp(datetime.now(UTC))
            here = {"lat": self.person.lat, "lon": self.person.lon, "accuracy_m": 10, "measured_at": now}
            answer = await self._send("/mobile/v1/positions", {"sent_at": now, "positions": [here]})
            await asyncio.sleep(POSITION_EVERY_S if answer.status == 200 else COME_AGAIN_S)

    async def _listen(self) -> None:
        limit = aiohttp.ClientTimeout(total=None, sock_connect=PATIENCE_S, sock_read=30)
        while True:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with self.session.get(
                    f"{self.url}/mobile/v1/alerts/stream", headers=self._headers(), timeout=limit
                ) as stream:
                    if stream.status == 200:
                        async for event in events_of(stream):
                            if event.name == "alerts":
                                await self._see(event.data["alerts"])
            await asyncio.sleep(COME_AGAIN_S)

    async def _see(self, alerts: list[Json]) -> None:
        for alert in alerts:
            alert_id, state = str(alert["id"]), alert["state"]
            if state == "ringing" and alert_id not in self.reacting:
                self.reacting[alert_id] = asyncio.create_task(self._react(alert_id))
            elif state in ("ringing", "accepted"):
                await self._show_what_is_new(alert_id, int(alert.get("revision", 0)))
            elif (task := self.reacting.pop(alert_id, None)) is not None:
                task.cancel()
                self.tell(f"{self._name}: {state}, {alert.get('reason')}")

    async def _show_what_is_new(self, alert_id: str, revision: int) -> None:
        if alert_id in self.shown and revision > self.shown[alert_id]:
            await self._show(alert_id, revision)

    async def _show(self, alert_id: str, revision: int | None = None) -> None:
        now = stamp(datetime.now(UTC))
        told = {} if revision is None else {"revision": revision}
        answer = await self._says(alert_id, "receipt", {"shown_at": now, "sent_at": now, "channel": "in_app", **told})
        if answer.status == 200:
            self.shown[alert_id] = int(answer.read().get("revision", 0))

    async def _react(self, alert_id: str) -> None:
        self.tell(f"{self._name}: rings; {self.person.habit.value}")
        await self._wait(SHOWS_AFTER_S)
        await self._show(alert_id)
        match self.person.habit:
            case Habit.DECLINES:
                await self._wait(4)
                await self._says(alert_id, "decline", {})
            case Habit.GOES:
                await self._wait(5)
                await self._go(alert_id)
            case Habit.LATE:
                await self._wait(40)
                await self._go(alert_id)
            case Habit.GIVES_UP:
                await self._wait(8)
                if await self._accepts(alert_id):
                    await self._tells(alert_id, "en_route")
                    await self._wait(20)
                    await self._says(alert_id, "give-up", {"reason": "cannot_get_there"})
            case Habit.SILENT | Habit.DEAF:
                return

    async def _go(self, alert_id: str) -> None:
        """Half the way to the defibrillator where there is one to fetch, the rest to the patient."""
        mission = await self._accepts(alert_id)
        if not mission:
            return
        await self._tells(alert_id, "en_route")
        way_s = self.person.metres / METRES_PER_SECOND
        if mission.get("role") == "aed":
            await self._wait(way_s / 2)
            await self._tells(alert_id, "aed_picked_up")
            way_s /= 2
        await self._wait(way_s)
        await self._tells(alert_id, "on_scene")
        await self._wait(20)
        await self._tells(alert_id, "with_patient")
        await self._wait(WITH_THE_PATIENT_S)
        await self._tells(alert_id, "finished")

    async def _accepts(self, alert_id: str) -> Json:
        """The mission; empty when there was no place left or it is over."""
        answer = await self._says(alert_id, "accept", {"sent_at": stamp(datetime.now(UTC))})
        return answer.read().get("mission") or {} if answer.status == 200 else {}

    async def _tells(self, alert_id: str, status: str) -> None:
        now = stamp(datetime.now(UTC))
        await self._says(alert_id, "status", {"status": status, "happened_at": now, "sent_at": now})

    async def _says(self, alert_id: str, verb: str, body: Json) -> Answer:
        return await self._send(f"/mobile/v1/alerts/{alert_id}/{verb}", body)

    async def _send(self, path: str, body: Json) -> Answer:
        limit = aiohttp.ClientTimeout(total=PATIENCE_S)
        try:
            async with self.session.post(
                self.url + path, json=body, headers=self._headers(), timeout=limit
            ) as response:
                return Answer(response.status, await response.read())
        except (aiohttp.ClientError, TimeoutError):
            return Answer(0)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token_of(self.person)}"}

    @property
    def _name(self) -> str:
        return f"{str(self.person.volunteer_id)[:8]} at {math.floor(self.person.metres)} m"

    async def _wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.pace)
