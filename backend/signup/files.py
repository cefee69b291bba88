"""What the pages are drawn with: two style sheets and the letters, served by ourselves."""

import hashlib
from functools import cache
from importlib import resources

from litestar import get
from litestar.params import FromPath
from litestar.response import Response

from backend.foundation.problems import not_found

TYPES = {"css": "text/css", "woff2": "font/woff2", "svg": "image/svg+xml"}
_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",  # the address of a style sheet changes with what is in it
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'",
}


@get("/tilmelding/filer/{name:str}")
async def page_file(name: FromPath[str]) -> Response[bytes]:
    """A style sheet or a font"""
    content = files().get(name)
    if content is None:
        raise not_found("file")
    return Response(content, media_type=TYPES[name.rpartition(".")[2]], headers=_HEADERS)


@cache
def files() -> dict[str, bytes]:
    """Every file by its name."""
    folder = resources.files("backend.signup").joinpath("look")
    return {each.name: each.read_bytes() for each in folder.iterdir() if each.name.rpartition(".")[2] in TYPES}


@cache
def fingerprint(name: str) -> str:
    """A few letters that change with the file."""
    return hashlib.sha256(files()[name]).hexdigest()[:12]


routes = (page_file,)
