"""The demo's dispatch centres report and come to an end, and tell both."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from backend.conform.stand_in import StandIn
from backend.demo.dispatch_client import DispatchClient
from backend.demo.dispatcher import ENDS, Dispatchers
from backend.demo.folder import Centre
from backend.demo.land import coarse_land
from tests.conform.cast import listening

PACE = 10_000.0  # an ambulance comes in a blink


async def test_what_was_reported_is_stood_down_and_both_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """A line that could not be written was lost without a word: nobody waits for the task that writes it."""
    stand_in = StandIn()
    told: list[dict[str, Any]] = []
    async with listening(stand_in) as url, aiohttp.ClientSession() as session, asyncio.timeout(20):
        centre = Centre("amk", "Hovedstaden", stand_in.client_id, stand_in.private_key)
        work = asyncio.create_task(
            Dispatchers([DispatchClient(session, url, centre)], 1, PACE).work(0.05, 1, coarse_land())
        )
        while not any(each["what"] == "stood_down" for each in told):
            await asyncio.sleep(0.05)
            told += [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
    ended = next(each for each in told if each["what"] == "stood_down")
    assert ended["incident"] in {each["incident"] for each in told if each["what"] == "reported"}
    assert ended["reason"] in ENDS
