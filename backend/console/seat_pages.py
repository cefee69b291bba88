"""A seat: making a browser one, changing who sits there, and the sealed log-in beside it."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from litestar import get, post
from litestar.di import NamedDependency
from litestar.response import Response

from backend.console import sign_in, way
from backend.console.sitting import change_places, seat_at
from backend.console.visit import (
    CHANGE,
    CONFIRM,
    COOKIE,
    HOME,
    PIN,
    SEALED,
    SEAT,
    SEAT_COOKIE,
    SIGN_IN,
    AnyRequest,
    cookie,
    form_of,
    go,
    seat_cookie,
    show,
    told,
    words_of,
)
from backend.console.who import NOBODY_YET, alarm_since, here_of, must_be_signed_in
from backend.foundation.clock import COPENHAGEN, Clock
from backend.foundation.database import Connection, Database, Lane, become
from backend.foundation.ids import CentreId
from backend.foundation.settings import Settings
from backend.foundation.telemetry import sealed_log_ins_total
from backend.identity import queries_staff, seats, staff_session
from backend.identity.seats import TooManyTries
from backend.identity.shift import How
from backend.identity.staff import Granted, Seat, SessionId, Staff, address, roles_at
from backend.identity.staff_session import form_word

LONGEST_TYPED = 64
_log = structlog.get_logger()


@get(SEAT)
async def seat_page(request: AnyRequest) -> Response[str]:
    """Where a browser is made a seat's"""
    return show(request, "seat.html", wrong="")


@post(SEAT)
async def make_seat(request: AnyRequest, database: NamedDependency[Database]) -> Response[str]:
    """This browser is a seat's from now on"""
    form, browser = await form_of(request, None), staff_session.draw()
    async with database.acting_as(NOBODY_YET, Lane.REST) as connection:
        seat = await seats.make_browser_of(connection, form.get("code", "")[:LONGEST_TYPED], browser)
    if seat is None:
        return show(request, "seat.html", 422, wrong=words_of(request).seat_wrong)
    return told(request, 200, *words_of(request).seat_done, seat_cookie(browser), again=SIGN_IN)


@get(CHANGE)
async def change_page(
    request: AnyRequest, database: NamedDependency[Database], clock: NamedDependency[Clock]
) -> Response[str]:
    """Who can sit down here"""
    async with database.acting_as(NOBODY_YET, Lane.REST) as connection:
        return await _change(connection, request, clock.now())


@post(CHANGE)
async def change(
    request: AnyRequest, database: NamedDependency[Database], clock: NamedDependency[Clock]
) -> Response[str]:
    """Somebody who was here before on this shift sits down again"""
    now = clock.now()
    form = await form_of(request, request.cookies.get(SEAT_COOKIE, ""))
    session_id, pin = _uuid(form.get("session", "")), form.get("pin", "")[:LONGEST_TYPED]
    async with database.acting_as(NOBODY_YET, Lane.REST) as connection:
        seat = await seat_at(connection, request)
        if seat is None or session_id is None:
            return go(SIGN_IN)
        alarm = await _alarm_since(connection, request, seat.centre_id, now)
        found = await staff_session.come_back(connection, seat.id, SessionId(session_id), pin, now, alarm)
        if found is None:
            return await _change(connection, request, now, words_of(request).change_wrong, 422)
        session, token = found
        await change_places(connection, request, session.staff_id, now)
    return go(HOME, cookie(COOKIE, token))


@post(PIN, guards=[must_be_signed_in])
async def choose_pin(request: AnyRequest, database: NamedDependency[Database]) -> Response[str]:
    """A PIN for coming back to this seat on this shift"""
    here = here_of(request)
    form = await form_of(request, here.token)
    async with database.acting_as(here.actor, Lane.REST) as connection:
        kept = await staff_session.choose_pin(connection, here.session, form.get("pin", "")[:LONGEST_TYPED])
    return go(f"{HOME}?pin={'ja' if kept else 'nej'}")


@get(SEALED)
async def sealed_page(request: AnyRequest, database: NamedDependency[Database]) -> Response[str]:
    """The log-in by the seat's envelope"""
    async with database.acting_as(NOBODY_YET, Lane.REST) as connection:
        seat = await seat_at(connection, request)
    return go(SEAT) if seat is None else _sealed(request, "")


@post(SEALED)
async def sealed_log_in(
    request: AnyRequest,
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """Log in by the seat's envelope: asks no provider, and is journalled and told at once"""
    form, now = await form_of(request, request.cookies.get(SEAT_COOKIE, "")), clock.now()
    async with database.acting_as(NOBODY_YET, Lane.REST) as connection:
        seat = await seat_at(connection, request)
        if seat is None:
            return go(SEAT)
        wrong = await _opened(connection, request, seat, form, now)
        if wrong is not None:
            return wrong
        who = await _who_works_here(connection, seat, form.get("email", ""), now)
        if who is None:
            sealed_log_ins_total.labels("nobody_of_here").inc()
            _log.warning("sealed_log_in_refused", seat=str(seat.id), centre=str(seat.centre_id), opened=True)
            return _sealed(request, words_of(request).sealed_wrong, 422)
        token = await sign_in.begin(connection, request, *who, seat, How.SEALED, now, settings, now)
    sealed_log_ins_total.labels("let_in").inc()
    _log.warning("sealed_log_in", seat=str(seat.id), centre=str(seat.centre_id))
    return go(HOME, cookie(COOKIE, token))


@post(CONFIRM, guards=[must_be_signed_in])
async def confirm_by_envelope(
    request: AnyRequest,
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Response[str]:
    """Whoever came in by the envelope proves anew that it is in their hands"""
    here, now = here_of(request), clock.now()
    form = await form_of(request, here.token)
    async with database.acting_as(here.actor, Lane.REST) as connection:
        seat = await seat_at(connection, request)
        if seat is None or seat.id != here.session.sealed_seat:
            return go(HOME)
        wrong = await _opened(connection, request, seat, form, now, confirms=True)
        if wrong is not None:
            return wrong
        token = await staff_session.renew(connection, here.session, now)
    return go(way.local(form.get("til", HOME)), cookie(COOKIE, token))


async def _opened(
    connection: Connection,
    request: AnyRequest,
    seat: Seat,
    form: dict[str, str],
    now: datetime,
    *,
    confirms: bool = False,
) -> Response[str] | None:
    """None: word and code are right. Else the page that says so; the try is counted when the transaction commits."""
    word, digits = form.get("envelope", "")[:LONGEST_TYPED], form.get("digits", "")[:LONGEST_TYPED]
    opened = await seats.open_envelope(connection, seat, word, digits, now)
    if opened is True:
        return None
    said, til = words_of(request), way.local(form.get("til", HOME)) if confirms else None
    if isinstance(opened, TooManyTries):
        sealed_log_ins_total.labels("too_many_tries").inc()
        again = (now + timedelta(seconds=opened.retry_after_s)).astimezone(COPENHAGEN)
        return _sealed(request, said.sealed_too_many.format(f"{again:%H.%M}"), 429, til)
    sealed_log_ins_total.labels("wrong").inc()
    _log.warning("sealed_log_in_refused", seat=str(seat.id), centre=str(seat.centre_id))
    return _sealed(request, said.sealed_wrong, 422, til)


async def _who_works_here(
    connection: Connection, seat: Seat, email: str, now: datetime
) -> tuple[Staff, list[Granted]] | None:
    """Whoever they say they are, if that one has a role at the seat's centre; the transaction acts for them then."""
    typed = address(email[: LONGEST_TYPED * 4])
    staff_id = None if typed is None else await queries_staff.staff_of_email(connection, typed)
    if staff_id is None:
        return None
    await become(connection, staff_id)
    staff = await queries_staff.read_staff(connection, staff_id)
    granted = await queries_staff.granted_to(connection, staff_id)
    return (staff, granted) if staff is not None and roles_at(granted, seat.centre_id, now, now) else None


def _sealed(request: AnyRequest, wrong: str, status: int = 200, til: str | None = None) -> Response[str]:
    """`til`: whoever is signed in confirms, and goes on there; None: somebody logs in."""
    if til is not None:
        return show(request, "sealed.html", status, confirms=True, til=til, action=CONFIRM, wrong=wrong)
    word = form_word(request.cookies.get(SEAT_COOKIE, ""))
    return show(request, "sealed.html", status, confirms=False, til="", action=SEALED, wrong=wrong, word=word)


async def _change(
    connection: Connection, request: AnyRequest, now: datetime, wrong: str = "", status: int = 200
) -> Response[str]:
    seat = await seat_at(connection, request)
    if seat is None:
        return go(SIGN_IN)
    alarm = await _alarm_since(connection, request, seat.centre_id, now)
    people = await staff_session.people_at(connection, seat.id, now, alarm)
    word = form_word(request.cookies.get(SEAT_COOKIE, ""))
    return show(request, "change.html", status, seat=seat, people=people, wrong=wrong, seat_word=word)


async def _alarm_since(
    connection: Connection, request: AnyRequest, centre_id: CentreId, now: datetime
) -> datetime | None:
    """As :func:`alarm_since` for whatever those at a seat see; the seat's centre stays entered."""
    others = request.app.state.access.now.centres_of(centre_id, now)
    return await alarm_since(connection, (*(each for each in others if each != centre_id), centre_id))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


routes = (
    seat_page,
    make_seat,
    change_page,
    change,
    choose_pin,
    sealed_page,
    sealed_log_in,
    confirm_by_envelope,
)
