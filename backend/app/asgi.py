"""The entry for a server: `granian --interface asgi --factory backend.app.asgi:app`, or uvicorn with --factory."""

import os
from typing import Any

from granian.utils.proxies import wrap_asgi_with_proxy_headers

from backend.app.factory import create_app
from backend.app.proxied import BelieveCertificates
from backend.foundation.settings import read_settings
from backend.foundation.telemetry import start_logging


def app() -> Any:
    """The application for the settings in the environment; raises WrongSettings.

    FORWARDED_ALLOW_IPS (uvicorn's name) lists the reverse proxies whose X-Forwarded-For and Client-Cert are believed.
    """
    settings = read_settings(os.environ)
    start_logging(settings.log_format, "api")
    made = create_app(settings)
    proxies = os.environ.get("FORWARDED_ALLOW_IPS", "")
    if not proxies:
        return made
    return BelieveCertificates(wrap_asgi_with_proxy_headers(made, proxies), proxies)
