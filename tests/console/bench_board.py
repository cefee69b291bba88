"""`python -m tests.console.bench_board`: the board with fifty alarms open and a thousand hjerteløbere that move.

How soon a key or a click is answered, drawn without a graphics card; then what an hour leaves in the page's memory: its
own clock runs so much faster that the hour is over in minutes, while alarms open, go on and end and people move as in
an hour. Prints with verdicts; asserts nothing.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from uuid import uuid4

import asyncpg
import msgspec
from playwright.async_api import Browser, Page, async_playwright

from backend.demo.embedded_postgres import running_server
from backend.demo.ports import any_ports
from backend.foundation.migrations import migrate
from backend.identity.staff import StaffRole
from tests.console.evening import crowd
from tests.console.live_site import LiveSite, running_live_site
from tests.console.renderer import Held, Scripts, unwatched
from tests.console.stirring import Evening
from tests.harness.browser import FLAGS, chromium
from tests.performance.machine import this_machine

WANTED_MS, WANTED_MIB = 200.0, 300.0
LEVEL, SLACK_MIB = 1.03, 4.0
"""What the last third of the hour may hold more than the one before it; and the scripts at its end than before."""
HOUR_S = 3_600.0
LOOKS = 30
AFTER_S, LOOKS_AFTER = 30.0, 6

FASTER = """(() => {
  const wall = Date.now, mono = performance.now.bind(performance);
  let pace = PACE, at = wall(), from = at, atMono = mono(), fromMono = atMono;
  Date.now = () => at + (wall() - from) * pace;
  performance.now = () => atMono + (mono() - fromMono) * pace;
  window.atItsOwnPace = () => {
    [at, from, atMono, fromMono, pace] = [Date.now(), wall(), performance.now(), mono(), 1];
  };
  const later = setTimeout, often = setInterval;
  const ask = fetch;
  window.readings = 0;
  window.fetch = (address, ...given) => {
    window.readings += String(address).includes("/overblik");
    return ask(address, ...given);
  };
  window.setTimeout = (does, ms = 0, ...given) => later(does, ms / pace, ...given);
  window.setInterval = (does, ms = 0, ...given) => often(does, ms / pace, ...given);
})()"""
"""Everything the page does by the clock it does so much oftener: an hour's readings, ticks and drawings in minutes."""

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


IS_LIVE = (
    "document.querySelector('#stream[data-state=live]') !== null && document.querySelector('#list button') !== null"
)


class Answers(msgspec.Struct):
    count: int
    p50_ms: float
    p95_ms: float
    worst_ms: float
    looks: int


class Hour(msgspec.Struct):
    """`held` at even distances over the hour; `scripts` after a third, two thirds and the whole of it.

    `after`: some moments later, in which the page went on at its own pace.
    """

    seconds: float
    looks: int
    steps: int
    ended: int
    held: list[Held]
    scripts: list[Scripts]
    after: list[Held]


class Figures(msgspec.Struct):
    incidents: int
    people: int
    answers: Answers
    hour: Hour | None


async def measure(given: argparse.Namespace) -> Figures:
    chance = Random(given.seed)
    (port,) = any_ports(1)
    flags = (*FLAGS, f"--remote-debugging-port={port}")
    async with _crowded(given.incidents, given.people_each) as site, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=flags)
        evening = Evening(site, Random(given.seed))
        stirring = asyncio.create_task(evening.goes_on())
        answers = await _keys_and_clicks(site, browser, given.seconds, chance)
        hour = await _an_hour(site, port, evening, given.hour_in, chance) if given.hour_in else None
        stirring.cancel()
        await asyncio.gather(stirring, return_exceptions=True)
        await browser.close()
    return Figures(given.incidents, given.incidents * given.people_each, answers, hour)


@asynccontextmanager
async def _crowded(incidents: int, people_each: int) -> AsyncIterator[LiveSite]:
    with running_server(None, fast=True) as server, tempfile.TemporaryDirectory() as scratch:
        name = f"bench_{uuid4().hex[:8]}"
        admin = await asyncpg.connect(server.dsn())
        await admin.execute(f'CREATE DATABASE "{name}"')
        await admin.close()
        await migrate(server.dsn(name))
        async with running_live_site(server.dsn(name), Path(scratch)) as site:
            await crowd(site, incidents, people_each)
            yield site


async def _keys_and_clicks(site: LiveSite, browser: Browser, seconds: float, chance: Random) -> Answers:
    async with site.seat(browser, StaffRole.VAGTHAVENDE) as page:
        looks = _counted(page)
        await _opened(site, page)
        await asyncio.sleep(4)
        answers: list[float] = []
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            answers += [await _key(page, chance), await _click(page, chance)]
            await asyncio.sleep(0.24)
    ordered = sorted(answers)
    p95 = ordered[int(len(ordered) * 0.95)]
    return Answers(len(ordered), round(statistics.median(ordered), 1), round(p95, 1), round(ordered[-1], 1), len(looks))


async def _an_hour(site: LiveSite, port: int, evening: Evening, within_s: float, chance: Random) -> Hour:
    found = Hour(within_s, 0, 0, 0, [], [], [])
    faster = FASTER.replace("PACE", str(HOUR_S / within_s))
    async with unwatched(port, await site.cookies(StaffRole.VAGTHAVENDE), faster) as page:
        await page.does("Page.navigate", url=site.service.url + "/konsol/tavle")
        await page.comes_to(IS_LIVE)
        steps, ended, began = evening.steps, evening.ended, time.monotonic()
        for number in range(1, LOOKS + 1):
            await asyncio.sleep(max(0.0, began + number * within_s / LOOKS - time.monotonic()))
            await page.evaluates(f"({MEASURE_CLICK})({chance.randrange(50)})")
            found.held.append(await page.held())
            if number % (LOOKS // 3) == 0:
                found.scripts.append(await page.scripts())
        found.looks = await page.evaluates("window.readings")
        found.steps, found.ended = evening.steps - steps, evening.ended - ended
        await page.evaluates("window.atItsOwnPace()")
        for _ in range(LOOKS_AFTER):
            await asyncio.sleep(AFTER_S / LOOKS_AFTER)
            found.after.append(await page.held())
    return found


def _counted(page: Page) -> list[str]:
    looks: list[str] = []
    page.on("request", lambda request: looks.append(request.url) if "/overblik" in request.url else None)
    return looks


async def _opened(site: LiveSite, page: Page) -> None:
    await page.goto(site.service.url + "/konsol/tavle")
    await page.wait_for_selector("#stream[data-state=live]")


async def _key(page: Page, chance: Random) -> float:
    return float(await page.evaluate(MEASURE_KEY, chance.choice(["ArrowDown", "ArrowUp", *"123456789"])))


async def _click(page: Page, chance: Random) -> float:
    return float(await page.evaluate(MEASURE_CLICK, chance.randrange(50)))


def told(figures: Figures) -> str:
    answers, hour = figures.answers, figures.hour
    fast = _verdict(answers.p95_ms <= WANTED_MS, f"p95 at most {WANTED_MS:.0f} ms")
    lines = [
        f"{figures.incidents} open incidents, {figures.people} moving hjerteløbere",
        f"{answers.count} keys and clicks, the incidents read {answers.looks} times meanwhile",
        f"  p50 {answers.p50_ms} ms, p95 {answers.p95_ms} ms, worst {answers.worst_ms} ms: {fast}",
    ]
    return "\n".join(lines + ([] if hour is None else _of_the_hour(hour)))


def _of_the_hour(hour: Hour) -> list[str]:
    own = [each.own for each in hour.held]
    third = len(own) // 3
    before, last = statistics.median(own[third : 2 * third]), statistics.median(own[2 * third :])
    heaps = [each.heap_mib for each in hour.scripts]
    level = last <= LEVEL * before and heaps[-1] <= max(heaps[:-1]) + SLACK_MIB
    aim = f"at most {WANTED_MIB:.0f} MiB"
    after = [each.own for each in hour.after]
    end = hour.held[-1]
    happened = f"{hour.looks} readings, {hour.steps} steps, {hour.ended} ended and as many opened"
    return [
        f"an hour in {hour.seconds:.0f} s: {happened}",
        "  the page's process, MiB of its own: " + " ".join(f"{each:.0f}" for each in own),
        f"  at most {max(own):.0f} MiB: {_verdict(max(own) <= WANTED_MIB, aim)}",
        "  after it, at its own pace: "
        + " ".join(f"{each:.0f}" for each in after)
        + f": {_verdict(after[-1] <= WANTED_MIB, aim)}",
        f"  with what it shares with others {end.resident:.0f}; the process that draws {end.drawing:.0f}",
        "  scripts after each third: "
        + ", ".join(f"{each.heap_mib} MiB, {each.nodes} nodes, {each.listeners} listeners" for each in hour.scripts),
        f"  the last third {last:.0f} MiB, the one before {before:.0f} MiB: {_verdict(level, 'levels out')}",
    ]


def _verdict(reached: bool, aim: str) -> str:
    return f"{'REACHED' if reached else 'MISSED'}, aim: {aim}"


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--incidents", type=int, default=50)
    words.add_argument("--people-each", type=int, default=20)
    words.add_argument("--seconds", type=float, default=30.0, help="of keys and clicks")
    words.add_argument("--hour-in", type=float, default=140.0, help="how many seconds the hour takes; 0: leave it out")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--json", action="store_true")
    given = words.parse_args()
    machine = this_machine(datetime.now(UTC))
    found = asyncio.run(measure(given))
    print(msgspec.json.encode(found).decode() if given.json else told(found))  # noqa: T201
    print(machine.said())  # noqa: T201
