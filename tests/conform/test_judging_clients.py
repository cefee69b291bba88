"""The suite against clients: the reference client passes, and each that is wrong is told what is wrong."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from typer.testing import CliRunner

from backend.cli.commands import app
from backend.conform.reference_client import Answer, DispatchSystem, Json, NobodyAnswers, Refused
from backend.conform.signing import new_private_pem, public_pem
from tests.conform.cast import failures, tried


async def test_the_reference_client_keeps_the_contract() -> None:
    verdict = await tried(DispatchSystem, speed=20)
    assert failures(verdict) == {}
    assert len(verdict.results) > 15


class NewKeyForARetry(DispatchSystem):
    async def _try(self, method: str, path: str, content: bytes | None, headers: Json) -> Answer:
        fresh = {name: str(uuid4()) for name in headers if name == "Idempotency-Key"}
        return await super()._try(method, path, content, headers | fresh)


class NewTimeInARetry(DispatchSystem):
    """Writes the report anew each time, with the time of now."""

    async def _try(self, method: str, path: str, content: bytes | None, headers: Json) -> Answer:
        if "Idempotency-Key" in headers and content is not None:
            content = json.dumps(json.loads(content) | {"call_received_at": str(uuid4())}).encode()
            content = content.replace(b"call_received_at", b"call_taker_group")
        return await super()._try(method, path, content, headers)


class OneKeyForEverything(DispatchSystem):
    async def report(self, report: Json, key: str | None = None) -> Json:
        return await super().report(report, key or "my-one-key")


class GivesUpSoon(DispatchSystem):
    def __init__(self, *who: Any, **how: Any) -> None:
        super().__init__(*who, **how, retry_for_s=20.0)


class DoesNotListenToRetryAfter(DispatchSystem):
    async def _try(self, *what: Any) -> Answer:
        answer = await super()._try(*what)
        return Answer(answer.status, answer.body, 0.0)


class Hammers(DispatchSystem):
    async def call(self, method: str, path: str, body: Json | None = None, headers: Json | None = None) -> Json:
        content = None if body is None else json.dumps(body).encode()
        for _ in range(1000):
            answer = await self._try(method, path, content, headers or {})
            if not answer.is_worth_another_try and answer.status != 401:
                return answer.read()
            if answer.status == 401:
                self._token = ""
        raise NobodyAnswers


class InsistsOnWhatWasRefused(DispatchSystem):
    async def report(self, report: Json, key: str | None = None) -> Json:
        mine = key or str(uuid4())
        try:
            return await super().report(report, mine)
        except Refused:
            return await super().report(report, mine)


class KeepsItsToken(DispatchSystem):
    async def _try(self, *what: Any) -> Answer:
        token = self._token
        answer = await super()._try(*what)
        if answer.status == 401:
            return Answer(403)  # "something is wrong with our log-in": gives up
        self._token = token or self._token
        return answer


class HasNoHeart(DispatchSystem):
    async def keep_beating(self) -> None:
        return


class KnowsAllWordsThereAre(DispatchSystem):
    async def report(self, report: Json, key: str | None = None) -> Json:
        incident = await super().report(report, key)
        if incident["asking"] not in ("asked", "nobody_in_reach", "excluded", "pending"):
            raise Refused(0, {"title": "unknown value"})
        return incident


class BeginsStreamsAnew(DispatchSystem):
    async def follow(self, incident_id: str | None = None, after: int = 0) -> Any:
        del incident_id, after
        while True:
            async for event in self._stream("/dispatch/v1/events", 0):
                yield event
            await self._wait(1.0)


class LeavesThemOpen(DispatchSystem):
    async def stand_down(self, incident_id: str, reason: str) -> Json:
        del incident_id, reason
        return {}


@pytest.mark.parametrize(
    ("wrong", "sentence", "why"),
    [
        (NewKeyForARetry, "After a lost answer it sends the same body", "it was sent again with another key"),
        (NewTimeInARetry, "After a connection that broke off", "it was sent again with another body"),
        (OneKeyForEverything, "A new report has a new key", "one key came with two reports"),
        (GivesUpSoon, "While there is only a 503 it goes on for 60 s", "it gave up after"),
        (DoesNotListenToRetryAfter, "After a 503 with Retry-After", "it waited"),
        (Hammers, "Meanwhile it does not hammer", "tries in 61 s"),
        (InsistsOnWhatWasRefused, "A 422 is an answer", "it was sent 2 times"),
        (InsistsOnWhatWasRefused, "A 409 `case-ended` is an answer", "the same was sent again"),
        (KeepsItsToken, "After a 401 it logs in anew", "it was not sent again"),
        (HasNoHeart, "Heartbeats come from the log-in to the end", "none came"),
        (KnowsAllWordsThereAre, "Members and values it does not know", "it never came back to that incident"),
        (BeginsStreamsAnew, "A stream that breaks off", "it came again with Last-Event-ID 0"),
        (LeavesThemOpen, "Every incident it opened it stands down", "nothing was stood down or closed"),
    ],
)
async def test_a_client_that_is_wrong_is_told_what_is_wrong(
    wrong: type[DispatchSystem], sentence: str, why: str
) -> None:
    found = failures(await tried(wrong))
    told = [seen for said, seen in found.items() if said.startswith(sentence)]
    assert told, found
    assert why in told[0]


async def test_what_nobody_saw_is_not_passed() -> None:
    """A client that reports nothing has not kept the contract."""

    class Silent(DispatchSystem):
        async def report(self, report: Json, key: str | None = None) -> Json:
            del report, key
            raise NobodyAnswers

    verdict = await tried(Silent)
    assert not verdict.passed
    assert len(verdict.figures()["not_seen"]) > 10


async def test_the_command_plays_the_server_until_it_is_told_to_stop_and_then_judges(tmp_path: Path) -> None:
    """What nobody has shown by then is not passed."""
    private = new_private_pem()
    (tmp_path / "public.pem").write_text(public_pem(private))
    process = await asyncio.create_subprocess_exec(
        *(str(Path(sys.executable).with_name("hjerteloeber")), "conform", "--for-client", "--listen", "0"),
        *("--public-key", str(tmp_path / "public.pem")),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    first = (await process.stdout.readline()).decode()
    async with aiohttp.ClientSession() as session:
        system = DispatchSystem(session, first.split(" ")[2].rstrip(":"), "rehearsal", private)
        incident = await system.report({"case_number": "1", "position": {"system": "WGS84", "lat": 55.4, "lon": 10.4}})
        await system.stand_down(incident["id"], "sent_in_error")
    process.send_signal(signal.SIGINT)
    said = (await process.stdout.read()).decode()
    assert await process.wait() == 1, said
    figures = json.loads(said.splitlines()[-1])
    assert figures["conform"] == "client"
    assert set(figures["failed"]) | set(figures["not_seen"]) >= {4, 9, 11, 16}
    assert {2, 15} <= set(range(1, 18)) - set(figures["failed"]) - set(figures["not_seen"])


@pytest.mark.parametrize(
    "words", [[], ["http://127.0.0.1:1", "--for-client"], ["http://127.0.0.1:1"], ["--for-client"]]
)
def test_a_command_that_cannot_begin_says_so_in_a_sentence(words: list[str]) -> None:
    ended = CliRunner().invoke(app, ["conform", *words])
    assert (ended.exit_code, len(ended.stderr.splitlines())) == (2, 1)
