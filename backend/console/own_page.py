"""Who one is here and may do what, and at which centre one works."""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.response import Response

from backend.console.visit import CENTRE, HOME, AnyRequest, form_of, go, show, words_of
from backend.console.who import here_of, must_be_signed_in
from backend.foundation.clock import COPENHAGEN
from backend.foundation.database import Database, Lane
from backend.foundation.ids import CentreId
from backend.identity import staff_session
from backend.identity.staff import NO_PAGE_YET, STEP_UP, May, roles_at
from backend.regions import queries as regions


@get(HOME, guards=[must_be_signed_in])
async def own_page(request: AnyRequest, database: NamedDependency[Database]) -> Response[str]:
    """Who one is, in which roles, and what they allow"""
    here, said = here_of(request), words_of(request)
    async with database.acting_as(here.actor, Lane.REST) as connection:
        centres = {each.id: each for each in await regions.centres(connection, here.now)}
    at = centres.get(here.session.centre_id) if here.session.centre_id is not None else None
    began = here.session.began_at
    others = [
        each
        for each in centres.values()
        if here.session.seat_id is None
        and each is not at
        and roles_at(here.granted, CentreId(each.id), began, here.now)
    ]
    pin = {"ja": said.pin_kept, "nej": said.pin_wrong}.get(request.query_params.get("pin", ""), "")
    return show(
        request,
        "home.html",
        centre_name=None if at is None else at.name,
        centres=others,
        mays=[each for each in May if each in here.allowed - NO_PAGE_YET],
        step_up=STEP_UP,
        until=f"{here.session.expires_at.astimezone(COPENHAGEN):%H.%M}",
        said=pin,
        said_kind="success" if pin == said.pin_kept else "error",
    )


@post(CENTRE, guards=[must_be_signed_in])
async def work_at(request: AnyRequest, database: NamedDependency[Database]) -> Response[str]:
    """At another of one's centres. A seat stays where it stands"""
    here = here_of(request)
    form = await form_of(request, here.token)
    async with database.acting_as(here.actor, Lane.REST) as connection:
        there = {str(each.id): each for each in await regions.centres(connection, here.now)}
        chosen = there.get(form.get("centre", ""))
        held = chosen and roles_at(here.granted, CentreId(chosen.id), here.session.began_at, here.now)
        if chosen is not None and held and here.session.seat_id is None:
            await staff_session.work_at(connection, here.session, CentreId(chosen.id))
    return go(HOME)


routes = (own_page, work_at)
