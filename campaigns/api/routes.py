"""Numbers of a campaign, read with a token. Every answer but lists of what there is comes as JSON, or as CSV."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from backend.public.contract import forbidden, unauthorised
from backend.public.store import Clock, Connection, Store
from campaigns.api import ask, wire
from campaigns.api.as_csv import as_csv
from campaigns.api.ask import Ask, Form
from campaigns.api.bearer import campaign_of
from campaigns.figures.areas import areas
from campaigns.figures.channels import channels, sources
from campaigns.figures.overview import Overview, overview
from campaigns.figures.view import NotYours, View, view_of
from campaigns.managers import queries_tokens
from campaigns.managers.manager import Token
from campaigns.modules.module import Part

AnyRequest = Request[Any, Any, Any]
HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Authorization",
}
ONE_UNIT = ("from", "to", "unit", "format")
WHOLE = ("from", "to", "format")
TAKES = "takes"
"""In a route's `opt`: the names it reads from its query. Any other is refused."""


@get("/api/v1/campaigns")
async def list_campaigns(
    request: AnyRequest, store: NamedDependency[Store], clock: NamedDependency[Clock], token: NamedDependency[Token]
) -> Response[wire.Campaigns]:
    """The campaign the token reads, and how far numbers are told"""
    _asked(request)
    async with store.transaction() as connection:
        view = await _view(connection, token, None, clock)
    (actor,), campaign = view.actors, view.campaign
    told = wire.Campaign(
        campaign.name,
        campaign.organisation,
        campaign.since,
        campaign.until - timedelta(days=1),
        campaign.k,
        campaign.made_up,
        view.told_until,
        actor.party.code,
        actor.party.part is Part.OWNER,
        actor.unit,
    )
    return Response(wire.Campaigns([told]), headers=HEADERS)


@get("/api/v1/campaigns/{campaign:str}/units", opt={TAKES: ("format",)})
async def list_units(
    request: AnyRequest,
    campaign: FromPath[str],
    store: NamedDependency[Store],
    clock: NamedDependency[Clock],
    token: NamedDependency[Token],
) -> Response[wire.Units]:
    """The units whose numbers the token reads, as they are today"""
    asked = _asked(request)
    async with store.transaction() as connection:
        view = await _view(connection, token, campaign, clock)
    tree = view.tree
    units = [
        wire.Unit(
            code,
            parent if (parent := tree.units[code].parent) is not None and view.sees(parent) else None,
            tree.units[code].kind.value,
            tree.units[code].name_da,
            tree.units[code].name_en,
            view.people_of(code),
        )
        for root in tree.roots()
        for code in tree.whole(root)
        if view.sees(code)
    ]
    return _sent(asked, wire.Units(units), wire.Unit, units)


@get("/api/v1/campaigns/{campaign:str}/figures", opt={TAKES: ONE_UNIT})
async def read_figures(
    request: AnyRequest,
    campaign: FromPath[str],
    store: NamedDependency[Store],
    clock: NamedDependency[Clock],
    token: NamedDependency[Token],
) -> Response[wire.Figures]:
    """The three numbers that matter, of the campaign or of a unit"""
    asked, found = await _overview(request, campaign, store, clock, token)
    rows = [wire.headline(each) for each in found.headlines]
    told = wire.Figures(wire.period(found.period), found.unit, rows, wire.target(found.target))
    return _sent(asked, told, wire.Headline, rows)


@get("/api/v1/campaigns/{campaign:str}/funnel", opt={TAKES: ONE_UNIT})
async def read_funnel(
    request: AnyRequest,
    campaign: FromPath[str],
    store: NamedDependency[Store],
    clock: NamedDependency[Clock],
    token: NamedDependency[Token],
) -> Response[wire.Funnel]:
    """From a page to having learnt to resuscitate, step by step"""
    asked, found = await _overview(request, campaign, store, clock, token)
    rows = [wire.step(each) for each in found.funnel.steps]
    besides = [wire.besides(each) for each in found.funnel.besides]
    return _sent(asked, wire.Funnel(wire.period(found.period), found.unit, rows, besides), wire.FunnelStep, rows)


@get("/api/v1/campaigns/{campaign:str}/series", opt={TAKES: ONE_UNIT})
async def read_series(
    request: AnyRequest,
    campaign: FromPath[str],
    store: NamedDependency[Store],
    clock: NamedDependency[Clock],
    token: NamedDependency[Token],
) -> Response[wire.Series]:
    """Week by week: what was told at the end of each"""
    asked, found = await _overview(request, campaign, store, clock, token)
    rows = [wire.week(each) for each in found.series.weeks]
    return _sent(asked, wire.Series(wire.period(found.period), found.unit, rows), wire.Week, rows)


@get("/api/v1/campaigns/{campaign:str}/comparison", opt={TAKES: ONE_UNIT})
async def read_comparison(
    request: AnyRequest,
    campaign: FromPath[str],
    store: NamedDependency[Store],
    clock: NamedDependency[Clock],
    token: NamedDependency[Token],
) -> Response[wire.Comparison]:
    """The units right below one (or below the topmost), side by side; those the token reads"""
    asked, found = await _overview(request, campaign, store, clock, token)
    rows = [wire.compared(each) for each in found.below.units]
    return _sent(asked, wire.Comparison(wire.period(found.period), found.unit, rows), wire.ComparedUnit, rows)


@get("/api/v1/campaigns/{campaign:str}/channels", opt={TAKES: WHOLE})
async def read_channels(
    request: AnyRequest,
    campaign: FromPath[str],
    store: NamedDependency[Store],
    clock: NamedDependency[Clock],
    token: NamedDependency[Token],
) -> Response[wire.Channels]:
    """By which channel people came; for a token of the owner's whole"""
    asked = _asked(request)
    async with store.transaction() as connection:
        view = await _whole(connection, token, campaign, clock)
        period = asked.period(view)
        found = await channels(connection, view, period)
    rows = [wire.channel(each) for each in found.channels]
    return _sent(asked, wire.Channels(wire.period(period), rows), wire.ChannelFigures, rows)


@get("/api/v1/campaigns/{campaign:str}/sources", opt={TAKES: WHOLE})
async def read_sources(
    request: AnyRequest,
    campaign: FromPath[str],
    store: NamedDependency[Store],
    clock: NamedDependency[Clock],
    token: NamedDependency[Token],
) -> Response[wire.Sources]:
    """Where links stood: utm_source, utm_medium, utm_campaign; for a token of the owner's whole"""
    asked = _asked(request)
    async with store.transaction() as connection:
        view = await _whole(connection, token, campaign, clock)
        period = asked.period(view)
        found = await sources(connection, view, period)
    rows = [wire.Source(each.source, each.medium, each.name, each.visited) for each in found.sources]
    return _sent(asked, wire.Sources(wire.period(period), rows), wire.Source, rows)


@get("/api/v1/campaigns/{campaign:str}/areas", opt={TAKES: WHOLE})
async def read_areas(
    request: AnyRequest,
    campaign: FromPath[str],
    store: NamedDependency[Store],
    clock: NamedDependency[Clock],
    token: NamedDependency[Token],
) -> Response[wire.Areas]:
    """Regions and municipalities; for a token of the owner's whole

    As CSV the regions come first; a region has no `parent`.
    """
    asked = _asked(request)
    async with store.transaction() as connection:
        view = await _whole(connection, token, campaign, clock)
        period = asked.period(view)
        found = await areas(connection, view, period)
    regions, municipalities = ([wire.area(each) for each in part] for part in (found.regions, found.municipalities))
    told = wire.Areas(wire.period(period), regions, municipalities)
    return _sent(asked, told, wire.Area, [*regions, *municipalities])


handlers = (
    list_campaigns,
    list_units,
    read_figures,
    read_funnel,
    read_series,
    read_comparison,
    read_channels,
    read_sources,
    read_areas,
)


def _asked(request: AnyRequest) -> Ask:
    return ask.read(request.query_params, *request.route_handler.opt.get(TAKES, ()))


async def _view(connection: Connection, token: Token, name: str | None, clock: Clock) -> View:
    campaign = await campaign_of(connection, token, name)
    actor = await queries_tokens.actor_of(connection, token.id)
    if actor is None:
        raise unauthorised("This token was withdrawn just now.")
    return await view_of(connection, campaign, [actor], clock.now())


async def _whole(connection: Connection, token: Token, name: str, clock: Clock) -> View:
    view = await _view(connection, token, name, clock)
    try:
        view.allow_whole()
    except NotYours:
        raise forbidden("This is told of the whole campaign, to the owner: this token reads less.") from None
    return view


async def _overview(request: AnyRequest, name: str, store: Store, clock: Clock, token: Token) -> tuple[Ask, Overview]:
    asked = _asked(request)
    async with store.transaction() as connection:
        view = await _view(connection, token, name, clock)
        unit = asked.unit_in(view)
        return asked, await overview(connection, view, unit, asked.period(view))


def _sent(asked: Ask, told: Any, shape: type[msgspec.Struct], rows: Sequence[msgspec.Struct]) -> Response[Any]:
    if asked.form is Form.CSV:
        return Response(as_csv(shape, rows), media_type="text/csv; charset=utf-8; header=present", headers=HEADERS)
    return Response(told, headers=HEADERS)
