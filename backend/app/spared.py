"""What Litestar does anew with every request and nobody here needs: done once, when the application is put together.

Measured in docs/performance/README.md. What is changed here is Litestar's inside: a test sees that it is still there.
"""

import gc
from collections.abc import Sequence
from typing import Any

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

Connection = ASGIConnection[Any, Any, Any, Any]

COLLECT_AFTER = 10_000
"""Objects made and not yet gone. Two hundred calls under way have more than Python's 700, and all of them are in use:
it looked through them with every other call and found nothing."""


def spare(app: Litestar) -> None:
    """Dependencies in turn, guards without copies of their route, one dictionary of exception handlers a route."""
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for handler, model in route.route_handler_map.values():
            # Of each batch Litestar makes a group of tasks, one for each. Ours wait for nothing.
            model.dependency_batches = [{each} for batch in model.dependency_batches for each in batch]
            if hasattr(handler, "__dict__"):  # those that Litestar makes itself, for OPTIONS, have none
                _spare(handler)


def spare_the_collector() -> None:
    """For a process that only serves, once its application is put together: what is there now stays to the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 20, 20)


def _spare(handler: HTTPRouteHandler) -> None:
    guards: Sequence[Any] = handler.resolve_guards()
    exception_handlers = handler.resolve_exception_handlers()

    async def authorize(connection: Connection) -> None:
        for guard in guards:
            await guard(connection, handler)

    handler.authorize_connection = authorize  # type: ignore[method-assign]
    handler.resolve_exception_handlers = lambda: exception_handlers  # type: ignore[method-assign]
