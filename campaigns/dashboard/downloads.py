"""Every table as a file for Excel, every picture for a slide or a page."""

from typing import Any

from litestar import Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

from backend.public.store import Clock, Store
from campaigns.charts.draw import Drawer
from campaigns.charts.drawing import Form
from campaigns.charts.look import Caption, Look, Scheme, Size
from campaigns.dashboard.pages import Page, overview_page, whole_page
from campaigns.dashboard.part import Atlas
from campaigns.dashboard.say import FILE_HEADERS, PICTURE_HEADERS, REFUSALS, Shown
from campaigns.figures.as_csv import as_csv
from campaigns.figures.as_xlsx import as_xlsx
from campaigns.managers.manager import Manager

AnyRequest = Request[Any, Any, Any]
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PICTURES = {Form.SVG: "image/svg+xml", Form.PNG: "image/png"}
WHOLE = ("enheder", "kanaler", "omraader")


@get("/tal/{name:str}/{file:str}", exception_handlers=REFUSALS)
async def of_the_campaign(
    request: AnyRequest,
    state: State,
    name: FromPath[str],
    file: FromPath[str],
    store: NamedDependency[Store],
    clock: NamedDependency[Clock],
    manager: NamedDependency[Manager],
) -> Response[bytes]:
    """A table or a picture of a campaign's page"""
    page = await overview_page(store, manager, request, name, None, clock.now())
    return await _file(request, state, clock, page, file)


@get("/tal/{name:str}/enhed/{unit:str}/{file:str}", exception_handlers=REFUSALS)
async def of_a_unit(
    request: AnyRequest,
    state: State,
    name: FromPath[str],
    unit: FromPath[str],
    file: FromPath[str],
    store: NamedDependency[Store],
    clock: NamedDependency[Clock],
    manager: NamedDependency[Manager],
) -> Response[bytes]:
    """A table or a picture of a unit's page"""
    page = await overview_page(store, manager, request, name, unit, clock.now())
    return await _file(request, state, clock, page, file)


@get([f"/tal/{{name:str}}/{which}/{{file:str}}" for which in WHOLE], exception_handlers=REFUSALS)
async def of_the_whole(
    request: AnyRequest,
    state: State,
    name: FromPath[str],
    file: FromPath[str],
    store: NamedDependency[Store],
    clock: NamedDependency[Clock],
    manager: NamedDependency[Manager],
) -> Response[bytes]:
    """A table or a picture of all units, channels or areas"""
    which = request.url.path.split("/")[3]
    kept: Atlas = state.atlas
    atlas = kept if file.endswith((".svg", ".png")) else None
    page = await whole_page(store, manager, request, name, which, clock.now(), atlas)
    return await _file(request, state, clock, page, file)


handlers = (of_the_campaign, of_a_unit, of_the_whole)


async def _file(request: AnyRequest, state: State, clock: Clock, page: Page, file: str) -> Response[bytes]:
    """Raises NotFoundException."""
    name, _, form = file.rpartition(".")
    part = next((each for each in page.parts if each.table.name == name), None)
    if part is None:
        raise NotFoundException
    shown = Shown(page.asked, page.path, page.unit)
    campaign = page.asked.view.campaign
    caption = Caption(f"{shown.title} · {shown.period}", shown.source, campaign.made_up)
    called = "-".join(["hjerteloeber", campaign.name, *page.path, name]).lower()
    heading = f"{'OPDIGTEDE TAL · ' if campaign.made_up else ''}{caption.about} · {caption.source}"
    match form:
        case "csv":
            return _sent(as_csv(part.table, campaign.k, heading), CSV, f"{called}.csv")
        case "xlsx":
            return _sent(as_xlsx(part.table, campaign.k, heading, clock.now()), XLSX, f"{called}.xlsx")
        case Form.SVG | Form.PNG if part.chart is not None and part.table.rows:
            query = request.query_params
            look = Look(
                Scheme.DARK if query.get("tema") == Scheme.DARK else Scheme.LIGHT,
                Size.NARROW if query.get("bredde") == Size.NARROW else Size.WIDE,
                bare=query.get("kun") == "billede",
            )
            spec = part.chart(part.table, campaign.k, caption, look)
            drawer: Drawer = state.drawer
            drawn = await drawer.draw(spec, Form(form))
            taken = f"{called}.{form}" if query.get("hent") else None
            return _sent(drawn, PICTURES[Form(form)], taken, PICTURE_HEADERS)
        case _:
            raise NotFoundException


def _sent(content: bytes, kind: str, called: str | None, headers: dict[str, str] = FILE_HEADERS) -> Response[bytes]:
    named = {} if called is None else {"Content-Disposition": f'attachment; filename="{called}"'}
    return Response(content, media_type=kind, headers=headers | named)
