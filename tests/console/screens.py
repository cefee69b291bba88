"""`python -m tests.console.screens` (make screens) makes docs/screens anew: on a desk and a wall, dark and light.

Board and wall also as somebody sees them who does not tell red from green (deuteranopia, as Chromium emulates it).

Another page is a line in PAGES: its name, and the address with the ids of `evening.happens` in braces.
"""

import argparse
import asyncio
import tempfile
from pathlib import Path
from uuid import uuid4

import asyncpg
from playwright.async_api import Page, async_playwright

from backend.demo.embedded_postgres import running_server
from backend.foundation.migrations import migrate
from backend.identity.staff import StaffRole
from tests.console.evening import happens
from tests.console.live_site import DESK, LiveSite, Scheme, running_live_site
from tests.harness.browser import FLAGS, chromium

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
WALL = {"width": 3840, "height": 2160}
SIZES = {"desk": DESK, "wall": WALL}
SCHEMES: tuple[Scheme, ...] = ("dark", "light")
PAGES = {
    "tavle": "/konsol/tavle?valgt={noerreport}",
    "vaeg": "/konsol/vaeg",
    "haendelse": "/konsol/haendelser/{noerreport}",
    "efter": "/konsol/efter/{noerreport}?skridt=6",
    "efter-tal": "/konsol/efter/tal",
}
WITHOUT_GREEN = {("tavle", "desk"), ("vaeg", "wall")}
STAYS_S = 2.5
"""Until the map has drawn itself without a graphics card."""


async def make(folder: Path, only: str | None) -> None:
    with running_server(None, fast=True) as server, tempfile.TemporaryDirectory() as scratch:
        name = f"screens_{uuid4().hex[:8]}"
        admin = await asyncpg.connect(server.dsn())
        await admin.execute(f'CREATE DATABASE "{name}"')
        await admin.close()
        await migrate(server.dsn(name))
        async with running_live_site(server.dsn(name), Path(scratch)) as site, async_playwright() as playwright:
            ids = await happens(site)
            browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
            for page_name, address in PAGES.items():
                if only in (None, page_name):
                    await _of_one(site, browser, folder, page_name, address.format(**ids))
            await browser.close()
            for each in (*site.wrong, *site.elsewhere):
                print(f"not as it should be: {each}")  # noqa: T201


async def _of_one(site: LiveSite, browser: object, folder: Path, name: str, address: str) -> None:
    for size_name, size in SIZES.items():
        for scheme in SCHEMES:
            async with site.seat(browser, StaffRole.VAGTHAVENDE, size=size, scheme=scheme) as page:  # type: ignore[arg-type]
                await page.goto(site.service.url + address)
                await settled(page)
                await _taken(page, folder / f"{name}-{size_name}-{scheme}.png")
                if (name, size_name) in WITHOUT_GREEN:
                    session = await page.context.new_cdp_session(page)
                    await session.send("Emulation.setEmulatedVisionDeficiency", {"type": "deuteranopia"})
                    await _taken(page, folder / f"{name}-{size_name}-{scheme}-deuteranopi.png")


async def _taken(page: Page, path: Path) -> None:
    taken = await page.screenshot(path=path, scale="css")
    print(f"{path.name} {len(taken) // 1024} KiB")  # noqa: T201


async def settled(page: Page) -> None:
    """Live, where a page can be; and drawn."""
    stream = page.locator("#stream")
    if await stream.count():
        await page.wait_for_selector("#stream[data-state=live]")
    await asyncio.sleep(STAYS_S)


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--folder", type=Path, default=FOLDER)
    words.add_argument("--only", help="one page's name")
    given = words.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(make(given.folder, given.only))
