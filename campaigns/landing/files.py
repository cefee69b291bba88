"""What the pages are drawn with, served by ourselves: style sheets, letters, symbols, a script."""

import hashlib
import re
from functools import cache
from importlib import resources

from litestar import get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
}
_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",  # an address changes with what is in it
    "Referrer-Policy": "no-referrer",  # a style sheet asks for its fonts
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'",
}
_COLOUR = re.compile(r"[0-9a-f]{6}\.css")


@get("/filer/{name:str}")
async def page_file(name: FromPath[str]) -> Response[bytes]:
    """A style sheet, a font, a symbol, the script"""
    content = files().get(name)
    if content is None:
        raise NotFoundException
    return Response(content, media_type=TYPES[name.rpartition(".")[2]], headers=_HEADERS)


@get("/farve/{name:str}")
async def colour_sheet(name: FromPath[str]) -> Response[str]:
    """A campaign's colour: no style stands in a page, so that nothing written there can be one"""
    if not _COLOUR.fullmatch(name):
        raise NotFoundException
    colour = f"#{name.removesuffix('.css')}"
    return Response(f":root {{ --campaign: {colour}; }}\n", media_type=TYPES["css"], headers=_HEADERS)


@cache
def files() -> dict[str, bytes]:
    """Every file by its name."""
    folder = resources.files("campaigns.landing").joinpath("look")
    return {each.name: each.read_bytes() for each in folder.iterdir() if each.name.rpartition(".")[2] in TYPES}


@cache
def fingerprint(name: str) -> str:
    """A few letters that change with the file."""
    return hashlib.sha256(files()[name]).hexdigest()[:12]
