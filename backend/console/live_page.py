"""A page that scripts make live: its policy, its theme, its addresses, and the words its scripts say."""

from typing import Any

import msgspec
from litestar.datastructures import Cookie
from litestar.response import Response

from backend.console.map_from import MapFrom
from backend.console.served import address_of
from backend.console.visit import HEADERS, LASTS_A_YEAR_S, AnyRequest, cookie, show, words_of
from backend.console.words_board import BoardWords
from backend.console.words_board_da import BOARD_DA
from backend.console.words_board_en import BOARD_EN

THEME_COOKIE = "__Host-konsol-tema"
DARK, LIGHT = "moerk", "lys"
_THEMES = {DARK: "dark", LIGHT: "light"}

LIVE_HEADERS = HEADERS | {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}
NOBODY_ELSE = MapFrom()


def show_live(
    request: AnyRequest,
    template: str,
    words: Any = None,
    status: int = 200,
    ground: MapFrom = NOBODY_ELSE,
    **values: Any,
) -> Response[str]:
    """A page on `board_base.html`. `words`: what its scripts say beside the board's words, found by `data.js`.

    `ground`: of a page with a map. Where that asks somebody else for streets, scripts may ask that origin and no more.

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
        ground=ground,
        **values,
    )
    answer.headers.update(LIVE_HEADERS)
    answer.headers["Content-Security-Policy"] = ground.allowed_in(LIVE_HEADERS["Content-Security-Policy"])
    return answer


def board_words_of(request: AnyRequest) -> BoardWords:
    return BOARD_EN if words_of(request).code == "en" else BOARD_DA


def theme_of(request: AnyRequest) -> str:
    chosen = request.query_params.get("tema") or request.cookies.get(THEME_COOKIE)
    return LIGHT if chosen == LIGHT else DARK


def _remembered(request: AnyRequest, theme: str) -> tuple[Cookie, ...]:
    return (cookie(THEME_COOKIE, theme, LASTS_A_YEAR_S),) if "tema" in request.query_params else ()


def _harmless_json(value: Any) -> str:
    """JSON that ends no element of a page, whatever is in it."""
    return msgspec.json.encode(value).decode().replace("<", "\\u003c")
