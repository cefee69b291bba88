"""Dispatch systems and phones that play a run of processes: they call the real API, and write down what it said.

Both retry as their contracts say: a report with the same key for at least a minute, a phone's answer until it is heard.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import aiohttp
import msgspec

from tests.chaos.records import Answered, Away, Kill, Records, Reported, StoodDown
from tests.chaos.rig import Rig
from tests.chaos.town_of_phones import HURRIED, Person, TownOfPhones, somewhere

_PATIENCE_S = 70.0
_ANSWER_WITHIN_S = 6.0
_AGAIN_S = 0.15
_ARRESTS_WITHIN_M = 700.0
_POLICIES = (None, None, HURRIED, HURRIED, "phased-7")


class Reply(msgspec.Struct, frozen=True):
    """`status` 0: nobody answered, whatever became of it."""

    status: int
    body: Any
    asked_at: datetime
    answered_at: datetime
    tries: int


Prove = Callable[[str, str, Mapping[str, str]], dict[str, str]]


class Wire:
    """HTTP to whichever API answers."""

    def __init__(self, session: aiohttp.ClientSession, urls: list[str], prove: Prove) -> None:
        self._session, self._urls, self._at, self._prove = session, urls, 0, prove

    async def once(self, method: str, path: str, body: object, headers: dict[str, str], tries: int = 1) -> Reply:
        asked_at = datetime.now(UTC)
        try:
            async with self._session.request(
                method,
                self._urls[self._at % len(self._urls)] + path,
                data=None if body is None else msgspec.json.encode(body),
                headers=headers | self._prove(method, path, headers) | {"Content-Type": "application/json"},
                timeout=aiohttp.ClientTimeout(total=_ANSWER_WITHIN_S, connect=1.0),
            ) as answer:
                raw = await answer.read()
                told = msgspec.json.decode(raw) if raw and "json" in answer.content_type else None
                return Reply(answer.status, told, asked_at, datetime.now(UTC), tries)
        except (aiohttp.ClientError, TimeoutError, msgspec.DecodeError):
            self._at += 1  # the next one, as a client does whose server is gone
            return Reply(0, None, asked_at, datetime.now(UTC), tries)

    async def follow(self, path: str, headers: dict[str, str]) -> None:
        """Read a stream to its end."""
        url = self._urls[self._at % len(self._urls)] + path
        async with self._session.get(url, headers=headers, timeout=aiohttp.ClientTimeout(sock_read=15)) as stream:
            async for _ in stream.content:
                pass

    async def until_heard(
        self, method: str, path: str, body: object, headers: Callable[[], dict[str, str]], pause_s: float = _AGAIN_S
    ) -> Reply:
        """The same again until somebody decided about it; 0 when nobody has in all the time a client waits."""
        loop = asyncio.get_running_loop()
        ends, tries = loop.time() + _PATIENCE_S, 0
        while True:
            tries += 1
            reply = await self.once(method, path, body, headers(), tries)
            if reply.status not in (0, 429, 500, 502, 503, 504) or loop.time() > ends:
                return reply
            await asyncio.sleep(pause_s)


class Centre:
    """A dispatch system: reports arrests, revises them, stands people down."""

    def __init__(self, wire: Wire, town: TownOfPhones, records: Records, seed: int, pace: float) -> None:
        self.wire, self.town, self.records, self._pace = wire, town, records, pace
        self.stand_down_s: list[tuple[datetime, datetime, int]] = []
        self.refused: list[str] = []
        self._seed = seed
        self._cases = 0

    async def case(self) -> None:
        """One arrest, from its report to its end, with whatever comes between."""
        self._cases += 1
        case, draw = f"{self._seed}-{self._cases}", random.Random(f"{self._seed} case {self._cases}")
        incident = await self.reports(case, draw)
        if incident is None:
            return
        if draw.random() < 0.35:
            await asyncio.sleep(self._pace * draw.uniform(0.3, 3))
            await self.revises(incident, draw)
        await asyncio.sleep(self._pace * draw.choice((draw.uniform(0.1, 1.0), draw.uniform(2, 6), draw.uniform(6, 14))))
        if draw.random() < 0.05:
            await self.joins(incident)
        await self.stands_down(incident, draw)
        if draw.random() < 0.1:
            again = await self.reports(case, draw, again=True)
            if again is not None:
                await asyncio.sleep(self._pace * draw.uniform(0.2, 2))
                await self.stands_down(again, draw)

    async def reports(self, case: str, draw: random.Random, *, again: bool = False) -> UUID | None:
        lat, lon = somewhere(draw, _ARRESTS_WITHIN_M)
        body: dict[str, Any] = {
            "case_number": case,
            "position": {"system": "WGS84", "lat": lat, "lon": lon},
            "accuracy_m": draw.choice((5, 20, 400)),
            "address": {"text": "Torvet 3"},
        }
        policy = draw.choice(_POLICIES)
        body |= {} if policy is None else {"policy": policy}
        body |= {"again": True} if again else {}
        key = f"{case}-{draw.randrange(10**9)}"
        twins = [self._reports(case, key, body)]
        if draw.random() < 0.15:
            twins.append(self._reports(case, key, body))  # sent twice in one moment
        heard = [incident for incident in await asyncio.gather(*twins) if incident is not None]
        if heard and draw.random() < 0.1:
            await self._reports(case, key, body)  # sent again although it was answered
        return heard[0] if heard else None

    async def _reports(self, case: str, key: str, body: object) -> UUID | None:
        path = "/dispatch/v1/incidents"
        reply = await self.wire.until_heard(
            "POST", path, body, lambda: self.town.as_centre() | {"Idempotency-Key": key}
        )
        incident = UUID(reply.body["id"]) if reply.status == 201 else None
        self.records.reports.append(Reported(key, case, incident, reply.answered_at, reply.status))
        if incident is None:
            self.refused.append(f"report {key}: {reply.status} {reply.body}")
        return incident

    async def revises(self, incident: UUID, draw: random.Random) -> None:
        lat, lon = somewhere(draw, _ARRESTS_WITHIN_M)
        body: dict[str, Any] = {"address": {"text": f"Torvet {draw.randrange(99)}"}}
        body |= {"position": {"system": "WGS84", "lat": lat, "lon": lon}} if draw.random() < 0.6 else {}
        await self.wire.until_heard("POST", f"/dispatch/v1/incidents/{incident}/revise", body, self.town.as_centre)

    async def joins(self, incident: UUID) -> None:
        path = f"/dispatch/v1/incidents/{incident}"
        seen = await self.wire.until_heard("GET", path, None, self.town.as_centre)
        others = seen.body["possible_duplicates"] if seen.status == 200 else []
        if others:
            await self.wire.until_heard("POST", f"{path}/join", {"into": others[0]}, self.town.as_centre)

    async def stands_down(self, incident: UUID, draw: random.Random) -> None:
        verb, body = draw.choice((("stand-down", {"reason": "ambulance_arrived"}), ("close", None)))
        path = f"/dispatch/v1/incidents/{incident}/{verb}"
        reply = await self.wire.until_heard("POST", path, body, self.town.as_centre)
        if reply.status != 200:
            self.refused.append(f"{verb} {incident}: {reply.status} {reply.body}")
            return
        told = reply.body
        self.records.stand_downs.append(
            StoodDown(incident, reply.asked_at, reply.answered_at, told["sent"], told["stopped"], told["late"])
        )
        self.stand_down_s.append((reply.asked_at, reply.answered_at, reply.tries))


class Phones:
    """Everybody's phone: shows what is pushed to it, says so, and answers as people do."""

    def __init__(self, wire: Wire, rig: Rig, town: TownOfPhones, records: Records, seed: int, pace: float) -> None:
        self._wire, self._town, self._records, self._pace = wire, town, records, pace
        self._log = rig.folder.logs / "fcm-accepted.jsonl"
        self._draw = random.Random(f"phones {seed}")
        self._group: set[asyncio.Task[None]] = set()
        self._seen: set[tuple[UUID, str]] = set()

    async def ring(self) -> None:
        """Until cancelled: every push the stand-in took reaches its phone."""
        read = 0
        while True:
            await asyncio.sleep(0.05)
            if not self._log.exists():
                continue
            with self._log.open("rb") as log:
                log.seek(read)
                whole = log.read().rpartition(b"\n")[0]
            read += len(whole) + 1 if whole else 0
            for line in whole.splitlines():
                entry = msgspec.json.decode(line)
                person = self._town.by_token.get(entry["to"])
                if person is not None:
                    self._shows(person, entry["data"])

    async def end(self) -> None:
        """Everybody finishes what they were saying."""
        while self._group:
            await asyncio.wait(self._group)

    def _shows(self, person: Person, data: dict[str, str]) -> None:
        alert, what = UUID(data["alert_id"]), data["what"]
        if (alert, what) in self._seen and what != "revision":
            return
        self._seen.add((alert, what))
        act = {"ring": self._rings, "stand_down": self._is_called_off, "revision": self._is_told}.get(what)
        if act is not None:
            task = asyncio.create_task(act(person, alert))
            self._group.add(task)
            task.add_done_callback(self._group.discard)

    async def _rings(self, person: Person, alert: UUID) -> None:
        draw = self._draw
        await asyncio.sleep(self._pace * draw.uniform(0.05, 0.5))
        if draw.random() < 0.85:
            await self._receipt(person, alert)
        mind = draw.random()
        await asyncio.sleep(self._pace * draw.uniform(0.1, 4))
        if mind < 0.4:
            if await self._says(person, alert, "accept") == 200:
                await self._goes(person, alert)
        elif mind < 0.6:
            await self._says(person, alert, "decline")

    async def _goes(self, person: Person, alert: UUID) -> None:
        draw = self._draw
        await asyncio.sleep(self._pace * draw.uniform(0.2, 2))
        await self._says(person, alert, "en_route")
        mind = draw.random()
        await asyncio.sleep(self._pace * draw.uniform(0.2, 3))
        if mind < 0.2 and await self._says(person, alert, "give_up") == 200:
            await self._says(person, alert, "accept")  # refused: giving up is final
        elif mind < 0.3:
            await self._says(person, alert, "aed_problem")
        elif mind < 0.4:
            await self._says(person, alert, "finished")

    async def _is_called_off(self, person: Person, alert: UUID) -> None:
        await self._receipt(person, alert)
        if self._draw.random() < 0.3:
            await self._says(person, alert, "accept")  # too late: 410, whatever the phone showed

    async def _is_told(self, person: Person, alert: UUID) -> None:
        if self._draw.random() < 0.8:
            await self._receipt(person, alert)

    async def _receipt(self, person: Person, alert: UUID) -> None:
        now = datetime.now(UTC).isoformat()
        body = {"shown_at": now, "sent_at": now, "channel": "fcm"}
        path = f"/mobile/v1/alerts/{alert}/receipt"
        await self._wire.until_heard("POST", path, body, lambda: self._town.as_phone(person))

    async def _says(self, person: Person, alert: UUID, word: str) -> int:
        now = datetime.now(UTC).isoformat()
        path, body = {
            "accept": ("accept", {"sent_at": now}),
            "decline": ("decline", {}),
            "give_up": ("give-up", {"reason": "cannot_get_there"}),
            "aed_problem": ("aed-problem", {"problem": "locked"}),
        }.get(word, ("status", {"status": word, "happened_at": now, "sent_at": now}))
        reply = await self._wire.until_heard(
            "POST", f"/mobile/v1/alerts/{alert}/{path}", body, lambda: self._town.as_phone(person)
        )
        self._records.answers.append(Answered(alert, word, reply.status, reply.asked_at, reply.answered_at))
        return reply.status

    async def come_and_go(self) -> None:
        """Until cancelled: somebody goes off duty, or snoozes, and comes back."""
        while True:
            await asyncio.sleep(self._pace * self._draw.uniform(0.5, 1.5))
            person = self._draw.choice(self._town.people[5:])
            await self._is_away(person)

    async def _is_away(self, person: Person) -> None:
        duty: dict[str, Any] = {"on_duty": False, "snoozed_until": None, "quiet_week": []}
        path = "/mobile/v1/me/duty"
        went = await self._wire.until_heard("PUT", path, duty, lambda: self._town.as_phone(person))
        if went.status != 200:
            return
        back_at: datetime | None = None
        try:
            await asyncio.sleep(self._pace * self._draw.uniform(2, 5))
            back_at = datetime.now(UTC)
            await self._wire.until_heard("PUT", path, duty | {"on_duty": True}, lambda: self._town.as_phone(person))
        finally:
            self._records.away.append(Away(person.volunteer_id, "off duty", went.answered_at, back_at))

    async def listen(self, person: Person) -> None:
        """Until cancelled: the app is open and follows its own alerts."""
        while True:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                await self._wire.follow("/mobile/v1/alerts/stream", self._town.as_phone(person))
            await asyncio.sleep(0.3)


def killed_between(kills: list[Kill], since: datetime, until: datetime, *names: str) -> bool:
    """Whether a process whose name begins with one of these was killed then."""
    return any(since <= kill.at <= until and kill.process.startswith(names) for kill in kills)
