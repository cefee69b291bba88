"""The live board, and the same for a screen on the wall."""

from typing import Annotated, Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Response

from backend.console.board import Overview
from backend.console.board_read import overview
from backend.console.live_page import show_live
from backend.console.map_from import map_from
from backend.console.visit import AnyRequest, words_of
from backend.console.who import here_of, must_be_signed_in
from backend.console.words_attention import ATTENTION_DA, ATTENTION_EN
from backend.foundation.clock import COPENHAGEN
from backend.foundation.database import Database, Lane
from backend.foundation.kinds import Kind
from backend.identity.staff import May

BOARD, WALL = "/konsol/tavle", "/konsol/vaeg"
EXERCISE = "oevelse"

Shown = Annotated[
    str, QueryParameter(name="slags", max_length=20, description="oevelse: exercises in place of live ones")
]


@get(BOARD, guards=[must_be_signed_in], opt={"may": May.FOLLOW})
async def board_page(request: AnyRequest, database: NamedDependency[Database], shown: Shown = "") -> Response[str]:
    """The open incidents, on a map and in lists"""
    return show_live(request, "board.html", **await _values(request, database, shown))


@get(WALL, guards=[must_be_signed_in], opt={"may": May.FOLLOW})
async def wall_page(request: AnyRequest, database: NamedDependency[Database], shown: Shown = "") -> Response[str]:
    """The same for a screen that nobody sits at"""
    return show_live(request, "wall.html", **await _values(request, database, shown))


async def _values(request: AnyRequest, database: Database, shown: str) -> dict[str, Any]:
    here = here_of(request)
    attention = ATTENTION_EN if words_of(request).code == "en" else ATTENTION_DA
    kind = Kind.EXERCISE if shown == EXERCISE else Kind.LIVE
    async with database.acting_as(here.actor, Lane.REST) as connection:
        seen: Overview = await overview(connection, here, kind, None, request.app.state.borders.now, here.now)
    opened = {each.id: f"{each.opened_at.astimezone(COPENHAGEN):%H.%M.%S}" for each in seen.incidents}
    return {
        "seen": seen,
        "words": attention,
        "a": attention,
        "opened": opened,
        "kind": kind.value,
        "at": f"{here.now.astimezone(COPENHAGEN):%H.%M.%S}",
        "now": here.now.isoformat(),
        "ground": map_from(request.app.state.settings),
        "may": sorted(each.value for each in here.allowed),
    }


routes = (board_page, wall_page)
