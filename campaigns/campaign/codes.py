"""Making join codes and closing them; what one is worth to whoever holds it."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from enum import StrEnum

import msgspec

from backend.public import counting
from backend.public.counting import GroupName
from backend.public.store import Connection
from campaigns.campaign import join_code, queries, queries_codes
from campaigns.campaign.begin import CannotBe
from campaigns.campaign.campaign import Asked, Campaign, Channel
from campaigns.campaign.join_code import JoinCode
from campaigns.campaign.place import Place, places_on
from campaigns.campaign.queries import Version
from campaigns.campaign.queries_codes import Code
from campaigns.danish_day import day_of
from campaigns.organisation import queries as organisations
from campaigns.organisation.unit import Unit, UnitCode, tree_on

LONGEST_MATERIAL = 60
_Kind = tuple[UnitCode, int, Channel, str]
"""Of a unit, in a place, for a channel, on a material: only one of these is open."""


class Standing(StrEnum):
    """What a code is worth to whoever follows its link."""

    OPEN = "open"
    CLOSED = "closed"
    OVER = "over"  # its campaign is
    EARLY = "early"  # its campaign has not begun
    FOREIGN = "foreign"  # another campaign's
    UNKNOWN = "unknown"
    MISTYPED = "mistyped"


class Made(msgspec.Struct, frozen=True):
    """A code, and whether it was there already."""

    code: Code
    is_new: bool


async def add_code(
    connection: Connection,
    campaign: Campaign,
    unit: UnitCode,
    channel: Channel,
    material: str,
    now: datetime,
    draw: Callable[[], JoinCode] = join_code.draw,
) -> Made:
    """The open code of a unit where it stands today, for a channel and a material; made where there is none.

    Counting is told of the unit's place with its first code, for good: so how many are asked has to be known by then.
    Raises CannotBe.
    """
    ground = await _ground(connection, campaign, material, now)
    return (await _add(connection, campaign, ground, [unit], channel, material, now, draw))[0]


async def add_all(
    connection: Connection,
    campaign: Campaign,
    channel: Channel,
    material: str,
    now: datetime,
    draw: Callable[[], JoinCode] = join_code.draw,
) -> list[Made]:
    """As add_code, for every unit that is there today and of whose own people somebody is asked; from the top down."""
    ground = await _ground(connection, campaign, material, now)
    tree = tree_on(ground.history, ground.day)
    units = [code for root in tree.roots() for code in tree.whole(root) if code in ground.asked]
    asking = [code for code in units if ground.asked[code].people > 0]
    return await _add(connection, campaign, ground, asking, channel, material, now, draw)


class _Ground(msgspec.Struct, frozen=True):
    """What codes of a day are made on."""

    day: date
    history: list[Unit]
    asked: dict[UnitCode, Asked]
    taken: list[Place]
    open: dict[_Kind, Code]


async def _ground(connection: Connection, campaign: Campaign, material: str, now: datetime) -> _Ground:
    day = day_of(now)
    if len(material) > LONGEST_MATERIAL or not material.isprintable():
        raise CannotBe(f"a material of {len(material)} letters: {LONGEST_MATERIAL} at most that can be printed")
    if day >= campaign.until:
        raise CannotBe(f"{campaign.name} is over since {campaign.until}: a code of it would count for nobody")
    await queries_codes.lock_campaign(connection, campaign.id)
    there = await queries_codes.codes_of(connection, campaign.id)
    return _Ground(
        day,
        await organisations.history_of(connection, campaign.organisation),
        {each.unit: each for each in await queries.asked_of(connection, campaign.id)},
        await queries_codes.places_of(connection, campaign.id),
        {(each.unit, each.place, each.channel, each.material): each for each in there if each.closed_at is None},
    )


async def _add(
    connection: Connection,
    campaign: Campaign,
    ground: _Ground,
    units: Sequence[UnitCode],
    channel: Channel,
    material: str,
    now: datetime,
    draw: Callable[[], JoinCode],
) -> list[Made]:
    by = counting.Group(GroupName(channel.value), counting.Way.CHANNEL)
    taken, groups, codes, made = list(ground.taken), [by], [], []
    for unit in units:
        _can_have_one(campaign, ground, unit)
        places = places_on(ground.history, ground.day, ground.asked, taken, unit)
        place = places[-1]
        there = ground.open.get((unit, place.number, channel, material))
        code = there or Code(draw(), campaign.id, unit, place.number, channel, material, now)
        made.append(Made(code, is_new=there is None))
        if there is None:
            taken += [each for each in places if each not in taken]
            groups += [group for each in places for group in each.groups(with_own=each is place)]
            codes.append(counting.Code(code.code, place.own, by.name))
    await counting.add_groups(connection, campaign.id, list(dict.fromkeys(groups)), now)
    await counting.add_codes(connection, campaign.id, codes, now)
    await queries_codes.insert_places(connection, campaign.id, taken)
    await queries_codes.insert_codes(connection, [each.code for each in made if each.is_new])
    return made


def _can_have_one(campaign: Campaign, ground: _Ground, unit: UnitCode) -> None:
    if unit not in tree_on(ground.history, ground.day).units:
        raise CannotBe(_not_there(unit, [each.code for each in ground.history], ground.day.isoformat()))
    if unit not in ground.asked:
        raise CannotBe(
            f"how many people of {unit} are asked is not known, and counting is told with the first code, for good: "
            f"`python -m campaigns campaign ask {campaign.name} FILE` first"
        )


def _not_there(unit: UnitCode, ever: list[UnitCode], day: str) -> str:
    if unit in ever:
        return f"{unit} is not there on {day}: `python -m campaigns campaign show` lists the units that are"
    return f"there is no unit {unit}: `python -m campaigns campaign show` lists the units there are"


async def close_code(connection: Connection, typed: str, now: datetime) -> Code:
    """Whoever follows it from now on is not counted for anybody; gives the code. Closing it again changes nothing."""
    found = await _named(connection, typed)
    if found.closed_at is None:
        await counting.close_code(connection, found.code, now)
        await queries_codes.close_code(connection, found.code, now)
    return found


async def left_behind(connection: Connection, campaign: Campaign, now: datetime) -> list[Code]:
    """Open codes whose unit has moved, was reshaped or is gone: they go on counting where it was."""
    history = await organisations.history_of(connection, campaign.organisation)
    taken = await queries_codes.places_of(connection, campaign.id)
    tree = tree_on(history, day_of(now))
    return [
        code
        for code in await queries_codes.codes_of(connection, campaign.id)
        if code.closed_at is None
        if code.unit not in tree.units or places_on(history, tree.day, {}, taken, code.unit)[-1].number != code.place
    ]


class Carried(msgspec.Struct, frozen=True):
    """What a poster carries: a code that counts, and words that were approved."""

    code: JoinCode
    campaign: Campaign
    version: Version


async def carried(connection: Connection, typed: str, now: datetime) -> Carried:
    """Raises CannotBe for a code that does not count or will not, and while no version is approved."""
    code = await _named(connection, typed)
    campaign = await queries.campaign(connection, code.campaign_id)
    assert campaign is not None
    standing = standing_of(typed, code, campaign, now)
    if standing not in (Standing.OPEN, Standing.EARLY):
        raise CannotBe(f"{join_code.aloud(code.code)} counts for nobody any more ({standing.value}): an open one")
    version = await queries.approved_version(connection, campaign.id)
    if version is None:
        waits = (await queries.versions_of(connection, campaign.id))[0]
        raise CannotBe(
            f"nothing {campaign.name} says is approved; version {waits.number} waits for {', '.join(waits.missing)}: "
            f"`python -m campaigns campaign approve {campaign.name} {waits.number} --as {waits.missing[0]}`"
        )
    return Carried(code.code, campaign, version)


async def _named(connection: Connection, typed: str) -> Code:
    code = join_code.read(typed)
    if code is None:
        raise CannotBe(f"{typed} is mistyped: its letters do not fit together")
    found = await queries_codes.code_named(connection, code)
    if found is None:
        raise CannotBe(f"there is no code {join_code.aloud(code)}: `python -m campaigns codes list` lists them")
    return found


def standing_of(
    typed: str, code: Code | None, owner: Campaign | None, now: datetime, asked: Campaign | None = None
) -> Standing:
    """What a typed code is worth: `code` is what it names, `owner` its campaign, `asked` the one it was used for."""
    if join_code.read(typed) is None:
        return Standing.MISTYPED
    if code is None or owner is None:
        return Standing.UNKNOWN
    if asked is not None and asked.id != owner.id:
        return Standing.FOREIGN
    if code.closed_at is not None and code.closed_at <= now:
        return Standing.CLOSED
    day = day_of(now)
    if day >= owner.until:
        return Standing.OVER
    return Standing.OPEN if owner.runs(day) else Standing.EARLY
