"""The pages. Only *Tilmeld* and a page's beacon count somebody; both say nothing but which page it was."""

from functools import cache
from typing import Any

import asyncpg
import structlog
from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Request, get, head, post
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException, NotFoundException
from litestar.params import FromPath
from litestar.response import Response

from backend.public.store import Clock, Store
from campaigns.landing.files import fingerprint
from campaigns.landing.page import Found, away, count, find, running, sign_up_address
from campaigns.landing.visit import By, Visit, from_here, visit_of
from campaigns.landing.words import Words
from campaigns.landing.words_da import DANISH
from campaigns.landing.words_en import ENGLISH
from campaigns.modules.texts import Language
from campaigns.settings import Settings

AnyRequest = Request[Any, Any, Any]
AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
log = structlog.get_logger()


@get("/")
async def first_page(
    request: AnyRequest,
    store: NamedDependency[Store],
    clock: NamedDependency[Clock],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """The campaign that runs; of several, which"""
    visit = _visit(request)
    try:
        async with store.transaction() as connection:
            there = await running(connection, clock.now())
    except AWAY as fault:
        _log_away(fault)
        return _page(settings, visit, away(visit.code))
    match there:
        case []:
            return _page(settings, visit, Found())
        case [(only, _)]:
            return await _shown(settings, store, clock, _visit(request, campaign=only.name))
        case _:
            return _html(settings, visit, "several.html", campaign=None, campaigns=there)


@get("/c/{name:str}")
async def campaign_page(
    request: AnyRequest,
    name: FromPath[str],
    store: NamedDependency[Store],
    clock: NamedDependency[Clock],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """A campaign's page"""
    return await _shown(settings, store, clock, _visit(request, campaign=name))


@get("/k/{code:str}")
async def code_page(
    request: AnyRequest,
    code: FromPath[str],
    store: NamedDependency[Store],
    clock: NamedDependency[Clock],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """The page of the campaign that a join code belongs to"""
    return await _shown(settings, store, clock, _visit(request, code=code))


@head(["/", "/was"])
async def looked_at() -> None:
    """A machine looks whether the site is there"""


@head("/c/{name:str}")
async def campaign_looked_at(
    request: AnyRequest, name: FromPath[str], store: NamedDependency[Store], clock: NamedDependency[Clock]
) -> None:
    """A machine looks whether the page is there"""
    await _find(store, clock, _visit(request, campaign=name), counted=True)


@head("/k/{code:str}")
async def code_looked_at(
    request: AnyRequest, code: FromPath[str], store: NamedDependency[Store], clock: NamedDependency[Clock]
) -> None:
    """A machine looks whether the page is there"""
    await _find(store, clock, _visit(request, code=code), counted=True)


@post("/")
async def sign_up_from_nowhere(request: AnyRequest, settings: NamedDependency[Settings]) -> Response[str]:
    """*Tilmeld* where no campaign runs"""
    return _on_to_sign_up(settings, _visit(request), Found())


@post("/c/{name:str}")
async def sign_up_at_campaign(
    request: AnyRequest,
    name: FromPath[str],
    store: NamedDependency[Store],
    clock: NamedDependency[Clock],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """*Tilmeld* on a campaign's page"""
    return await _sign_up(request, settings, store, clock, _visit(request, campaign=name))


@post("/k/{code:str}")
async def sign_up_with_code(
    request: AnyRequest,
    code: FromPath[str],
    store: NamedDependency[Store],
    clock: NamedDependency[Clock],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """*Tilmeld* on the page of a join code"""
    return await _sign_up(request, settings, store, clock, _visit(request, code=code))


@post("/c/{name:str}/acted", status_code=204)
async def acted_at_campaign(
    request: AnyRequest, name: FromPath[str], store: NamedDependency[Store], clock: NamedDependency[Clock]
) -> None:
    """A page says that somebody acted on it"""
    await _acted(request, store, clock, _visit(request, campaign=name))


@post("/k/{code:str}/acted", status_code=204)
async def acted_with_code(
    request: AnyRequest, code: FromPath[str], store: NamedDependency[Store], clock: NamedDependency[Clock]
) -> None:
    """A page says that somebody acted on it"""
    await _acted(request, store, clock, _visit(request, code=code))


@get("/was")
async def accessibility_page(request: AnyRequest, settings: NamedDependency[Settings]) -> Response[str]:
    """The accessibility statement"""
    visit = _visit(request)
    return _html(settings, visit, f"was_{visit.language.value}.html", campaign=None)


routes = (
    first_page,
    campaign_page,
    code_page,
    looked_at,
    campaign_looked_at,
    code_looked_at,
    sign_up_from_nowhere,
    sign_up_at_campaign,
    sign_up_with_code,
    acted_at_campaign,
    acted_with_code,
    accessibility_page,
)


def trouble(request: AnyRequest, error: Exception) -> Response[str]:
    """The page for whatever has no better one: by its status alone, so it repeats nothing."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status >= 500:
        log.error("a_page_failed", kind=type(error).__name__)
    settings: Settings = request.app.state.settings
    visit = _visit(request)
    told = _words_in(visit.language).trouble
    heading, why = told.get(status, told[500 if status >= 500 else 400])
    address = sign_up_address(settings.sign_up_url, Found(), visit)
    response = _html(settings, visit, "trouble.html", campaign=None, heading=heading, why=why, sign_up=address)
    response.status_code = status
    return response


def _visit(request: AnyRequest, campaign: str = "", code: str = "") -> Visit:
    path = request.url.path if request.url.path in ("/", "/was") else "/"
    return visit_of(request.method, path, request.query_params, request.headers, campaign=campaign, code=code)


async def _shown(settings: Settings, store: Store, clock: Clock, visit: Visit) -> Response[str]:
    return _page(settings, visit, await _find(store, clock, visit, counted=visit.by is not By.HUMAN, shown=True))


async def _sign_up(request: AnyRequest, settings: Settings, store: Store, clock: Clock, visit: Visit) -> Response[str]:
    """Counted, unless the page's own word was."""
    told_already = (await request.form()).get("acted") == "1"
    counted = not told_already and from_here(request.headers) and visit.by is not By.TEST
    return _on_to_sign_up(settings, visit, await _find(store, clock, visit, counted=counted))


async def _acted(request: AnyRequest, store: Store, clock: Clock, visit: Visit) -> None:
    # A machine's fetch and a test were counted when the page was fetched.
    await _find(store, clock, visit, counted=from_here(request.headers) and visit.by is By.HUMAN)


async def _find(store: Store, clock: Clock, visit: Visit, *, counted: bool, shown: bool = False) -> Found:
    """What stands behind the address; its texts only where a page is shown.

    While the database is away nothing is counted, and it leads to sign-up as ever.

    Raises NotFoundException for a campaign there is not.
    """
    now = clock.now()
    try:
        async with store.transaction() as connection:
            found = await find(connection, visit, now, shown=shown)
            if found is not None and counted:
                await count(connection, found, visit, now)
    except AWAY as fault:
        _log_away(fault)
        return away(visit.code)
    if found is None:
        raise NotFoundException
    return found


def _log_away(fault: Exception) -> None:
    log.warning("database_away", kind=type(fault).__name__)


def _on_to_sign_up(settings: Settings, visit: Visit, found: Found) -> Response[str]:
    address = sign_up_address(settings.sign_up_url, found, visit)
    headers = headers_for(settings) | {"Location": address}
    return Response("", media_type="text/html", status_code=303, headers=headers)


def _page(settings: Settings, visit: Visit, found: Found) -> Response[str]:
    words = _words_in(visit.language)
    own = None if found.texts is None else found.texts.in_language(visit.language)
    who = words.only_numbers_of_whoever if own is None else words.only_numbers.format(own.who)
    least = () if found.campaign is None else (words.least.format(found.campaign.k),)
    return _html(
        settings,
        visit,
        "campaign.html",
        campaign=found.campaign,
        own=own,
        standing=found.standing,
        is_test=visit.by is By.TEST,
        privacy_list=(who, *least, *words.privacy_list),
    )


def headers_for(settings: Settings) -> dict[str, str]:
    """Of every page. Browsers hold a form's redirect to its policy, too: hence the address of sign-up."""
    return {
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; "
        f"script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self' {settings.sign_up_url}; "
        "frame-ancestors 'none'",
    }


def _html(settings: Settings, visit: Visit, template: str, **values: Any) -> Response[str]:
    text = _pages().get_template(template).render(w=_words_in(visit.language), visit=visit, **values)
    return Response(text, media_type="text/html", headers=headers_for(settings))


def _words_in(language: Language) -> Words:
    return ENGLISH if language is Language.EN else DANISH


@cache
def _pages() -> Environment:
    pages = Environment(
        loader=PackageLoader("campaigns.landing", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    pages.globals["fingerprint"] = fingerprint
    return pages
