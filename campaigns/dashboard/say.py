"""What pages say and how they are sent."""

from collections.abc import Callable, MutableMapping
from datetime import timedelta
from functools import cache
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Request
from litestar.response import Response

from backend.public.counting import LEAST_INVITED
from campaigns.dashboard.asked import HOME, Asked, NotThere
from campaigns.figures import danish
from campaigns.figures.comparison import STATES
from campaigns.figures.figure import Figure
from campaigns.figures.period import Preset
from campaigns.figures.table import Kind
from campaigns.figures.target import State
from campaigns.figures.view import NoSuchUnit, NotYours
from campaigns.landing.files import fingerprint
from campaigns.managers.manager import Manager
from campaigns.modules.module import Part as PartyPart
from campaigns.organisation.unit import Unit, UnitCode, days_of_change

_SAFE = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HEADERS = _SAFE | {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
}
FILE_HEADERS = _SAFE | {"Cache-Control": "private, no-store", "Content-Security-Policy": "default-src 'none'"}
PICTURE_HEADERS = _SAFE | {
    # A picture brings its letters with it, and may fetch nothing.
    "Cache-Control": "private, max-age=300",
    "Vary": "Cookie",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; font-src data:",
}
PRESETS = {
    Preset.WHOLE: "Hele kampagnen",
    Preset.TWELVE_WEEKS: "Seneste 12 uger",
    Preset.FOUR_WEEKS: "Seneste 4 uger",
}
ON_TRACK = {
    State.YES: "Det er nået",
    State.NOT_SHOWN: "Det er endnu ikke nået i de viste tal",
}
PARTS = {PartyPart.OWNER: "ejer", PartyPart.PARTNER: "partner", PartyPart.OBSERVER: "ser med"}
TABS = {"enheder": "Alle enheder", "omraader": "Områder", "kanaler": "Kanaler"}


class Shown(msgspec.Struct, frozen=True):
    """A page's own words."""

    asked: Asked
    path: tuple[str, ...]
    unit: UnitCode | None

    @property
    def campaign_title(self) -> str:
        return title_of(self.asked.view.campaign.name)

    @property
    def title(self) -> str:
        if self.unit is not None:
            return self.asked.view.tree.units[self.unit].name_da
        if self.path:
            return f"{self.campaign_title}: {TABS[self.path[0]].lower()}"
        return self.campaign_title

    @property
    def period(self) -> str:
        period = self.asked.period
        return f"{danish.short_day(period.since)} – {danish.short_day(period.until)}"

    @property
    def source(self) -> str:
        """As a slide has to say it."""
        view = self.asked.view
        until = "ingen dag endnu" if view.told_until is None else danish.day(view.told_until)
        return (
            f"Kilde: Hjerteløber, kampagnen {view.campaign.name}, talt til og med {until}. "
            f"Kun tal: mindst så mange, i trin af {view.campaign.k}."
        )

    @property
    def address(self) -> str:
        """Of this page, without what is asked of it."""
        return self.asked.links.to(*self.path).partition("?")[0]

    def file(self, name: str, **also: str) -> str:
        """The address of a file of this page."""
        return self.asked.links.to(*self.path, name, **also)

    def of_period(self, preset: Preset) -> str:
        return self.asked.links.period(*self.path, preset=preset)

    def crumbs(self) -> list[Unit]:
        """The units above this one that these actors see, from the top down."""
        view = self.asked.view
        if self.unit is None:
            return []
        above = view.tree.way_to(self.unit)[:-1]
        return [view.tree.units[code] for code in above if view.sees(code)]

    def own_units(self) -> list[Unit]:
        view = self.asked.view
        return [view.tree.units[code] for code in view.own_units()]

    def tree_days(self) -> list[str]:
        """Days on which the tree became another, since the campaign began, and the day it began on."""
        view = self.asked.view
        since, until = view.campaign.since, max(view.today.day, view.campaign.until)
        days = {since, *(day for day in days_of_change(view.history) if since < day < until)}
        if self.asked.tree_day is not None:
            days.add(self.asked.tree_day)
        return [day.isoformat() for day in sorted(days)]


def title_of(name: str) -> str:
    """`forsvaret-2027` as people say it."""
    said = name.replace("-", " ")
    return said[0].upper() + said[1:]


def html(template: str, manager: Manager, status: int = 200, **values: Any) -> Response[str]:
    text = _pages().get_template(template).render(manager=manager, **values)
    return Response(text, media_type="text/html", status_code=status, headers=HEADERS)


def not_there(request: Request[Any, Any, Any], error: Exception) -> Response[str]:
    """The same for what is not theirs as for what there is not."""
    manager: Manager = request.state["manager"]
    return html("not_there.html", manager, status=404, said=str(error) if isinstance(error, NoSuchUnit) else "")


REFUSALS: MutableMapping[int | type[Exception], Callable[[Request[Any, Any, Any], Any], Response[Any]]] = {
    NotThere: not_there,
    NotYours: not_there,
    NoSuchUnit: not_there,
}


@cache
def _pages() -> Environment:
    pages = Environment(
        loader=PackageLoader("campaigns.dashboard", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    pages.globals |= {
        "LEAST_INVITED": LEAST_INVITED,
        "HOME": HOME,
        "PRESETS": PRESETS,
        "STATES": STATES,
        "ON_TRACK": ON_TRACK,
        "PARTS": PARTS,
        "TABS": TABS,
        "Kind": Kind,
        "danish": danish,
        "fingerprint": fingerprint,
        "title_of": title_of,
        "day_before": lambda day: day - timedelta(days=1),
        "is_hidden": lambda cell: isinstance(cell, Figure) and cell.at_least is None,
    }
    return pages
