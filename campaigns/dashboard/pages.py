"""The pages. Who is asking comes from sign-in, what they may see is asked of `figures`, before anything is read."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from backend.public.store import Clock, Store
from campaigns.dashboard import part
from campaigns.dashboard.asked import Asked, asked
from campaigns.dashboard.part import Part
from campaigns.dashboard.say import REFUSALS, Shown, html
from campaigns.figures.overview import Overview, overview
from campaigns.managers import queries as managers
from campaigns.managers.manager import Manager
from campaigns.organisation.unit import UnitCode

AnyRequest = Request[Any, Any, Any]


class Page(msgspec.Struct, frozen=True):
    """What a page is about, by its path within the campaign."""

    asked: Asked
    path: tuple[str, ...]
    parts: list[Part]
    unit: UnitCode | None = None
    found: Overview | None = None


async def overview_page(
    store: Store, manager: Manager, request: AnyRequest, name: str, code: str | None, now: datetime
) -> Page:
    """Of a campaign, or a unit. Raises NotThere, NotYours, NoSuchUnit."""
    async with store.transaction() as connection:
        what = await asked(connection, manager, name, request.query_params, now)
        unit = None if code is None else what.view.unit(code).code
        found = await overview(connection, what.view, unit, what.period)
    path = () if unit is None else ("enhed", unit)
    return Page(what, path, part.parts_of(found, what.view.campaign.k), unit, found)


async def whole_page(
    store: Store,
    manager: Manager,
    request: AnyRequest,
    name: str,
    which: str,
    now: datetime,
    atlas: part.Atlas | None = None,
) -> Page:
    """Of what only the owner's people see who are of no one unit. Raises NotThere, NotYours."""
    async with store.transaction() as connection:
        what = await asked(connection, manager, name, request.query_params, now)
        match which:
            case "enheder":
                parts = await part.parts_of_units(connection, what)
            case "kanaler":
                parts = await part.parts_of_channels(connection, what)
            case _:
                parts = await part.parts_of_areas(connection, what, atlas)
    return Page(what, (which,), parts)


@get("/tal")
async def first_page(store: NamedDependency[Store], manager: NamedDependency[Manager]) -> Response[str]:
    """Which campaigns somebody may look at"""
    async with store.transaction() as connection:
        there = await managers.campaigns_of(connection, manager.id)
        parts = {each.name: await managers.actors_of(connection, manager.id, each.id) for each in there}
    return html("campaigns.html", manager, campaigns=there, actors=parts)


@get("/tal/{name:str}", exception_handlers=REFUSALS)
async def campaign_page(
    request: AnyRequest,
    name: FromPath[str],
    store: NamedDependency[Store],
    clock: NamedDependency[Clock],
    manager: NamedDependency[Manager],
) -> Response[str]:
    """A campaign's total, and the units below for whoever sees them"""
    return _shown(manager, await overview_page(store, manager, request, name, None, clock.now()))


@get("/tal/{name:str}/enhed/{unit:str}", exception_handlers=REFUSALS)
async def unit_page(
    request: AnyRequest,
    name: FromPath[str],
    unit: FromPath[str],
    store: NamedDependency[Store],
    clock: NamedDependency[Clock],
    manager: NamedDependency[Manager],
) -> Response[str]:
    """A unit and those right below"""
    return _shown(manager, await overview_page(store, manager, request, name, unit, clock.now()))


@get("/tal/{name:str}/enheder", exception_handlers=REFUSALS)
async def units_page(
    request: AnyRequest,
    name: FromPath[str],
    store: NamedDependency[Store],
    clock: NamedDependency[Clock],
    manager: NamedDependency[Manager],
) -> Response[str]:
    """Every unit beside every other"""
    return _shown(manager, await whole_page(store, manager, request, name, "enheder", clock.now()))


@get("/tal/{name:str}/kanaler", exception_handlers=REFUSALS)
async def channels_page(
    request: AnyRequest,
    name: FromPath[str],
    store: NamedDependency[Store],
    clock: NamedDependency[Clock],
    manager: NamedDependency[Manager],
) -> Response[str]:
    """By what people came"""
    return _shown(manager, await whole_page(store, manager, request, name, "kanaler", clock.now()))


@get("/tal/{name:str}/omraader", exception_handlers=REFUSALS)
async def areas_page(
    request: AnyRequest,
    name: FromPath[str],
    store: NamedDependency[Store],
    clock: NamedDependency[Clock],
    manager: NamedDependency[Manager],
) -> Response[str]:
    """Where they live"""
    return _shown(manager, await whole_page(store, manager, request, name, "omraader", clock.now()))


def _shown(manager: Manager, page: Page) -> Response[str]:
    shown = Shown(page.asked, page.path, page.unit)
    return html("figures.html", manager, page=page, shown=shown)


handlers = (first_page, campaign_page, unit_page, units_page, channels_page, areas_page)
