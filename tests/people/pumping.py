"""SMS pumping: many numbers from many networks within an hour, while real people sign in and up.

A clock that is set, real PostgreSQL, the real routes of the app and of the pages.

`python -m tests.people.pumping` is the whole figure: 10,000 numbers from 500 networks. Its tenth is in the tests.
"""

import asyncio
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import msgspec
from litestar import Litestar

from backend.api.limits import Limiter
from backend.app.factory import create_app
from backend.demo.embedded_postgres import running_server
from backend.foundation.clock import SetClock
from backend.foundation.database import Database
from backend.foundation.migrations import migrate
from backend.foundation.settings import Settings
from backend.identity.caps import caps_of
from tests.harness.opened import sent_code
from tests.people.cast import ANDROID, API, NOON, DeviceKey, newcomer, settings_in

HOUR_S = 3600.0
PAGES_EVERY = 4
"""Every so many-th pumped number is asked for on the pages, the others by the app's route."""


class Pumped(msgspec.Struct, frozen=True):
    """What an hour of pumping came to."""

    asked: int
    sent: int
    spent_ore: int
    cap_ore: int
    real_people: int
    real_people_in: int
    answers: dict[int, int]

    @property
    def holds(self) -> bool:
        return self.spent_ore <= self.cap_ore and self.real_people_in == self.real_people > 0


class World:
    """The running application, called from any address."""

    def __init__(self, app: Litestar, database: Database, clock: SetClock) -> None:
        self.app, self.database, self.clock = app, database, clock
        self._ways: dict[str, httpx.ASGITransport] = {}

    async def post(self, host: str, path: str, *, json: Any = None, form: Any = None, **headers: str) -> httpx.Response:
        asgi: Any = self.app
        way = self._ways.setdefault(host, httpx.ASGITransport(asgi, client=(host, 1)))
        content = msgspec.json.encode(json) if form is None else urlencode(form).encode()
        kind = "application/json" if form is None else "application/x-www-form-urlencoded"
        request = httpx.Request(
            "POST", f"http://127.0.0.1:8000{path}", content=content, headers={"Content-Type": kind} | headers
        )
        answer = await way.handle_async_request(request)
        await answer.aread()
        return answer

    async def code_of(self, number: str) -> str | None:
        """The code in a text message that really goes out; None when there is none."""
        async with self.database.acting_as(API) as connection:
            return await sent_code(connection, number)

    async def signs_in(self, host: str, number: str) -> bool:
        """A person: has a code sent, and types it."""
        asked = await self.post(host, "/mobile/v1/sign-in/codes", json={"phone": number})
        code = await self.code_of(number)
        if asked.status_code != 202 or code is None:
            return False
        body = {"phone": number, "code": code, "device": ANDROID}
        proof = {"DPoP": DeviceKey().proof("/mobile/v1/sign-in", code)}
        return (await self.post(host, "/mobile/v1/sign-in", json=body, **proof)).status_code == 200


def host_of(network: int) -> str:
    """An address in the n-th network: half of them IPv4, each in a /24 of its own, half IPv6, each in a /64."""
    if network % 2:
        return f"2001:db8:{network:x}::{uuid4().int % 0xFFFF:x}"
    return f"10.{network // 200}.{network % 200}.{uuid4().int % 250 + 1}"


async def pump(world: World, numbers: int, networks: int, real_every: int) -> Pumped:
    """`numbers` over an hour, evenly; after every `real_every` of them somebody real with an account signs in, out of a
    network that pumps, and somebody new begins at home."""
    answers: dict[int, int] = {}
    real, are_in = 0, 0
    for n in range(numbers):
        world.clock.advance(timedelta(seconds=HOUR_S / numbers))
        host, number = host_of(n % networks), f"+4531{n:06}"
        if n % PAGES_EVERY:
            answer = await world.post(host, "/mobile/v1/sign-in/codes", json={"phone": number})
        else:
            answer = await world.post(host, "/tilmelding", form={"phone": number})
        answers[answer.status_code] = answers.get(answer.status_code, 0) + 1
        if n % real_every == real_every - 1:
            anna, ben = f"+4541{n:06}", f"+4542{n:06}"
            async with world.database.acting_as(API) as connection:
                await newcomer(connection, world.clock.now(), phone=anna)
            real += 2
            are_in += await world.signs_in(host_of(n % networks), anna)
            are_in += await world.signs_in(f"198.51.{n // real_every}.7", ben)
    async with world.database.acting_as(API) as connection:
        row = await connection.fetchrow(
            "SELECT sum(sent) AS sent, sum(ore) AS ore FROM identity.code_count WHERE length(bucket) = 1"
        )
    cap = caps_of(world.app.state.settings).ore_an_hour
    assert row is not None
    return Pumped(numbers, int(row["sent"]), int(row["ore"]), cap, real, are_in, answers)


async def whole(folder: Path, dsn: str, numbers: int, networks: int, settings: Settings | None = None) -> Pumped:
    """The application for one hour, on a database that was migrated."""
    clock = SetClock(NOON)
    app = create_app(settings or settings_in(folder, dsn), clock=clock)
    app.state.limiter = Limiter(monotonic=lambda: clock.now().timestamp())
    async with app.lifespan():
        return await pump(World(app, app.state.database, clock), numbers, networks, max(1, numbers // 24))


def main() -> None:
    """Prints the figure with its verdict; ends with 1 where it does not hold."""
    numbers, networks = (int(each) for each in (sys.argv[1:] or ["10000", "500"]))
    with tempfile.TemporaryDirectory() as folder, running_server(None, fast=True) as server:
        asyncio.run(migrate(server.dsn()))
        found = asyncio.run(whole(Path(folder), server.dsn(), numbers, networks))
    sys.stdout.write(
        f"{found.asked} numbers in an hour from {networks} networks: {found.sent} codes sent for "
        f"{found.spent_ore / 100:.0f} kr. of {found.cap_ore / 100:.0f} kr.; {found.real_people_in} of "
        f"{found.real_people} real people signed in; answers {found.answers}: "
        f"{'holds' if found.holds else 'DOES NOT HOLD'}\n"
    )
    sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
    sys.exit(0 if found.holds else 1)


if __name__ == "__main__":
    main()
