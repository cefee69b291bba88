"""Drawing: a specification becomes an SVG or a PNG, once, in a thread beside the event loop."""

import asyncio
import base64
import hashlib
from collections import OrderedDict
from enum import StrEnum
from functools import cache
from importlib import resources

import msgspec
import vl_convert

from campaigns.charts.look import FONT, Spec
from campaigns.landing.files import files

MOST_KEPT = 400
"""Pictures in memory, of at most a hundred kilobytes or so each."""
SLIDE_SCALE = 2
_WEIGHTS = {400: "IBMPlexSans-Regular-Latin1.woff2", 600: "IBMPlexSans-SemiBold-Latin1.woff2"}


class Form(StrEnum):
    SVG = "svg"
    PNG = "png"


class Drawer:
    """Keeps what it drew last; the same specification is drawn once."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()

    async def draw(self, spec: Spec, form: Form) -> bytes:
        said = msgspec.json.encode(spec, order="deterministic")
        key = hashlib.sha256(said + form.encode()).digest()
        if key not in self._kept:
            async with self._one_at_a_time:
                if key not in self._kept:
                    self._keep(key, await asyncio.to_thread(draw, said, form))
        self._kept.move_to_end(key)
        return self._kept[key]

    def _keep(self, key: bytes, drawn: bytes) -> None:
        self._kept[key] = drawn
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)


def draw(spec: bytes, form: Form) -> bytes:
    """Takes about a tenth of a second of the processor; the first of a process takes some seconds."""
    _know_the_font()
    svg = vl_convert.vegalite_to_svg(
        spec.decode(), format_locale="da-DK", time_format_locale="da-DK", allowed_base_urls=[]
    )
    match form:
        case Form.SVG:
            head, _, body = svg.partition(">")
            return f"{head}>{_letters()}{body}".encode()
        case Form.PNG:
            drawn: bytes = vl_convert.svg_to_png(svg, scale=SLIDE_SCALE)
            return drawn


@cache
def _know_the_font() -> None:
    with resources.as_file(resources.files("campaigns.poster").joinpath("fonts")) as folder:
        vl_convert.register_font_directory(str(folder))


@cache
def _letters() -> str:
    """A picture in a page may fetch nothing: it brings its letters."""
    faces = "".join(
        f"@font-face{{font-family:'{FONT}';font-weight:{weight};"
        f"src:url(data:font/woff2;base64,{base64.b64encode(files()[name]).decode()}) format('woff2')}}"
        for weight, name in _WEIGHTS.items()
    )
    return f"<style>{faces}</style>"
