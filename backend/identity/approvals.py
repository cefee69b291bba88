"""A second person: asking for what one alone may not do, and saying yes or no to it.

Whoever says yes does it: the edge carries the request out in the transaction in which `approve` locked it, so that it
is done exactly once or not at all. Both halves are journalled.
"""

from collections.abc import Mapping
from datetime import datetime

from backend.foundation.database import Actor, Connection
from backend.foundation.ids import CentreId, in_order
from backend.foundation.journal import Event, Happening, write_outside_incidents
from backend.identity import queries_approvals as queries
from backend.identity.approval import RULES, Approval, ApprovalId, ApprovalKind, Decider, Fact, State, WhyNot, why_not
from backend.identity.staff import StaffId


async def ask(
    connection: Connection,
    actor: Actor,
    kind: ApprovalKind,
    centre_id: CentreId | None,
    facts: Mapping[str, Fact],
    asked_by: StaffId,
    now: datetime,
) -> Approval:
    """It waits from now on. The caller has seen that `asked_by` is who they say, may ask, and that it can be done."""
    approval = Approval(
        id=ApprovalId(in_order()),
        kind=kind,
        state=State.WAITING,
        centre_id=centre_id,
        facts=dict(facts),
        asked_by=asked_by,
        asked_at=now,
        expires_at=now + RULES[kind].waits,
    )
    await queries.insert_approval(connection, approval)
    await _write(connection, actor, Event.SECOND_PERSON_ASKED, approval, State.WAITING, now)
    return approval


async def approve(
    connection: Connection, actor: Actor, approval_id: ApprovalId, who: Decider, now: datetime
) -> Approval | WhyNot:
    """The request, approved and locked until the transaction ends: the caller does now what it says."""
    return await _decide(connection, actor, approval_id, who, State.APPROVED, now)


async def refuse(
    connection: Connection, actor: Actor, approval_id: ApprovalId, who: Decider, now: datetime
) -> Approval | WhyNot:
    return await _decide(connection, actor, approval_id, who, State.REFUSED, now)


async def take_back(
    connection: Connection, actor: Actor, approval_id: ApprovalId, asked_by: StaffId, now: datetime
) -> Approval | WhyNot:
    """By whoever asked."""
    approval = await queries.lock_approval(connection, approval_id)
    if approval is None or approval.asked_by != asked_by:
        return WhyNot.UNKNOWN
    if approval.state is not State.WAITING:
        return WhyNot.DECIDED
    await queries.decide_approval(connection, approval.id, State.TAKEN_BACK, asked_by, now)
    await _write(connection, actor, Event.SECOND_PERSON_DECIDED, approval, State.TAKEN_BACK, now)
    return approval


async def waiting(connection: Connection, now: datetime) -> list[Approval]:
    """All that wait where the transaction acts, oldest first."""
    return await queries.waiting_approvals(connection, now)


async def run_out(connection: Connection, now: datetime) -> int:
    """Housekeeping: what nobody answered in time; gives how many."""
    return await queries.run_out(connection, now)


async def _decide(
    connection: Connection, actor: Actor, approval_id: ApprovalId, who: Decider, state: State, now: datetime
) -> Approval | WhyNot:
    approval = await queries.lock_approval(connection, approval_id)
    if (wrong := why_not(approval, who, now)) is not None:
        return wrong
    assert approval is not None, "else there is a reason why not"
    await queries.decide_approval(connection, approval.id, state, who.id, now)
    await _write(connection, actor, Event.SECOND_PERSON_DECIDED, approval, state, now)
    return approval


async def _write(
    connection: Connection, actor: Actor, event: Event, approval: Approval, state: State, now: datetime
) -> None:
    facts = {"approval": str(approval.id), "kind": approval.kind.value, "state": state.value, "facts": approval.facts}
    await write_outside_incidents(connection, actor, Happening(event, {**facts}), now)
