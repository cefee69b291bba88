"""The process that draws: `python -m campaigns.charts.drawing`, told by its standard input what, until that ends.

A process, because vl-convert holds the interpreter's lock for as long as it draws: in a thread it would hold up
everybody's pages. A request is a letter (which form), four bytes (how long) and a specification; an answer four bytes
and a picture, of no length where it could not be drawn.
"""

import os
import sys
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import BinaryIO

import vl_convert

SLIDE_SCALE = 2
POLITE = 10
"""So much nicer than those who answer: a picture can wait, a page cannot."""
LENGTH_BYTES = 4


class Form(StrEnum):
    SVG = "svg"
    PNG = "png"


def draw(spec: bytes, form: Form) -> bytes:
    """Takes about a tenth of a second of the processor, the first of a process some seconds. Raises ValueError."""
    _know_the_font()
    svg = vl_convert.vegalite_to_svg(
        spec.decode(), format_locale="da-DK", time_format_locale="da-DK", allowed_base_urls=[]
    )
    match form:
        case Form.SVG:
            return svg.encode()
        case Form.PNG:
            drawn: bytes = vl_convert.svg_to_png(svg, scale=SLIDE_SCALE)
            return drawn


@cache
def _know_the_font() -> None:
    with resources.as_file(resources.files("campaigns.poster").joinpath("fonts")) as folder:
        vl_convert.register_font_directory(str(folder))


def answer_all(asked: BinaryIO, told: BinaryIO) -> None:
    """Until nobody asks any more."""
    while head := asked.read(1 + LENGTH_BYTES):
        spec = asked.read(int.from_bytes(head[1:]))
        try:
            drawn = draw(spec, Form.PNG if head[:1] == b"p" else Form.SVG)
        except ValueError:
            drawn = b""
        told.write(len(drawn).to_bytes(LENGTH_BYTES) + drawn)
        told.flush()


if __name__ == "__main__":
    os.nice(POLITE)
    answer_all(sys.stdin.buffer, sys.stdout.buffer)
