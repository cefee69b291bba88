"""Who sits at a browser: the seat it is, and making room for the next one."""

from datetime import datetime

from litestar.response import Response

from backend.console.visit import COOKIE, HOME, SEAT_COOKIE, AnyRequest, told, words_of
from backend.foundation.database import Connection
from backend.identity import seats, staff_session
from backend.identity.approval import WhyNot
from backend.identity.staff import Seat, StaffId


def is_shared(request: AnyRequest) -> bool:
    """Whether others sit down here, too: the provider may remember the last one, and the next one is not they."""
    return bool(request.cookies.get(SEAT_COOKIE))


async def seat_at(connection: Connection, request: AnyRequest) -> Seat | None:
    """The seat the browser is; from here on the transaction acts for its centre."""
    browser = request.cookies.get(SEAT_COOKIE)
    return None if not browser else await seats.seat_of(connection, browser)


def not_by_envelope(request: AnyRequest) -> Response[str]:
    """What takes two people is neither asked for nor fetched by one whom nobody vouched for."""
    said = words_of(request)
    return told(request, 403, said.approvals, said.why_not_yet[WhyNot.NOT_VOUCHED_FOR], again=HOME)


async def change_places(connection: Connection, request: AnyRequest, next_one: StaffId, now: datetime) -> None:
    """Whoever's session the browser brought makes room for the next one: they can come back where they have a PIN.

    From here on the transaction acts for whoever that was: it is the last thing done in it.
    """
    token = request.cookies.get(COOKIE)
    earlier = await staff_session.find(connection, token) if token else None
    if earlier is None:
        return
    if earlier.seat_id is not None and earlier.has_pin and earlier.staff_id != next_one:
        await staff_session.park(connection, earlier, now)
    else:
        await staff_session.end(connection, earlier)
