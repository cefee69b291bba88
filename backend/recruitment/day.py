"""A Danish day ends: people are counted, and what may be told of it is told. Weeks end on Sundays.

Safe to run late, and twice: a day that was told is told; days on which nobody counted are told with the next.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from backend.foundation.clock import COPENHAGEN, copenhagen_midnight
from backend.foundation.database import Connection
from backend.recruitment import queries, queries_count
from backend.recruitment.campaign import NOWHERE, OF, ROOT, STAGES, Besides, Group, Stage
from backend.recruitment.part import parted
from backend.recruitment.queries import Held
from backend.recruitment.queries_count import Count, Due
from backend.recruitment.tell import Counted, GroupName, Groups, tell

FORGOTTEN_AFTER = timedelta(days=30)
SUNDAY = 6


async def look(connection: Connection, now: datetime) -> int:
    """Count and tell what is due, of every campaign; gives how many rows about people were forgotten."""
    forgotten = 0
    for campaign_id in await queries_count.unforgotten(connection, now):
        forgotten += await look_at(connection, campaign_id, now)
    return forgotten


async def look_at(connection: Connection, campaign_id: UUID, now: datetime) -> int:
    """The same of one campaign; 0 where another process has it."""
    due = await queries_count.lock(connection, campaign_id)
    if due is None:
        return 0
    forgotten = await queries_count.forget_touches(connection, due.id, now - timedelta(days=due.credit_days), ROOT)
    await queries_count.people_come_further(connection, due.id, now)
    day = last_day_before(now)
    if due.opens_at < midnight_after(day) and (due.told_on is None or due.told_on < day):
        await _tell(connection, due, day, now)
    if now >= due.closes_at + FORGOTTEN_AFTER:
        await queries_count.remember_members(connection, due.id, None, ROOT)
        forgotten += await queries_count.forget_members(connection, due.id, None)
        forgotten += await queries_count.forget_touches(connection, due.id, now, ROOT)
        await queries_count.mark_forgotten(connection, due.id, now)
    return forgotten


def last_day_before(now: datetime) -> date:
    """The last Danish day that has ended."""
    return now.astimezone(COPENHAGEN).date() - timedelta(days=1)


def midnight_after(day: date) -> datetime:
    following = day + timedelta(days=1)
    return copenhagen_midnight(following.year, following.month, following.day)


async def _tell(connection: Connection, due: Due, day: date, now: datetime) -> None:
    await queries_count.open_areas(connection, due.id, NOWHERE, now)
    groups = await queries.groups_of(connection, due.id)
    counts = await queries_count.counts(connection, due.id, ROOT)
    before = await queries_count.tellable(connection, due.id)
    held = await queries.held(connection, due.id)
    told = tellable_now(due.k, groups, held, counts, before)
    await queries_count.set_tellable(connection, due.id, told)
    ends_a_week = day.weekday() == SUNDAY or midnight_after(day) >= due.closes_at
    shown = [each for each in told if ends_a_week or each.group_name == ROOT]
    await queries_count.freeze(connection, due.id, day, shown)


def tellable_now(
    k: int, groups: Sequence[Group], held: Sequence[Held], counts: Sequence[Count], before: Sequence[Count]
) -> list[Count]:
    """What may be told of every group of every stage, and of what is told of the whole only."""
    added = _added_up(counts)
    earlier = {stage: {c.group_name: c.count for c in before if c.stage == stage} for stage in (*Stage, *Besides)}
    stages = [Counted(parted(groups, held, stage, k), added[stage]) for stage in STAGES]
    told = dict(zip(STAGES, tell(stages, [earlier[stage] for stage in STAGES], k), strict=True))
    whole = Groups(ROOT, [])
    besides = {}
    for each in Besides:
        # Who has answered has registered: told of more, it would say of all parts together what none of them says.
        most = Counter({ROOT: min(added[each][ROOT], told[OF[each]].get(ROOT, 0))})
        besides[each] = tell([Counted(whole, most)], [earlier[each]], k)[0]
    return [
        Count(stage.value, name, number)
        for stage, numbers in (*told.items(), *besides.items())
        for name, number in sorted((earlier[stage] | dict(numbers)).items())
    ]


def _added_up(counts: Sequence[Count]) -> Mapping[str, Counter[GroupName]]:
    added: dict[str, Counter[GroupName]] = {stage: Counter() for stage in (*Stage, *Besides)}
    for each in counts:
        added[each.stage][each.group_name] += each.count
    # Whoever signs up in the app has begun no page of ours.
    for later, stage in zip(reversed(STAGES), list(reversed(STAGES))[1:], strict=False):
        for name, number in added[later].items():
            added[stage][name] = max(added[stage][name], number)
    return added
