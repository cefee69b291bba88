"""How a local provider misbehaves when asked to: set by `PUT /faults`, so that tests and chaos runs say when."""

import asyncio
import random
from enum import StrEnum

import msgspec
from aiohttp import web


class Trouble(StrEnum):
    """What can go wrong with one request."""

    UNREGISTERED = "unregistered"  # the app is gone
    OTHER_SENDER = "other_sender"  # SENDER_ID_MISMATCH
    INVALID = "invalid"  # INVALID_ARGUMENT
    BARE_404 = "bare_404"  # without a provider's word for it: a proxy, a wrong path
    UNAUTHENTICATED = "unauthenticated"
    TOO_MANY = "too_many"  # 429
    INTERNAL = "internal"  # 500
    UNAVAILABLE = "unavailable"  # 503
    HANG = "hang"  # no answer, ever
    LOST = "lost"  # taken and delivered, but the answer never comes
    RESET = "reset"  # neither taken nor answered


class Fault(msgspec.Struct, forbid_unknown_fields=True):
    """Trouble for some requests: of these addresses (none: all), this share of them, so many times (none: always)."""

    trouble: Trouble
    to: frozenset[str] | None = None
    share: float = 1.0
    times: int | None = None
    retry_after_s: int | None = None


class Faults(msgspec.Struct, forbid_unknown_fields=True):
    """The whole order; sending it anew replaces the former."""

    latency_ms: float = 0.0
    token_endpoint_down: bool = False
    faults: list[Fault] = []


class Misbehaviour:
    """Keeps the order and draws from it, the same way for the same seed."""

    def __init__(self, order: Faults, seed: int = 0) -> None:
        self.order = order
        self._chance = random.Random(seed)

    def draw(self, to: str) -> Fault | None:
        """The trouble this request gets, if any."""
        for fault in self.order.faults:
            if fault.times == 0 or (fault.to is not None and to not in fault.to):
                continue
            if fault.share < 1.0 and self._chance.random() >= fault.share:
                continue
            if fault.times is not None:
                fault.times -= 1
            return fault
        return None

    async def latency(self) -> None:
        if self.order.latency_ms > 0:
            await asyncio.sleep(self.order.latency_ms / 1000)

    async def take_order(self, request: web.Request) -> web.Response:
        """PUT: a :class:`Faults` as JSON."""
        try:
            self.order = msgspec.json.decode(await request.read(), type=Faults)
        except (msgspec.ValidationError, msgspec.DecodeError) as wrong:
            return web.json_response({"error": str(wrong)}, status=400)
        return web.json_response({"faults": len(self.order.faults)})


async def hang_up(request: web.Request) -> web.StreamResponse:
    """Break the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


async def never_answer() -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError("unreachable")
