"""A page nobody watches, and what it costs: the memory of the process that runs it, as the kernel counts it.

A test's browser keeps every answer the page was given, so that the test can ask for it: in the page's own process, some
hundred MiB after a while. So this one is spoken to past it, by the same protocol, without being told of requests.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from backend.demo.ports import HOST

MIB = 2**20
DESK = {"width": 1440, "height": 900}


class Held(msgspec.Struct, frozen=True):
    """At one moment, MiB. `own`: what the page's process alone holds; `resident`: with what others hold as well."""

    own: float
    resident: float
    drawing: float
    """Resident in the process that draws, which all pages share."""


class Scripts(msgspec.Struct, frozen=True):
    """What is left after everything nobody needs was thrown away."""

    heap_mib: float
    nodes: int
    listeners: int


class Unwatched:
    """One page, by its session; answers come by number."""

    def __init__(self, line: aiohttp.ClientWebSocketResponse) -> None:
        self.session: str | None = None
        self._line = line
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._numbers = count(1)

    async def does(self, method: str, **what: Any) -> dict[str, Any]:
        return await self._call(method, what, self.session)

    async def browser_does(self, method: str, **what: Any) -> dict[str, Any]:
        return await self._call(method, what, None)

    async def evaluates(self, expression: str) -> Any:
        """What a script gives, waited for. Raises RuntimeError for what it throws."""
        found = await self.does("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in found:
            raise RuntimeError(str(found["exceptionDetails"])[:500])
        return found["result"].get("value")

    async def comes_to(self, condition: str) -> None:
        """Waits until a script's expression is true. Raises TimeoutError where it does not come to that."""
        for _ in range(100):
            if await self.evaluates(condition):
                return
            await asyncio.sleep(0.2)
        raise TimeoutError(condition)

    async def held(self) -> Held:
        processes = (await self.browser_does("SystemInfo.getProcessInfo"))["processInfo"]
        mine = max((each for each in processes if each["type"] == "renderer"), key=lambda each: each["cpuTime"])
        memory, drawing = _of(mine["id"]), sum(_of(each["id"])["Rss"] for each in processes if each["type"] == "GPU")
        return Held(memory["Private_Clean"] + memory["Private_Dirty"], memory["Rss"], drawing)

    async def scripts(self) -> Scripts:
        for _ in range(2):
            await self.does("HeapProfiler.collectGarbage")
        heap, counted = await self.does("Runtime.getHeapUsage"), await self.does("Memory.getDOMCounters")
        return Scripts(round(heap["usedSize"] / MIB, 1), counted["nodes"], counted["jsEventListeners"])

    async def listens(self) -> None:
        """Until the line is cut."""
        async for message in self._line:
            told = msgspec.json.decode(message.data)
            if (asked := self._asked.pop(told.get("id", 0), None)) is not None and not asked.done():
                if "error" in told:
                    asked.set_exception(RuntimeError(str(told["error"])))
                else:
                    asked.set_result(told["result"])

    async def _call(self, method: str, what: dict[str, Any], session: str | None) -> dict[str, Any]:
        number = next(self._numbers)
        self._asked[number] = asyncio.get_running_loop().create_future()
        said = {"id": number, "method": method, "params": what, **({} if session is None else {"sessionId": session})}
        await self._line.send_str(msgspec.json.encode(said).decode())
        return await self._asked[number]


@asynccontextmanager
async def unwatched(port: int, cookies: list[dict[str, Any]], first: str) -> AsyncIterator[Unwatched]:
    """A page of the browser that listens at a port, with these cookies; `first` runs before each document's scripts."""
    async with aiohttp.ClientSession() as http:
        async with http.get(f"http://{HOST}:{port}/json/version") as answer:
            address = (await answer.json())["webSocketDebuggerUrl"]
        async with http.ws_connect(address, max_msg_size=0) as line:
            page = Unwatched(line)
            listening = asyncio.create_task(page.listens())
            room = (await page.browser_does("Target.createBrowserContext"))["browserContextId"]
            await page.browser_does("Storage.setCookies", cookies=cookies, browserContextId=room)
            target = await page.browser_does("Target.createTarget", url="about:blank", browserContextId=room, **DESK)
            attached = await page.browser_does("Target.attachToTarget", targetId=target["targetId"], flatten=True)
            page.session = attached["sessionId"]
            await page.does("Page.enable")
            await page.does("Page.addScriptToEvaluateOnNewDocument", source=first)
            yield page
            listening.cancel()


def _of(pid: int) -> dict[str, float]:
    """From the kernel's own count; by name, MiB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()[1:]
    return {name: round(int(rest.split()[0]) / 1024, 1) for name, _, rest in (line.partition(":") for line in lines)}
