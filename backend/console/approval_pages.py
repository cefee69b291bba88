"""The second person: what waits, asking for something, and saying yes or no."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from backend.console import proposed
from backend.console.cannot import CannotBeDone
from backend.console.carry_out import carry_out
from backend.console.export_pages import KEPT_READY
from backend.console.operations import moment
from backend.console.proposed_said import centre_words, said_of
from backend.console.sitting import not_by_envelope
from backend.console.visit import APPROVALS, AnyRequest, form_of, show, told, words_of
from backend.console.who import Here, NotFresh, here_of, must_be_signed_in
from backend.foundation.clock import COPENHAGEN
from backend.foundation.database import Connection, Database, Lane
from backend.foundation.problems import bad_field
from backend.identity import approvals, queries_approvals, queries_staff
from backend.identity.approval import Approval, ApprovalId, ApprovalKind, Fact, State, WhyNot, why_not
from backend.identity.staff import May
from backend.regions import queries as regions
from backend.selection import policies

POLICY, SYSTEM = f"{APPROVALS}/regel", f"{APPROVALS}/system"
_OF_SYSTEMS = (ApprovalKind.FREEZE_CLIENT, ApprovalKind.UNFREEZE_CLIENT)
_STATUS = {WhyNot.UNKNOWN: 404, WhyNot.DECIDED: 409, WhyNot.RAN_OUT: 409}


class Waiting(msgspec.Struct, frozen=True):
    """A request as it is shown."""

    approval: Approval
    what: str
    centre: str | None
    asked_by: str
    own: bool
    before: str
    means: str | None


@get(APPROVALS, guards=[must_be_signed_in])
async def approvals_page(request: AnyRequest, database: NamedDependency[Database]) -> Response[str]:
    """What waits for a second person, and what can be asked for"""
    here = here_of(request)
    async with database.acting_as(here.actor, Lane.REST) as connection:
        return await _page(connection, request, here)


@post(POLICY, guards=[must_be_signed_in], opt={"may": May.CHANGE_POLICY})
async def ask_for_policy(request: AnyRequest, database: NamedDependency[Database]) -> Response[str]:
    """Ask for another policy, at one's centre"""
    here = here_of(request)
    form = await form_of(request, here.token)
    if not here.is_vouched_for:
        return not_by_envelope(request)
    async with database.acting_as(here.actor, Lane.REST) as connection:
        named = await policies.must_be_usable(connection, form.get("what", ""))
        await _ask(connection, here, ApprovalKind.POLICY_CHANGE, {"policy": named.name})
    return told(request, 200, *words_of(request).asked, again=APPROVALS)


@post(SYSTEM, guards=[must_be_signed_in], opt={"may": May.FREEZE})
async def ask_for_freezing(request: AnyRequest, database: NamedDependency[Database]) -> Response[str]:
    """Ask to freeze a dispatch system of one's centre, or to let it in again"""
    here = here_of(request)
    form = await form_of(request, here.token)
    if not here.is_vouched_for:
        return not_by_envelope(request)
    if form.get("kind") not in _OF_SYSTEMS:
        raise bad_field("/kind", f"one of: {', '.join(_OF_SYSTEMS)}")
    async with database.acting_as(here.actor, Lane.REST) as connection:
        if form.get("what") not in await _clients(connection, here):
            raise bad_field("/what", "one of this centre's systems")
        await _ask(connection, here, ApprovalKind(form["kind"]), {"client": form["what"]})
    return told(request, 200, *words_of(request).asked, again=APPROVALS)


@post(APPROVALS + "/{approval_id:uuid}", guards=[must_be_signed_in])
async def answer(
    request: AnyRequest, approval_id: FromPath[UUID], database: NamedDependency[Database]
) -> Response[str]:
    """Say yes or no to what another one asked for, or take back what one asked for oneself"""
    here, said = here_of(request), words_of(request)
    form = await form_of(request, here.token)
    try:
        async with database.acting_as(here.actor, Lane.REST) as connection:
            done = await _answer(connection, here, ApprovalId(approval_id), form.get("svar", ""))
    except CannotBeDone as why:
        done = said.cannot_be_done[why.why].format(what=why.what)
    if isinstance(done, State):
        pages = {State.APPROVED: said.approved, State.REFUSED: said.refused, State.TAKEN_BACK: said.taken_back}
        return told(request, 200, *pages[done], again=APPROVALS)
    wrong, status = (said.why_not_yet[done], _STATUS.get(done, 403)) if isinstance(done, WhyNot) else (done, 409)
    async with database.acting_as(here.actor, Lane.REST) as connection:
        return await _page(connection, request, here, wrong, status)


async def _answer(connection: Connection, here: Here, approval_id: ApprovalId, answer: str) -> State | WhyNot | str:
    """What became of it. Raises CannotBeDone, and then it waits on."""
    actor, now = here.actor, here.now
    if answer == State.TAKEN_BACK:
        found = await approvals.take_back(connection, actor, approval_id, here.staff.id, now)
        return found if isinstance(found, WhyNot) else State.TAKEN_BACK
    if answer not in (State.APPROVED, State.REFUSED):
        raise bad_field("/svar", "approved, refused or taken_back")
    asked = await queries_approvals.lock_approval(connection, approval_id)
    if asked is None:
        return WhyNot.UNKNOWN
    who = here.decider(asked.centre_id)
    if answer == State.REFUSED:
        found = await approvals.refuse(connection, actor, approval_id, who, now)
        return found if isinstance(found, WhyNot) else State.REFUSED
    if why_not(asked, who, now) is None and not here.is_fresh:
        raise NotFresh(APPROVALS)  # else the second person could be the first one, at a colleague's unlocked screen
    found = await approvals.approve(connection, actor, approval_id, who, now)
    if isinstance(found, WhyNot):
        return found
    await carry_out(connection, actor, found, now)
    return State.APPROVED


async def _ask(connection: Connection, here: Here, kind: ApprovalKind, facts: dict[str, Fact]) -> None:
    await approvals.ask(connection, here.actor, kind, here.session.centre_id, facts, here.staff.id, here.now)


async def _clients(connection: Connection, here: Here) -> list[str]:
    if here.session.centre_id is None or May.FREEZE not in here.allowed:
        return []
    return await queries_approvals.clients_of(connection, here.session.centre_id)


async def _page(
    connection: Connection, request: AnyRequest, here: Here, wrong: str = "", status: int = 200
) -> Response[str]:
    waiting = await approvals.waiting(connection, here.now)
    names = await queries_staff.names_of(connection, [each.asked_by for each in waiting])
    every = await regions.centres(connection, here.now)
    centres = {each.id: each.name for each in every}
    by_code = {each.code: each.name for each in every}
    said = centre_words(words_of(request).code)
    shown = [
        Waiting(
            approval=each,
            what=_what(each, by_code),
            centre=None if each.centre_id is None else centres.get(each.centre_id),
            asked_by=names.get(each.asked_by, "–"),
            own=each.asked_by == here.staff.id,
            before=f"{each.expires_at.astimezone(COPENHAGEN):%d.%m. %H.%M}",
            means=None if (new := proposed.read(each.kind, each.facts)) is None else said_of(said, new, by_code),
        )
        for each in waiting
    ]
    served = [str(each["name"]) for each in policies.shipped()] if May.CHANGE_POLICY in here.allowed else []
    return show(
        request,
        "approvals.html",
        status,
        wrong=wrong,
        waiting=shown,
        policies=[(name, name) for name in served],
        may_export=May.EXPORT in here.decider(None).allowed,
        ready=await queries_approvals.exports_ready(connection, here.staff.id, here.now - KEPT_READY),
        clients=[(each, each) for each in await _clients(connection, here)],
    )


def _what(approval: Approval, centres: Mapping[str, str]) -> str:
    """Its facts as they are read: the moment a policy is asked for from comes last, the draft's id has a link.

    Of what a centre decides of itself the neighbour's name alone, where there is one: a sentence below says the rest.
    """
    if approval.kind in proposed.FORMS:
        to = str(approval.facts.get("to", ""))
        return centres.get(to, to)
    facts = {name: value for name, value in approval.facts.items() if value is not None and name != "draft"}
    begins = facts.pop("from", None)
    said = [str(value) for value in facts.values()]
    return ", ".join(said if begins is None else [*said, moment(datetime.fromisoformat(str(begins)))])


routes = (approvals_page, ask_for_policy, ask_for_freezing, answer)
