"""The page for an alarm by hand: one box, the places it may mean, what would happen, and sending. Without scripts, too.

A live alarm and an exercise are two pages that look nothing like each other, each with a right of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.handlers.base import BaseRouteHandler
from litestar.response import Response

from backend.addresses.search import Hit
from backend.api.dispatch_centre.act import OverrideReason
from backend.console.by_hand import (
    ByHand,
    Foresee,
    Foreseen,
    Where,
    case_for,
    foresee,
    new_case,
    new_key,
    raise_alarm,
    where_of,
)
from backend.console.by_hand_data import places
from backend.console.live_page import show_live
from backend.console.visit import AnyRequest, form_of, go, words_of
from backend.console.who import here_of, must_be_signed_in
from backend.console.words_by_hand import ByHandWords
from backend.console.words_by_hand_da import BY_HAND_DA
from backend.console.words_by_hand_en import BY_HAND_EN
from backend.foundation.database import Database
from backend.foundation.kinds import Kind
from backend.foundation.problems import bad_field
from backend.identity.staff import May
from backend.incidents.incident import Circumstance
from backend.regions.find import Borders

LIVE, EXERCISE = "/konsol/ny", "/konsol/ny-oevelse"
BOARD = "/konsol/tavle"
_ONE = "omst-"
T = TypeVar("T")


def by_hand_words(request: AnyRequest) -> ByHandWords:
    return BY_HAND_EN if words_of(request).code == "en" else BY_HAND_DA


def _routes(kind: Kind, base: str, may: May) -> Sequence[BaseRouteHandler]:
    """The four steps, for one kind."""

    @get(base, guards=[must_be_signed_in], opt={"may": may})
    async def begin(request: AnyRequest) -> Response[str]:
        """Where is the patient?"""
        return _page(request, kind)

    @post(base + "/sted", guards=[must_be_signed_in], opt={"may": may, "then": base})
    async def find(request: AnyRequest, database: NamedDependency[Database]) -> Response[str]:
        """Which places that may be"""
        here = here_of(request)
        form = await form_of(request, here.token)
        typed = form.get("typed", "")
        return _page(request, kind, form, hits=await places(database, here, typed))

    @post(base + "/se", guards=[must_be_signed_in], opt={"may": may, "then": base})
    async def choose(
        request: AnyRequest, database: NamedDependency[Database], borders: NamedDependency[Borders]
    ) -> Response[str]:
        """What would happen there"""
        here = here_of(request)
        form = await form_of(request, here.token)
        where = _read(where_of(form), Where)
        asked = Foresee(where=where, case_number=form.get("case_number") or new_case(here.now))
        seen = await foresee(database, here, kind, asked, borders, here.now)
        return _page(request, kind, form, where=where, seen=seen)

    @post(base + "/send", guards=[must_be_signed_in], opt={"may": may, "then": base})
    async def send(
        request: AnyRequest, database: NamedDependency[Database], borders: NamedDependency[Borders]
    ) -> Response[str]:
        """Out it goes"""
        here = here_of(request)
        sent = _read(_sent_by(await form_of(request, here.token)), ByHand)
        raised = await raise_alarm(database, here, kind, sent, borders, here.now)
        if May.FOLLOW not in here.allowed:
            said = by_hand_words(request)
            return _page(request, kind, sent_says=f"{_of(said.sent, kind)}. {said.asking[raised.asking]}")
        return go(f"{BOARD}?valgt={raised.id}" + ("&slags=oevelse" if kind is Kind.EXERCISE else ""))

    return begin, find, choose, send


def _page(
    request: AnyRequest,
    kind: Kind,
    form: Mapping[str, str] | None = None,
    *,
    hits: Sequence[Hit] | None = None,
    where: Where | None = None,
    seen: Foreseen | None = None,
    sent_says: str = "",
) -> Response[str]:
    here, said, kept = here_of(request), by_hand_words(request), form or {}
    return show_live(
        request,
        "by_hand.html",
        msgspec.to_builtins(said),
        h=said,
        kind=kind.value,
        of=0 if kind is Kind.LIVE else 1,
        now=here.now.isoformat(),
        may=sorted(each.value for each in here.allowed),
        base=LIVE if kind is Kind.LIVE else EXERCISE,
        other=_other(kind, here.allowed),
        key=new_key(),
        case=kept.get("case_number") or new_case(here.now),
        typed=kept.get("typed", ""),
        hits=hits,
        where=where,
        seen=seen,
        circumstances=list(Circumstance),
        overrides=list(OverrideReason),
        sent_says=sent_says,
    )


def _other(kind: Kind, allowed: Any) -> str | None:
    if kind is Kind.LIVE:
        return EXERCISE if May.EXERCISE in allowed else None
    return LIVE if May.TRIGGER in allowed else None


def _sent_by(form: Mapping[str, str]) -> dict[str, Any]:
    """A form's fields as the script would send them."""
    return {
        "key": form.get("key", ""),
        "where": where_of(dict(form)),
        "case_number": form.get("case_number", "").strip() or case_for(form.get("key", "")),
        "circumstances": [name.removeprefix(_ONE) for name in form if name.startswith(_ONE)],
    } | ({"override": form["override"]} if form.get("override") else {})


def _read(fields: Any, shape: type[T]) -> T:
    """Raises a 400 problem that names what is wrong."""
    try:
        return msgspec.convert(fields, shape, strict=False)
    except msgspec.ValidationError as wrong:
        raise bad_field("", str(wrong)) from None


def _of(words: tuple[str, str], kind: Kind) -> str:
    return words[0 if kind is Kind.LIVE else 1]


_BEGIN, _FIND, _CHOOSE, _SEND = _routes(Kind.LIVE, LIVE, May.TRIGGER)
routes = (_BEGIN, _FIND, _CHOOSE, *_routes(Kind.EXERCISE, EXERCISE, May.EXERCISE))
alarms = (_SEND,)
"""What no other page of the console's may keep back."""
