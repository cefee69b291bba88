"""The entry for a server: `granian --interface asgi --factory backend.app.asgi:app`, or uvicorn with --factory."""

import os
from typing import Any

from backend.app.factory import create_app
from backend.edge.proxies import Proxies
from backend.foundation.settings import read_settings
from backend.foundation.telemetry import start_logging


def app() -> Any:
    """The application for the settings in the environment; raises WrongSettings.

    FORWARDED_ALLOW_IPS (uvicorn's name) lists the reverse proxies whose word about the caller is believed; from
    anybody else what only a proxy may say is taken away.
    """
    settings = read_settings(os.environ)
    start_logging(settings.log_format, "api")
    return Proxies(create_app(settings), os.environ.get("FORWARDED_ALLOW_IPS", ""))
