"""The pages of numbers with a sign-in of a test's own: whoever names themselves in a cookie is let in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import NotAuthorizedException

from backend.public.store import Clock, Store, open_store
from campaigns.dashboard import downloads, pages
from campaigns.landing import files
from campaigns.managers import queries
from campaigns.managers.manager import Manager

COOKIE = "hvem"


def numbers_site(dsn: str, clock: Clock) -> Litestar:
    @asynccontextmanager
    async def running(app: Litestar) -> AsyncIterator[None]:
        app.state.store = await open_store(dsn)
        yield
        await app.state.store.close()

    async def manager(request: Request[Any, Any, Any]) -> Manager:
        async with request.app.state.store.transaction() as c:
            found = await queries.manager_by_email(c, request.cookies.get(COOKIE, ""))
        if found is None:
            raise NotAuthorizedException
        request.state["manager"] = found
        return found

    async def the_store(state: State) -> Store:
        found: Store = state.store
        return found

    async def the_clock() -> Clock:
        return clock

    behind = Router(
        "/",
        route_handlers=[*pages.handlers, *downloads.handlers],
        dependencies={"manager": Provide(manager), "store": Provide(the_store), "clock": Provide(the_clock)},
        exception_handlers=pages.REFUSALS,  # type: ignore[arg-type]
    )
    return Litestar([behind, files.page_file, files.colour_sheet], openapi_config=None, lifespan=[running], debug=True)
