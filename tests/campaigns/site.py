"""The landing pages as a process of their own, a tap on everything it is sent, and a stand-in for the sign-up pages."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from backend.demo.parts import PYTHON, answers
from backend.demo.supervisor import Part, Supervisor

HOST = "127.0.0.1"
COOKIE = "kage-hos-tilmeldingen"
REFERS_TO_NOBODY = {"Referrer-Policy": "no-referrer"}


@dataclass
class Site:
    """`heard` is every byte the process was sent, `asked` every address sign-up was."""

    url: str
    sign_up_url: str
    heard: bytearray
    asked: list[str]
    log: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


@asynccontextmanager
async def running_site(dsn: str, folder: Path, sign_up_url: str | None = None, **also: str) -> AsyncIterator[Site]:
    """`python -m campaigns serve` on the database at `dsn`, reached through the tap; `also`: more settings.

    `sign_up_url`: the real pages.
    """
    behind, front, elsewhere = free_port(), free_port(), free_port()
    sign_up = sign_up_url or f"http://{HOST}:{elsewhere}"
    site = Site(f"http://{HOST}:{front}", sign_up, bytearray(), [], folder / "campaigns.log")
    environment = {
        "CAMPAIGNS_DATABASE_URL": dsn,
        "CAMPAIGNS_PUBLIC_URL": site.url,
        "CAMPAIGNS_SIGN_UP_URL": site.sign_up_url,
        **{f"CAMPAIGNS_{name.upper()}": said for name, said in also.items()},
    }
    command = (PYTHON, "-m", "campaigns", "serve", "--port", f"{behind}")
    ready = answers(f"http://{HOST}:{behind}", "/health/ready")
    async with (
        Supervisor(folder, lambda _line: None) as them,
        _tap(front, behind, site.heard),
        _sign_up(elsewhere, site),
    ):
        await them.start(Part("campaigns", command, environment, is_ready=ready))
        yield site


@asynccontextmanager
async def _tap(front: int, behind: int, heard: bytearray) -> AsyncIterator[None]:
    """Passes everything on, and keeps what goes in."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, kept: bytearray | None) -> None:
        try:
            while data := await reader.read(65_536):
                if kept is not None:
                    kept += data
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass  # a browser closes as it likes
        finally:
            writer.close()

    async def joined(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection(HOST, behind)
        await asyncio.gather(carry(reader, server_writer, heard), carry(server_reader, writer, None))

    async with await asyncio.start_server(joined, HOST, front):
        yield


@asynccontextmanager
async def _sign_up(port: int, site: Site) -> AsyncIterator[None]:
    """As the backend's own pages do: a form on which somebody says who they are, and a cookie of its own."""

    async def page(request: web.Request) -> web.Response:
        site.asked.append(request.path_qs)
        fields = "".join(f'<input id="{name}" name="{name}">' for name in ("phone", "code", "name"))
        body = f'<!doctype html><title>.</title><h1>Tilmelding</h1><form method="post">{fields}<button>Send</button>'
        answer = web.Response(text=body, content_type="text/html", headers=REFERS_TO_NOBODY)
        answer.set_cookie("tilmelding", COOKIE, path="/tilmelding", httponly=True, samesite="lax")
        return answer

    async def sent(request: web.Request) -> web.Response:
        form = await request.post()
        name = str(form["name"])
        return web.Response(
            text=f'<!doctype html><title>Tak</title><h1>Tak</h1><p>{name}<p><a href="{site.url}/">Tilbage</a>',
            content_type="text/html",
            headers=REFERS_TO_NOBODY,
        )

    app = web.Application()
    app.add_routes([web.get("/tilmelding", page), web.post("/tilmelding", sent)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, HOST, port).start()
    try:
        yield
    finally:
        await runner.cleanup()
