"""A dispatch server that is none: it keeps the contract in memory and asks nobody. What clients are judged with.

The server suite passes against it, so that whoever is judged by it is judged by the contract.
"""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from aiohttp import web

from backend.conform import stand_in_rules as rules
from backend.conform.signing import ClientKey, new_private_pem
from backend.conform.stand_in_proofs import CLOCK_OFF_S, FRESH_S, Door
from backend.conform.stand_in_rules import Json, Problem

JSON = "application/json"
TOKEN_LASTS_S = 300
JUST_ENDED = timedelta(minutes=10)
COMMENT_EVERY_S = 8.0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Kept:
    """What an Idempotency-Key was answered."""

    digest: bytes
    body: bytes
    location: str


@dataclass
class StandIn:
    """One centre with one client. Override a method to make it wrong, or to make it difficult."""

    client_id: str = "rehearsal"
    private_key: str = field(default_factory=new_private_pem, repr=False)  # for whoever judges it
    registered: Json | None = None  # a client's own public JWK in its place
    kind: str = "test"
    keys: dict[str, Kept] = field(default_factory=dict)
    incidents: dict[str, Json] = field(default_factory=dict)
    events: list[tuple[int, str, Json]] = field(default_factory=list)
    heard: tuple[datetime, float] | None = None
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    def __post_init__(self) -> None:
        self.door = Door(self.client_id, self.registered or ClientKey(self.private_key).public_jwk)

    def app(self) -> web.Application:
        app = web.Application(middlewares=[_with_the_time, _in_problem_documents], client_max_size=256 * 1024)
        here = "/dispatch/v1/incidents/{id}"
        app.add_routes(
            [
                web.post("/oauth/token", self.log_in),
                web.post("/dispatch/v1/incidents", self._for_a_caller(self.report)),
                web.get("/dispatch/v1/incidents", self._for_a_caller(self.list_open)),
                web.get(here, self._for_a_caller(self.read)),
                web.post(f"{here}/revise", self._for_a_caller(self.revise)),
                web.post(f"{here}/stand-down", self._for_a_caller(self.stand_down)),
                web.post(f"{here}/close", self._for_a_caller(self.close)),
                web.post(f"{here}/override", self._for_a_caller(self.override)),
                web.get(f"{here}/events", self._for_a_caller(self.follow)),
                web.get("/dispatch/v1/events", self._for_a_caller(self.follow)),
                web.post("/dispatch/v1/heartbeat", self._for_a_caller(self.heartbeat)),
                web.get("/dispatch/v1/centre", self._for_a_caller(self.centre)),
            ]
        )
        return app

    # Who is calling -------------------------------------------------------------------------------------------------

    async def log_in(self, request: web.Request) -> web.StreamResponse:
        token = await self.door.log_in(request, self.token_lasts_s)
        granted = {"access_token": token, "token_type": "DPoP", "scope": "incidents:read incidents:write"}
        return answer(200, granted | {"expires_in": int(self.token_lasts_s)})

    @property
    def token_lasts_s(self) -> float:
        return TOKEN_LASTS_S

    def check_caller(self, request: web.Request) -> None:
        """A read is held to a minute; of what reports and ends incidents a clock may be off by ten."""
        self.door.check(request, FRESH_S if request.method == "GET" else CLOCK_OFF_S)

    # What a dispatch system says ------------------------------------------------------------------------------------

    async def report(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        key = rules.read_key(request.headers.get("Idempotency-Key"))
        sent = rules.read_object(body, rules.REPORT, {"case_number", "position"})
        earlier = self.earlier(key, hashlib.sha256(body).digest())
        if earlier is not None:
            return _created(earlier)
        incident = self.open_or_revise(sent)
        location = f"/dispatch/v1/incidents/{incident['id']}"
        said = json.dumps(incident).encode()
        self.keys[key] = Kept(hashlib.sha256(body).digest(), said, location)
        await self._wake()
        return _created(self.keys[key])

    def earlier(self, key: str, digest: bytes) -> Kept | None:
        kept = self.keys.get(key)
        if kept is not None and kept.digest != digest:
            raise Problem(422, "idempotency-key-reused", "This key came with another body.")
        return kept

    def open_or_revise(self, sent: Json) -> Json:
        rules.check_place(sent["position"])
        linked_to = None
        same = [each for each in self.incidents.values() if each["case_number"] == sent["case_number"]]
        if same and same[-1]["state"] == "open":
            return self.better(same[-1], sent)
        if same:
            ended_at = datetime.fromisoformat(same[-1]["ended_at"])
            linked_to = same[-1]["id"]
            if datetime.now(UTC) - ended_at < JUST_ENDED and not sent.get("again"):
                link = f"/dispatch/v1/incidents/{linked_to}"
                raise Problem(409, "case-ended", "Send again: true to open a new one.", incident=linked_to, link=link)
        incident = rules.opened(sent, self.kind, linked_to)
        self.incidents[incident["id"]] = incident
        self.happened(incident, "incident_opened")
        return incident

    def better(self, incident: Json, sent: Json) -> Json:
        if "position" in sent:
            rules.check_place(sent["position"])
        incident["revision"] += 1
        incident |= rules.of_place(sent, incident)
        self.happened(incident, "incident_revised")
        return incident

    async def revise(self, request: web.Request) -> web.StreamResponse:
        sent = rules.read_object(await request.read(), {"position", "accuracy_m", "address"}, set())
        incident = self._open(request)
        said = answer(200, self.better(incident, sent))
        await self._wake()
        return said

    async def stand_down(self, request: web.Request) -> web.StreamResponse:
        sent = rules.read_object(await request.read(), {"reason"}, {"reason"})
        return await self._end(request, sent["reason"])

    async def close(self, request: web.Request) -> web.StreamResponse:
        return await self._end(request, "closed")

    async def override(self, request: web.Request) -> web.StreamResponse:
        rules.read_object(await request.read(), {"reason"}, {"reason"})
        incident = self._open(request)
        if incident["asking"] != "excluded":
            raise Problem(409, "not-excluded", "No circumstance excludes this incident.")
        incident |= {"asking": "nobody_in_reach", "asking_reason": None}
        return answer(200, incident)

    async def heartbeat(self, request: web.Request) -> web.StreamResponse:
        sent = rules.read_object(await request.read(), {"sent_at"}, {"sent_at"})
        now = datetime.now(UTC)
        ahead_s = round((rules.read_time("/sent_at", sent["sent_at"]) - now).total_seconds(), 3)
        self.heard = (now, ahead_s)
        return answer(
            200,
            {
                "received_at": now.isoformat(),
                "clock_ahead_s": ahead_s,
                "next_by": (now + timedelta(seconds=90)).isoformat(),
            },
        )

    # What it reads --------------------------------------------------------------------------------------------------

    async def centre(self, _request: web.Request) -> web.StreamResponse:
        feed = {"state": "never_heard", "heard_at": None, "clock_ahead_s": None, "next_by": None}
        if self.heard is not None:
            at, ahead_s = self.heard
            due = (at + timedelta(seconds=90)).isoformat()
            feed = {"state": "heard", "heard_at": at.isoformat(), "clock_ahead_s": cast(Any, ahead_s), "next_by": due}
        return answer(200, {"code": "amk-test", "name": "Stand-in", "kind": self.kind, "feed": feed, "channels": []})

    async def read(self, request: web.Request) -> web.StreamResponse:
        return answer(200, self._own(request))

    async def list_open(self, request: web.Request) -> web.StreamResponse:
        wanted = request.query.get("state")
        found = [each for each in reversed(self.incidents.values()) if wanted in (None, each["state"])]
        return answer(200, {"incidents": found, "next_before": None})

    async def follow(self, request: web.Request) -> web.StreamResponse:
        incident_id = None if "id" not in request.match_info else self._own(request)["id"]
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        last = self.first_event(request)
        while True:
            for event_id, name, data in self.events:
                if event_id > last and incident_id in (None, data["incident_id"]):
                    text = f"id: {event_id}\nevent: {name}\ndata: {json.dumps(data)}\n\n"
                    await stream.write(text.encode())
            last = max(last, self.events[-1][0] if self.events else 0)
            if not await self._something_after(last):
                await stream.write(b": still here\n\n")

    def first_event(self, request: web.Request) -> int:
        """After which event a stream begins."""
        return int(request.headers.get("Last-Event-ID", "0"))

    # How ------------------------------------------------------------------------------------------------------------

    def happened(self, incident: Json, name: str) -> None:
        seq = 1 + sum(data["incident_id"] == incident["id"] for _, _, data in self.events)
        step = {"at": datetime.now(UTC).isoformat(), "incident_id": incident["id"], "seq": seq, "facts": {}}
        self.events.append((self._newest() + 1, name, step))

    def _newest(self) -> int:
        return self.events[-1][0] if self.events else 0

    async def _something_after(self, last: int) -> bool:
        """Waits for an event; False when it is time for a comment."""
        try:
            async with asyncio.timeout(COMMENT_EVERY_S), self.news:
                await self.news.wait_for(lambda: self._newest() > last)
        except TimeoutError:
            return False
        return True

    async def _wake(self) -> None:
        async with self.news:
            self.news.notify_all()

    async def _end(self, request: web.Request, reason: str) -> web.StreamResponse:
        incident = self._own(request)
        if incident["state"] == "open":
            incident |= {"state": "ended", "end_reason": reason, "ended_at": datetime.now(UTC).isoformat()}
            self.happened(incident, "incident_ended")
            await self._wake()
        return answer(200, {"sent": 0, "stopped": 0, "late": 0, "reason": incident["end_reason"]})

    def _own(self, request: web.Request) -> Json:
        incident = self.incidents.get(request.match_info["id"])
        if incident is None:
            raise Problem(404, "not-found", "There is no such incident, or it is not yours to see.")
        return incident

    def _open(self, request: web.Request) -> Json:
        incident = self._own(request)
        if incident["state"] != "open":
            raise Problem(409, "incident-ended", "Report the case anew.", reason=incident["end_reason"])
        return incident

    def _for_a_caller(self, handle: Handler) -> Handler:
        async def handled(request: web.Request) -> web.StreamResponse:
            self.check_caller(request)
            return await handle(request)

        return handled


@web.middleware
async def _with_the_time(request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await handler(request)
    if not response.prepared:
        response.headers["Server-Time"] = datetime.now(UTC).isoformat(timespec="milliseconds")
    return response


@web.middleware
async def _in_problem_documents(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Problem as problem:
        return problem_answer(problem)
    except web.HTTPException as refused:
        return problem_answer(Problem(refused.status, "not-found", refused.reason))


def _created(kept: Kept) -> web.Response:
    return web.Response(body=kept.body, status=201, content_type=JSON, headers={"Location": kept.location})


def answer(status: int, body: Any) -> web.Response:
    return web.Response(body=json.dumps(body).encode(), status=status, content_type=JSON)


def problem_answer(problem: Problem) -> web.Response:
    headers = {"WWW-Authenticate": "DPoP"} if problem.status == 401 else {}
    body = json.dumps(problem.document()).encode()
    return web.Response(body=body, status=problem.status, headers=headers, content_type="application/problem+json")
