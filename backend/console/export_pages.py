"""A copy of somebody's data, on their behalf: asked for by one, approved by another, fetched once by the first."""

from datetime import timedelta
from uuid import UUID

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from backend.console.sitting import not_by_envelope
from backend.console.visit import APPROVALS, HEADERS, AnyRequest, form_of, told, words_of
from backend.console.who import NOBODY_YET, Here, here_of, must_be_signed_in
from backend.foundation.database import Actor, Database, Lane, Role, become
from backend.foundation.ids import VolunteerId
from backend.foundation.problems import bad_field
from backend.identity import approvals, queries_approvals
from backend.identity.approval import RULES, ApprovalId, ApprovalKind
from backend.identity.keys import Keys
from backend.identity.staff import May
from backend.rights.export import export
from backend.volunteers.phone import parse_phone
from backend.volunteers.profile import find_account

EXPORTS = f"{APPROVALS}/kopi"
KEPT_READY = timedelta(days=1)
"""Whoever asked fetches it so soon, or asks again."""
LONGEST_TYPED = 40


@post(EXPORTS, guards=[must_be_signed_in], opt={"may": May.EXPORT, "then": APPROVALS})
async def ask_for_copy(
    request: AnyRequest, database: NamedDependency[Database], keys: NamedDependency[Keys]
) -> Response[str]:
    """Ask for a copy of somebody's data, who has proven who they are to whoever asks"""
    here = here_of(request)
    form = await form_of(request, here.token)
    if not here.is_vouched_for:
        return not_by_envelope(request)
    if not _may_everywhere(here):
        return told(request, 409, *words_of(request).copy_everywhere, again=APPROVALS)
    phone = parse_phone(form.get("what", "")[:LONGEST_TYPED], "/what")
    async with database.acting_as(NOBODY_YET, Lane.REST) as connection:
        account = await find_account(connection, keys.phone_hash_key, phone)
    if account is None:
        raise bad_field("/what", "the phone of somebody who is signed up")
    async with database.acting_as(here.actor, Lane.REST) as connection:
        facts = {"volunteer": str(account.volunteer_id)}
        await approvals.ask(connection, here.actor, ApprovalKind.EXPORT, None, facts, here.staff.id, here.now)
    return told(request, 200, *words_of(request).asked, again=APPROVALS)


@post(EXPORTS + "/{approval_id:uuid}", guards=[must_be_signed_in], opt={"may": May.EXPORT, "then": APPROVALS})
async def fetch_copy(
    request: AnyRequest,
    approval_id: FromPath[UUID],
    database: NamedDependency[Database],
    keys: NamedDependency[Keys],
) -> Response[bytes] | Response[str]:
    """Fetch the copy that another person approved: once, by whoever asked"""
    here = here_of(request)
    await form_of(request, here.token)
    if not here.is_vouched_for:
        return not_by_envelope(request)
    if not _may_everywhere(here):
        return told(request, 404, *words_of(request).copy_gone, again=APPROVALS)
    async with database.acting_as(here.actor, Lane.REST) as connection:
        taken = await queries_approvals.take_export(
            connection, ApprovalId(approval_id), here.staff.id, here.now - KEPT_READY, here.now
        )
        if taken is None or taken.decided_by is None:
            return told(request, 404, *words_of(request).copy_gone, again=APPROVALS)
        volunteer_id = VolunteerId(UUID(str(taken.facts["volunteer"])))
        await become(connection, volunteer_id)
        by = (str(here.staff.id), str(taken.decided_by))
        actor = Actor(Role.API, person_id=volunteer_id)
        copy = await export(connection, actor, keys, volunteer_id, here.now, by=by)
    headers = HEADERS | {"Content-Disposition": 'attachment; filename="kopi.json"'}
    return Response(msgspec.json.encode(copy), media_type="application/json", headers=headers, status_code=200)


def _may_everywhere(here: Here) -> bool:
    """Volunteers belong to no centre: so does who may hand out what is theirs."""
    return RULES[ApprovalKind.EXPORT].ask in here.decider(None).allowed


routes = (ask_for_copy, fetch_copy)
