"""What an address asks for: whose view of which campaign, of which period, on the tree of which day."""

from collections.abc import Mapping
from datetime import date, datetime
from urllib.parse import quote, urlencode

import msgspec

from backend.public.store import Connection
from campaigns.campaign import queries as campaigns
from campaigns.figures.period import Period, Preset, WrongPeriod
from campaigns.figures.view import View, view_of
from campaigns.managers import queries as managers
from campaigns.managers.manager import Manager
from campaigns.organisation.read import parse_day
from campaigns.organisation.unit import UnitCode

HOME = "/tal"


class NotThere(Exception):
    """A campaign there is not, or that is not theirs: whoever guesses learns nothing."""


class Links(msgspec.Struct, frozen=True):
    """Addresses within a campaign; period and tree go along."""

    campaign: str
    query: Mapping[str, str]

    def to(self, *path: str, **also: str) -> str:
        where = "/".join([HOME, *(quote(each, safe="") for each in (self.campaign, *path))])
        query = urlencode({**self.query, **also})
        return f"{where}?{query}" if query else where

    def period(self, *path: str, preset: Preset) -> str:
        """The same page of another period."""
        kept = {name: said for name, said in self.query.items() if name == "traeet"}
        chosen = {} if preset is Preset.WHOLE else {"periode": preset.value}
        return Links(self.campaign, kept | chosen).to(*path)

    def unit(self, code: UnitCode | None, *path: str) -> str:
        return self.to(*path) if code is None else self.to("enhed", code, *path)


class Asked(msgspec.Struct, frozen=True):
    """`notices` say what of an address could not be used, and what is shown instead."""

    view: View
    period: Period
    tree_day: date | None
    notices: tuple[str, ...]

    @property
    def links(self) -> Links:
        tree = {} if self.tree_day is None else {"traeet": self.tree_day.isoformat()}
        return Links(self.view.campaign.name, {**self.period.query(), **tree})


async def asked(connection: Connection, manager: Manager, name: str, query: Mapping[str, str], now: datetime) -> Asked:
    """Raises NotThere."""
    campaign = await campaigns.campaign_named(connection, name)
    actors = [] if campaign is None else await managers.actors_of(connection, manager.id, campaign.id)
    if campaign is None or not actors:
        raise NotThere
    notices = []
    tree_day = parse_day(wanted) if (wanted := query.get("traeet", "").strip()) else None
    if wanted and tree_day is None:
        notices.append(f"»{wanted[:40]}« er ikke en dag, så træet er det, der gælder i dag.")
    view = await view_of(connection, campaign, actors, now, tree_day)
    try:
        period = view.period(query)
    except WrongPeriod as wrong:
        notices.append(f"{wrong} Indtil da vises hele kampagnen.")
        period = view.period({})
    return Asked(view, period, tree_day, tuple(notices))
