"""What stands round every page of the console: its theme, the two switches, what of the header somebody may open."""

from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar import Request

from backend.console.served import address_of
from backend.console.words import Words
from backend.console.words_board import BoardWords
from backend.console.words_board_da import BOARD_DA
from backend.console.words_board_en import BOARD_EN

THEME_COOKIE = "__Host-konsol-tema"
DARK, LIGHT = "moerk", "lys"
_THEMES = {DARK: "dark", LIGHT: "light"}
BY_ITSELF = "selv"
"""In the address of a page that a browser without scripts fetches anew every few seconds."""
_NOT_KEPT = ("tema", "lang", BY_ITSELF, "code", "state", "error")
"""Of a page's address no link repeats these: the switches themselves, and what a provider handed over once."""


class Switch(NamedTuple):
    """Where the two links of the header lead: this page, as it was asked for, in the other theme or language."""

    theme: str
    language: str


def frame(request: Request[Any, Any, Any], words: Words, home: str) -> dict[str, Any]:
    """What `board_base.html` asks for, whoever is there: a page that is live says more (`live_page`)."""
    here = request.scope.get("user")
    theme = theme_of(request)
    other = LIGHT if theme == DARK else DARK
    now: datetime = here.now if here is not None else request.app.state.clock.now()
    return {
        "b": board_words(words),
        "theme": _THEMES[theme],
        "other_theme": other,
        "switch": _switch(request, other, words.other_code, home),
        "file": address_of,
        "kind": "live",
        "itself": _asked(request, (BY_ITSELF, "1")),
        "now": now.isoformat(),
        "may": sorted(each.value for each in here.allowed) if here is not None else [],
        "for_scripts": "",
    }


def board_words(words: Words) -> BoardWords:
    return BOARD_EN if words.code == "en" else BOARD_DA


def theme_of(request: Request[Any, Any, Any]) -> str:
    """Dark, unless `?tema=` or the cookie it left says light: so that the very first byte is drawn in it."""
    chosen = request.query_params.get("tema") or request.cookies.get(THEME_COOKIE)
    return LIGHT if chosen == LIGHT else DARK


def harmless_json(value: Any) -> str:
    """JSON that ends no element of a page, whatever is in it."""
    return msgspec.json.encode(value).decode().replace("<", "\\u003c")


def _asked(request: Request[Any, Any, Any], *more: tuple[str, str]) -> str:
    """This page as it was asked for, and more."""
    asked = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    kept = [(name, value) for name, value in asked if name not in _NOT_KEPT]
    return f"{request.url.path}?{urlencode([*kept, *more])}"


def _switch(request: Request[Any, Any, Any], theme: str, language: str, home: str) -> Switch:
    """A page that answers a form is no page to go back to: its links lead home."""
    if request.method != "GET":
        return Switch(f"{home}?tema={theme}", f"{home}?lang={language}")
    return Switch(_asked(request, ("tema", theme)), _asked(request, ("lang", language)))
