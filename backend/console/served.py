"""What the pages are drawn and made live with: modules, style sheets, symbols and the map's parts, served by ourselves.

All of them stand below one fingerprint, so that a module finds the one beside it by a relative address, of the same
version. Whoever asks by another one (a page from before an update) gets what there is now, and keeps it not.
"""

import hashlib
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from backend.console.map_from import map_from
from backend.foundation.problems import not_found
from backend.foundation.settings import Settings

FILES = "/konsol/filer"
FOLDERS = ("modules", "look", "look/parts")
TYPES = {
    "css": "text/css",
    "js": "text/javascript",
    "mjs": "text/javascript",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
    "json": "application/json",
    "geojson": "application/geo+json",
}
_HEADERS = {"X-Content-Type-Options": "nosniff"}
_WORKER_POLICY = "default-src 'none'; connect-src 'self'; script-src 'self'"
"""Of a script that is run as a worker: there its own policy holds and not its page's. Elsewhere it says nothing."""


@get(FILES + "/{version:str}/{name:path}")
async def console_file(
    version: FromPath[str], name: FromPath[str], settings: NamedDependency[Settings]
) -> Response[bytes]:
    """A module, a style sheet, a symbol or a part of the map"""
    content = files().get(name.strip("/"))
    if content is None:
        raise not_found("file")
    kept = "public, max-age=31536000, immutable" if version == fingerprint() else "no-store"
    policy = map_from(settings).allowed_in(_WORKER_POLICY)
    headers = {**_HEADERS, "Cache-Control": kept, "Content-Security-Policy": policy}
    return Response(content, media_type=TYPES[name.rpartition(".")[2]], headers=headers)


@cache
def files() -> dict[str, bytes]:
    """Every file by its name, `modules/board.js`."""
    here = resources.files("backend.console")
    return {
        f"{folder}/{each.name}": each.read_bytes()
        for folder in FOLDERS
        for each in here.joinpath(folder).iterdir()
        if _is_served(each)
    }


@cache
def fingerprint() -> str:
    """A few letters that change with any of the files."""
    whole = hashlib.sha256()
    for name, content in sorted(files().items()):
        whole.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return whole.hexdigest()[:12]


def address_of(name: str) -> str:
    """Where a page finds a file. Raises KeyError for one that is not there."""
    assert name in files(), name
    return f"{FILES}/{fingerprint()}/{name}"


def _is_served(each: Traversable) -> bool:
    return each.is_file() and each.name.rpartition(".")[2] in TYPES


routes = (console_file,)
