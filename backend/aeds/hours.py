"""Opening hours in OpenStreetMap's language, at a minute in Denmark, public holidays included.

Sunrise and sunset are those of the middle of Denmark: at most a quarter of an hour wrong elsewhere.
"""

import re
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, State
from opening_hours import ParserError as NotUnderstood  # type: ignore[attr-defined]  # its stub forgot it

from backend.aeds.aed import Open
from backend.foundation.clock import COPENHAGEN

_MIDDLE_OF_DENMARK = (55.96, 10.5)
_UTC = ZoneInfo("UTC")  # the library wants a zone with a name; UTC has no hour twice
_SCHOOL_HOLIDAYS = re.compile(r"\bSH\b")


def open_at(opening_hours: str | None, at: datetime) -> Open:
    """Open, closed or unknown at `at`.

    Unknown where there are no hours, where nobody understands them (free text), where a remark stands beside them ("by
    appointment"), and where they would be open were it not for school holidays, of which we have no list.
    """
    parsed = _parsed(opening_hours) if opening_hours else None
    if parsed is None or opening_hours is None:
        return Open.UNKNOWN
    state, comment = parsed.state(at.astimezone(_UTC))
    if state == State.CLOSED:
        return Open.CLOSED
    if state == State.OPEN and not comment and not _SCHOOL_HOLIDAYS.search(opening_hours):
        return Open.OPEN
    return Open.UNKNOWN


def understood(opening_hours: str) -> bool:
    """Whether hours can be read at all: an import counts those that cannot."""
    return _parsed(opening_hours) is not None


@lru_cache(maxsize=4_096)
def _parsed(opening_hours: str) -> OpeningHours | None:
    """The same few hundred texts stand on most defibrillators; reading one costs some 10 µs."""
    try:
        return OpeningHours(
            opening_hours,
            timezone=COPENHAGEN,
            country="DK",
            coords=_MIDDLE_OF_DENMARK,
            auto_country=False,
            auto_timezone=False,
        )
    except NotUnderstood:
        return None
