"""What is too large, too deep or too long is refused before anything parses it, and nothing honest ever is."""

import asyncio
import time
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.api.limits import Limit
from backend.api.sizes import ABSURD, SIZES
from backend.edge.bodies import Bodies
from backend.edge.sizes import Size, too_much_in
from backend.foundation.problems import Problem
from tests.edge.cast import Edge
from tests.edge.test_bad_input import INCIDENTS, JSON, REPORT, SIGN_IN, problem

SMALL = Size(10_000, depth=3, entries=4)

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.text(max_size=5), inner, max_size=8),
    max_leaves=40,
)


def fits(value: Any, size: Size, depth: int = 1) -> bool:
    """What the pass over the bytes should find, said by the value itself."""
    if not isinstance(value, list | dict):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return depth <= size.depth and len(value) <= size.entries and all(fits(each, size, depth + 1) for each in inner)


@given(values)
def test_the_pass_over_the_bytes_finds_what_the_value_has(value: Any) -> None:
    assert (too_much_in(msgspec.json.encode(value), SMALL) is None) == fits(value, SMALL)


def test_signs_within_text_count_for_nothing() -> None:
    assert too_much_in(b'{"a": "[[[[,,,,,\\"[[[[,,,,,"}', SMALL) is None


@pytest.mark.parametrize(
    "body", [b'"' + b'\\"' * 130_000, b"[" * 262_144, b'"[' * 131_000, b'{"' * 131_000, b"," * 262_144, b"\\" * 262_144]
)
def test_no_body_takes_more_than_one_pass(body: bytes, record_property: Any) -> None:
    began = time.process_time()
    too_much_in(body, ABSURD)
    took_s = time.process_time() - began
    record_property("ms", took_s * 1000)
    assert took_s < 1.0, "a second pass for each sign would take minutes"


def test_a_report_is_measured_in_a_few_microseconds(record_property: Any) -> None:
    body = msgspec.json.encode(REPORT)
    began = time.perf_counter()
    for _ in range(1_000):
        too_much_in(body, ABSURD)
    record_property("µs for a report", (time.perf_counter() - began) * 1000)
    assert too_much_in(body, ABSURD) is None


def test_every_class_of_calls_has_a_size_and_what_must_not_be_refused_the_largest() -> None:
    assert set(SIZES) == set(Limit)
    assert all(size.bytes <= ABSURD.bytes and size.depth <= ABSURD.depth for size in SIZES.values())
    assert SIZES[Limit.NEVER] == SIZES[Limit.HEALTH] == ABSURD


async def test_what_is_nested_too_deep_is_never_parsed(edge: Edge) -> None:
    answer = await edge.http.post(SIGN_IN, content=b"[" * 9 + b"]" * 9, headers=JSON)
    assert "8 deep" in problem(answer, 413, "too-large")["detail"]


async def test_a_list_too_long_is_never_parsed(edge: Edge) -> None:
    answer = await edge.http.post(SIGN_IN, content=b"[" + b"1," * 100 + b"1]", headers=JSON)
    assert "100 entries" in problem(answer, 413, "too-large")["detail"]


async def test_a_report_with_a_hundred_times_its_fields_is_told_of_them_and_not_of_a_limit(edge: Edge) -> None:
    odd = REPORT | {f"field-{number}": {"a": [[[["x"]]]]} for number in range(500)}
    answer = await edge.http.post(INCIDENTS, json=odd, headers=edge.as_centre() | {"Idempotency-Key": "k" * 20})
    problem(answer, 422, "invalid-request")


async def test_whoever_is_nobody_is_told_so_before_a_body_is_read(edge: Edge) -> None:
    answer = await edge.http.post(INCIDENTS, content=b"x" * 1_000_000, headers=JSON)
    problem(answer, 401, "unauthorised")


@pytest.mark.parametrize("comes", [0, 3])
async def test_a_body_that_trickles_or_never_begins_is_given_up(comes: int) -> None:
    """Also where the head came and then nothing: the first byte is waited for no longer than the last."""
    asked = 0

    async def inner(_scope: Any, receive: Any, _send: Any) -> None:
        await receive()

    async def trickle() -> Any:
        nonlocal asked
        asked += 1
        if asked > comes:
            await asyncio.sleep(10)
        return {"type": "http.request", "body": b"x", "more_body": True}

    scope: Any = {"type": "http", "headers": []}
    receive: Any = trickle
    with pytest.raises(Problem, match="408 too-slow"):
        await asyncio.wait_for(Bodies(inner, lambda _: SMALL, whole_within_s=0.05)(scope, receive, receive), 5)


@pytest.mark.parametrize("parts", [[b"x" * 10_001], [b"x" * 10_000, b"x"], [b"x"] * 10_001])
async def test_a_body_without_a_length_is_counted_as_it_comes(parts: list[bytes]) -> None:
    coming = iter(parts)
    asked = 0

    async def inner(_scope: Any, receive: Any, _send: Any) -> None:
        await receive()

    async def comes() -> Any:
        nonlocal asked
        asked += 1
        part = next(coming)
        return {"type": "http.request", "body": part, "more_body": asked < len(parts)}

    scope: Any = {"type": "http", "headers": [(b"transfer-encoding", b"chunked")]}
    receive: Any = comes
    with pytest.raises(Problem, match="413 too-large"):
        await Bodies(inner, lambda _: SMALL)(scope, receive, receive)
    assert asked == len(parts)


async def test_whoever_hangs_up_in_the_middle_has_sent_nothing() -> None:
    seen = []

    async def inner(_scope: Any, receive: Any, _send: Any) -> None:
        seen.append(await receive())

    said = iter([{"type": "http.request", "body": b"x", "more_body": True}, {"type": "http.disconnect"}])

    async def hangs_up() -> Any:
        return next(said)

    scope: Any = {"type": "http", "headers": []}
    receive: Any = hangs_up
    await Bodies(inner, lambda _: SMALL)(scope, receive, receive)
    assert seen == [{"type": "http.disconnect"}]
