"""A stand-in that makes it difficult: each new case meets one thing that happens in a control room's bad night.

It writes down what the client did; backend.conform.client_checks says what that was worth.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from time import monotonic

from aiohttp import web

from backend.conform import stand_in_rules as rules
from backend.conform.stand_in import StandIn, answer
from backend.conform.stand_in_rules import Json, Problem

OUTAGE_S = 61.0
SLOW_S = 10.0
RETRY_AFTER_S = 3.0
QUIET_S = 15.0
"""Nothing more comes of a refusal when this long nothing has."""


class Trouble(StrEnum):
    """What a case meets; the cases of a run meet them in this order, one each."""

    NONE = "nothing is the matter"
    LOST_ANSWER = "carried out, and the connection cut before the answer"
    CUT = "the connection cut before anything was done"
    BUSY = "503 with Retry-After"
    FAULT = "500 once"
    SLOW = "carried out at once, answered after 10 s"
    OUTAGE = "503 for 61 s, without Retry-After"
    EXPIRED = "401: the token is not taken any more"
    IMPOSSIBLE = "422: an impossible place"
    ENDED = "409: the case has just ended"
    UNKNOWN_WORDS = "201 with members and values that no document names"


@dataclass(frozen=True)
class Try:
    """One request about a case; `said`: our answer's status, 0 for none."""

    at: float
    key: str | None
    digest: bytes
    token: str
    again: bool
    said: int


@dataclass
class Course:
    """How it went with one case. `incident`: what it opened."""

    case_number: str
    trouble: Trouble
    tries: list[Try] = field(default_factory=list)
    incident: str | None = None
    answered: bool = False
    begun_at: float = field(default_factory=monotonic)


@dataclass
class Ending:
    """A stand-down or close, as often as it came. The first one's answer is lost."""

    tries: int = 0


@dataclass
class Streaming:
    """Streams opened, each with the Last-Event-ID it came with; `broken_after`: the last id before we cut one."""

    opened: list[int] = field(default_factory=list)
    broken_after: int | None = None


@dataclass
class Trial(StandIn):
    """`speed` makes every time shorter; in earnest it is 1. `tell` hears what is done to the client."""

    speed: float = 1.0
    tell: Callable[[str], None] = lambda _line: None
    courses: dict[str, Course] = field(default_factory=dict)
    endings: dict[str, Ending] = field(default_factory=dict)
    beats: list[tuple[float, bool]] = field(default_factory=list)  # when, and whether sent_at was a time
    streaming: Streaming = field(default_factory=Streaming)
    reads: int = 0
    log_ins: list[float] = field(default_factory=list)
    last_at: float = field(default_factory=monotonic)

    # Reports --------------------------------------------------------------------------------------------------------

    async def report(self, request: web.Request) -> web.StreamResponse:
        at = self.last_at = monotonic()
        body = await request.read()
        course = self._course(body)
        had = len(course.tries)
        said = 0
        try:
            response = await self._met(course, had, request)
            said = response.status
        except Problem as problem:
            said = problem.status
            raise
        finally:
            course.tries.append(self._try(request, body, at, said))
            self.last_at = monotonic()
        if said == 201:
            course.answered = True
        return response

    async def _met(self, course: Course, had: int, request: web.Request) -> web.StreamResponse:
        """The `had`-th repetition of a case's report meets what its case has to."""
        match course.trouble:
            case Trouble.IMPOSSIBLE:
                raise rules.wrong("/position", "latitude and longitude look swapped", "impossible-place")
            case Trouble.ENDED if not json.loads(await request.read()).get("again"):
                raise Problem(409, "case-ended", "Send again: true to open a new one.", link="/dispatch/v1/incidents/x")
            case Trouble.OUTAGE if monotonic() - course.begun_at < OUTAGE_S / self.speed:
                return unavailable(None)
            case Trouble.UNKNOWN_WORDS:
                return in_words_of_tomorrow(await self._carried_out(course, request))
            case _ if had == 0:
                return await self._met_once(course, request)
            case _:
                return await self._carried_out(course, request)

    async def _met_once(self, course: Course, request: web.Request) -> web.StreamResponse:
        """What is over when the report comes a second time."""
        match course.trouble:
            case Trouble.CUT:
                return cut(request)
            case Trouble.BUSY:
                return unavailable(self.retry_after_s)
            case Trouble.FAULT:
                raise Problem(500, "internal-error", "The request could not be carried out.", error_id="rehearsed")
            case Trouble.EXPIRED:
                self.door.tokens.clear()
                raise Problem(401, "unauthorised", "The access token has run out.")
            case _:
                pass
        response = await self._carried_out(course, request)
        if course.trouble is Trouble.LOST_ANSWER:
            return cut(request)
        if course.trouble is Trouble.SLOW:
            await asyncio.sleep(SLOW_S / self.speed)
        return response

    async def _carried_out(self, course: Course, request: web.Request) -> web.StreamResponse:
        response = await super().report(request)
        course.incident = response.headers["Location"].rsplit("/", 1)[-1]
        return response

    def _course(self, body: bytes) -> Course:
        """Cases are told apart by their number: a wrong client changes the key or the body of a repetition."""
        try:
            case_number = str(json.loads(body).get("case_number"))
        except (ValueError, AttributeError):
            case_number = ""
        if case_number not in self.courses:
            troubles = list(Trouble)
            number = len(self.courses)
            trouble = troubles[number] if number < len(troubles) else Trouble.NONE
            self.courses[case_number] = Course(case_number, trouble)
            self.tell(f"case {number + 1}: {trouble.value}")
        return self.courses[case_number]

    def _try(self, request: web.Request, body: bytes, at: float, said: int) -> Try:
        try:
            again = bool(json.loads(body).get("again"))
        except (ValueError, AttributeError):
            again = False
        token = request.headers.get("Authorization", "").partition(" ")[2]
        key = request.headers.get("Idempotency-Key")
        return Try(at, key, hashlib.sha256(body).digest(), token, again, said)

    @property
    def retry_after_s(self) -> int:
        """The header has whole seconds only."""
        return max(1, round(RETRY_AFTER_S / self.speed))

    # Everything else ------------------------------------------------------------------------------------------------

    async def log_in(self, request: web.Request) -> web.StreamResponse:
        granted = await super().log_in(request)
        self.log_ins.append(monotonic())
        return granted

    @property
    def token_lasts_s(self) -> float:
        return max(60.0, super().token_lasts_s / self.speed)

    async def heartbeat(self, request: web.Request) -> web.StreamResponse:
        try:
            response = await super().heartbeat(request)
        except Problem:
            self.beats.append((monotonic(), False))
            raise
        self.beats.append((monotonic(), True))
        due = datetime.now(UTC) + timedelta(seconds=90 / self.speed)
        assert isinstance(response, web.Response)
        return answer(200, json.loads(response.text or "{}") | {"next_by": due.isoformat()})

    async def _end(self, request: web.Request, reason: str) -> web.StreamResponse:
        response = await super()._end(request, reason)
        ending = self.endings.setdefault(request.match_info["id"], Ending())
        ending.tries += 1
        self.last_at = monotonic()
        return cut(request) if len(self.endings) == 1 and ending.tries == 1 else response

    async def read(self, request: web.Request) -> web.StreamResponse:
        self.reads += 1
        return await super().read(request)

    async def follow(self, request: web.Request) -> web.StreamResponse:
        """The first stream that has told something is cut: whoever comes again says where it was."""
        self.streaming.opened.append(self.first_event(request))
        if self.streaming.broken_after is not None:
            return await super().follow(request)
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        while not self.events:
            await self._something_after(0)
        event_id, name, data = self.events[-1]
        await stream.write(f"id: {event_id}\nevent: {name}\ndata: {json.dumps(data)}\n\n".encode())
        await stream.write(f"id: {event_id}\nevent: word_of_tomorrow\ndata: {json.dumps(data)}\n\n".encode())
        await asyncio.sleep(0.05)  # it has been read before it breaks
        self.streaming.broken_after = event_id
        return cut(request)

    # The run --------------------------------------------------------------------------------------------------------

    @property
    def is_over(self) -> bool:
        """Every trouble has been met and dealt with, and for a while nothing more came."""
        met = {course.trouble for course in self.courses.values()}
        left = [each for each in self.courses.values() if each.incident and each.incident not in self.endings]
        quiet = monotonic() - self.last_at > QUIET_S / self.speed
        return met == set(Trouble) and not left and quiet


def cut(request: web.Request) -> web.StreamResponse:
    """No answer: the connection breaks off."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=499)


def unavailable(retry_after_s: int | None) -> web.StreamResponse:
    response = answer(503, Problem(503, "unavailable", "Send the same request again, with the same key.").document())
    response.content_type = "application/problem+json"
    if retry_after_s is not None:
        response.headers["Retry-After"] = str(retry_after_s)
    return response


def in_words_of_tomorrow(response: web.StreamResponse) -> web.StreamResponse:
    assert isinstance(response, web.Response)
    told: Json = json.loads(response.text or "{}")
    told |= {"asking": "asked_by_balloon", "weather": {"wind": "strong"}, "volunteers": [_of_tomorrow()]}
    later = answer(201, told)
    later.headers["Location"] = response.headers["Location"]
    return later


def _of_tomorrow() -> Json:
    return {"pseudonym": "p1", "state": "hovering", "role": "pilot", "reason": None, "statuses": [], "metres": 1}
