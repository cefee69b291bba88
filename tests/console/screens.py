"""`python -m tests.console.screens` (make screens) makes docs/screens anew: on a desk and a wall, dark and light.

Board and wall also as somebody sees them who does not tell red from green (deuteranopia, as Chromium emulates it).
Another page is a line in `every_page.VISITS`.
"""

import argparse
import asyncio
import tempfile
from itertools import groupby
from pathlib import Path
from uuid import uuid4

import asyncpg
from playwright.async_api import Browser, Page, async_playwright

from backend.demo.embedded_postgres import running_server
from backend.foundation.migrations import migrate
from tests.console.behind_it import happens
from tests.console.every_page import VISITS, Visit, opened, sitting
from tests.console.live_site import DESK, LiveSite, Scheme, running_live_site
from tests.console.small_png import in_few_colours
from tests.harness.browser import FLAGS, chromium

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
WALL = {"width": 3840, "height": 2160}
SIZES = {"desk": DESK, "wall": WALL}
SCHEMES: tuple[Scheme, ...] = ("dark", "light")
WITHOUT_GREEN = {("tavle", "desk"), ("vaeg", "wall")}
STAYS_S = {True: 2.5, False: 0.2}
"""Until a map has drawn itself without a graphics card; and without one."""
SOUNDS = "--autoplay-policy=no-user-gesture-required"
"""Somebody has clicked on the page: else each picture would be of that banner."""


async def make(folder: Path, only: list[str], sizes: list[str]) -> None:
    with running_server(None, fast=True) as server, tempfile.TemporaryDirectory() as scratch:
        name = f"screens_{uuid4().hex[:8]}"
        admin = await asyncpg.connect(server.dsn())
        await admin.execute(f'CREATE DATABASE "{name}"')
        await admin.close()
        await migrate(server.dsn(name))
        async with running_live_site(server.dsn(name), Path(scratch)) as site, async_playwright() as playwright:
            ids = await happens(site)
            browser = await playwright.chromium.launch(
                executable_path=chromium(), args=[*FLAGS, SOUNDS, "--lang=da-DK"]
            )
            visits = [each for each in VISITS if each.pictured and (not only or each.name in only)]
            for size in sizes:
                for scheme in SCHEMES:
                    await _look(site, browser, folder, visits, ids, size, scheme)
            await browser.close()
            for each in (*site.wrong, *site.elsewhere):
                print(f"not as it should be: {each}")  # noqa: T201


async def _look(
    site: LiveSite, browser: Browser, folder: Path, visits: list[Visit], ids: dict[str, str], size: str, scheme: Scheme
) -> None:
    for who, theirs in groupby(visits, key=lambda each: each.who):
        async with sitting(site, browser, who, SIZES[size], scheme) as page:
            for visit in theirs:
                await opened(page, site, visit, ids)
                await _drawn(page)
                await _taken(browser, page, folder / f"{visit.name}-{size}-{scheme}.png")
                if (visit.name, size) in WITHOUT_GREEN:
                    session = await page.context.new_cdp_session(page)
                    await session.send("Emulation.setEmulatedVisionDeficiency", {"type": "deuteranopia"})
                    await _taken(browser, page, folder / f"{visit.name}-{size}-{scheme}-deuteranopi.png")
                    await session.send("Emulation.setEmulatedVisionDeficiency", {"type": "none"})


async def _taken(browser: Browser, page: Page, path: Path) -> None:
    picture = await in_few_colours(browser, await page.screenshot(scale="css"))
    await asyncio.to_thread(path.write_bytes, picture)
    print(f"{path.name} {len(picture) // 1024} KiB", flush=True)  # noqa: T201


async def _drawn(page: Page) -> None:
    await asyncio.sleep(STAYS_S[bool(await page.locator("#map").count())])


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--folder", type=Path, default=FOLDER)
    words.add_argument("--only", nargs="*", default=[], help="these pages' names")
    words.add_argument("--sizes", nargs="*", default=list(SIZES), choices=list(SIZES))
    given = words.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(make(given.folder, given.only, given.sizes))
