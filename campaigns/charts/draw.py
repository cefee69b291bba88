"""Drawing: a specification becomes an SVG or a PNG, once, by a process of its own that ends with this one."""

import asyncio
import base64
import hashlib
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import OrderedDict
from functools import cache

import msgspec

from campaigns.charts.drawing import LENGTH_BYTES, Form
from campaigns.charts.look import FONT, Spec
from campaigns.landing.files import files

MOST_BYTES_KEPT = 32_000_000
LONGEST_S = 30.0
"""For one picture, also the first on a machine that has much else to do."""
ENDING_S = 5.0
_WEIGHTS = {400: "IBMPlexSans-Regular-Latin1.woff2", 600: "IBMPlexSans-SemiBold-Latin1.woff2"}
_SECRET = "CAMPAIGNS_"  # noqa: S105  (how the settings' names begin: whoever draws needs none of them)


class CannotDraw(Exception):
    """The process gave no picture, or none in time."""


class Drawer:
    """Keeps what was drawn last; the same specification is drawn once. Close it with :meth:`close`."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()
        self._process: Process | None = None

    async def draw(self, spec: Spec, form: Form) -> bytes:
        """Raises CannotDraw."""
        said = msgspec.json.encode(spec, order="deterministic")
        key = hashlib.sha256(said + form.encode()).digest()
        if key not in self._kept:
            async with self._one_at_a_time:
                if key not in self._kept:
                    drawn = await self._drawn(said, form)
                    self.keep(key, _with_letters(drawn) if form is Form.SVG else drawn)
        self._kept.move_to_end(key)
        return self._kept[key]

    def keep(self, key: bytes, drawn: bytes) -> None:
        """The oldest are forgotten for it where there are too many bytes."""
        self._kept[key] = drawn
        while len(self._kept) > 1 and sum(map(len, self._kept.values())) > MOST_BYTES_KEPT:
            self._kept.popitem(last=False)

    async def _drawn(self, said: bytes, form: Form) -> bytes:
        process = await self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            async with asyncio.timeout(LONGEST_S):
                process.stdin.write(form[:1].encode() + len(said).to_bytes(LENGTH_BYTES) + said)
                await process.stdin.drain()
                length = int.from_bytes(await process.stdout.readexactly(LENGTH_BYTES))
                drawn = await process.stdout.readexactly(length)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as fault:
            await self._end(process)
            raise CannotDraw from fault
        except asyncio.CancelledError:
            await self._end(process)  # the next answer would be to this question
            raise
        if not drawn:
            raise CannotDraw
        return drawn

    async def _running(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "campaigns.charts.drawing"),
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                env={name: said for name, said in os.environ.items() if not name.startswith(_SECRET)},
            )
        return self._process

    async def close(self) -> None:
        """Ends the process, if there is one. Again does no harm."""
        if self._process is not None:
            await self._end(self._process)

    async def _end(self, process: Process) -> None:
        self._process = None
        if process.returncode is None:
            process.kill()
        if process.stdin is not None:
            process.stdin.close()
        async with asyncio.timeout(ENDING_S):
            await process.wait()


def _with_letters(svg: bytes) -> bytes:
    """A picture in a page may fetch nothing: it brings its letters."""
    head, _, body = svg.partition(b">")
    return b"%b><style>%b</style>%b" % (head, _letters(), body)


@cache
def _letters() -> bytes:
    return "".join(
        f"@font-face{{font-family:'{FONT}';font-weight:{weight};"
        f"src:url(data:font/woff2;base64,{base64.b64encode(files()[name]).decode()}) format('woff2')}}"
        for weight, name in _WEIGHTS.items()
    ).encode()
