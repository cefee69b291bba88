"""python -m backend.demo.phones: plays the phones of a phone book until it is told to stop."""

import argparse
import asyncio
import signal
from pathlib import Path

import aiohttp

from backend.demo.phones.book import read_book
from backend.demo.phones.simulator import Simulator

CONNECTIONS = 300


async def play(options: argparse.Namespace) -> None:
    book = read_book(options.book)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS)) as session:
        simulator = Simulator(session, options.api, book, options.log, options.seed, options.pace)
        life = asyncio.create_task(simulator.run(options.pushes, options.texts, options.newcomers_every))
        for stop in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(stop, life.cancel)
        await asyncio.gather(life, return_exceptions=True)
        if not life.cancelled() and (failure := life.exception()) is not None:
            raise failure


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m backend.demo.phones", description=__doc__)
    parser.add_argument("--api", required=True, help="where the mobile API is")
    parser.add_argument("--pushes", required=True, help="the local FCM server's stream of what it delivered")
    parser.add_argument("--texts", required=True, help="the local SMS server's stream of what it delivered")
    parser.add_argument("--book", required=True, type=Path, help="phone book, JSON lines")
    parser.add_argument("--log", required=True, type=Path, help="what the phones saw and did, JSON lines")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pace", type=float, default=10.0, help="how much faster than in life people answer and walk")
    parser.add_argument("--newcomers-every", type=float, default=5.0, help="seconds between two sign-ups")
    asyncio.run(play(parser.parse_args()))


if __name__ == "__main__":
    main()
