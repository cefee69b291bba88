"""Doing what a second person said yes to: in the transaction in which they said it, so exactly once or not at all."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import assert_never
from uuid import UUID

import asyncpg

from backend.console import proposed
from backend.console.cannot import Cannot, CannotBeDone
from backend.console.proposed import NotPossible
from backend.foundation.database import Actor, Connection
from backend.foundation.problems import Problem
from backend.identity.approval import Approval, ApprovalKind
from backend.identity.freezing import freeze, unfreeze
from backend.identity.queries_approvals import clients_of
from backend.selection.drafts import activate
from backend.selection.policies import put_in_force

Change = Callable[[Connection, str, tuple[str, str], datetime], Awaitable[bool]]


_OF_POLICIES = {
    "unknown-policy": Cannot.POLICY_UNKNOWN,
    "not-found": Cannot.POLICY_UNKNOWN,  # its draft
    "policy-to-come": Cannot.POLICY_WAITS,
    "policy-not-served": Cannot.POLICY_NOT_SERVED,
}


async def carry_out(connection: Connection, actor: Actor, approval: Approval, now: datetime) -> None:
    """Raises CannotBeDone: then nothing was said yes to either, since the caller's transaction is undone."""
    match approval.kind:
        case ApprovalKind.POLICY_CHANGE:
            await _put_policy_in_force(connection, actor, approval, now)
        case ApprovalKind.FREEZE_CLIENT:
            await _change_client(connection, actor, approval, now, freeze)
        case ApprovalKind.UNFREEZE_CLIENT:
            await _change_client(connection, actor, approval, now, unfreeze)
        case ApprovalKind.EXPORT:
            pass  # the yes lets whoever asked fetch it, once: console.export_pages
        case (
            ApprovalKind.BY_HAND_LIMIT | ApprovalKind.ATTENTION_RULE | ApprovalKind.OVERFLOW | ApprovalKind.OVERFLOW_END
        ):
            await _change_centre(connection, actor, approval, now)
        case ApprovalKind.AREA_ALERT:
            raise CannotBeDone(Cannot.NOT_BUILT)  # nothing sends one yet
        case _:
            assert_never(approval.kind)


async def _put_policy_in_force(connection: Connection, actor: Actor, approval: Approval, now: datetime) -> None:
    policy, author = str(approval.facts["policy"]), f"approval {approval.id}"
    draft, since = approval.facts.get("draft"), approval.facts.get("from")
    try:
        if draft is not None and approval.centre_id is not None:
            begins = max(now, datetime.fromisoformat(str(since))) if since is not None else now
            await activate(connection, actor, approval.centre_id, UUID(str(draft)), author, begins, now)
            return
        await put_in_force(connection, actor, approval.centre_id, policy, author, now)
    except Problem as refused:
        if refused.slug not in _OF_POLICIES:
            raise
        raise CannotBeDone(_OF_POLICIES[refused.slug], policy) from None


async def _change_client(
    connection: Connection, actor: Actor, approval: Approval, now: datetime, change: Change
) -> None:
    """Frozen or let in again, at once; both who decided it stand in the journal, by their ids."""
    client = str(approval.facts["client"])
    if approval.centre_id is None or client not in await clients_of(connection, approval.centre_id):
        raise CannotBeDone(Cannot.NOT_OURS, client)
    if not await change(connection, client, (str(approval.asked_by), str(actor.person_id)), now):
        raise CannotBeDone(Cannot.NOT_OURS, client)


async def _change_centre(connection: Connection, actor: Actor, approval: Approval, now: datetime) -> None:
    """What is proposed for a centre is in force there from now on."""
    wanted = proposed.read(approval.kind, approval.facts)
    assert wanted is not None, "the kinds that come here all have a form"
    if approval.centre_id is None:
        raise CannotBeDone(Cannot.NOT_OURS)
    try:
        if await proposed.changed_after(connection, approval.centre_id, wanted, approval.asked_at, now):
            raise CannotBeDone(Cannot.CHANGED_SINCE)
        await proposed.put_in_force(connection, actor, approval.centre_id, wanted, f"approval {approval.id}", now)
    except NotPossible as why:
        raise CannotBeDone(Cannot.NOT_OURS, str(why)) from None
    except (asyncpg.ExclusionViolationError, asyncpg.InsufficientPrivilegeError):
        # What holds began after `now`, by another process's clock: it could only end at a moment nobody approved of.
        raise CannotBeDone(Cannot.AT_THE_SAME_MOMENT) from None
