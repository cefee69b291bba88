"""A phone renews its tokens before it can answer an alarm: whatever else is going on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
import httpx
import pytest

from backend.api.limits import Limit, Limiter
from backend.app.factory import create_app
from backend.foundation.clock import SetClock
from backend.foundation.database import Lane
from backend.foundation.ids import VolunteerId
from backend.identity import queries_refresh
from backend.identity.network import network_of
from tests.edge.cast import running
from tests.people.cast import ANDROID, API, DeviceKey, a_phone, newcomer, settings_in
from tests.people.pumping import World

HOST = "192.0.2.1"
SIGN_IN, REFRESH = "/mobile/v1/sign-in", "/mobile/v1/sign-in/refresh"


class SignedIn:
    """A phone of somebody, and what its token is spent for."""

    def __init__(self, world: World, number: str, volunteer_id: VolunteerId) -> None:
        self.world, self.number, self.volunteer_id = world, number, volunteer_id
        self.key, self.token = DeviceKey(), ""

    async def asks_for_a_code(self) -> httpx.Response:
        return await self.world.post(HOST, f"{SIGN_IN}/codes", json={"phone": self.number})

    async def signs_in(self) -> None:
        await self.asks_for_a_code()
        code = str(await self.world.code_of(self.number))
        typed, proof = {"phone": self.number, "code": code, "device": ANDROID}, self.key.proof(SIGN_IN, code)
        answer = await self.world.post(HOST, SIGN_IN, json=typed, DPoP=proof)
        self.token = answer.json()["tokens"]["refresh_token"]

    async def renews(self) -> httpx.Response:
        proof = self.key.proof(REFRESH, self.token)
        return await self.world.post(HOST, REFRESH, json={"refresh_token": self.token}, DPoP=proof)


@pytest.fixture
async def phone(tmp_path: Path, database_dsn: str, clock: SetClock) -> AsyncIterator[SignedIn]:
    app = create_app(settings_in(tmp_path, database_dsn), clock=clock)
    async with running(app):
        world, number = World(app, app.state.database, clock), a_phone()
        async with world.database.acting_as(API) as connection:
            volunteer_id = (await newcomer(connection, phone=number)).volunteer_id
        phone = SignedIn(world, number, volunteer_id)
        await phone.signs_in()
        yield phone


async def test_although_others_behind_its_address_used_up_all_that_signing_in_may_cost(phone: SignedIn) -> None:
    limiter = phone.world.app.state.limiter = Limiter(monotonic=lambda: 0.0)
    while not limiter.wait_s(Limit.SIGN_IN, network_of(HOST)):
        pass
    assert (await phone.asks_for_a_code()).status_code == 429
    assert (await phone.renews()).status_code == 200


async def test_although_whatever_is_no_answer_waits_for_a_connection(phone: SignedIn) -> None:
    pool = phone.world.database._pools[Lane.REST]
    async with AsyncExitStack() as held, asyncio.timeout(5):
        for _ in range(pool.get_max_size()):
            await held.enter_async_context(pool.acquire())
        assert (await phone.renews()).status_code == 200


async def test_although_another_phone_of_the_same_person_signs_out(phone: SignedIn, database_dsn: str) -> None:
    """Each takes two locks, one the other way round: PostgreSQL ends one of them, and that one is done again."""
    other = await asyncpg.connect(database_dsn)
    transaction = other.transaction()
    await transaction.start()
    await other.execute("SET LOCAL deadlock_timeout = '1min'")  # so it is the renewal that is ended
    await other.execute("SELECT 1 FROM volunteers.volunteer WHERE id = $1 FOR NO KEY UPDATE", phone.volunteer_id)
    renewed = asyncio.create_task(phone.renews())
    async with asyncio.timeout(10):
        while not await other.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            pass
        await queries_refresh.lock_volunteer(other, phone.volunteer_id)
    await transaction.commit()
    await other.close()
    assert (await renewed).status_code == 200
