"""Where somebody says they live: a municipality and nothing finer."""

from datetime import datetime
from enum import StrEnum

import msgspec

from backend.foundation.database import Connection
from backend.foundation.problems import bad_field
from backend.regions import queries as regions


class WrongHome(StrEnum):
    """Why what somebody said is no home."""

    BOTH = "both"
    NO_SUCH_MUNICIPALITY = "no_such_municipality"
    SEVERAL_MUNICIPALITIES = "several_municipalities"
    POSTCODES_UNKNOWN_HERE = "postcodes_unknown_here"
    NO_SUCH_POSTCODE = "no_such_postcode"


class NoHome(msgspec.Struct, frozen=True):
    """`codes`: the municipalities to choose from, where a postcode lies in several."""

    why: WrongHome
    codes: tuple[str, ...] = ()


async def find_home(
    connection: Connection, municipality: str | None, postcode: str | None, now: datetime
) -> str | NoHome | None:
    """The code of the municipality to keep, None where nothing was said; a postcode is looked up and dropped."""
    if municipality is not None and postcode is not None:
        return NoHome(WrongHome.BOTH)
    if municipality is not None:
        known = await regions.municipality(connection, municipality, now)
        return NoHome(WrongHome.NO_SUCH_MUNICIPALITY) if known is None else known.code
    if postcode is None:
        return None
    codes = await regions.municipalities_of_postcode(connection, postcode)
    if len(codes) == 1:
        return codes[0]
    if codes:
        return NoHome(WrongHome.SEVERAL_MUNICIPALITIES, tuple(codes))
    known_here = await regions.has_postcodes(connection)
    return NoHome(WrongHome.NO_SUCH_POSTCODE if known_here else WrongHome.POSTCODES_UNKNOWN_HERE)


async def home_municipality(
    connection: Connection, municipality: str | None, postcode: str | None, now: datetime
) -> str | None:
    """As :func:`find_home`; raises 422 naming the field."""
    found = await find_home(connection, municipality, postcode, now)
    if isinstance(found, NoHome):
        raise bad_field(*_in_words(found))
    return found


def _in_words(wrong: NoHome) -> tuple[str, str]:
    match wrong.why:
        case WrongHome.BOTH:
            return "/postcode", "either a municipality or a postcode"
        case WrongHome.NO_SUCH_MUNICIPALITY:
            return "/municipality", "the code of a Danish municipality, such as 0101"
        case WrongHome.SEVERAL_MUNICIPALITIES:
            choice = ", ".join(wrong.codes)
            return "/postcode", f"lies in several municipalities: send one of {choice} as municipality"
        case WrongHome.POSTCODES_UNKNOWN_HERE:
            return "/postcode", "postcodes are not known here: send a municipality"
        case WrongHome.NO_SUCH_POSTCODE:
            return "/postcode", "a Danish postcode"
