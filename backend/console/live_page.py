"""A page that scripts make live: its policy, and the words its scripts say."""

from typing import Any

import msgspec
from litestar.response import Response

from backend.console.frame import board_words, harmless_json
from backend.console.map_from import MapFrom
from backend.console.visit import HEADERS, AnyRequest, show, words_of
from backend.console.words_board import BoardWords

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
    """
    said = board_words_of(request)
    spoken = msgspec.to_builtins(said) | ({} if words is None else msgspec.to_builtins(words))
    for_scripts = harmless_json({"words": spoken})
    answer = show(request, template, status, harmless=harmless_json, for_scripts=for_scripts, ground=ground, **values)
    answer.headers.update(LIVE_HEADERS)
    answer.headers["Content-Security-Policy"] = ground.allowed_in(LIVE_HEADERS["Content-Security-Policy"])
    return answer


def board_words_of(request: AnyRequest) -> BoardWords:
    return board_words(words_of(request))
