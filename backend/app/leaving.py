"""Ending well: a process that is asked to end closes its streams itself.

An open stream would hold up a server's shutdown for ever, since the server waits for its answers to end. So the signal
is heard here as well, before the server's own handler, which is called as before.
"""

import asyncio
import signal
import threading
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def set_when_asked_to_leave(leaving: asyncio.Event) -> None:
    """Set `leaving` when this process gets SIGTERM or SIGINT; whoever handled the signal so far still does.

    For granian (whose worker has handlers on the loop by now) and uvicorn (handlers by the signal module) alike: a
    Python handler may be replaced without disturbing the loop, which hears of signals through its wake-up socket.
    """
    if threading.current_thread() is not threading.main_thread():
        return  # only the main thread may; elsewhere (tests) the app's own shutdown sets the event
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        before = signal.getsignal(number)

        def heard(signum: int, frame: FrameType | None, before: object = before) -> None:
            loop.call_soon_threadsafe(leaving.set)
            if callable(before):
                before(signum, frame)

        signal.signal(number, heard)
        signal.siginterrupt(number, False)
