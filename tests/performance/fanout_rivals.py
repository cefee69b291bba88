"""Whoever pushes without a database: `python -m tests.performance.fanout_rivals NAME …`, told to begin by its input.

A bare client has its requests ready and posts them over so many connections, as fast as they are answered; no attempt
is written down, nothing is looked up, nothing is tried again. firebase-admin's own way is `send_each_async` with one
message a call, its messages ready as well. The last line of output is what came of it.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import aiohttp
import firebase_admin
import msgspec
import uvloop
from firebase_admin import credentials, messaging

from backend.delivery.channels import fcm_message
from backend.delivery.channels.google_token import GoogleToken
from backend.delivery.claim import Parcel
from backend.delivery.message import Channel, What
from backend.foundation.clock import MachineClock
from backend.foundation.ids import AddressId, AttemptId, DeliveryId, MessageId, VolunteerId, in_order
from backend.foundation.kinds import Kind

BARE, ADMIN = "aiohttp, bare", "firebase-admin, send_each_async"
Push = Callable[[int], Awaitable[bool]]


class Pushed(msgspec.Struct, frozen=True):
    """What one of them says of itself."""

    accepted: int
    refused: int
    seconds: float
    used_s: float


def devices_of(name: str, count: int) -> list[str]:
    """Where it pushes to: nobody of ours."""
    return [f"{name.partition(',')[0]}-{number:07}" for number in range(count)]


def parcels(name: str, count: int) -> Iterator[Parcel]:
    """The drill's rings, to other devices."""
    now = datetime.now(UTC)
    for number, device in enumerate(devices_of(name, count)):
        yield Parcel(
            attempt_id=AttemptId(in_order()),
            delivery_id=DeliveryId(in_order()),
            fence=1,
            attempt_number=1,
            message_id=MessageId(in_order()),
            channel=Channel.FCM,
            address_id=AddressId(in_order()),
            address_kind="fcm_token",
            to=device,
            platform=("android", "ios")[number % 2],
            language="da",
            what=What.RING,
            kind=Kind.EXERCISE,
            subject_id=UUID(str(in_order())),
            volunteer_id=VolunteerId(in_order()),
            content={"coarse_distance_m": 200 + 100 * (number % 20), "ring_no": 1},
            queued_at=now,
            expires_at=now + timedelta(minutes=30),
            link_token=None,
        )


async def _bare(options: argparse.Namespace) -> Pushed:
    now = datetime.now(UTC)
    bodies = [fcm_message.encode(parcel, now) for parcel in parcels(BARE, options.count)]
    token = GoogleToken(options.service_account, MachineClock())
    fresh = asyncio.create_task(token.keep_fresh())
    await token.ready()
    url = f"{options.url}/v1/projects/{token.project_id}/messages:send"
    headers = {"Authorization": f"Bearer {token.newest()}", "Content-Type": "application/json"}
    connector = aiohttp.TCPConnector(limit=options.connections)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def push(number: int) -> bool:
            async with session.post(url, data=bodies[number], headers=headers) as answer:
                await answer.read()
                return answer.status == 200

        found = await _all(push, options)
    fresh.cancel()
    return found


async def _admin(options: argparse.Namespace) -> Pushed:
    now = datetime.now(UTC)
    messages: list[messaging.Message] = []
    for parcel in parcels(ADMIN, options.count):
        message = fcm_message.message(parcel, now)
        message.fid, message.token = None, parcel.to
        messages.append(message)
    app = firebase_admin.initialize_app(credentials.Certificate(str(options.service_account)))
    service = messaging._get_messaging_service(app)
    service._fcm_url = f"{options.url}/v1/projects/{app.project_id}/messages:send"

    async def push(number: int) -> bool:
        answer = await messaging.send_each_async([messages[number]], app=app)
        return bool(answer.responses[0].success)

    return await _all(push, options)


async def _all(push: Push, options: argparse.Namespace) -> Pushed:
    """Everything, `connections` at a time, once told so."""
    _tell("ready")
    await asyncio.to_thread(sys.stdin.readline)
    numbers = iter(range(options.count))
    answers: list[bool] = []

    async def one_after_another() -> None:
        for number in numbers:
            took = await push(number)
            answers.append(took)

    began, used = time.monotonic(), time.process_time()
    await asyncio.gather(*(one_after_another() for _ in range(options.connections)))
    return Pushed(
        accepted=sum(answers),
        refused=len(answers) - sum(answers),
        seconds=time.monotonic() - began,
        used_s=time.process_time() - used,
    )


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=(BARE, ADMIN))
    parser.add_argument("--url", required=True)
    parser.add_argument("--service-account", type=Path, required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--connections", type=int, required=True)
    options = parser.parse_args(arguments)
    work = {BARE: _bare, ADMIN: _admin}[options.name]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        _tell(msgspec.json.encode(runner.run(work(options))).decode())


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
