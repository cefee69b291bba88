"""What a page costs: the memory of the process that runs it, as the kernel counts it, and what its scripts hold."""

from pathlib import Path

import msgspec
from playwright.async_api import Browser, Page

MIB = 2**20


class Held(msgspec.Struct, frozen=True):
    """At one moment, MiB. `resident` counts pages shared with other processes whole, `own` leaves them out."""

    resident: float
    own: float
    drawing: float
    """Resident in the process that draws, which all pages share."""


class Scripts(msgspec.Struct, frozen=True):
    """What is left after everything nobody needs was thrown away."""

    heap_mib: float
    nodes: int
    listeners: int


async def held(browser: Browser) -> Held:
    """Of the busiest page of a browser: the one that is measured has no rival."""
    session = await browser.new_browser_cdp_session()
    processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
    await session.detach()
    busiest = max((each for each in processes if each["type"] == "renderer"), key=lambda each: each["cpuTime"])
    drawing = sum(_of(each["id"])["Rss"] for each in processes if each["type"] == "GPU")
    memory = _of(busiest["id"])
    return Held(memory["Rss"], memory["Private_Clean"] + memory["Private_Dirty"], drawing)


def _of(pid: int) -> dict[str, float]:
    """From the kernel's own count; by name, MiB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()[1:]
    return {name: round(int(rest.split()[0]) / 1024, 1) for name, _, rest in (line.partition(":") for line in lines)}


async def scripts(page: Page) -> Scripts:
    session = await page.context.new_cdp_session(page)
    await session.send("HeapProfiler.enable")
    for _ in range(2):
        await session.send("HeapProfiler.collectGarbage")
    heap = await session.send("Runtime.getHeapUsage")
    counted = await session.send("Memory.getDOMCounters")
    await session.detach()
    return Scripts(round(heap["usedSize"] / MIB, 1), counted["nodes"], counted["jsEventListeners"])
