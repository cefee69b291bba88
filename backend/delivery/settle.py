"""Settle: what came of attempts, and what follows from it; also what nobody reported and what waited too long."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import structlog
from prometheus_client import Counter

from backend.delivery import aftermath, queries_claim, queries_settle
from backend.delivery import outcome as outcomes
from backend.delivery.claim import Parcel
from backend.delivery.message import Channel, DeliveryState, What
from backend.delivery.outcome import LEASE_OVER, Ambiguous, Outcome, Rejected, Verdict
from backend.delivery.queries_settle import Move, Result, Share
from backend.foundation.database import Connection
from backend.foundation.ids import AddressId, AttemptId, DeliveryId, MessageId
from backend.volunteers import address_health

GUARD_WINDOW = timedelta(minutes=10)
GUARD_ALWAYS = 5  # so many may go alike in the window whatever share they are: a small town's wave is small
GUARD_SHARE = 0.1  # beyond that, never more than this share of the window's answers

held_back_total = Counter(
    "hjerteloeber_retirements_held_back_total", "Addresses not retired because too many failed alike: look", ["code"]
)
_log = structlog.get_logger()


class Report(msgspec.Struct, frozen=True):
    """What came of one attempt."""

    attempt_id: AttemptId
    delivery_id: DeliveryId
    fence: int
    outcome: Outcome
    latency_ms: int | None
    address_id: AddressId | None = None
    sent_to: str | None = None
    provider: str = ""

    def __repr__(self) -> str:
        return f"Report({self.attempt_id}, {outcomes.word(self.outcome)})"


def report_on(parcel: Parcel, outcome: Outcome, latency_ms: int | None) -> Report:
    return Report(
        parcel.attempt_id,
        parcel.delivery_id,
        parcel.fence,
        outcome,
        latency_ms,
        parcel.address_id,
        parcel.to,
        parcel.channel.value,
    )


async def settle(connection: Connection, reports: Sequence[Report], now: datetime) -> None:
    """Keep every result, and move the deliveries whose lease the reporter still has (same fence)."""
    if not reports:
        return
    held = {d.id: d for d in await queries_settle.hold(connection, [r.delivery_id for r in reports])}
    moves: list[Move] = []
    hurried: set[MessageId] = set()
    for report in reports:
        ours = held.get(report.delivery_id)
        if ours is None or ours.fence != report.fence or ours.state is not DeliveryState.LEASED:
            continue  # somebody else has it by now; the result is kept all the same
        became = outcomes.settle(
            report.outcome, attempts=ours.attempts, expires_at=ours.expires_at, stopped=ours.stopped, now=now
        )
        moves.append(Move(ours.id, became.state, became.next_at, became.reason, became.ambiguous))
        if became.second_channel_now and became.state is DeliveryState.QUEUED:
            hurried.add(ours.message_id)
    await queries_settle.write(connection, [_result(r) for r in reports], moves, now)
    if hurried:
        await queries_settle.hurry_others(connection, sorted(hurried), now)
    ended = [m.id for m in moves if m.state not in (DeliveryState.QUEUED, DeliveryState.ACCEPTED)]
    if ended:
        await aftermath.of_ended(connection, ended, now)
    settled = [m.id for m in moves if m.state is not DeliveryState.QUEUED and held[m.id].what is What.CODE]
    if settled:
        await queries_settle.forget_secrets(connection, settled)
    await _judge_addresses(connection, reports, now)


async def recover(connection: Connection, now: datetime, limit: int = 200) -> int:
    """Take back deliveries whose worker was killed or froze; how many. What had started may have arrived."""
    over = await queries_claim.expired_leases(connection, limit)
    if not over:
        return 0
    await queries_claim.release(connection, [lease for lease in over if lease.attempt_id is None])
    lost = [
        Report(lease.attempt_id, lease.id, lease.fence, Ambiguous(LEASE_OVER), None)
        for lease in over
        if lease.attempt_id is not None
    ]
    await settle(connection, lost, now)
    return len(over)


async def end_the_late(connection: Connection, now: datetime, limit: int = 500) -> int:
    """End what still waits although its message's time is over; how many."""
    ids = await queries_settle.expire(connection, limit, now)
    if ids:
        await aftermath.of_ended(connection, ids, now)
    return len(ids)


async def end_unserved(connection: Connection, served: Sequence[Channel], now: datetime, limit: int = 500) -> int:
    """End what waits for a channel nobody serves, and send what waits beside it at once; how many."""
    ids = await queries_settle.reject_unserved(connection, served, limit, now)
    if ids:
        await aftermath.of_ended(connection, ids, now)
    return len(ids)


def _result(report: Report) -> Result:
    reference = report.outcome.reference if isinstance(report.outcome, outcomes.Accepted) else None
    return Result(
        report.attempt_id, outcomes.word(report.outcome), outcomes.code(report.outcome), reference, report.latency_ms
    )


async def _judge_addresses(connection: Connection, reports: Sequence[Report], now: datetime) -> None:
    """Retire and quarantine what the provider condemned, unless so many fail alike that the fault is rather ours.

    How many do is counted once for all these reports, whose results are among the counted: rows are held meanwhile.
    """
    shares: dict[tuple[str, str], Share] = {}
    for report in sorted(reports, key=lambda r: str(r.address_id)):
        verdict = report.outcome.verdict if isinstance(report.outcome, Rejected) else Verdict.KEEP
        if verdict is Verdict.KEEP or report.address_id is None or report.sent_to is None:
            continue
        code = outcomes.code(report.outcome) or ""
        alike = (report.provider, code)
        if alike not in shares:
            shares[alike] = await queries_settle.share_alike(connection, *alike, now - GUARD_WINDOW)
        share = shares[alike]
        if share.alike > GUARD_ALWAYS and share.alike > GUARD_SHARE * share.of:
            held_back_total.labels(code).inc()
            _log.error("address_kept_since_too_many_fail_alike", code=code, alike=share.alike, of=share.of)
        elif verdict is Verdict.RETIRE:
            await address_health.retire(connection, report.address_id, report.sent_to, now)
        else:
            await address_health.quarantine(connection, report.address_id, report.sent_to, now)
