"""Of which units, and of which channels, visits are not told.

Visits of the whole campaign are told at once and as they are, so what is told of its parts may not leave one small part
over. A part of which fewer than 3 k people are asked is not told; where it is the only one in its group, nor is the one
with the fewest people beside it, so that only what both have together can be reckoned.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from campaigns.campaign.campaign import Channel
from campaigns.campaign.place import Place
from campaigns.figures.queries import Coded

OWN = "/own"
"""What stands behind a place's name for the codes of its own."""


def withheld_places(places: Sequence[Place], coded: Sequence[Coded], least: int) -> frozenset[str]:
    """Names of places."""
    own = {(each.unit, each.place) for each in coded}
    parts: dict[str | None, dict[str, int]] = defaultdict(dict)
    for place in places:
        parts[place.above][place.whole] = place.people or 0
        if (place.unit, place.number) in own:
            parts[place.whole][place.whole + OWN] = place.own_people or 0
    hidden = {name for beside in parts.values() for name in _hidden(beside, least)}
    below: dict[str, str | None] = {place.whole: place.above for place in places}
    return frozenset(name for name in below if any(each in hidden for each in _way_up(name, below)))


def withheld_channels(places: Sequence[Place], coded: Sequence[Coded], least: int) -> frozenset[Channel]:
    """A channel has the people asked in all units that have a code for it."""
    own = {(place.unit, place.number): place.own_people or 0 for place in places}
    people: dict[str, int] = defaultdict(int)
    for each in coded:
        people[each.channel.value] += own.get((each.unit, each.place), 0)
    return frozenset(Channel(name) for name in _hidden(people, least))


def _hidden(parts: Mapping[str, int], least: int) -> set[str]:
    """Too small ones, and beside one whose others are all seen one more. What is a place's own is never seen."""
    few = {name for name, people in parts.items() if people < least}
    unseen = few | {name for name in parts if name.endswith(OWN)}
    if few and len(unseen) == 1:
        few.update(sorted(parts.keys() - few, key=lambda name: (parts[name], name))[:1])
    return few


def _way_up(name: str, above: Mapping[str, str | None]) -> list[str]:
    way = [name]
    while (higher := above.get(way[-1])) is not None:
        way.append(higher)
    return way
