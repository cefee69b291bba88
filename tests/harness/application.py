"""The application, put together once a process: its hundreds of routes take longer to read than most tests to run."""

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar

from backend.app.factory import Frame, fit, frame_for
from backend.foundation.clock import Clock
from backend.foundation.settings import Serves, Settings

_shelf: defaultdict[Serves, list[Frame]] = defaultdict(list)


@asynccontextmanager
async def application(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Litestar]:
    """As create_app makes it, for one user at a time: a frame that nobody has in use, fitted with a state of its own.

    Ended before this is left; whatever routes know beside the frame's is in its state, and that is new.
    """
    shelf = _shelf[settings.only]
    frame = shelf.pop() if shelf else frame_for(settings.only)
    yield fit(frame, settings, clock)
    shelf.append(frame)
