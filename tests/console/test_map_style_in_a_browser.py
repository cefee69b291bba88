"""Streets of another one's style, in a real Chromium: that origin alone is asked, and not told who asks."""

import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, async_playwright, expect

from tests.console.live_site import running_live_site
from tests.console.made_tiles import a_tile
from tests.harness.browser import FLAGS

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63686868000003"
    "0401814bd3d2100000000049454e44ae426082"
)
"""One dot."""
pytestmark = pytest.mark.browser


class TileServer(ThreadingHTTPServer):
    """Gives a style, what it names and tiles; keeps what it was asked and with which headers."""

    asked: list[tuple[str, dict[str, str]]]
    elsewhere = False
    pictures = False

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answers(BaseHTTPRequestHandler):
    server: TileServer

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        origin = "https://other.example" if self.server.elsewhere else self.server.origin
        documents: dict[str, Any] = {
            "/style.json?key=1": {"version": 8, "sources": {"base": {"type": "vector", "url": "/tiles.json"}}},
            "/tiles.json": {
                "tiles": [f"{origin}/{{z}}/{{x}}/{{y}}"],
                "maxzoom": 0,
                "attribution": "<a>Opdigtet</a>",
                "vector_layers": [{"id": "roads"}, {"id": "water"}],
            },
        }
        if self.server.pictures:
            source = {"type": "raster", "tiles": ["pictures/{z}/{x}/{y}.png"], "tileSize": 256, "attribution": "Foto"}
            documents["/style.json?key=1"] = {"version": 8, "sources": {"photo": source}}
        found = documents.get(self.path)
        body = json.dumps(found).encode() if found else PICTURE if self.path.endswith(".png") else a_tile()
        self.send_response(200)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *words: object) -> None:  # noqa: A002 - its caller's name for it
        pass


@contextmanager
def tile_server() -> Iterator[TileServer]:
    server = TileServer(("127.0.0.1", 0), Answers)
    server.asked = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
async def chromium(chromium_path: Path) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield started
        await started.close()


async def test_streets_come_from_the_named_origin_and_from_no_other(
    chromium: Browser, database_dsn: str, tmp_path: Path
) -> None:
    with tile_server() as tiles:
        style = f"{tiles.origin}/style.json?key=1"
        async with running_live_site(database_dsn, tmp_path / "site", HJERTELOEBER_MAP_STYLE_URL=style) as site:
            async with site.seat(chromium) as page:
                await page.goto(site.service.url + "/konsol/tavle")
                credit = page.locator("#map-credit")
                await expect(credit).to_contain_text(f"vejene hentes fra {tiles.origin.partition('//')[2]} · Opdigtet")
                await expect(page.locator("#map-says")).to_be_hidden()
            assert site.wrong == []
            assert {each.startswith(tiles.origin) for each in site.elsewhere} == {True}
            assert "/0/0/0" in [path for path, _ in tiles.asked]
            for _, headers in tiles.asked:
                assert not {"cookie", "referer", "authorization"} & {name.lower() for name in headers}

            tiles.elsewhere, tiles.asked, site.elsewhere = True, [], []
            async with site.seat(chromium) as page:
                await page.goto(site.service.url + "/konsol/tavle")
                await expect(page.locator("#map-says")).to_contain_text("kunne ikke hentes")
            assert not [each for each in site.elsewhere if "other.example" in each], "a style leads nowhere else"
            assert site.wrong == []

            tiles.pictures, tiles.asked = True, []
            async with site.seat(chromium) as page:
                await page.goto(site.service.url + "/konsol/tavle")
                await expect(page.locator("#map-credit")).to_contain_text("Foto")
                await page.wait_for_timeout(500)
            assert [path for path, _ in tiles.asked if path.startswith("/pictures/")]
            assert site.wrong == [], "pictures come as data: the policy lets no image of another origin in"
