"""`python -m tests.console.bench_board`: how soon the board answers a key or a click with fifty alarms open.

Prints; asserts nothing. Fifty open incidents, twenty people asked in each, a hundred of them moved ten times a second
while keys are pressed and rows clicked, drawn without a graphics card. Each minute of it changes as much as an hour of
fifty incidents does in which something happens every six seconds.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

import asyncpg
import msgspec
from playwright.async_api import Page, async_playwright

from backend.demo.embedded_postgres import running_server
from backend.foundation.ids import IncidentId
from backend.foundation.journal import Event, Happening
from backend.foundation.migrations import migrate
from backend.identity.staff import StaffRole
from backend.incidents import queries as incidents_queries
from backend.incidents.record import record
from tests.console.evening import crowd
from tests.console.live_site import LiveSite, running_live_site
from tests.harness.browser import FLAGS, chromium

WANTED_MS, WANTED_MIB = 200.0, 300.0

MEASURE_KEY = """async key => {
  const begun = performance.now();
  document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
  await new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));
  return performance.now() - begun;
}"""
"""From the key to the frame that shows what it did, painted."""

MEASURE_CLICK = """async number => {
  const rows = document.querySelectorAll('#list button');
  const begun = performance.now();
  rows[number % rows.length].click();
  await new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));
  return performance.now() - begun;
}"""


class Figures(msgspec.Struct):
    incidents: int
    people: int
    answers: int
    p50_ms: float
    p95_ms: float
    worst_ms: float
    heap_mib_before: float
    heap_mib_after: float
    elements: int
    looks: int


async def measure(incidents: int, people_each: int, seconds: float, seed: int) -> Figures:
    with running_server(None, fast=True) as server, tempfile.TemporaryDirectory() as scratch:
        name = f"bench_{uuid4().hex[:8]}"
        admin = await asyncpg.connect(server.dsn())
        await admin.execute(f'CREATE DATABASE "{name}"')
        await admin.close()
        await migrate(server.dsn(name))
        async with running_live_site(server.dsn(name), Path(scratch)) as site, async_playwright() as playwright:
            await crowd(site, incidents, people_each)
            flags = (*FLAGS, "--enable-precise-memory-info", "--js-flags=--expose-gc")
            browser = await playwright.chromium.launch(executable_path=chromium(), args=flags)
            async with site.seat(browser, StaffRole.VAGTHAVENDE) as page:
                figures = await _at(site, page, incidents * people_each, seconds, Random(seed))
            await browser.close()
    return msgspec.structs.replace(figures, incidents=incidents)


async def _at(site: LiveSite, page: Page, people: int, seconds: float, chance: Random) -> Figures:
    looks = 0

    def count(url: str) -> None:
        nonlocal looks
        looks += "/overblik" in url

    page.on("request", lambda request: count(request.url))
    await page.goto(site.service.url + "/konsol/tavle")
    await page.wait_for_selector("#stream[data-state=live]")
    await asyncio.sleep(4)
    before = await _heap(page)
    moving = asyncio.create_task(_everybody_moves(site, chance))
    answers: list[float] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        key = chance.choice(["ArrowDown", "ArrowUp", *"123456789"])
        answers.append(await page.evaluate(MEASURE_KEY, key))
        await asyncio.sleep(0.12)
        answers.append(await page.evaluate(MEASURE_CLICK, chance.randrange(50)))
        await asyncio.sleep(0.12)
    moving.cancel()
    await asyncio.gather(moving, return_exceptions=True)
    ordered = sorted(answers)
    return Figures(
        incidents=0,
        people=people,
        answers=len(ordered),
        p50_ms=round(statistics.median(ordered), 1),
        p95_ms=round(ordered[int(len(ordered) * 0.95)], 1),
        worst_ms=round(ordered[-1], 1),
        heap_mib_before=before,
        heap_mib_after=await _heap(page),
        elements=await page.evaluate("() => document.querySelectorAll('*').length"),
        looks=looks,
    )


async def _heap(page: Page) -> float:
    """What the page's scripts hold after everything nobody needs was thrown away."""
    used = await page.evaluate("() => { globalThis.gc?.(); return performance.memory.usedJSHeapSize }")
    return round(float(used) / 2**20, 1)


async def _everybody_moves(site: LiveSite, chance: Random) -> None:
    """All of them by up to a kilometre, ten times a second a part of them; with a step of an incident now and then."""
    async with site.town.acting() as c:
        ids: list[UUID] = [row[0] for row in await c.fetch("SELECT id FROM incidents.incident")]
    while True:
        async with site.town.acting() as c:
            await c.execute("RESET ROLE")
            await c.execute(
                """
                UPDATE locations.position p SET cell = other.cell, cell_r9 = other.cell_r9
                FROM (SELECT cell, cell_r9 FROM locations.position ORDER BY random() LIMIT 1) other
                WHERE p.volunteer_id IN (SELECT volunteer_id FROM locations.position ORDER BY random() LIMIT 100)
                """
            )
            await c.execute(
                """
                UPDATE alerts.alert SET metres = 100 + (random() * 3000)::int
                WHERE id IN (SELECT id FROM alerts.alert ORDER BY random() LIMIT 100)
                """
            )
        async with site.town.acting() as c:  # a step of some incident: the page reads that one again
            site.to_the_minute()
            incident = await incidents_queries.lock(c, IncidentId(chance.choice(ids)))
            assert incident is not None
            await record(c, site.town.actor, incident, [Happening(Event.STATUS)], site.town.now)
        await asyncio.sleep(0.1)


def told(figures: Figures) -> str:
    fast = "yes" if figures.p95_ms <= WANTED_MS else "NO"
    small = "yes" if figures.heap_mib_after <= WANTED_MIB else "NO"
    times = f"p50 {figures.p50_ms} ms, p95 {figures.p95_ms} ms, worst {figures.worst_ms} ms"
    heap = f"{figures.heap_mib_before} MiB, afterwards {figures.heap_mib_after} MiB"
    lines = (
        f"{figures.incidents} open incidents, {figures.people} moving hjerteløbere, {figures.looks} looks at them",
        f"{figures.answers} keys and clicks: {times} (wanted: p95 at most {WANTED_MS:.0f} ms): {fast}",
        f"scripts hold {heap} (wanted: at most {WANTED_MIB:.0f} MiB): {small}; {figures.elements} elements",
    )
    return "\n".join(lines)


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--incidents", type=int, default=50)
    words.add_argument("--people-each", type=int, default=20)
    words.add_argument("--seconds", type=float, default=60.0)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--json", action="store_true")
    given = words.parse_args()
    found = asyncio.run(measure(given.incidents, given.people_each, given.seconds, given.seed))
    print(msgspec.json.encode(found).decode() if given.json else told(found))  # noqa: T201
