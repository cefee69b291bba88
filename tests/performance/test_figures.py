"""What is said of a figure, kept of it, drawn of it, and what the guard makes of two runs."""

import asyncio
from pathlib import Path

import asyncpg
import numpy as np
import pytest

from tests.performance.binary_copy import bigints, copy, doubles, flags, languages, minutes, moments, same
from tests.performance.country import NOW
from tests.performance.figures import Aim, Figure, Run, keep, kept, percentile
from tests.performance.guard import compared
from tests.performance.machine import this_machine
from tests.performance.report import last_of_each_size, write_report
from tests.performance.resp import Redis, RedisError, packed


def a_figure(value: float, size: int = 1_000_000, aim: Aim | None = None, beside_value: float = 10.0) -> Figure:
    return Figure("p50", "ours", size, value, "ms", "PostGIS", beside_value, aim)


def a_run(*figures: Figure) -> Run:
    return Run("selection", this_machine(NOW), {"volunteers": 1_000_000, "seed": 1}, list(figures), {"Redis": "7"})


def test_a_missed_aim_says_by_how_much() -> None:
    said = a_figure(11.0, aim=Aim(at_most=1.0)).said()
    assert said == "ours: p50 11 ms = 1.10 × PostGIS (10 ms) – MISSED, aim ≤ 1, off by 10 %"
    assert "REACHED" in a_figure(9.0, aim=Aim(at_most=1.0)).said()
    assert "MISSED" in a_figure(9.0, aim=Aim(at_least=5.0)).said()


def test_an_aim_for_nobody_beside_is_of_the_value() -> None:
    assert Figure("right", "ours", 5, 100.0, "%", aim=Aim(at_least=100)).is_met
    assert Figure("right", "ours", 5, 99.9, "%", aim=Aim(at_least=100)).is_met is False
    assert Figure("right", "ours", 5, 99.9, "%").is_met is None


def test_the_guard_compares_ratios_and_not_milliseconds() -> None:
    """Everything twice as slow is a slower machine; only ours twice as slow is ours."""
    before = a_run(a_figure(10.0))
    [same_ratio] = compared(a_run(a_figure(20.0, beside_value=20.0)), [before])
    [worse] = compared(a_run(a_figure(20.0)), [before])
    assert not same_ratio.is_worse
    assert worse.is_worse
    assert "1.00 → 2.00 × PostGIS" in worse.said()


def test_the_guard_knows_which_way_is_worse() -> None:
    more = Aim(at_least=5.0)
    [fewer] = compared(a_run(a_figure(40.0, aim=more)), [a_run(a_figure(50.0, aim=more))])
    assert fewer.is_worse


def test_the_guard_says_nothing_of_what_was_not_there_before() -> None:
    assert not compared(a_run(a_figure(10.0)), [a_run(a_figure(10.0, size=100))])


def test_the_last_run_of_each_size_is_reported() -> None:
    small, old, new = a_run(a_figure(1.0, 100_000)), a_run(a_figure(2.0)), a_run(a_figure(3.0))
    assert last_of_each_size([old, small, new]) == [small, new]


def test_a_report_keeps_what_somebody_wrote_round_the_figures(tmp_path: Path) -> None:
    document, figures = tmp_path / "scale.md", tmp_path / "figures"
    for size, value in ((100_000, 1.0), (1_000_000, 2.0)):
        keep(a_run(a_figure(value, size, Aim(at_most=1.0))), figures)
    assert len(kept("selection", figures)) == 2
    write_report(document, figures)
    document.write_text(document.read_text("utf-8") + "\nThe next wall.\n", "utf-8")
    written = write_report(document, figures)
    text = document.read_text("utf-8")
    assert text.count("The next wall.") == 1
    assert "| size |  | p50, ms |" in text
    assert "| 1,000,000 | ours | 2 |" in text
    assert "| 1,000,000 | ours | PostGIS | 0.20, wanted ≤ 1: reached |" in text
    assert "ours 2.00" in text, "ten times the people, twice the time"
    assert [path.name for path in written] == ["selection-p50.svg", "scale.md"]
    assert "<svg" in (tmp_path / "selection-p50.svg").read_text("utf-8")


def test_a_percentile_of_one_value_is_that_value() -> None:
    assert percentile([7.0], 99) == 7.0


async def test_what_is_copied_in_binary_is_read_back(database_dsn: str) -> None:
    connection = await asyncpg.connect(database_dsn)
    await connection.execute(
        """
        CREATE TABLE sorts (
          id bigint, late boolean, far float8, at timestamptz, words text[], week int4multirange, t text)
        """
    )
    of = np.arange(3, dtype=np.int64)
    quiet = minutes((0, 420), (1320, 1440))
    await copy(
        connection,
        "public",
        "sorts",
        iter(
            [
                {
                    "id": bigints(of),
                    "late": flags(of > 0),
                    "far": doubles(of / 2),
                    "at": moments(NOW, -of),
                    "words": same(languages("da", "en"), 3),
                    "week": same(quiet, 3),
                    "t": same("æ", 3),
                }
            ]
        ),
    )
    row = await connection.fetchrow("SELECT *, week::text AS said FROM sorts WHERE id = 1")
    assert row is not None
    assert (row["late"], row["far"], row["words"], row["t"]) == (True, 0.5, ["da", "en"], "æ")
    assert (NOW - row["at"]).total_seconds() == 1
    assert row["said"] == "{[0,420),[1320,1440)}"
    await connection.close()


async def test_a_redis_reply_is_read_whatever_it_is() -> None:
    said = b"*4\r\n$2\r\nab\r\n:7\r\n$-1\r\n*1\r\n+OK\r\n-ERR no\r\n"
    asked = asyncio.Queue[bytes]()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.put_nowait(await reader.read(100))
        writer.write(said)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        redis = Redis(*await asyncio.open_connection("127.0.0.1", port))
        assert await redis.call("GET", 1) == [b"ab", 7, None, [b"OK"]]
        assert await asked.get() == packed(("GET", 1)) == b"*2\r\n$3\r\nGET\r\n$1\r\n1\r\n"
        with pytest.raises(RedisError):
            await redis.call("GET", 1)
        await redis.close()
