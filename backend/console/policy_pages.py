"""Operations: policies in their versions; changing one, trying it on yesterday's alarms, and asking for it."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from backend.alerts import again
from backend.alerts.again import Compared
from backend.console.operations import POLICIES, moment, operations_words_of, show_operations
from backend.console.sitting import not_by_envelope
from backend.console.visit import APPROVALS, AnyRequest, form_of, go, told, words_of
from backend.console.who import here_of, must_be_signed_in
from backend.console.words_operations import OperationsWords
from backend.foundation.clock import COPENHAGEN
from backend.foundation.database import Connection, Database, Lane
from backend.foundation.ids import CentreId
from backend.foundation.problems import bad_field, not_found
from backend.identity import approvals
from backend.identity.approval import ApprovalKind
from backend.identity.staff import May
from backend.regions import queries as regions
from backend.selection import drafts, queries_drafts
from backend.selection.policy import Policy, Replace, not_served_yet, read_policy
from backend.selection.queries_drafts import Draft, InForce, Version

DRAFTS = f"{POLICIES}/udkast"
AT_MOST = 100
AHEAD_AT_MOST = timedelta(days=90)


@get(POLICIES, guards=[must_be_signed_in], opt={"may": May.CHANGE_POLICY})
async def policies_page(request: AnyRequest, database: NamedDependency[Database]) -> Response[str]:
    """Which policy is in force at one's centre, was and will be; and all there are, in their versions"""
    here, said = here_of(request), operations_words_of(request)
    in_force: list[InForce] = []
    async with database.acting_as(here.actor, Lane.REST) as connection:
        versions = await queries_drafts.versions(connection, AT_MOST)
        if here.decides_for is not None:
            in_force = await queries_drafts.in_force(connection, here.decides_for, AT_MOST)
    return show_operations(
        request,
        "operations_policies.html",
        first_sentence(said, in_force, here.now),
        wrong=False,
        in_force=in_force,
        versions=[
            (each, policy, not_served_yet(policy)) for each in versions if (policy := _readable(each)) is not None
        ],
        at_a_centre=here.decides_for is not None,
    )


@get(POLICIES + "/{policy_id:uuid}", guards=[must_be_signed_in], opt={"may": May.CHANGE_POLICY})
async def edit_page(
    request: AnyRequest, policy_id: FromPath[UUID], database: NamedDependency[Database]
) -> Response[str]:
    """Change a version's fields: a draft is made of it, by which nobody is asked"""
    here, said = here_of(request), operations_words_of(request)
    async with database.acting_as(here.actor, Lane.REST) as connection:
        version = await _version(connection, policy_id)
    policy = read_policy(version.fields)
    return show_operations(
        request,
        "operations_policy.html",
        said.edit_first.format(version.name, version.version),
        wrong=False,
        version=version,
        numbers=[(name, getattr(policy, name)) for name in drafts.NUMBERS],
        replaces=[(each, each in policy.replace_on) for each in Replace],
    )


@post(POLICIES + "/{policy_id:uuid}", guards=[must_be_signed_in], opt={"may": May.CHANGE_POLICY, "then": POLICIES})
async def make_draft(
    request: AnyRequest, policy_id: FromPath[UUID], database: NamedDependency[Database]
) -> Response[str]:
    """Keep the changes as a draft of one's centre, to be tried"""
    here = here_of(request)
    form = await form_of(request, here.token)
    async with database.acting_as(here.actor, Lane.REST) as connection:
        centre = await _centre(connection, here.decides_for, here.now)
        version = await _version(connection, policy_id)
        fields = drafts.edited(version.fields, form)
        draft = await drafts.make(connection, version, fields, centre, here.staff.id, here.now)
    return go(f"{DRAFTS}/{draft.id}")


@get(DRAFTS + "/{draft_id:uuid}", guards=[must_be_signed_in], opt={"may": May.CHANGE_POLICY})
async def draft_page(
    request: AnyRequest, draft_id: FromPath[UUID], database: NamedDependency[Database]
) -> Response[str]:
    """What a draft changes, and whom it would have asked at yesterday's alarms"""
    here, said = here_of(request), operations_words_of(request)
    since, until = yesterday(here.now)
    async with database.acting_as(here.actor, Lane.REST) as connection:
        draft = await _draft(connection, draft_id)
        base = await _version(connection, draft.based_on)
        centre_id, _ = await _centre(connection, here.decides_for, here.now)
        compared = await again.look(connection, centre_id, read_policy(draft.fields), since, until)
    return show_operations(
        request,
        "operations_draft.html",
        preview_sentence(said, compared),
        wrong=False,
        draft=draft,
        base=base,
        changed=[
            (name, base.fields.get(name), draft.fields[name])
            for name in (*drafts.NUMBERS, "replace_on")
            if draft.fields.get(name) != base.fields.get(name) and name in draft.fields
        ],
        compared=compared,
        day=f"{since.astimezone(COPENHAGEN):%d.%m.}",
    )


@post(DRAFTS + "/{draft_id:uuid}", guards=[must_be_signed_in], opt={"may": May.CHANGE_POLICY, "then": POLICIES})
async def ask_for_draft(
    request: AnyRequest, draft_id: FromPath[UUID], database: NamedDependency[Database]
) -> Response[str]:
    """Ask a second person for a draft to be in force from a moment on"""
    here = here_of(request)
    form = await form_of(request, here.token)
    if not here.is_vouched_for:
        return not_by_envelope(request)
    begins = typed_moment(form.get("fra", ""), here.now)
    async with database.acting_as(here.actor, Lane.REST) as connection:
        centre_id, _ = await _centre(connection, here.decides_for, here.now)
        draft = await _draft(connection, draft_id)
        facts: dict[str, str | int | bool | None] = {"policy": draft.name, "draft": str(draft.id)}
        if begins is not None:
            facts["from"] = begins.isoformat()
        kind = ApprovalKind.POLICY_CHANGE
        await approvals.ask(connection, here.actor, kind, centre_id, facts, here.staff.id, here.now)
    return told(request, 200, *words_of(request).asked, again=APPROVALS)


def first_sentence(said: OperationsWords, in_force: Sequence[InForce], now: datetime) -> str:
    """What is in force, and the next change that is agreed on."""
    holding = [each for each in in_force if each.since <= now and (each.until is None or now < each.until)]
    current = next(iter(sorted(holding, key=lambda each: each.everywhere)), None)
    coming = [each for each in in_force if each.since > now]
    if current is None:
        return said.no_policy
    sentence = said.policy_in_force.format(current.name, current.version, moment(current.since))
    if coming:
        sentence += " " + said.policy_to_come.format(coming[-1].name, coming[-1].version, moment(coming[-1].since))
    return sentence


def preview_sentence(said: OperationsWords, compared: Sequence[Compared]) -> str:
    """Of the alarms of which it is known; how many those are stands beside it."""
    known = [each for each in compared if each.would is not None]
    if not compared:
        return said.preview_none
    if not known:
        return said.preview_unknown.format(len(compared))
    then = sum(each.asked or 0 for each in known)
    would = sum(each.would.people for each in known if each.would is not None)
    return said.preview_known.format(would, then, len(known), len(compared))


def yesterday(now: datetime) -> tuple[datetime, datetime]:
    """The Danish day before, `[from, to)`."""
    today = now.astimezone(COPENHAGEN).date()
    begin, end = (datetime.combine(each, time(), COPENHAGEN) for each in (today - timedelta(days=1), today))
    return begin, end


def typed_moment(typed: str, now: datetime) -> datetime | None:
    """`2026-11-29T08.00`-like, on Danish clocks; None: as soon as somebody has said yes."""
    if not typed.strip():
        return None
    try:
        begins = datetime.fromisoformat(typed.strip())
    except ValueError:
        raise bad_field("/fra", "a date and a time, as 2026-11-29T08:00") from None
    begins = begins if begins.tzinfo is not None else begins.replace(tzinfo=COPENHAGEN)
    said, begins = begins.astimezone(COPENHAGEN), begins.astimezone(UTC)
    if begins.astimezone(COPENHAGEN).replace(tzinfo=None) != said.replace(tzinfo=None):
        raise bad_field("/fra", "an hour there is: clocks go forward over it")
    if not now < begins <= now + AHEAD_AT_MOST:
        raise bad_field("/fra", "a moment to come, within 90 days")
    return begins


def _readable(version: Version) -> Policy | None:
    """None for one that another version of ours kept, and this one cannot read."""
    try:
        return read_policy(version.fields)
    except msgspec.ValidationError:
        return None


async def _version(connection: Connection, policy_id: UUID) -> Version:
    found = await queries_drafts.version(connection, policy_id)
    if found is None:
        raise not_found("policy")
    return found


async def _draft(connection: Connection, draft_id: UUID) -> Draft:
    found = await queries_drafts.draft(connection, draft_id)
    if found is None:
        raise not_found("draft")
    return found


async def _centre(connection: Connection, centre_id: CentreId | None, now: datetime) -> tuple[CentreId, str]:
    """One's centre with its code. Raises 404 for whoever works at none: a policy is a centre's own."""
    for each in await regions.centres(connection, now):
        if centre_id is not None and each.id == centre_id:
            return centre_id, each.code
    raise not_found("centre")


routes = (policies_page, edit_page, make_draft, draft_page, ask_for_draft)
