"""Dispatch centres: who reports incidents, and for which areas each answers."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.foundation.database import Connection
from backend.foundation.ids import CentreId, in_order
from backend.foundation.kinds import Kind
from backend.regions import queries
from backend.regions.area import Found, Level


class CodeTaken(Exception):
    """Another centre bears this code at that time."""


class AreaTaken(Exception):
    """Another centre answers for an area at that time; `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def add_centre(
    connection: Connection,
    code: str,
    name: str,
    kind: Kind,
    answers_for: Sequence[tuple[Level, str]],
    starts: datetime,
) -> CentreId:
    """Make a centre that answers for some areas from `starts` on. Raises CodeTaken or AreaTaken."""
    if await queries.centre_by_code(connection, code, starts) is not None:
        raise CodeTaken(code)
    for level, area in answers_for:
        if await queries.centre_of_area(connection, level, area, starts) is not None:
            raise AreaTaken(area)
    centre_id = CentreId(in_order())
    await queries.add_centre(connection, centre_id, code, name, kind.value, starts, None)
    for level, area in answers_for:
        await queries.add_centre_area(connection, in_order(), centre_id, level, area, starts, None)
    return centre_id


async def answering_for(connection: Connection, found: Found, at: datetime) -> UUID | None:
    """The centre that answers for a place at a moment: by its municipality, else by its region."""
    for level, code in ((Level.MUNICIPALITY, found.municipality), (Level.REGION, found.region)):
        if code is not None:
            centre = await queries.centre_of_area(connection, level, code, at)
            if centre is not None:
                return centre
    return None
