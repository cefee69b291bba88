"""Signing in by way of the organisation's provider, proving anew that it is still oneself, and signing out."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from litestar import get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.response import Response

from backend.console import way as ways
from backend.console.sitting import change_places, is_shared, seat_at
from backend.console.visit import (
    BACK,
    CONFIRM,
    COOKIE,
    HOME,
    ONWARD,
    SEAT_COOKIE,
    SIGN_IN,
    SIGN_OUT,
    WAY_COOKIE,
    AnyRequest,
    cookie,
    form_of,
    go,
    public_address,
    seat_cookie,
    show,
    told,
    without,
    words_of,
)
from backend.console.way import OnTheWay
from backend.console.who import NOBODY_YET, here_of, must_be_signed_in, who_is, with_til
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Connection, Database, Lane, Role, enter
from backend.foundation.ids import CentreId
from backend.foundation.journal import Event, Happening, write_outside_incidents
from backend.foundation.settings import Settings
from backend.identity import staff_session
from backend.identity.let_in import NotLetIn, let_in
from backend.identity.network import network_of
from backend.identity.openid import Failure, NotVouched, Vouched, is_fresh
from backend.identity.openid_provider import Provider
from backend.identity.shift import How
from backend.identity.staff import FRESH, Granted, Seat, Staff, roles_at

FRESH_S = int(FRESH.total_seconds())
ANEW = {"prompt": "login", "max_age": str(FRESH_S)}
"""Asks the provider to have somebody prove who they are, whoever it remembers."""
_AWAY_FOR_NOW = ("temporarily_unavailable", "server_error")


@get(SIGN_IN)
async def sign_in_page(request: AnyRequest, state: State, database: NamedDependency[Database]) -> Response[str]:
    """How somebody can sign in here"""
    async with database.acting_as(NOBODY_YET, Lane.REST) as connection:
        seat = await seat_at(connection, request)
    til = ways.local(request.query_params.get("til", HOME))
    onward = with_til(ONWARD, til) if state.staff_provider is not None else ""
    # Browsers forget a cookie in time: this one, and with it the envelope, lasts as long as somebody signs in here.
    kept = () if seat is None else (seat_cookie(request.cookies[SEAT_COOKIE]),)
    return show(request, "sign_in.html", 200, *kept, seat=seat, onward=onward)


@get(ONWARD)
async def go_to_provider(
    request: AnyRequest, state: State, clock: NamedDependency[Clock], settings: NamedDependency[Settings]
) -> Response[str]:
    """On to the provider, by a page: a browser holds every redirect of a form to its page's policy"""
    way = ways.begin(request.query_params.get("til", HOME), confirms=False)
    anew = ANEW if is_shared(request) else {}
    return await _sent_on(request, state.staff_provider, way, settings, clock.now(), anew)


@get(CONFIRM, guards=[must_be_signed_in])
async def confirm(
    request: AnyRequest, state: State, clock: NamedDependency[Clock], settings: NamedDependency[Settings]
) -> Response[str]:
    """Prove anew who one is: at the provider, or with the envelope one came in by"""
    til, here = request.query_params.get("til", HOME), here_of(request)
    if here.session.how is How.SEALED:
        return show(request, "sealed.html", confirms=True, til=ways.local(til), action=CONFIRM, wrong="")
    way = ways.begin(til, confirms=True)
    return await _sent_on(request, state.staff_provider, way, settings, clock.now(), ANEW)


@get(BACK)
async def come_back_from_provider(
    request: AnyRequest,
    state: State,
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """Back from the provider, with a code or a no"""
    way = ways.read(request.cookies.get(WAY_COOKIE, ""))
    if way is None or request.query_params.get("state") != way.way.state or state.staff_provider is None:
        # A provider may leave the state out when somebody says no.
        denied, said = request.query_params.get("error") == "access_denied", words_of(request)
        status, heading_and_why = (403, said.denied) if denied else (400, said.lost)
        return told(request, status, *heading_and_why, again=SIGN_IN)
    gone, now = without(WAY_COOKIE), clock.now()
    code = request.query_params.get("code")
    if not code:
        return _said_no(request, request.query_params.get("error", ""))
    provider: Provider = state.staff_provider
    try:
        # No connection is held while the provider is asked.
        fresh_s = FRESH_S if way.confirms else None
        caller = network_of(request.client.host) if request.client else ""
        back = public_address(settings) + BACK
        vouched = await provider.vouches_for(code, way.way, back, now, fresh_s, caller=caller)
    except NotVouched as error:
        return _failed(request, error.why)
    if way.confirms:
        return await _confirmed(request, database, way, vouched, now)
    async with database.acting_as(NOBODY_YET, Lane.REST) as connection:
        token = await _sit_down(connection, request, vouched, settings, now)
    if isinstance(token, Response):
        return token
    return go(way.til, cookie(COOKIE, token), gone)


@post(SIGN_OUT, guards=[must_be_signed_in])
async def sign_out(request: AnyRequest, database: NamedDependency[Database]) -> Response[str]:
    """The session ends, here and for every window"""
    here = here_of(request)
    await form_of(request, here.token)
    async with database.acting_as(here.actor, Lane.REST) as connection:
        await staff_session.end(connection, here.session)
    return go(SIGN_OUT, without(COOKIE))


@get(SIGN_OUT)
async def signed_out(request: AnyRequest) -> Response[str]:
    """Said after signing out"""
    return told(request, 200, *words_of(request).signed_out, again=SIGN_IN)


async def _sent_on(
    request: AnyRequest,
    provider: Provider | None,
    way: OnTheWay,
    settings: Settings,
    now: datetime,
    more: dict[str, str],
) -> Response[str]:
    if provider is None:
        return told(request, 503, words_of(request).sign_in, words_of(request).no_provider, again=SIGN_IN)
    try:
        address = await provider.address(way.way, public_address(settings) + BACK, now, **more)
    except NotVouched as error:
        return _failed(request, error.why)
    heading, why = words_of(request).onward
    kept = cookie(WAY_COOKIE, way.cookie(), ways.LASTS_S)
    return show(request, "told.html", 200, kept, heading=heading, why=why, again="", onward=address)


async def _sit_down(
    connection: Connection, request: AnyRequest, vouched: Vouched, settings: Settings, now: datetime
) -> str | Response[str]:
    """The secret of a new session, or the page that says why not."""
    seat = await seat_at(connection, request)
    if seat is not None and vouched.proven_at is not None and not is_fresh(vouched.proven_at, FRESH_S, now):
        return _failed(request, Failure.NOT_FRESH)  # it remembered somebody: whoever sat here before, perhaps
    trusted = settings.staff_oidc_email == "trusted"
    found = await let_in(connection, vouched, now, silence_is_yes=trusted)
    if isinstance(found, NotLetIn):
        return told(request, 403, *words_of(request).not_let_in[found], without(WAY_COOKIE), again=SIGN_IN)
    staff, granted = found
    if seat is not None and not roles_at(granted, seat.centre_id, now, now):
        return told(request, 403, *words_of(request).not_here, without(WAY_COOKIE), again=SIGN_IN)
    proven_at = None if vouched.proven_at is None else min(vouched.proven_at, now)
    return await begin(connection, request, staff, granted, seat, How.OPENID, proven_at, settings, now)


async def begin(
    connection: Connection,
    request: AnyRequest,
    staff: Staff,
    granted: Sequence[Granted],
    seat: Seat | None,
    how: How,
    fresh_at: datetime | None,
    settings: Settings,
    now: datetime,
) -> str:
    """The secret of a new session, journalled; whoever sat here before makes room."""
    centre_id = seat.centre_id if seat is not None else _centre_of(granted, now)
    seat_id = None if seat is None else seat.id
    shift = timedelta(hours=settings.staff_session_hours)
    token = await staff_session.begin(connection, staff.id, centre_id, seat_id, how, fresh_at, shift, now)
    if centre_id is not None:
        await enter(connection, centre_id)
    event = Event.SEALED_LOG_IN if how is How.SEALED else Event.STAFF_SIGNED_IN
    facts = {"seat": None if seat_id is None else str(seat_id)}
    await write_outside_incidents(connection, Actor(Role.API, centre_id, staff.id), Happening(event, {**facts}), now)
    if seat_id is not None:
        await staff_session.end_parked(connection, staff.id, seat_id)
    await change_places(connection, request, staff.id, now)
    return token


def _centre_of(granted: Sequence[Granted], now: datetime) -> CentreId | None:
    """Where somebody works who sits at no seat: the first centre they have a role at; on their page they choose."""
    return next((each.centre_id for each in granted if each.centre_id is not None and each.holds(now)), None)


async def _confirmed(
    request: AnyRequest, database: Database, way: OnTheWay, vouched: Vouched, now: datetime
) -> Response[str]:
    """The same person, freshly: the session goes on under a new secret."""
    gone = without(WAY_COOKIE)
    here = await who_is(database, request.app.state.access.now, request.cookies.get(COOKIE, ""), now)
    if here is None:
        return go(with_til(SIGN_IN, way.til), gone)
    same = (here.staff.issuer, here.staff.subject) == (vouched.issuer, vouched.subject)
    if not same or vouched.proven_at is None:
        return told(request, 403, *words_of(request).confirm_other, gone, again=HOME)
    async with database.acting_as(here.actor, Lane.REST) as connection:
        token = await staff_session.renew(connection, here.session, min(vouched.proven_at, now))
    return go(way.til, cookie(COOKIE, token), gone)


def _said_no(request: AnyRequest, error: str) -> Response[str]:
    if error == "access_denied":
        return told(request, 403, *words_of(request).denied, without(WAY_COOKIE), again=SIGN_IN)
    return _failed(request, Failure.AWAY if error in _AWAY_FOR_NOW else Failure.NONSENSE)


def _failed(request: AnyRequest, why: Failure) -> Response[str]:
    status = {Failure.AWAY: 503, Failure.BUSY: 503, Failure.LOST: 400, Failure.NOT_FRESH: 403}.get(why, 502)
    return told(request, status, *words_of(request).failures[why], without(WAY_COOKIE), again=SIGN_IN)


routes = (sign_in_page, go_to_provider, confirm, come_back_from_provider, sign_out, signed_out)
