"""One quiet line about the synthetic alarm, from the figures of its own process."""

import re

import aiohttp
import msgspec

from backend.demo.ports import HOST

LATE_AFTER_S = 60.0  # three rounds of the demo's
_AT = re.compile(r"^hjerteloeber_synthetic_last_ok_timestamp (\S+)$", re.MULTILINE)
_TOOK = re.compile(r'^hjerteloeber_synthetic_seconds\{leg="whole"\} (\S+)$', re.MULTILINE)


class LastOk(msgspec.Struct, frozen=True):
    """When one last came through, in seconds since 1970, and how long that took."""

    at: float
    took_s: float


async def heard_of(session: aiohttp.ClientSession, port: int) -> LastOk | None:
    """None: none came through yet, or its process says nothing."""
    try:
        async with session.get(f"http://{HOST}:{port}/metrics", timeout=aiohttp.ClientTimeout(total=2)) as answer:
            return last_ok(await answer.text())
    except (aiohttp.ClientError, TimeoutError):
        return None


def last_ok(figures: str) -> LastOk | None:
    """Read off the process's figures."""
    at, took = _AT.search(figures), _TOOK.search(figures)
    if at is None or took is None or float(at[1]) == 0:
        return None
    return LastOk(float(at[1]), float(took[1]))


def line(last: LastOk | None, now: float) -> tuple[str, bool]:
    """What the screen says, and whether all is well."""
    if last is None:
        return "synthetic alarm: none came through yet", False
    ago_s = max(0.0, now - last.at)
    return f"synthetic alarm ok {ago_s:.0f} s ago, {last.took_s * 1000:.0f} ms", ago_s < LATE_AFTER_S
