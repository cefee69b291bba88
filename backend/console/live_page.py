"""A page that scripts make live: its policy, its theme, its addresses, and the words its scripts say."""

from typing import Any

import msgspec
from litestar.datastructures import Cookie
from litestar.response import Response

from backend.console.served import address_of
from backend.console.visit import HEADERS, LASTS_A_YEAR_S, AnyRequest, cookie, show, words_of
from backend.console.words_acting import ACTING_DA, ACTING_EN, ActingWords
from backend.console.words_attention import ATTENTION_DA, ATTENTION_EN, AttentionWords
from backend.console.words_board import BoardWords
from backend.console.words_board_da import BOARD_DA
from backend.console.words_board_en import BOARD_EN
from backend.console.words_events import EventWords
from backend.console.words_events_da import EVENTS_DA
from backend.console.words_events_en import EVENTS_EN

THEME_COOKIE = "__Host-konsol-tema"
DARK, LIGHT = "moerk", "lys"
_THEMES = {DARK: "dark", LIGHT: "light"}

LIVE_HEADERS = HEADERS | {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}


def show_live(request: AnyRequest, template: str, words: Any = None, status: int = 200, **values: Any) -> Response[str]:
    """A page on `board_base.html`. `words`: what its scripts say beside the board's words, found by `data.js`.

    The theme is chosen by `?tema=` and remembered by a cookie, so that the very first byte is drawn in it.
    """
    theme = theme_of(request)
    said = board_words_of(request)
    spoken = msgspec.to_builtins(said) | ({} if words is None else msgspec.to_builtins(words))
    answer = show(
        request,
        template,
        status,
        *_remembered(request, theme),
        b=said,
        theme=_THEMES[theme],
        other_theme=LIGHT if theme == DARK else DARK,
        file=address_of,
        harmless=_harmless_json,
        for_scripts=_harmless_json({"words": spoken}),
        **values,
    )
    answer.headers.update(LIVE_HEADERS)
    return answer


def board_words_of(request: AnyRequest) -> BoardWords:
    return BOARD_EN if words_of(request).code == "en" else BOARD_DA


def for_scripts(*words: msgspec.Struct) -> dict[str, Any]:
    """Words of several kinds, for `show_live`."""
    return {name: said for each in words for name, said in msgspec.to_builtins(each).items()}


def attention_words_of(request: AnyRequest) -> AttentionWords:
    return ATTENTION_EN if words_of(request).code == "en" else ATTENTION_DA


def acting_words_of(request: AnyRequest) -> ActingWords:
    return ACTING_EN if words_of(request).code == "en" else ACTING_DA


def event_words_of(request: AnyRequest) -> EventWords:
    return EVENTS_EN if words_of(request).code == "en" else EVENTS_DA


def theme_of(request: AnyRequest) -> str:
    chosen = request.query_params.get("tema") or request.cookies.get(THEME_COOKIE)
    return LIGHT if chosen == LIGHT else DARK


def _remembered(request: AnyRequest, theme: str) -> tuple[Cookie, ...]:
    return (cookie(THEME_COOKIE, theme, LASTS_A_YEAR_S),) if "tema" in request.query_params else ()


def _harmless_json(value: Any) -> str:
    """JSON that ends no element of a page, whatever is in it."""
    return msgspec.json.encode(value).decode().replace("<", "\\u003c")
