"""Changing a policy: a draft is made from a version, tried, and becomes a version of its own once two have agreed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.foundation import ids
from backend.foundation.database import Actor, Connection
from backend.foundation.ids import CentreId
from backend.foundation.problems import bad_field, not_found
from backend.selection import queries, queries_drafts
from backend.selection.policies import put_in_force, refuse_what_cannot_be_honoured
from backend.selection.policy import Replace, read_policy
from backend.selection.queries_drafts import Draft, Version

NUMBERS = (
    "reach_m",
    "at_once",
    "in_total",
    "rings_s",
    "receipt_s",
    "second_channel_s",
    "silence_s",
    "accept_limit",
    "max_position_age_s",
)
"""What can be changed beside `replace_on`: everything else is the version's it was made from."""
_MAY_BE_NONE = frozenset({"in_total", "accept_limit"})
_LARGEST = 1_000_000
DISTANCE_STEP_M = 100
"""A draft is tried on yesterday's alarms and says how many were that near: no centre is told more exactly than so."""


def edited(fields: Mapping[str, Any], typed: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a draft. Raises a 422 problem that names the field that cannot be, or says that nothing differs.

    What was changed has no source any more: it is ours.
    """
    changed: dict[str, Any] = {each: _number(each, typed.get(each, "")) for each in NUMBERS}
    changed["replace_on"] = [each.value for each in Replace if typed.get(f"replace_{each.value}")]
    standing = read_policy(dict(fields))
    before: dict[str, Any] = {each: getattr(standing, each) for each in NUMBERS}
    before["replace_on"] = [each.value for each in Replace if each in standing.replace_on]
    differs = [name for name, value in changed.items() if value != before[name]]
    if not differs:
        raise bad_field("", "at least one field that differs")
    made = {**fields, **{name: changed[name] for name in differs}}
    made["ours"] = list(dict.fromkeys([*fields.get("ours", ()), *differs]))
    try:
        policy = read_policy(made)
    except msgspec.ValidationError as wrong:
        raise bad_field("", str(wrong)) from None
    if "reach_m" in differs and policy.reach_m % DISTANCE_STEP_M:
        raise bad_field("/reach_m", f"a multiple of {DISTANCE_STEP_M}")
    if policy.in_total is not None and policy.in_total < policy.at_once:
        raise bad_field("/in_total", "at least as many as are asked at once")
    refuse_what_cannot_be_honoured(policy)
    return made


def _number(name: str, typed: str) -> int | None:
    if not typed.strip() and name in _MAY_BE_NONE:
        return None
    if not (typed.strip().isascii() and typed.strip().isdigit() and int(typed) <= _LARGEST):
        raise bad_field(f"/{name}", "a whole number")
    return int(typed)


def own_name(name: str, centre_code: str) -> str:
    """Of a centre's own policy: what one centre changes changes nothing for another one that uses the same."""
    return f"{name.partition('@')[0]}@{centre_code}"


async def make(
    connection: Connection,
    based_on: Version,
    fields: dict[str, Any],
    centre: tuple[CentreId, str],
    by: UUID,
    now: datetime,
) -> Draft:
    """`centre`: id and code."""
    name = own_name(based_on.name, centre[1])
    draft = Draft(ids.in_order(), based_on.id, name, {**fields, "name": name, "version": 1}, by, now)
    await queries_drafts.insert_draft(connection, draft, centre[0])
    return draft


async def activate(
    connection: Connection,
    actor: Actor,
    centre_id: CentreId,
    draft_id: UUID,
    author: str,
    since: datetime,
    now: datetime,
) -> None:
    """The draft is the next version of its policy, and in force at its centre from `since` on; that may be to come.

    Raises 404 for a draft that is not the centre's, 422 for one that this version of ours cannot honour.
    """
    draft = await queries_drafts.draft(connection, draft_id)
    if draft is None:
        raise not_found("draft")
    earlier = await queries.policy_named(connection, draft.name)
    version = 1 if earlier is None else earlier.version + 1
    fields = {**draft.fields, "version": version}
    refuse_what_cannot_be_honoured(read_policy(fields))
    await queries.insert_policy(connection, ids.in_order(), draft.name, version, fields, author, now)
    await put_in_force(connection, actor, centre_id, draft.name, author, since, now)
