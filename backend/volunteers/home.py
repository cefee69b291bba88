"""Where somebody says they live: a municipality and nothing finer."""

from datetime import datetime

from backend.foundation.database import Connection
from backend.foundation.problems import bad_field
from backend.regions import queries as regions


async def home_municipality(
    connection: Connection, municipality: str | None, postcode: str | None, now: datetime
) -> str | None:
    """The code to keep; a postcode is looked up and dropped. Raises 422 naming the field."""
    if municipality is not None and postcode is not None:
        raise bad_field("/postcode", "either a municipality or a postcode")
    if municipality is not None:
        known = await regions.municipality(connection, municipality, now)
        if known is None:
            raise bad_field("/municipality", "the code of a Danish municipality, such as 0101")
        return known.code
    if postcode is None:
        return None
    codes = await regions.municipalities_of_postcode(connection, postcode)
    if len(codes) == 1:
        return codes[0]
    if codes:
        raise bad_field("/postcode", f"lies in several municipalities: send one of {', '.join(codes)} as municipality")
    if not await regions.has_postcodes(connection):
        raise bad_field("/postcode", "postcodes are not known here: send a municipality")
    raise bad_field("/postcode", "a Danish postcode")
