"""The entry for a server: `granian --interface asgi --factory backend.app.asgi:app`, or uvicorn with --factory."""

import os
from typing import Any

from backend.app.factory import create_app
from backend.app.spared import spare_the_collector
from backend.foundation.settings import read_settings
from backend.foundation.telemetry import start_logging


def app() -> Any:
    """The application for the settings in the environment; raises WrongSettings.

    Leave the server's own reading of X-Forwarded-For off (uvicorn: --no-proxy-headers): it is read here, as
    HJERTELOEBER_TRUSTED_PROXIES says.
    """
    settings = read_settings(os.environ)
    start_logging(settings.log_format, "api")
    made = create_app(settings)
    spare_the_collector()
    return made
