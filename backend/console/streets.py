"""The archive of streets, part by part: what a browser asks for by Range, and never the whole."""

import asyncio
import re
from pathlib import Path
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter
from litestar.response import Response

from backend.console.tiles import Streets, streets_in
from backend.foundation.problems import Problem, bad_field, not_found
from backend.foundation.settings import Settings

ADDRESS = "/konsol/veje"
MOST_BYTES = 4 * 1024 * 1024
"""Of one answer: a directory of a whole country's tiles is a fraction of that."""
_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{1,15})")
Range = Annotated[str, HeaderParameter(name="Range", max_length=60, description="bytes=from-to, both named")]


@get(ADDRESS + "/{version:str}", status_code=206, media_type="application/octet-stream")
async def streets_part(
    version: FromPath[str], settings: NamedDependency[Settings], wanted: Range = ""
) -> Response[bytes]:
    """A part of the archive of streets"""
    found = streets_in(settings.map_folder)
    if found is None or version != found.version:
        raise not_found("map")  # the page that asks is older than the archive: reloaded, it asks for the new one
    asked = _RANGE.fullmatch(wanted)
    if asked is None:
        raise bad_field("header:Range", "bytes=from-to: the archive is served in parts")
    first, last = int(asked[1]), min(int(asked[2]), found.size - 1)
    if first > last or last - first >= MOST_BYTES:
        raise _not_that_part(found)
    content = await asyncio.to_thread(_read, found.path, first, last)
    headers = {
        "Content-Range": f"bytes {first}-{last}/{found.size}",
        "Accept-Ranges": "bytes",
        "ETag": f'"{found.version}"',
        "Cache-Control": "public, max-age=86400, immutable",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, status_code=206, media_type="application/octet-stream", headers=headers)


def address_of(streets: Streets | None) -> str:
    """Where a page finds it; empty where there is none."""
    return "" if streets is None else f"{ADDRESS}/{streets.version}"


def _read(path: Path, first: int, last: int) -> bytes:
    with path.open("rb") as opened:
        opened.seek(first)
        return opened.read(last - first + 1)


def _not_that_part(found: Streets) -> Problem:
    return Problem(
        416,
        "not-that-part",
        "Not that part",
        f"Ask for at most {MOST_BYTES} bytes of {found.size}.",
        headers={"Content-Range": f"bytes */{found.size}"},
    )


routes = (streets_part,)
