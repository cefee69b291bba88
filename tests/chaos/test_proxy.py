"""The fault proxy breaks what it is told to, and nothing else."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from backend.demo.provider_run import start
from tests.chaos.proxy import HOST, Mode, Proxy, Weather, running_proxy


class Server:
    """Behind the proxy: counts what reached it."""

    def __init__(self) -> None:
        self.taken = 0

    async def take(self, request: web.Request) -> web.Response:
        await request.read()
        self.taken += 1
        return web.Response(text="taken")


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
async def proxy(server: Server) -> AsyncIterator[Proxy]:
    app = web.Application()
    app.router.add_post("/", server.take)
    runner = await start(app, HOST, 0)
    async with running_proxy(HOST, runner.addresses[0][1]) as proxy:
        yield proxy
    await runner.cleanup()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def ask(session: aiohttp.ClientSession, proxy: Proxy, patience_s: float = 5.0) -> str:
    timeout = aiohttp.ClientTimeout(total=patience_s)
    async with session.post(proxy.url, data=b"hello", timeout=timeout) as answer:
        return await answer.text()


@pytest.mark.parametrize("weather", [Weather(), Weather(Mode.DELAY), Weather(Mode.DRIP, delay_s=0.0001)])
async def test_what_is_only_slow_arrives_whole(
    proxy: Proxy, server: Server, session: aiohttp.ClientSession, weather: Weather
) -> None:
    proxy.weather = weather
    assert [await ask(session, proxy) for _ in range(3)] == ["taken"] * 3
    assert (server.taken, proxy.met[weather.mode]) == (3, 3)


@pytest.mark.parametrize(("mode", "taken"), [(Mode.RESET, 0), (Mode.LOST, 1), (Mode.TRUNCATE, 1)])
async def test_what_is_cut_off_was_taken_or_not(
    proxy: Proxy, server: Server, session: aiohttp.ClientSession, mode: Mode, taken: int
) -> None:
    proxy.weather = Weather(mode)
    with pytest.raises(aiohttp.ClientError):
        await ask(session, proxy)
    assert server.taken == taken


async def test_what_is_half_open_is_never_answered(
    proxy: Proxy, server: Server, session: aiohttp.ClientSession
) -> None:
    proxy.weather = Weather(Mode.HALF_OPEN)
    with pytest.raises(TimeoutError):
        await ask(session, proxy, patience_s=0.2)
    assert server.taken == 0


async def test_the_weather_changes_for_connections_there_are(
    proxy: Proxy, server: Server, session: aiohttp.ClientSession
) -> None:
    assert await ask(session, proxy) == "taken"
    proxy.weather = Weather(Mode.RESET)
    with pytest.raises(aiohttp.ClientError):
        await ask(session, proxy)
    proxy.weather = Weather()
    assert await ask(session, proxy) == "taken"
    assert server.taken == 2


async def test_a_connection_is_closed_after_its_last_request(proxy: Proxy) -> None:
    proxy.weather = Weather(close_after=1)
    async with asyncio.timeout(5):
        reader, writer = await asyncio.open_connection(HOST, proxy.port)
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
        answer = await reader.read(-1)  # to the end of the connection, which a server would have kept
        writer.close()
        await writer.wait_closed()
    assert answer.endswith(b"taken")


async def test_one_connection_too_many_waits_for_another_to_close(
    proxy: Proxy, server: Server, session: aiohttp.ClientSession
) -> None:
    proxy.weather = Weather(Mode.DELAY, at_once=2, close_after=1)
    async with asyncio.TaskGroup() as group:
        for _ in range(6):
            group.create_task(ask(session, proxy))
    assert (server.taken, proxy.most_at_once) == (6, 2)


async def test_a_share_of_the_requests_is_the_same_share_for_the_same_seed(proxy: Proxy) -> None:
    proxy.weather = Weather(Mode.RESET, share=0.3)
    drawn = [proxy.draw() for _ in range(200)]
    async with running_proxy(HOST, 1, seed=0) as another:
        another.weather = proxy.weather
        assert drawn == [another.draw() for _ in range(200)]
    assert 40 < drawn.count(Mode.RESET) < 80
