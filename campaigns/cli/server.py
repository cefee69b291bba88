"""Running granian for the landing pages."""

from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from granian.server import Server

STOPPING_S = 10


def serve(target: str, host: str, port: int, processes: int) -> None:
    """Serve the app factory `target` until SIGTERM or SIGINT. No call is logged: an address in a log is somebody's."""
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
        log_access=False,
        log_level=LogLevels.warning,
    ).serve()
