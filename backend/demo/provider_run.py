"""Run a local provider as a process of its own, until it is told to end."""

import asyncio
import signal

from aiohttp import web


async def serve_until_told(app: web.Application, host: str, port: int) -> None:
    """Listen until SIGTERM or SIGINT; open streams are cut, not waited for."""
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    runner = await start(app, host, port)
    await told.wait()
    await runner.cleanup()


async def start(app: web.Application, host: str, port: int) -> web.AppRunner:
    """Listen; the caller cleans up. Port 0 takes any free one (`runner.addresses` tells)."""
    # An access log would hold phone numbers in its paths' neighbourhood and cost a third of the speed.
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, host, port, backlog=1024).start()
    return runner
