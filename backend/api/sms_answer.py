"""The page behind the link in a text message: answer without the app. One page, no script, nothing from elsewhere.

The link is a secret in the path: it is never logged, kept in no cache and told to no other site.
"""

from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, assert_never

import msgspec
from jinja2 import Environment, PackageLoader
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from backend.aeds.aed import AedOption, Open
from backend.alerts.alert import ANSWERABLE, AlertState
from backend.alerts.apply import Contended
from backend.alerts.choose import coarse_distance_m
from backend.alerts.decision import AnswerKind
from backend.api.guards import anyone
from backend.api.limits import Limit
from backend.api.sms_answer_words import Words, words_in
from backend.delivery import answer_links, reach
from backend.delivery.message import Channel
from backend.delivery.queries_links import Link
from backend.delivery.wording import REASONS, WORDS, distance_words
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Connection, Database, Lane, Role, become
from backend.foundation.ids import AlertId
from backend.responses import answer
from backend.responses.own_alerts import OwnAlert, own, viewer_of
from backend.responses.status import GiveUpReason

_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
}


class Said(StrEnum):
    """What the page's buttons say."""

    ACCEPT = "accept"
    DECLINE = "decline"
    GIVE_UP = "give_up"
    SEEN = "seen"  # a receipt for a revision: only a person presses it, a preview of the link does not


class AedShown(msgspec.Struct, frozen=True):
    where: str
    point: str
    surely_open: bool
    details: list[tuple[str, str]]


class MissionShown(msgspec.Struct, frozen=True):
    task: str
    left_reach: bool
    point: str | None
    address: str | None
    details: list[tuple[str, str]]
    inexact: str | None
    aed: AedShown | None


class PageShown(msgspec.Struct, frozen=True):
    """What the page says about one alert at this moment."""

    mark: str | None
    heading: str
    said: str | None
    away: str | None
    note: str | None
    mission: MissionShown | None
    can_answer: bool
    can_give_up: bool
    changed_to: int | None  # the revision that is still to be receipted


@get("/a/{token:str}", guards=[anyone(Limit.TEXT_ANSWERS)], media_type="text/html")
async def read_answer_page(
    token: FromPath[str],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    language: FromQuery[str | None] = None,
) -> Response[str]:
    """See the alarm a text message told of"""
    now = clock.now()
    async with database.acting_as(Actor(Role.API), Lane.ANSWERS) as connection:
        link = await answer_links.resolve(connection, token, now)
        if link is None:
            return _no_such_page(language)
        await become(connection, link.volunteer_id)
        words = words_in(language or link.language)
        page = await _page(connection, link, words, None, now)
    return _html(words, page)


@post("/a/{token:str}", guards=[anyone(Limit.TEXT_ANSWERS)], media_type="text/html", status_code=200)
async def answer_by_page(
    request: Request[Any, Any, Any],
    token: FromPath[str],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    language: FromQuery[str | None] = None,
) -> Response[str]:
    """Accept, decline or give up without the app"""
    form = await request.form()
    said, revision = str(form.get("answer", "")), str(form.get("revision", ""))
    now = clock.now()
    async with database.acting_as(Actor(Role.API), Lane.ANSWERS) as connection:
        link = await answer_links.resolve(connection, token, now)
    if link is None:
        return _no_such_page(language)
    words = words_in(language or link.language)
    opened = link

    async def work(connection: Connection) -> PageShown:
        link, refusal = opened, None
        if said == Said.SEEN:
            shown = int(revision) if revision.isdecimal() and len(revision) < 6 else None
            await answer.receive(connection, AlertId(link.subject_id), link.volunteer_id, Channel.SMS, now, now, shown)
        elif said in tuple(Said):
            refusal = await _answer(connection, link, Said(said), now)
            if refusal is None:
                await answer_links.mark_answered(connection, token, now)
                link = msgspec.structs.replace(link, answered_at=link.answered_at or now)
        return await _page(connection, link, words, refusal, now)

    actor = Actor(Role.API, person_id=opened.volunteer_id)
    return _html(words, await database.in_transaction(actor, Lane.ANSWERS, work, again_on=(Contended,)))


routes = (read_answer_page, answer_by_page)


async def _answer(connection: Connection, link: Link, said: Said, now: datetime) -> AnswerKind | None:
    """Do what was said; what it was refused for, if it was. A used link answers no second time."""
    actor = Actor(Role.API, person_id=link.volunteer_id)
    alert_id = AlertId(link.subject_id)
    if link.answered_at is not None and said is not Said.GIVE_UP:
        return None
    match said:
        case Said.GIVE_UP:
            given = await answer.give_up(connection, actor, alert_id, link.volunteer_id, GiveUpReason.OTHER, now)
        case Said.ACCEPT:
            given = await answer.accept(connection, actor, alert_id, link.volunteer_id, now)
        case Said.DECLINE:
            given = await answer.decline(connection, actor, alert_id, link.volunteer_id, now)
        case Said.SEEN:
            return None
        case _:
            assert_never(said)
    return None if given.kind is AnswerKind.DONE else given.kind


async def _page(
    connection: Connection, link: Link, words: Words, refusal: AnswerKind | None, now: datetime
) -> PageShown:
    alert = await answer.own_alert(connection, AlertId(link.subject_id), link.volunteer_id)
    seen = await own(connection, alert, viewer_of(link.volunteer_id), now)
    state = alert.state
    going = state is AlertState.ACCEPTED
    answerable = state in ANSWERABLE and seen.incident.ended_at is None and link.answered_at is None
    return PageShown(
        mark=words.mark.get(alert.kind.value),
        heading=_heading(words, state, answerable=answerable),
        said=None if refusal is None else words.refusals[refusal.value],
        away=words.away.format(distance_words(words.language, coarse_distance_m(alert.metres))) if answerable else None,
        note=words.still if answerable and state is not AlertState.RINGING else _why(words, seen),
        mission=_mission(words, seen) if going else None,
        can_answer=answerable,
        can_give_up=going,
        changed_to=seen.incident.revision if going and await reach.unheard(connection, [alert.id]) else None,
    )


def _heading(words: Words, state: AlertState, *, answerable: bool) -> str:
    if state is AlertState.ACCEPTED:
        return words.accepted
    return words.alarm if answerable else words.states.get(state.value, words.alarm)


def _why(words: Words, seen: OwnAlert) -> str | None:
    """Why it ended, where that was not this person's own doing."""
    if seen.alert.state in (AlertState.DECLINED, AlertState.GAVE_UP):
        return None
    reason = REASONS[words.language].get(seen.alert.reason or "")
    return None if reason is None else f"{reason[:1].upper()}{reason[1:]}."


def _mission(words: Words, seen: OwnAlert) -> MissionShown:
    alert, place = seen.alert, seen.place
    details: list[tuple[str, str | None]] = []
    if place is not None:
        at = place.address
        details = [
            (words.floor, at.floor),
            (words.door, at.door),
            (words.entrance, at.entrance),
            (words.door_code, at.door_code),
        ]
    details.append((words.centre_number, seen.centre_number))
    said = WORDS[words.language]
    details += [(words.from_centre, said.get(each.word)) for each in seen.words if each.from_centre]
    return MissionShown(
        task=words.role.get(alert.role or "", ""),
        left_reach=alert.left_reach,
        point=None if place is None else f"{place.lat},{place.lon}",
        address=None if place is None else place.address.text,
        details=[(name, value) for name, value in details if value],
        inexact=_inexact(words, seen),
        aed=None if seen.aed is None else _aed(words, seen.aed),
    )


def _inexact(words: Words, seen: OwnAlert) -> str | None:
    """What is said of a point that is not just where the patient is."""
    if seen.place is not None and not seen.place.readable:
        return words.unreadable
    return words.coarse if seen.incident.coarse else None


def _aed(words: Words, aed: AedOption) -> AedShown:
    details = [(words.floor, aed.floor), (words.cabinet_code, aed.cabinet_code)]
    return AedShown(
        where=", ".join(part for part in (aed.name, aed.location_text) if part),
        point=f"{aed.lat},{aed.lon}",
        surely_open=aed.open is Open.OPEN,
        details=[(name, value) for name, value in details if value],
    )


def _no_such_page(language: str | None) -> Response[str]:
    return _html(words_in(language or "da"), None, status_code=404)


def _html(words: Words, page: PageShown | None, status_code: int = 200) -> Response[str]:
    text = _pages().get_template("sms_answer.html").render(w=words, page=page)
    return Response(text, media_type="text/html", headers=_HEADERS, status_code=status_code)


@cache
def _pages() -> Environment:
    return Environment(loader=PackageLoader("backend.api", "pages"), autoescape=True, trim_blocks=True)
