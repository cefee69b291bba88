"""What an incident's page does, by forms: the dispatch contract's verbs, and back to the page.

What cannot be done is said there, in words of ours: a refusal's own detail is English and made for systems.
"""

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Response

from backend.alerts.word import ToVolunteers
from backend.api.dispatch_centre.act import OverrideReason, end_own, join_own, override_own, revise_own
from backend.api.dispatch_centre.wishes import (
    AskMore,
    StandDownOne,
    WordToVolunteers,
    ask_more_own,
    stand_down_one_own,
    tell_word_own,
)
from backend.console.acting import caller_at
from backend.console.incident_form import chosen, id_in, is_whole, meant, revision_of
from backend.console.incident_pages import ONE, incident_words, page_of
from backend.console.incident_read import own
from backend.console.visit import INCIDENTS, AnyRequest, form_of, go
from backend.console.who import here_of, must_be_signed_in
from backend.console.words_incident import IncidentWords
from backend.foundation.clock import Clock
from backend.foundation.database import Database, Lane
from backend.foundation.problems import Problem
from backend.identity.caller import Caller
from backend.identity.staff import May
from backend.incidents.incident import EndReason, StandDownReason
from backend.regions.find import Borders

Form = Mapping[str, str]


class Asked(msgspec.Struct, frozen=True):
    """One form that came, and what it takes to do what it says."""

    database: Database
    caller: Caller
    incident_id: UUID
    form: Form
    clock: Clock
    borders: Borders


Does = Callable[[Asked], Awaitable[object]]


def _form(path: str, title: str, does: Does) -> HTTPRouteHandler:
    """A form's route. Done, it leads back to the page: reloading sends nothing again. Refused, the page says why."""

    async def taken(
        request: AnyRequest,
        incident_id: FromPath[UUID],
        database: NamedDependency[Database],
        clock: NamedDependency[Clock],
        borders: NamedDependency[Borders],
    ) -> Response[str]:
        here = here_of(request)
        form = await form_of(request, here.token)
        async with database.acting_as(here.actor, Lane.REST) as connection:
            kind = (await own(connection, here, incident_id)).kind
        try:
            await does(Asked(database, caller_at(here, kind), incident_id, form, clock, borders))
        except Problem as refused:
            says = refusal(refused, incident_words(request))
            if says is None:
                raise
            return await page_of(request, incident_id, database, borders, says=says, status=refused.status)
        return go(f"{INCIDENTS}/{incident_id}")

    taken.__name__, taken.__doc__ = does.__name__.strip("_"), title
    return post(ONE + path, guards=[must_be_signed_in], opt={"may": May.ACT, "then": INCIDENTS})(taken)


async def _stand_all_down(a: Asked) -> object:
    reason = EndReason(chosen(a.form, "reason", StandDownReason).value)
    return await end_own(a.database, a.caller, a.incident_id, reason, a.clock)


async def _stand_one_down(a: Asked) -> object:
    wish = StandDownOne(a.form.get("pseudonym", ""), chosen(a.form, "reason", StandDownReason))
    return await stand_down_one_own(a.database, a.caller, a.incident_id, wish, a.clock)


async def _ask_for_more(a: Asked) -> object:
    wider = a.form.get("wider") == "1"
    wish = AskMore(meant(a.form, str(wider)), wider=wider)
    return await ask_more_own(a.database, a.caller, a.incident_id, wish, a.clock)


async def _say_a_word(a: Asked) -> object:
    said, to = chosen(a.form, "word", ToVolunteers), a.form.get("to") or None
    word = WordToVolunteers(meant(a.form, f"{said} {to}"), said, to)
    return await tell_word_own(a.database, a.caller, a.incident_id, word, a.clock)


async def _revise(a: Asked) -> object:
    new = revision_of(a.form)
    adds = new.address is not None and not is_whole(new.address)
    return await revise_own(a.database, a.caller, a.incident_id, new, a.borders, a.clock.now(), adds=adds)


async def _join(a: Asked) -> object:
    return await join_own(a.database, a.caller, a.incident_id, id_in(a.form, "into"), a.clock.now())


async def _override(a: Asked) -> object:
    reason = chosen(a.form, "reason", OverrideReason)
    return await override_own(a.database, a.caller, a.incident_id, reason, a.clock.now())


NUMBERS = frozenset({"/lat", "/lon", "/accuracy"})


def refusal(refused: Problem, words: IncidentWords) -> str | None:
    """None for what has no words here: it becomes a page of its own."""
    fields = {each.field for each in refused.errors}
    if refused.slug == "invalid-request" and fields & NUMBERS:
        why: str | None = words.wrong_number
    elif refused.slug == "invalid-request" and "" in fields:
        why = words.nothing_new
    else:
        why = words.refused.get(refused.slug)
    return None if why is None else words.not_done.format(why)


alarms = (
    _form("/aflys", "Stand everybody down", _stand_all_down),
    _form("/aflys-en", "Stand one hjerteløber down", _stand_one_down),
    _form("/flere", "Ask more hjerteløbere. A form sent twice asks once: the page made its id", _ask_for_more),
    _form("/ord", "Tell those on the way something. As above", _say_a_word),
    _form("/ret", "A better place or address", _revise),
    _form("/saml", "Join it to one it may be the same arrest as", _join),
    _form("/alligevel", "Ask although the circumstances exclude it", _override),
)
