"""Beginning a campaign, and saying whom it asks."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from uuid import uuid4

from backend.public import counting
from backend.public.store import Connection
from campaigns.campaign import queries, say
from campaigns.campaign.campaign import Asked, Campaign
from campaigns.danish_day import start_of
from campaigns.modules.module import Module
from campaigns.organisation import queries as organisations
from campaigns.organisation.check import Mistake
from campaigns.organisation.keep import Wrong
from campaigns.organisation.read import parse_code, parse_day
from campaigns.organisation.table import Row, rows_of

MOST_PEOPLE = 1_000_000
TAKEN = frozenset({"log-ind", "log-ud", "mail", "tilbage"})
"""What stands where a campaign's name stands in an address."""
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


class CannotBe(Exception):
    """What was asked for cannot be done: why, and what would be right. Nothing was changed."""


async def begin(
    connection: Connection,
    name: str,
    module: Module,
    since: date,
    until: date,
    now: datetime,
    *,
    made_up: bool = False,
) -> Campaign:
    """A new campaign of a module's organisation, which counting knows of from now on; its texts wait for approval."""
    if name in TAKEN:
        raise CannotBe(f"{name} cannot be a campaign's name: a page is called so; another name")
    if not _NAME.fullmatch(name):
        raise CannotBe(f"{name!r} cannot be a campaign's name: small letters a–z, digits and hyphens, a letter first")
    if until <= since:
        raise CannotBe(f"a campaign from {since} that is over on {until}: a later day")
    if not await organisations.history_of(connection, module.name):
        raise CannotBe(
            f"nothing is known of {module.name}'s units: `python -m campaigns import-tree {module.name}` first"
        )
    rules, look = module.facts.rules, module.facts.look
    campaign = Campaign(
        uuid4(), name, module.name, since, until, rules.k, rules.credit_days, look.colour, look.heart, made_up
    )
    try:
        await counting.register(
            connection,
            counting.Campaign(campaign.id, name, rules.k, rules.credit_days, start_of(since), start_of(until), made_up),
        )
    except counting.CannotBe:
        raise CannotBe(f"there is a campaign {name} already: another name") from None
    await queries.insert_campaign(connection, campaign)
    await queries.insert_parties(connection, campaign.id, module.facts.parties)
    await say.write(connection, campaign.id, module.texts, now)
    return campaign


async def campaign_named(connection: Connection, name: str) -> Campaign:
    """Raises CannotBe, naming those there are, where there is none."""
    found = await queries.campaign_named(connection, name)
    if found is None:
        there = ", ".join(each.name for each in await queries.campaigns(connection)) or "none yet"
        raise CannotBe(f"there is no campaign {name}; there are: {there}")
    return found


async def ask(connection: Connection, campaign: Campaign, asked: Sequence[Asked]) -> None:
    """How many people are asked, from now on. What counting was told of a unit with its first code stays as it was."""
    await queries.upsert_asked(connection, campaign.id, asked)


def read_asked(file: str, content: bytes, known: set[str]) -> list[Asked]:
    """A CSV of units and people. Raises Wrong with every mistake."""
    rows, mistakes = rows_of(file, content, ("unit", "people"), ("target", "target_on", "note"))
    asked: list[Asked] = []
    seen: dict[str, int] = {}
    for row in rows:
        wrong = _wrong(row, known, seen)
        mistakes += [Mistake(file, row.number, said) for said in wrong]
        if not wrong:
            asked.append(_asked(row))
    if mistakes:
        raise Wrong(mistakes)
    return asked


def _wrong(row: Row, known: set[str], seen: dict[str, int]) -> list[str]:
    cells, wrong = row.cells, []
    unit = parse_code(cells["unit"])
    if unit is None or unit not in known:
        wrong.append(f"there is no unit {cells['unit']!r} in the tree: one of it")
    elif unit in seen:
        wrong.append(f"{unit} is there twice (line {seen[unit]}): each unit once")
    else:
        seen[unit] = row.number
    if _number(cells["people"]) is None:
        wrong.append(f"`people` is {cells['people']!r}: how many of the unit's own are asked, 0 to {MOST_PEOPLE:,}")
    if cells["target"] and not _number(cells["target"]):
        wrong.append(f"`target` is {cells['target']!r}: how many are hoped for, 1 or more")
    if cells["target_on"] and parse_day(cells["target_on"]) is None:
        wrong.append(f"`target_on` is {cells['target_on']!r}: a day, as 2027-01-31 or 31-01-2027")
    if bool(cells["target"]) != bool(cells["target_on"]):
        wrong.append("a target without its day or a day without its target: both, or neither")
    return wrong


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,7}", text) and int(text) <= MOST_PEOPLE else None


def _asked(row: Row) -> Asked:
    cells = row.cells
    unit, people = parse_code(cells["unit"]), _number(cells["people"])
    assert unit is not None
    assert people is not None
    return Asked(unit, people, _number(cells["target"]), parse_day(cells["target_on"]))
