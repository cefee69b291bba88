"""The synthetic alarm against the service as it runs in earnest."""

import json
import os
import signal
import stat
from pathlib import Path

import aiohttp
import asyncpg
import msgspec
from aiohttp import web

from backend.conform.reference_client import DispatchSystem
from backend.demo import parts
from backend.foundation.kinds import Kind
from backend.rehearsal import key_file
from tests.harness.running import Service
from tests.rehearsal.cast import Operator, Said, lines


class Watcher:
    """Stands outside and counts the signs of life."""

    def __init__(self) -> None:
        self.heard = 0
        self.url = ""

    async def __aenter__(self) -> "Watcher":
        app = web.Application()
        app.router.add_get("/ping", self._hears)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/ping"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _hears(self, _request: web.Request) -> web.Response:
        self.heard += 1
        return web.Response()


def steps(said: Said) -> list[str]:
    """What the log says of each round."""
    told = [json.loads(line) for line in said.err.splitlines() if line.startswith("{")]
    return [line.get("step", "ok") for line in told if line["event"].startswith("synthetic_")]


async def does(service: Service, sql: str) -> None:
    connection = await asyncpg.connect(service.dsn)
    await connection.execute(sql)
    await connection.close()


async def count(service: Service, sql: str) -> int:
    connection = await asyncpg.connect(service.dsn)
    found = await connection.fetchval(sql)
    await connection.close()
    return int(found)


class Machine:
    """A prepared synthetic alarm, run for some rounds as a process of its own."""

    def __init__(self, operator: Operator, file: Path, watcher: Watcher) -> None:
        self.operator = operator
        self.file = file
        self.watcher = watcher

    async def prepares(self, *spare: str) -> None:
        said = await self.operator.types("synthetic", "prepare", "--file", str(self.file), *spare)
        assert said.code == 0, said.err

    async def runs(self, rounds: int = 1, limit_s: float = 30) -> Said:
        said = await self.operator.types(
            *("synthetic", "run", "--file", str(self.file), "--dead-man-url", self.watcher.url),
            *("--rounds", str(rounds), "--every", "1", "--limit", str(limit_s)),
        )
        assert said.code == (0 if steps(said)[-1] == "ok" else 1), said.err
        return said


async def test_it_comes_through_the_whole_chain_and_says_so_outside(operator: Operator, tmp_path: Path) -> None:
    """Report, choosing, stream, worker, provider, receipt, yes, address, statuses, the centre's view, the end."""
    async with Watcher() as watcher:
        machine = Machine(operator, tmp_path / "synthetic.json", watcher)
        await machine.prepares("--fcm-token", "spare-token")
        assert stat.S_IMODE(machine.file.stat().st_mode) == 0o600
        first = key_file.read(machine.file).refresh_tokens

        assert steps(await machine.runs(2)) == ["ok", "ok"]
        assert watcher.heard == 2
        assert steps(await machine.runs()) == ["ok"], "started again, with the tokens that followed the spent ones"
        assert set(key_file.read(machine.file).refresh_tokens).isdisjoint(first[:2])

        keys = key_file.read(machine.file)
        async with aiohttp.ClientSession() as session:
            killed = DispatchSystem(session, operator.service.url, keys.client_id, keys.private_key)
            place = {"system": "WGS84", "lat": keys.lat, "lon": keys.lon}
            left_open = await killed.report({"case_number": f"{keys.client_id}-killed", "position": place})
            assert left_open["asked"] == 1
        assert steps(await machine.runs()) == ["ok"], "what a killed process left open is closed first"

        pushes = len(lines(parts.fcm_log(operator.service.folder)))
        await does(operator.service, "UPDATE delivery.channel_switch SET enabled = false WHERE channel = 'fcm'")
        assert steps(await machine.runs()) == ["ok"], "the operator switched FCM off: the others do the work"
        assert len(lines(parts.fcm_log(operator.service.folder))) == pushes

        await machine.prepares("--phone", "+4520999999")
        assert steps(await machine.runs()) == ["ok"], "by text message only"

    service = operator.service
    assert len(lines(parts.fcm_log(service.folder))) >= 3
    (text,) = lines(parts.sms_log(service.folder))
    assert (text["to"], text["text"][:6]) == ("+4520999999", "TEST: ")
    assert await count(service, "SELECT count(*) FROM incidents.incident WHERE kind = 'synthetic'") == 7
    assert await count(service, "SELECT count(*) FROM incidents.incident WHERE kind <> 'synthetic'") == 0
    assert await count(service, "SELECT count(*) FROM incidents.incident WHERE state = 'open'") == 0


async def test_a_worker_that_hangs_is_named_and_the_outside_hears_nothing(operator: Operator, tmp_path: Path) -> None:
    worker = operator.service.supervisor.parts["worker"].pid
    assert worker is not None
    async with Watcher() as watcher:
        machine = Machine(operator, tmp_path / "synthetic.json", watcher)
        await machine.prepares("--fcm-token", "spare-token")
        os.kill(worker, signal.SIGSTOP)
        try:
            failed = await machine.runs(limit_s=4)
        finally:
            os.kill(worker, signal.SIGCONT)
        assert (steps(failed), watcher.heard) == (["provider"], 0)
        assert await count(operator.service, "SELECT count(*) FROM incidents.incident WHERE state = 'open'") == 0

        assert steps(await machine.runs()) == ["ok"], "the round after it is a good one again"
        assert watcher.heard == 1


async def test_prepared_anew_it_takes_the_place_of_what_was_before(operator: Operator, tmp_path: Path) -> None:
    async with Watcher() as watcher:
        machine = Machine(operator, tmp_path / "synthetic.json", watcher)
        await machine.prepares()
        before = key_file.read(machine.file)
        await machine.prepares()
        after = key_file.read(machine.file)
        assert (before.lat, before.lon) == (after.lat, after.lon)
        assert steps(await machine.runs()) == ["ok"]

        key_file.write(machine.file, before)
        assert steps(await machine.runs()) == ["log_in"]
        assert watcher.heard == 1
        live_id, private = await operator.service.client(kind=Kind.LIVE)
        key_file.write(machine.file, msgspec.structs.replace(after, client_id=live_id, private_key=private))
        assert steps(await machine.runs()) == ["log_in"], "somebody mixed the keys up: nothing is reported"
        assert await count(operator.service, "SELECT count(*) FROM incidents.incident WHERE kind = 'live'") == 0
    alive = "SELECT count(*) FROM volunteers.volunteer WHERE kind = 'synthetic' AND state = 'active'"
    assert await count(operator.service, alive) == 1
