"""Limits are counted by caller, behind a proxy too; what must never be refused is not refused when they break."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from backend.api.limits import ALLOWANCES, Limit, Limiter
from backend.identity.network import network_of
from tests.edge.cast import Edge, load_shipped, make_settings, running_edge
from tests.edge.test_bad_input import INCIDENTS, REPORT, problem

BEHIND_PROXY = "127.0.0.1"  # where these tests' calls come from


@pytest.fixture
async def behind(database_dsn: str, tmp_path: Path) -> AsyncIterator[Edge]:
    """The application behind a proxy that it believes."""
    await load_shipped(database_dsn)
    async with running_edge(make_settings(database_dsn, tmp_path, trusted_proxies=BEHIND_PROXY)) as edge:
        yield edge


def at_one_moment(edge: Edge) -> int:
    """No bucket fills up again: gives what one caller may have."""
    edge.app.state.limiter = Limiter(monotonic=lambda: 0.0)
    allowance = ALLOWANCES[Limit.OPEN]
    assert allowance
    return allowance.burst


async def pages(edge: Edge, number: int, *, caller: str, written: str = "") -> list[int]:
    """The statuses of `number` calls of somebody who writes a header of their own, each time another."""
    statuses = []
    for call in range(number):
        seen = ", ".join([*([f"{written}{call % 250}"] if written else []), caller])
        statuses.append((await edge.http.get("/docs", headers={"X-Forwarded-For": seen})).status_code)
    return statuses


async def test_whoever_writes_a_new_address_each_time_is_one_caller(behind: Edge) -> None:
    burst = at_one_moment(behind)
    assert await pages(behind, burst, caller="198.51.100.7", written="9.9.9.") == [200] * burst
    assert await pages(behind, 5, caller="198.51.100.7", written="9.9.9.") == [429] * 5
    assert await pages(behind, 1, caller="198.51.100.8") == [200], "somebody else is not touched"


async def test_whoever_does_not_come_through_a_proxy_is_counted_by_their_address(edge: Edge) -> None:
    """Nobody is believed there: every header of theirs is thrown away."""
    burst = at_one_moment(edge)
    assert await pages(edge, burst, caller="198.51.100.7", written="9.9.9.") == [200] * burst
    assert await pages(edge, 1, caller="198.51.100.8") == [429]


async def test_a_household_s_many_addresses_are_one_caller(behind: Edge) -> None:
    burst = at_one_moment(behind)
    callers = [f"2a00:1450:1:1::{number:x}" for number in range(burst)]
    assert {(await pages(behind, 1, caller=each))[0] for each in callers} == {200}
    assert await pages(behind, 1, caller="2a00:1450:1:1::ffff") == [429]
    assert await pages(behind, 1, caller="2a00:1450:1:2::1") == [200]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8::1", "2001:db8::ffff:1:2:3"),
        ("2a01:4f8:c17::1", "2a01:4f8:c17:0:1:2:3:4"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("fe80::1%eth0", "fe80::2%eth1"),
    ],
)
def test_however_an_address_is_written_a_household_is_one(one: str, other: str) -> None:
    assert network_of(one) == network_of(other)


class Broken:
    """A limiter that fails whenever it is asked."""

    def wait_s(self, _limit: Limit, _who: str) -> float:
        raise RuntimeError


async def test_when_the_limiter_breaks_reports_go_through_and_nothing_else(edge: Edge) -> None:
    edge.app.state.limiter = Broken()
    headers: dict[str, Any] = edge.as_centre() | {"Idempotency-Key": str(uuid4())}
    assert (await edge.http.post(INCIDENTS, json=REPORT, headers=headers)).status_code == 201
    assert (await edge.http.get("/health/live")).status_code == 200
    problem(await edge.http.get(INCIDENTS, headers=edge.as_centre()), 500, "internal-error")


async def test_a_thousand_reports_in_a_second_are_not_too_many(edge: Edge) -> None:
    """Wrong ones on purpose: what is counted is counted before they are read."""
    headers = edge.as_centre() | {"Idempotency-Key": str(uuid4())}
    answers = [await edge.http.post(INCIDENTS, json={}, headers=headers) for _ in range(1_000)]
    assert {answer.status_code for answer in answers} == {httpx.codes.UNPROCESSABLE_ENTITY}
