"""The suite against servers: ours passes, the stand-in passes, and each that is wrong is told what is wrong."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from backend.conform.judge_server import CannotBegin, NotATestCentre, judge_server
from backend.conform.signing import new_private_pem
from backend.conform.stand_in import Kept, StandIn, answer
from backend.conform.stand_in_proofs import FRESH_S
from backend.conform.stand_in_rules import Problem
from backend.foundation.kinds import Kind
from tests.conform.cast import SPEED, failures, judged, listening
from tests.harness.running import Service


async def test_our_server_keeps_the_contract(service: Service) -> None:
    who = await service.client("amk-test", Kind.TEST)
    verdict = await judge_server(service.url, *who, tell=lambda _line: None, speed=SPEED)
    assert failures(verdict) == {}
    assert verdict.passed
    assert len(verdict.results) > 25


async def test_the_stand_in_keeps_it_too() -> None:
    assert failures(await judged(StandIn())) == {}


class ForgetsKeys(StandIn):
    def earlier(self, key: str, digest: bytes) -> Kept | None:
        del key, digest
        return None


class AnswersAnewToARetry(StandIn):
    """What it opened it finds again; what it answered it makes up from how things stand now."""

    async def report(self, request: web.Request) -> web.StreamResponse:
        key = request.headers.get("Idempotency-Key", "")
        said = await super().report(request)
        location = said.headers["Location"]
        now = json.dumps(self.incidents[location.rsplit("/", 1)[-1]]).encode()
        self.keys[key] = Kept(self.keys[key].digest, now, location)
        return web.Response(body=now, status=201, content_type="application/json", headers={"Location": location})


class TakesAnyBodyForAKey(StandIn):
    def earlier(self, key: str, digest: bytes) -> Kept | None:
        del digest
        return self.keys.get(key)


class ForgetsWhatNobodyHeard(StandIn):
    """Commits only when the answer was read."""

    async def report(self, request: web.Request) -> web.StreamResponse:
        said = await super().report(request)
        if "aiohttp" not in request.headers.get("User-Agent", ""):  # the raw connection that hangs up
            self.incidents.popitem()
            self.keys.popitem()
        return said


class WantsClocksToBeRight(StandIn):
    def open_or_revise(self, sent: dict[str, Any]) -> dict[str, Any]:
        if "call_received_at" in sent:
            raise Problem(422, "invalid-request", "call_received_at is not now")
        return super().open_or_revise(sent)


class LosesMisspeltFields(StandIn):
    async def report(self, request: web.Request) -> web.StreamResponse:
        sent = json.loads(await request.read()) if b"door_kode" in await request.read() else {}
        if sent:
            del sent["door_kode"]
            return answer(201, self.open_or_revise(sent))
        return await super().report(request)


class BeginsStreamsAnew(StandIn):
    def first_event(self, request: web.Request) -> int:
        del request
        return 0


class NeverLooksAtTheClock(StandIn):
    async def heartbeat(self, request: web.Request) -> web.StreamResponse:
        said = await super().heartbeat(request)
        assert isinstance(said, web.Response)
        return answer(200, json.loads(said.text or "") | {"clock_ahead_s": 0})


class OpensEndedCasesAtOnce(StandIn):
    def open_or_revise(self, sent: dict[str, Any]) -> dict[str, Any]:
        return super().open_or_revise(sent | {"again": True})


class RefusesTheSea(StandIn):
    def open_or_revise(self, sent: dict[str, Any]) -> dict[str, Any]:
        if sent["position"].get("lon", 0) > 16:
            raise Problem(422, "impossible-place", "Not in Denmark")
        return super().open_or_revise(sent)


class RefusesInPlainText(StandIn):
    async def read(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["id"] not in self.incidents:
            return web.Response(status=404, text='{"type": "/not-found", "title": "", "status": 404}')
        return await super().read(request)


class TakesAProofTwice(StandIn):
    def check_caller(self, request: web.Request) -> None:
        self.door.used.clear()
        super().check_caller(request)


class TakesAnyProof(StandIn):
    """Whoever has the token is let in."""

    def check_caller(self, request: web.Request) -> None:
        token = request.headers.get("Authorization", "").partition(" ")[2]
        if token not in self.door.tokens:
            super().check_caller(request)


class HoldsIncidentsToAMinute(StandIn):
    def check_caller(self, request: web.Request) -> None:
        self.door.check(request, FRESH_S)


FIRST_ANSWER = "The same body with the same key gets the first answer"
MINUTE_LATER = "A retry 61 s after the first answer"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (ForgetsKeys, [FIRST_ANSWER, "Ten times the same report", "The same key with another body", MINUTE_LATER]),
        (AnswersAnewToARetry, [FIRST_ANSWER]),
        (TakesAnyBodyForAKey, ["The same key with another body is a 422 and opens nothing"]),
        (ForgetsWhatNobodyHeard, ["A report whose sender hangs up before the answer is carried out"]),
        (WantsClocksToBeRight, ["A clock 90 s ahead or behind refuses no report"]),
        (LosesMisspeltFields, ["A field it does not know is a 422 that names it"]),
        (BeginsStreamsAnew, ["Last-Event-ID goes on behind that event"]),
        (NeverLooksAtTheClock, ["A heartbeat is told how far its clock is off"]),
        (OpensEndedCasesAtOnce, ["A case that has just ended is a 409 with a link"]),
        (RefusesTheSea, ["A place outside every region is taken as `unknown`"]),
        (TakesAProofTwice, ["A proof is taken once"]),
        (
            TakesAnyProof,
            ["A proof is taken once", "A proof for another address", "Every answer carries the server's time"],
        ),
        (HoldsIncidentsToAMinute, ["Every answer carries the server's time"]),
        (RefusesInPlainText, ["Every refusal of this run was a problem document"]),
    ],
)
async def test_a_server_that_is_wrong_is_told_what_is_wrong(wrong: type[StandIn], told: list[str]) -> None:
    found = failures(await judged(wrong()))
    for sentence in told:
        assert any(each.startswith(sentence) for each in found), (sentence, found)
    assert len(found) <= len(told) + 1, found


async def test_nothing_is_reported_into_a_centre_that_could_ring_a_citizen() -> None:
    live = StandIn(kind="live")
    with pytest.raises(NotATestCentre, match="live"):
        await judged(live)
    assert live.incidents == {}


async def test_a_run_leaves_nothing_open() -> None:
    stand_in = StandIn()
    await judged(stand_in)
    assert {each["state"] for each in stand_in.incidents.values()} == {"ended"}


async def test_a_log_in_that_is_refused_is_said_before_anything_begins(tmp_path: Path) -> None:
    async with listening(StandIn()) as url:
        with pytest.raises(CannotBegin, match="no access token: 401"):
            await judge_server(url, "somebody", new_private_pem(), tell=lambda _line: None)


async def test_the_command_says_each_sentence_and_ends_with_one_line_for_machines(tmp_path: Path) -> None:
    stand_in = StandIn()
    async with listening(stand_in) as url:
        good = await typed(tmp_path, stand_in, url)
        stand_in.kind = "live"
        refused = await typed(tmp_path, stand_in, url)
    assert (good[0], refused[0]) == (0, 2), good[1]
    *lines, last = good[1].splitlines()
    figures = json.loads(last)
    assert len(lines) == figures["passed"] == figures["checks"]
    assert lines[0].split()[:2] == ["1", "ok"]
    assert "Nothing was reported" in refused[1]


async def typed(folder: Path, stand_in: StandIn, url: str) -> tuple[int, str]:
    """What the command line ends with, and says."""
    (folder / "key.pem").write_text(stand_in.private_key)
    process = await asyncio.create_subprocess_exec(
        *(str(Path(sys.executable).with_name("hjerteloeber")), "conform", url, "--speed", str(SPEED)),
        *("--client-id", stand_in.client_id, "--key-file", str(folder / "key.pem")),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()
