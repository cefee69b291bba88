"""How a campaign's people are parted, and of which parts nothing is told.

The ways of parting them are not independent: whoever lists the join codes knows which unit's people can have come by
which channel. Hence the laws here beside those of `tell`:

- nothing is told of a unit with too few invited, nor of a channel whose units have too few together;
- channels that are untold are one part of the whole: a single unit may hold the codes of them all;
- a group without a code is no part: everybody knows that nobody came by it.

Codes are only ever added, and invited numbers never change, so what may be told once may be told ever after.
"""

from collections.abc import Iterator, Mapping, Sequence

from backend.recruitment.campaign import LEAST_INVITED, ROOT, Group, Stage, Way
from backend.recruitment.queries import Held
from backend.recruitment.tell import GroupName, Groups

_KNOWN_BEFORE_REGISTERING = (Stage.BEGUN, Stage.PROVEN)


def parted(groups: Sequence[Group], held: Sequence[Held], stage: Stage, k: int) -> Groups:
    """How the people of a stage are parted: by unit and channel, and from registering on by area."""
    above = {group.name: group.parent for group in groups}
    with_codes = {name for each in held for leaf in (each.unit, each.channel) for name in _way_up(leaf, above)}
    few = frozenset(_with_few(groups, _asked_by(groups, held, above), LEAST_INVITED * k))
    parts: dict[Way, dict[GroupName | None, list[GroupName]]] = {way: {} for way in Way}
    for group in groups:
        if group.way is Way.AREA or group.name in with_codes:
            parts[group.way].setdefault(group.parent, []).append(group.name)
    channels = {whole: _together(its, few) for whole, its in parts[Way.CHANNEL].items()}
    parts[Way.CHANNEL] = {whole: its for whole, its in channels.items() if its}
    known = [way for way in Way if way is not Way.AREA or stage not in _KNOWN_BEFORE_REGISTERING]
    below = {whole: its for way in known for whole, its in parts[way].items() if whole is not None}
    return Groups(ROOT, [parts[way][None] for way in known if None in parts[way]], below, few)


def _way_up(leaf: GroupName, above: Mapping[GroupName, GroupName | None]) -> Iterator[GroupName]:
    name: GroupName | None = leaf
    while name is not None:
        yield name
        name = above[name]


def _asked_by(
    groups: Sequence[Group], held: Sequence[Held], above: Mapping[GroupName, GroupName | None]
) -> dict[GroupName, int]:
    """How many are invited in the units that have codes of a channel or of one below it."""
    invited = {group.name: group.invited or 0 for group in groups}
    units: dict[GroupName, set[GroupName]] = {}
    for each in held:
        for channel in _way_up(each.channel, above):
            units.setdefault(channel, set()).add(each.unit)
    return {channel: sum(invited[unit] for unit in its) for channel, its in units.items()}


def _with_few(groups: Sequence[Group], asked_by: Mapping[GroupName, int], enough: int) -> Iterator[GroupName]:
    for group in groups:
        invited = {Way.UNIT: group.invited or 0, Way.CHANNEL: asked_by.get(group.name, 0)}.get(group.way, enough)
        if invited < enough:
            yield group.name


def _together(channels: Sequence[GroupName], few: frozenset[GroupName]) -> list[GroupName]:
    """These as parts: one that is untold stands for all that are. None where all are: then nothing is parted."""
    told, untold = ([name for name in channels if (name in few) is hidden] for hidden in (False, True))
    return [*told, *untold[:1]] if told else []
