"""Which routes a process has, by whom it serves: a process of its own is what nobody else's flood can reach."""

from typing import assert_never

from backend.api import health
from backend.api.mobile import positions
from backend.app import docs_pages
from backend.app.console_pages import (
    alarms_by_hand,
    console_data,
    console_files,
    console_pages,
    console_streets,
    look,
)
from backend.app.routes import DISPATCH, MOBILE, UNDESCRIBED, Routes
from backend.app.sign_up_pages import sign_up_pages
from backend.foundation.settings import Serves


def routes_for(serves: Serves) -> Routes:
    """What a process for one audience answers; every other address is a 404 there."""
    match serves:
        case Serves.ALL:
            return (*DISPATCH, *MOBILE, *UNDESCRIBED, sign_up_pages(), *_console(), *docs_pages.routes)
        case Serves.DISPATCH:
            return (*DISPATCH, *health.routes, *docs_pages.routes)
        case Serves.MOBILE:
            return (*MOBILE, *UNDESCRIBED, sign_up_pages(), *docs_pages.routes)
        case Serves.POSITIONS:
            return (*positions.routes, *health.routes)
        case Serves.CONSOLE:
            return (*_console(), look(), *health.routes)
        case Serves.SIGN_UP:
            return (sign_up_pages(), *health.routes)
        case _:
            assert_never(serves)


def _console() -> Routes:
    return (console_pages(), console_data(), *alarms_by_hand(), console_files(), console_streets())
