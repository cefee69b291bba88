"""Running granian the way this application wants it."""

import os

from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from granian.server import Server

STOPPING_S = 10
"""An answer that takes longer than this to end is cut off; streams end themselves at once (backend.app.leaving)."""


def serve(target: str, host: str, port: int, processes: int, behind: str) -> None:
    """Serve the app factory `target` until SIGTERM or SIGINT."""
    # uvicorn reads the same variable: whose X-Forwarded-For is believed.
    os.environ["FORWARDED_ALLOW_IPS"] = behind
    Server(
        target,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        factory=True,
        workers=processes,
        workers_kill_timeout=STOPPING_S,
        websockets=False,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
    ).serve()
