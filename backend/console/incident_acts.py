"""What an incident's page does, by forms: the dispatch contract's verbs, and back to the page.

What cannot be done is said there, in words of ours: a refusal's own detail is English and made for systems.
"""

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
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
from backend.console.incident_form import chosen, id_in, meant, revision_of
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
Does = Callable[[Caller, Form], Awaitable[object]]
ACTS = {"may": May.ACT, "then": INCIDENTS}


@post(ONE + "/aflys", guards=[must_be_signed_in], opt=ACTS)
async def stand_all_down(
    request: AnyRequest,
    incident_id: FromPath[UUID],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    borders: NamedDependency[Borders],
) -> Response[str]:
    """Stand everybody down"""

    async def does(caller: Caller, form: Form) -> object:
        reason = EndReason(chosen(form, "reason", StandDownReason).value)
        return await end_own(database, caller, incident_id, reason, clock)

    return await _done(request, incident_id, database, borders, does)


@post(ONE + "/aflys-en", guards=[must_be_signed_in], opt=ACTS)
async def stand_one_down(
    request: AnyRequest,
    incident_id: FromPath[UUID],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    borders: NamedDependency[Borders],
) -> Response[str]:
    """Stand one hjerteløber down"""

    async def does(caller: Caller, form: Form) -> object:
        wish = StandDownOne(form.get("pseudonym", ""), chosen(form, "reason", StandDownReason))
        return await stand_down_one_own(database, caller, incident_id, wish, clock)

    return await _done(request, incident_id, database, borders, does)


@post(ONE + "/flere", guards=[must_be_signed_in], opt=ACTS)
async def ask_for_more(
    request: AnyRequest,
    incident_id: FromPath[UUID],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    borders: NamedDependency[Borders],
) -> Response[str]:
    """Ask more hjerteløbere. A form sent twice asks once: the page made its id"""

    async def does(caller: Caller, form: Form) -> object:
        wider = form.get("wider") == "1"
        wish = AskMore(meant(form, str(wider)), wider=wider)
        return await ask_more_own(database, caller, incident_id, wish, clock)

    return await _done(request, incident_id, database, borders, does)


@post(ONE + "/ord", guards=[must_be_signed_in], opt=ACTS)
async def say_a_word(
    request: AnyRequest,
    incident_id: FromPath[UUID],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    borders: NamedDependency[Borders],
) -> Response[str]:
    """Tell those on the way something. As above"""

    async def does(caller: Caller, form: Form) -> object:
        said, to = chosen(form, "word", ToVolunteers), form.get("to") or None
        word = WordToVolunteers(meant(form, f"{said} {to}"), said, to)
        return await tell_word_own(database, caller, incident_id, word, clock)

    return await _done(request, incident_id, database, borders, does)


@post(ONE + "/ret", guards=[must_be_signed_in], opt=ACTS)
async def revise(
    request: AnyRequest,
    incident_id: FromPath[UUID],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    borders: NamedDependency[Borders],
) -> Response[str]:
    """A better place or address"""

    async def does(caller: Caller, form: Form) -> object:
        return await revise_own(database, caller, incident_id, revision_of(form), borders, clock.now())

    return await _done(request, incident_id, database, borders, does)


@post(ONE + "/saml", guards=[must_be_signed_in], opt=ACTS)
async def join(
    request: AnyRequest,
    incident_id: FromPath[UUID],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    borders: NamedDependency[Borders],
) -> Response[str]:
    """Join it to one it may be the same arrest as"""

    async def does(caller: Caller, form: Form) -> object:
        return await join_own(database, caller, incident_id, id_in(form, "into"), clock.now())

    return await _done(request, incident_id, database, borders, does)


@post(ONE + "/alligevel", guards=[must_be_signed_in], opt=ACTS)
async def override(
    request: AnyRequest,
    incident_id: FromPath[UUID],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    borders: NamedDependency[Borders],
) -> Response[str]:
    """Ask although the circumstances exclude it"""

    async def does(caller: Caller, form: Form) -> object:
        reason = chosen(form, "reason", OverrideReason)
        return await override_own(database, caller, incident_id, reason, clock.now())

    return await _done(request, incident_id, database, borders, does)


async def _done(
    request: AnyRequest, incident_id: UUID, database: Database, borders: Borders, does: Does
) -> Response[str]:
    """Back to the page, so that reloading sends nothing again; refused, the page says why. Raises 404 as the page."""
    here = here_of(request)
    form = await form_of(request, here.token)
    async with database.acting_as(here.actor, Lane.REST) as connection:
        kind = (await own(connection, here, incident_id)).kind
    try:
        await does(caller_at(here, kind), form)
    except Problem as refused:
        says = refusal(refused, incident_words(request))
        if says is None:
            raise
        return await page_of(request, incident_id, database, borders, says=says, status=refused.status)
    return go(f"{INCIDENTS}/{incident_id}")


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


alarms = (stand_all_down, stand_one_down, ask_for_more, say_a_word, revise, join, override)
