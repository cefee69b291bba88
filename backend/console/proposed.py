"""What somebody proposes for their centre: typed, kept with the request as facts, and done once another one agrees."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import assert_never

import msgspec

from backend.attention import agreed, queries_agreed
from backend.attention.item import Acknowledges, Agreement
from backend.attention.queries_agreed import AgreementHeld, RuleHeld
from backend.foundation.database import Actor, Connection
from backend.foundation.ids import CentreId
from backend.identity.approval import ApprovalKind, Fact
from backend.incidents import queries_by_hand
from backend.incidents.by_hand import set_limit
from backend.incidents.queries_by_hand import Held
from backend.incidents.raised import Limit
from backend.regions import queries as regions
from backend.regions.queries import Centre


class ByHand(msgspec.Struct, frozen=True):
    """So many live alarms an hour, each so exact, somebody raises alone."""

    an_hour: int
    uncertain_m: int


class Attention(msgspec.Struct, frozen=True):
    """Who acknowledges a report, and after how long it sounds that nobody goes."""

    acknowledges: Acknowledges
    nobody_after_s: int


class Overflow(msgspec.Struct, frozen=True):
    """`to`: the neighbour's code. Hours are Danish, `[from, to)`; alike: always."""

    to: str
    after_s: int
    from_hour: int
    to_hour: int
    lends_for_min: int


class OverflowEnd(msgspec.Struct, frozen=True):
    """The neighbour of that code helps no more."""

    to: str


Proposed = ByHand | Attention | Overflow | OverflowEnd
FORMS: Mapping[ApprovalKind, type[Proposed]] = {
    ApprovalKind.BY_HAND_LIMIT: ByHand,
    ApprovalKind.ATTENTION_RULE: Attention,
    ApprovalKind.OVERFLOW: Overflow,
    ApprovalKind.OVERFLOW_END: OverflowEnd,
}
RANGES: Mapping[str, tuple[int, int]] = {
    "an_hour": (0, 50),
    "uncertain_m": (0, 20_000),
    "nobody_after_s": (10, 3600),
    "after_s": (10, 3600),
    "from_hour": (0, 23),
    "to_hour": (0, 23),
    "lends_for_min": (1, 720),
}
"""Each number with the least and the most it may be, as the tables have it, or where they have none, as is sane."""

LOOKED_AT = 100
"""Of a centre's agreements, the newest."""
_ACKNOWLEDGES = frozenset(each.value for each in Acknowledges)


class Wrong(Exception):
    """A field that cannot be meant; `lowest` and `highest` where it is a number."""

    def __init__(self, field: str, lowest: int | None = None, highest: int | None = None) -> None:
        super().__init__(field)
        self.field, self.lowest, self.highest = field, lowest, highest


class NotPossible(Exception):
    """What was agreed on cannot be done any more; says why."""


def typed(kind: ApprovalKind, form: Mapping[str, str], neighbours: Mapping[str, Centre]) -> Proposed:
    """A form's fields as what they propose; `neighbours` by code. Raises Wrong."""
    shape = FORMS[kind]
    found: dict[str, object] = {}
    for each in msgspec.structs.fields(shape):
        text = form.get(each.name, "").strip()
        if each.name in RANGES:
            found[each.name] = _number(each.name, text)
        elif (each.name == "to" and text in neighbours) or (each.name == "acknowledges" and text in _ACKNOWLEDGES):
            found[each.name] = text
        else:
            raise Wrong(each.name)
    return msgspec.convert(found, shape)


def _number(name: str, text: str) -> int:
    lowest, highest = RANGES[name]
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and lowest <= int(text) <= highest):
        raise Wrong(name, lowest, highest)
    return int(text)


def facts_of(proposed: Proposed) -> dict[str, Fact]:
    facts: dict[str, Fact] = msgspec.to_builtins(proposed)
    return facts


def read(kind: ApprovalKind, facts: Mapping[str, Fact]) -> Proposed | None:
    """As kept with a request; None for one of another kind."""
    return msgspec.convert(dict(facts), FORMS[kind]) if kind in FORMS else None


async def neighbours_of(connection: Connection, centre_id: CentreId, now: datetime) -> dict[str, Centre]:
    """The other live centres of this moment, by code."""
    return {
        each.code: each
        for each in await regions.centres(connection, now)
        if each.id != centre_id and each.kind == "live" and each.valid_from <= now
    }


async def put_in_force(
    connection: Connection, actor: Actor, centre_id: CentreId, proposed: Proposed, author: str, now: datetime
) -> None:
    """From now on it is so; what held before ends and stays to be read. Raises NotPossible."""
    match proposed:
        case ByHand():
            await set_limit(connection, actor, centre_id, Limit(proposed.an_hour, proposed.uncertain_m), author, now)
        case Attention():
            lasts = timedelta(seconds=proposed.nobody_after_s)
            await agreed.set_rule(connection, actor, centre_id, proposed.acknowledges, lasts, author, now)
        case Overflow():
            agreement = Agreement(
                await _id_of(connection, centre_id, proposed.to, now),
                timedelta(seconds=proposed.after_s),
                proposed.from_hour,
                proposed.to_hour,
                timedelta(minutes=proposed.lends_for_min),
            )
            await agreed.agree(connection, actor, centre_id, agreement, author, now)
        case OverflowEnd():
            to = await _id_of(connection, centre_id, proposed.to, now)
            if not await agreed.end_agreement(connection, actor, centre_id, to, author, now):
                raise NotPossible(proposed.to)
        case _:
            assert_never(proposed)


async def changed_after(
    connection: Connection, centre_id: CentreId, proposed: Proposed, asked_at: datetime, now: datetime
) -> bool:
    """Whether what it would change is another one than whoever asked saw. Raises NotPossible as `put_in_force`."""
    held: Sequence[Held | RuleHeld | AgreementHeld]
    match proposed:
        case ByHand():
            held = await queries_by_hand.limits_of(connection, centre_id, 1)
        case Attention():
            held = await queries_agreed.rules_of(connection, centre_id, 1)
        case Overflow() | OverflowEnd():
            to = await _id_of(connection, centre_id, proposed.to, now)
            every = await queries_agreed.agreements_about(connection, centre_id, LOOKED_AT)
            held = [each for each in every if (each.centre_id, each.to_id) == (centre_id, to)]
        case _:
            assert_never(proposed)
    return any(max(each.since, each.until or each.since) > asked_at for each in held)


async def _id_of(connection: Connection, centre_id: CentreId, code: str, now: datetime) -> CentreId:
    found = (await neighbours_of(connection, centre_id, now)).get(code)
    if found is None:
        raise NotPossible(code)
    return CentreId(found.id)
