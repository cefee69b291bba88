"""How charts look: on light and on dark, on a wide page and on a phone."""

from enum import StrEnum
from typing import Any

import msgspec

Spec = dict[str, Any]

FONT = "IBM Plex Sans"
MADE_UP = "Opdigtede tal"


class Scheme(StrEnum):
    LIGHT = "lys"
    DARK = "moerk"


class Size(StrEnum):
    WIDE = "bred"
    NARROW = "smal"


class Colours(msgspec.Struct, frozen=True):
    """`lines` are told apart by whoever sees no red or green, and stand out from `paper` by 4.5 to 1 at least."""

    paper: str
    ink: str
    muted: str
    grid: str
    bar: str
    mark: str
    lines: tuple[str, ...]
    steps: tuple[str, ...]  # from few to many
    nothing: str  # an area of which nothing is shown
    border: str


COLOURS = {
    Scheme.LIGHT: Colours(
        paper="#ffffff",
        ink="#1a1a1a",
        muted="#545454",
        grid="#e4e6e8",
        bar="#1f5fa8",
        mark="#b3261e",
        lines=("#1f5fa8", "#a85300", "#00705a"),
        steps=("#d6e6f5", "#a9cbea", "#6fa6d8", "#3a7cbd", "#174f8f"),
        nothing="#ececec",
        border="#ffffff",
    ),
    Scheme.DARK: Colours(
        paper="#171c22",
        ink="#f1f3f5",
        muted="#b8c0c8",
        grid="#353d46",
        bar="#6cb0ee",
        mark="#ff9d8f",
        lines=("#6cb0ee", "#f0a75c", "#54cfa4"),
        steps=("#203a55", "#2c5a86", "#3f7fb8", "#6aa9e0", "#a9d3f7"),
        nothing="#2a3037",
        border="#171c22",
    ),
}


class Caption(msgspec.Struct, frozen=True):
    """What a picture says of itself: whose numbers and of when, where they are from, and whether they are made up."""

    about: str
    source: str
    made_up: bool = False


class Look(msgspec.Struct, frozen=True):
    """`bare`: for a page that says title and source itself; made-up numbers are said to be all the same."""

    scheme: Scheme = Scheme.LIGHT
    size: Size = Size.WIDE
    bare: bool = False

    @property
    def colours(self) -> Colours:
        return COLOURS[self.scheme]

    @property
    def width(self) -> int:
        return 920 if self.size is Size.WIDE else 350

    @property
    def narrow(self) -> bool:
        return self.size is Size.NARROW


def framed(title: str, caption: Caption, look: Look, height: float, **parts: Any) -> Spec:
    """A whole specification: title and source in the picture, so that a slide says them too."""
    colours = look.colours
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": look.width,
        "height": height,
        "padding": {"left": 12, "right": 12, "top": 12, "bottom": 12},
        "autosize": {"type": "pad", "contains": "content"},
        "background": colours.paper,
        "title": _title(title, caption, look),
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "title": {
                "color": colours.ink,
                "fontSize": 17 if look.narrow else 20,
                "fontWeight": 700,
                "subtitleColor": colours.muted,
                "subtitleFontSize": 12 if look.narrow else 13,
                "subtitlePadding": 8,
                "subtitleLineHeight": 17,
            },
            "text": {"font": FONT, "fontSize": 13, "color": colours.ink},
            "axis": {
                "labelColor": colours.muted,
                "labelFontSize": 12,
                "labelFont": FONT,
                "gridColor": colours.grid,
                "domainColor": colours.grid,
                "tickColor": colours.grid,
                "title": None,
            },
            "legend": {
                "labelColor": colours.ink,
                "labelFontSize": 12,
                "titleColor": colours.muted,
                "titleFontSize": 12,
                "titleFontWeight": 400,
            },
        },
        **parts,
    }


def _title(title: str, caption: Caption, look: Look) -> Spec | None:
    letters = 50 if look.narrow else 130
    placed = {"anchor": "start", "frame": "group", "offset": 18}
    if look.bare:
        return placed | {"text": MADE_UP, "fontSize": 13, "fontWeight": 600} if caption.made_up else None
    return placed | {
        "text": [*([MADE_UP.upper()] if caption.made_up else []), *_wrapped(title, 34 if look.narrow else 90)],
        "subtitle": [*_wrapped(caption.about, letters), *_wrapped(caption.source, letters)],
    }


def _wrapped(text: str, letters: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > letters:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
