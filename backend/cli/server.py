"""Running granian the way this application wants it."""

from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from granian.server import Server

STOPPING_S = 10
"""An answer that takes longer than this to end is cut off; streams end themselves at once (backend.app.leaving)."""


def serve(target: str, host: str, port: int, processes: int) -> None:
    """Serve the app factory `target` until SIGTERM or SIGINT."""
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
