"""Afterwards: what is over, and figures of it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Response

from backend.aftercare import queries
from backend.aftercare.monthly import (
    MOST_MONTHS,
    UNITS,
    By,
    Group,
    Measure,
    Row,
    later,
    month_of,
    months_between,
    rows_of,
)
from backend.aftercare.read import read, regions_of
from backend.console.after_csv import csv_of
from backend.console.after_plot import plot_of
from backend.console.after_said import day_said, figure_said, left_out_said, month_said
from backend.console.frame import BY_ITSELF
from backend.console.live_page import show_live
from backend.console.visit import HEADERS, AnyRequest, words_of
from backend.console.who import Here, here_of, must_be_signed_in
from backend.console.words_after import AfterWords
from backend.console.words_after_da import AFTER_DA
from backend.console.words_after_en import AFTER_EN
from backend.foundation.database import Connection, Database, Lane, enter
from backend.foundation.ids import CentreId
from backend.foundation.kinds import Kind
from backend.foundation.problems import Problem, bad_field
from backend.identity.staff import May
from backend.incidents import queries as incidents
from backend.incidents.incident import Incident, State
from backend.regions import queries as regions

AFTER = "/konsol/efter"
FIGURES, FILE = f"{AFTER}/tal", f"{AFTER}/tal.csv"
MOST_SHOWN = 50
AGAIN_IN_S = 3
"""After an alarm statistics are put off for two seconds. The page asks again by itself: a request that waited here
would take a place from those who follow alarms."""
BY = {"vagtcentral": By.CENTRE, "region": By.REGION}
KINDS = {"live": Kind.LIVE, "oevelse": Kind.EXERCISE, "test": Kind.TEST}
PLOTTED = (Measure.ALARMS, Measure.ACCEPTED, Measure.ACCEPT_MEDIAN, Measure.ARRIVAL_MEDIAN, Measure.REDUNDANT)

OfKind = Annotated[
    str,
    QueryParameter(name="slags", max_length=20, description="live (left out: this), oevelse or test: never together"),
]
Since = Annotated[str, QueryParameter(name="fra", max_length=7, description="The first month, 2026-01")]
Until = Annotated[str, QueryParameter(name="til", max_length=7, description="The last month, 2026-12")]
GroupedBy = Annotated[str, QueryParameter(name="efter", max_length=20, description="vagtcentral or region")]
Before = Annotated[str, QueryParameter(name="foer", max_length=40, description="Opened before; from the page before")]


class Listed(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    opened: str
    ended: str
    how: str
    centre: str


@get(AFTER, guards=[must_be_signed_in], opt={"may": May.LOOK_BACK})
async def ended_page(
    request: AnyRequest, database: NamedDependency[Database], shown: OfKind = "", before: Before = ""
) -> Response[str]:
    """The incidents that are over, the newest first"""
    here, words, kind = here_of(request), after_words_of(request), kind_of(shown)
    opened_before = _moment(before)
    found: list[Incident] = []
    async with database.acting_as(here.actor, Lane.REST) as connection:
        names = {each.id: each.name for each in await queries.centres(connection, None)}
        for centre_id in await centres_for(connection, here):
            await enter(connection, centre_id)
            found += await incidents.of_centre(connection, centre_id, kind, State.ENDED, opened_before, MOST_SHOWN)
    found = sorted(found, key=lambda each: each.opened_at, reverse=True)[:MOST_SHOWN]
    listed = [
        Listed(
            id=each.id,
            name=name_of(each, here, words),
            opened=day_said(each.opened_at),
            ended=day_said(each.ended_at) if each.ended_at else "",
            how=words.end_reasons[each.end_reason] if each.end_reason else "",
            centre=names.get(each.centre_id, ""),
        )
        for each in found
    ]
    older = found[-1].opened_at.isoformat() if len(found) == MOST_SHOWN else ""
    return show_after(request, "after.html", kind, incidents=listed, older=older)


@get(FIGURES, guards=[must_be_signed_in], opt={"may": May.LOOK_BACK})
async def figures_page(
    request: AnyRequest,
    database: NamedDependency[Database],
    shown: OfKind = "",
    since: Since = "",
    until: Until = "",
    by: GroupedBy = "",
) -> Response[str]:
    """What was done, month by month, in tables and plots"""
    here, words, kind = here_of(request), after_words_of(request), kind_of(shown)
    first, last = months_of(since, until, here.now)
    grouped = by_of(by)
    address = f"?slags={_in_address(kind)}&fra={first:%Y-%m}&til={last:%Y-%m}&efter={_by_in_address(grouped)}"
    try:
        rows = await _rows(database, here, kind, first, last, grouped, words)
    except Problem as told:
        if told.status != 503:
            raise
        again = f"{FIGURES}{address}&{BY_ITSELF}=1"
        return show_after(request, "after_wait.html", kind, status=503, again=again, again_in_s=AGAIN_IN_S)
    tables = []
    for group in dict.fromkeys(row.group for row in rows):
        own = [row for row in rows if row.group == group]
        tables.append((group, [_said(row, words) for row in own], [plot_of(own, each, words) for each in PLOTTED]))
    return show_after(
        request,
        "after_figures.html",
        kind,
        tables=tables,
        measures=list(Measure),
        first=f"{first:%Y-%m}",
        last=f"{last:%Y-%m}",
        by=grouped.value,
        file_address=FILE + address,
    )


@get(FILE, guards=[must_be_signed_in], opt={"may": May.LOOK_BACK})
async def figures_file(
    request: AnyRequest,
    database: NamedDependency[Database],
    shown: OfKind = "",
    since: Since = "",
    until: Until = "",
    by: GroupedBy = "",
) -> Response[bytes]:
    """The same figures as a file for a spreadsheet"""
    here, words, kind = here_of(request), after_words_of(request), kind_of(shown)
    first, last = months_of(since, until, here.now)
    grouped = by_of(by)
    rows = await _rows(database, here, kind, first, last, grouped, words)
    name = f"hjerteloeber-{_in_address(kind)}-{first:%Y-%m}-{last:%Y-%m}.csv"
    headers = HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}
    content = csv_of(rows, words.centre if grouped is By.CENTRE else words.by_region.capitalize(), kind, words)
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


async def _rows(
    database: Database, here: Here, kind: Kind, first: date, last: date, by: By, words: AfterWords
) -> list[Row]:
    found = await read(database, None if sees_all(here) else here.own_centres, kind, first, last)
    if found.cut:
        raise bad_field("fra", "fewer months: there are more incidents than are counted at once")
    english, none = words.decimal == ".", words.no_region
    groups: Sequence[Group] = found.centres if by is By.CENTRE else regions_of(found.alarms, english, none)
    return rows_of(found.alarms, groups, months_between(first, last), by)


def _said(row: Row, words: AfterWords) -> dict[str, Any]:
    return {
        "month": month_said(row.month, words),
        "cells": [figure_said(row.figures[each], UNITS[each], words) for each in Measure],
        "left_out": left_out_said(row, words),
    }


def show_after(request: AnyRequest, template: str, kind: Kind, status: int = 200, **values: Any) -> Response[str]:
    """A page of these. It says which kind it counts."""
    here = here_of(request)
    return show_live(
        request,
        template,
        status=status,
        a=after_words_of(request),
        kind=kind.value,
        kind_name=_in_address(kind),
        kind_names=list(KINDS.items()),
        now=here.now.isoformat(),
        may=sorted(each.value for each in here.allowed),
        **values,
    )


def after_words_of(request: AnyRequest) -> AfterWords:
    return AFTER_EN if words_of(request).code == "en" else AFTER_DA


def sees_all(here: Here) -> bool:
    """Whoever reads the journal at every centre: who runs the service, and who revises it."""
    return May.AUDIT in here.decider(None).allowed


async def centres_for(connection: Connection, here: Here) -> Sequence[CentreId]:
    """Whose incidents somebody may look back on: what is lent by agreement is followed, and its past is its owner's."""
    return await regions.all_centres(connection) if sees_all(here) else here.own_centres


def name_of(incident: Incident, here: Here, words: AfterWords) -> str:
    """By its case number where they follow incidents; who revises or runs the service sees no patient's number."""
    if May.FOLLOW in here.allowed and incident.centre_id in here.centres:
        return words.case.format(incident.case_number)
    return f"{words.incident} {str(incident.id)[-6:]}"


def kind_of(shown: str) -> Kind:
    if shown and shown not in KINDS:
        raise bad_field("slags", " or ".join(KINDS))
    return KINDS.get(shown, Kind.LIVE)


def by_of(by: str) -> By:
    if by and by not in BY:
        raise bad_field("efter", " or ".join(BY))
    return BY.get(by, By.CENTRE)


def months_of(since: str, until: str, now: datetime) -> tuple[date, date]:
    """Left out: the twelve months that end with this one."""
    last = _month(until, "til") if until else month_of(now)
    first = _month(since, "fra") if since else later(last, -11)
    if not 1 <= len(months_between(first, last)) <= MOST_MONTHS:
        raise bad_field("fra", f"a month before the last, and at most {MOST_MONTHS} in all")
    return first, last


def _month(told: str, field: str) -> date:
    try:
        month = datetime.strptime(told, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError:
        raise bad_field(field, "a month as 2026-01") from None
    if not 2000 <= month.year < 2200:
        raise bad_field(field, "a month of this century")
    return month


def _moment(told: str) -> datetime | None:
    if not told:
        return None
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        raise bad_field("foer", "a time as the page before gave it") from None
    if at.tzinfo is None:
        raise bad_field("foer", "a time with its zone")
    if not 2000 <= at.year < 2200:
        raise bad_field("foer", "a time of this century")
    return at


def _in_address(kind: Kind) -> str:
    return next(name for name, each in KINDS.items() if each is kind)


def _by_in_address(by: By) -> str:
    return next(name for name, each in BY.items() if each is by)


routes = (ended_page, figures_page, figures_file)
