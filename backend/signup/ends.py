"""How it ends: signed up, there already, left, stopped; and the pages beside the way."""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from backend.alerts.apply import Contended
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Connection, Database, Lane, Role, become
from backend.foundation.ids import VolunteerId
from backend.foundation.problems import Problem, not_found
from backend.foundation.settings import Settings
from backend.identity.keys import Keys
from backend.rights.erase import Why, erase
from backend.rights.erasure_list import ErasureList
from backend.signup import session
from backend.signup.session import SignUp, Step
from backend.signup.steps import API, CANCEL, CANCELLED, DONE, LEAVE, find, keep
from backend.signup.visit import COOKIE, COOKIE_PATH, AnyRequest, form_of, go, show, visit_of, words_in

_TEMPLATES = {Step.DONE: "done.html", Step.ALREADY: "already.html", Step.LEFT: "left.html"}


@get(DONE)
async def end_page(
    request: AnyRequest,
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    keys: NamedDependency[Keys],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """How it ended, and what is still missing"""
    visit = visit_of(request)
    async with database.acting_as(API, Lane.REST) as connection:
        found = await find(connection, keys, visit, clock.now(), *_TEMPLATES)
    if isinstance(found, Response):
        return found
    return show(visit, _TEMPLATES[found.step], ended=found, app_url=settings.app_url)


@get(LEAVE)
async def leave_page(
    request: AnyRequest,
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    keys: NamedDependency[Keys],
) -> Response[str]:
    """What leaving means, before it is done"""
    visit = visit_of(request)
    async with database.acting_as(API, Lane.REST) as connection:
        found = await find(connection, keys, visit, clock.now(), Step.ALREADY)
    return found if isinstance(found, Response) else show(visit, "leave.html", held=None)


@post(LEAVE)
async def be_forgotten(
    request: AnyRequest,
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    keys: NamedDependency[Keys],
    listing: NamedDependency[ErasureList],
) -> Response[str]:
    """Leave: whoever has no app must be able to, as easily as they came; the phone was proven a moment ago"""
    visit, now = visit_of(request), clock.now()
    await form_of(request)

    async def work(connection: Connection) -> Response[str]:
        found = await find(connection, keys, visit, now, Step.ALREADY)
        if isinstance(found, Response):
            return found
        assert found.account is not None, "there already"
        volunteer_id = VolunteerId(found.account)
        await become(connection, volunteer_id)
        actor = Actor(Role.API, person_id=volunteer_id)
        await erase(connection, actor, listing, keys, volunteer_id, Why.ASKED, now)
        await keep(connection, keys, visit, SignUp(step=Step.LEFT, join_code=found.join_code), now)
        return go(visit.at(DONE))

    try:
        return await database.in_transaction(API, Lane.REST, work, again_on=(Contended,))
    except Problem as refused:
        if refused.slug != "erasure-not-listed":
            raise
        return show(visit, "leave.html", 503, held=words_in(visit.language).not_now)


@post(CANCEL)
async def cancel(request: AnyRequest, database: NamedDependency[Database]) -> Response[str]:
    """Stop, and have forgotten what was written"""
    visit = visit_of(request)
    await form_of(request)
    if visit.token is not None:
        async with database.acting_as(API, Lane.REST) as connection:
            await session.forget(connection, visit.token)
    response = go(visit.at(CANCELLED))
    response.delete_cookie(COOKIE, path=COOKIE_PATH)
    return response


@get(CANCELLED)
async def cancelled_page(request: AnyRequest) -> Response[str]:
    """That nothing is left of what was written"""
    visit = visit_of(request)
    words = words_in(visit.language)
    return show(visit, "trouble.html", heading=words.cancelled, why=words.cancelled_why)


@get("/was")
async def accessibility_page(request: AnyRequest) -> Response[str]:
    """The accessibility statement"""
    visit = visit_of(request)
    return show(visit, f"was_{visit.language.value}.html")


@get("/tilmelding/{rest:str}")
async def no_such_page(rest: FromPath[str]) -> None:  # noqa: ARG001 – the router's name
    """A mistyped address, told as a page and not as a problem"""
    raise not_found("page")


routes = (end_page, leave_page, be_forgotten, cancel, cancelled_page, accessibility_page, no_such_page)
