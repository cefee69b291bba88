"""A process that is frozen while it connects to a provider sends nothing when it thaws: its time for that is over."""

import asyncio
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from backend.delivery.channels.http import open_session, post

FROZEN_S = 0.2


class Provider(ThreadingHTTPServer):
    """In threads of its own, which go on while the loop stands still."""

    request_queue_size = 64

    def __init__(self) -> None:
        self.came_at: list[float] = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                provider.came_at.append(time.monotonic())
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as provider:
        serving = Thread(target=provider.serve_forever)
        serving.start()
        yield provider
        provider.shutdown()
        serving.join()


@pytest.mark.parametrize("steps", range(1, 9))
async def test_what_was_connecting_when_everything_stood_still_is_not_sent_afterwards(
    provider: Provider, steps: int
) -> None:
    """Wherever in its connecting SIGSTOP meets it."""
    async with open_session() as session:
        url, wire_by = f"http://127.0.0.1:{provider.server_port}/", time.monotonic() + FROZEN_S / 2
        requests = [asyncio.create_task(post(session, url, {}, b"ring", wire_by)) for _ in range(8)]
        for _ in range(steps):
            await asyncio.sleep(0)
        time.sleep(FROZEN_S)  # noqa: ASYNC251 - what SIGSTOP does to a process
        thawed_at = time.monotonic()
        await asyncio.gather(*requests)

    assert [at for at in provider.came_at if at > thawed_at] == []
