"""What the synthetic alarm does whatever the chain does: one round at a time, and silence outside after a bad one."""

import asyncio
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from backend.conform.signing import new_private_pem
from backend.foundation.telemetry import synthetic_registry
from backend.rehearsal import dead_man, key_file
from backend.rehearsal.dead_man import WrongUrl
from backend.rehearsal.key_file import KeyFile, Unusable
from backend.rehearsal.round import Failed, Leg, Stopwatch
from backend.rehearsal.rounds import judged, keep_going, pause_s

SERVICE = "https://alarm.example"
KEYS = KeyFile("synthetic-1", "v", ["one", "two"], 55.0, 9.0, private_key=new_private_pem())


def figure(name: str, **labels: str) -> float:
    return synthetic_registry.get_sample_value(f"hjerteloeber_{name}", labels) or 0.0


class Play:
    """Rounds whose outcome is written down beforehand, and a watcher that counts."""

    def __init__(self, *outcomes: Exception | None, watcher_is_away: bool = False) -> None:
        self.outcomes = list(outcomes)
        self.signals = 0
        self.running = 0
        self.most_at_once = 0
        self._trouble = "ClientConnectorError" if watcher_is_away else None

    async def one_round(self) -> Stopwatch:
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)
        await asyncio.sleep(0.02)
        self.running -= 1
        outcome = self.outcomes.pop(0)
        if outcome is not None:
            raise outcome
        return Stopwatch()

    async def signal(self) -> str | None:
        self.signals += 1
        return self._trouble

    async def goes(self, rounds: int) -> bool:
        return await keep_going(self.one_round, self.signal, 0.01, asyncio.Event(), rounds)


async def test_the_outside_hears_once_of_each_good_round_and_never_of_a_bad_one() -> None:
    play = Play(None, Failed(Leg.RING, "silence"), None, ValueError("a bug"), None)
    assert await play.goes(5)
    assert play.signals == 3


async def test_rounds_never_overlap_however_late_one_is() -> None:
    """Each takes twice as long as the time between two."""
    play = Play(None, None, None)
    await play.goes(3)
    assert play.most_at_once == 1


@given(st.floats(0, 10_000), st.floats(1, 100))
def test_the_next_round_starts_on_a_full_period_and_those_missed_are_not_made_up(since: float, every: float) -> None:
    pause = pause_s(since, every)
    assert 0 <= pause <= every + 1e-6
    full = (since + pause) / every
    assert full == pytest.approx(round(full), abs=1e-6)


async def test_a_bad_round_is_counted_under_the_step_that_failed() -> None:
    before, last_ok = figure("synthetic_failed_total", step="accept"), figure("synthetic_last_ok_timestamp")
    assert not await judged(Play(Failed(Leg.ACCEPT, "no address")).one_round, Play().signal)
    assert figure("synthetic_failed_total", step="accept") == before + 1
    assert figure("synthetic_last_ok_timestamp") == last_ok


async def test_a_watcher_that_is_away_stops_no_round() -> None:
    before = figure("dead_man_failed_total")
    play = Play(None, None, watcher_is_away=True)
    assert await play.goes(2)
    assert (play.signals, figure("dead_man_failed_total")) == (2, before + 2)


@pytest.mark.parametrize(
    "url",
    [
        "http://watcher.example/ping",  # anybody on the way could answer
        "https://alarm.example/health/live",  # falls with us
        "https://user:secret@watcher.example/",
        "ftp://watcher.example/",
        "watcher.example",
        "https://",
        "https://[half/",
    ],
)
def test_a_url_that_cannot_be_an_outside_watcher_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(WrongUrl) as refused:
        dead_man.checked(url, SERVICE)
    assert url not in str(refused.value)


@pytest.mark.parametrize("url", ["https://watcher.example/ping/4711", "http://127.0.0.1:9/ping", "http://[::1]:9/"])
def test_https_outside_and_anything_on_this_machine_will_do(url: str) -> None:
    assert dead_man.checked(url, SERVICE) == url


async def test_the_signal_follows_nobody_elsewhere_and_never_raises() -> None:
    """A watcher that answers with another address is none."""
    visited: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        visited.append(request.path)
        raise web.HTTPFound("/elsewhere") if request.path == "/moved" else web.HTTPServiceUnavailable

    app = web.Application()
    app.router.add_get("/{path}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    at = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession() as session:
        assert await dead_man.signal(session, f"{at}/moved") == "status 302"
        assert await dead_man.signal(session, f"{at}/away") == "status 503"
        await runner.cleanup()
        assert await dead_man.signal(session, f"{at}/gone") == "ClientConnectorError"
    assert visited == ["/moved", "/away"]


def test_log_ins_that_others_can_read_are_not_used(tmp_path: Path) -> None:
    file = tmp_path / "synthetic.json"
    key_file.write(file, KEYS)
    assert key_file.read(file) == KEYS
    file.chmod(0o640)
    with pytest.raises(Unusable, match="chmod 600"):
        key_file.read(file)


def test_two_processes_do_not_spend_the_same_tokens(tmp_path: Path) -> None:
    file = tmp_path / "synthetic.json"
    with key_file.alone(file), pytest.raises(Unusable, match="a file of its own"), key_file.alone(file):
        pass
    with key_file.alone(file):
        pass


@pytest.mark.parametrize("content", [None, b"", b"{}", b"not json"])
def test_a_file_that_is_none_says_what_to_do(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "synthetic.json"
    if content is not None:
        file.write_bytes(content)
        file.chmod(0o600)
    with pytest.raises(Unusable, match="synthetic prepare"):
        key_file.read(file)
