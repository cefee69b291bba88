"""What dispatch systems say of the place, beside what others have corrected since. Pure.

A system sends its whole case anew for whatever changes in it, and knows nothing of a console or of another system. So
a report of it is compared with its own last words: what is the same in both it has not changed.
"""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from backend.incidents.incident import Address, Place
from backend.locations.cells import metres_between

_SAME_DOOR_M = 20.0
"""So far apart are two points of one door, where nobody says how exact theirs is."""
_TOLD_APART_BY = ("text", "floor", "door", "entrance")


class Words(msgspec.Struct, frozen=True):
    """A place as one dispatch system told it.

    `stood`: what came of it, the point and the address when last it was listened to: what differs by now others have
    corrected. `kept`: of which other place it is written down that it stands.
    """

    place: Place
    stood: Place
    kept: Place | None = None


WordsOf = Mapping[UUID, Words]
"""By the client that said them."""


def reconciled(stands: Place, last: Words, said: Place) -> Place:
    """What holds after a system's report: of what stands, what the system has not changed since its last words.

    A new point is believed, and a new street; an address alone moves nobody. Details of a street that others have
    corrected say nothing of the new one. Where others corrected point and street, and only a new point comes, it brings
    the street that was told with the nearer point.
    """
    moved = not is_same_point(said, last.place)
    address = _address(stands, last, said, moved=moved)
    if moved:
        return Place(said.lat, said.lon, said.accuracy_m, address)
    is_new = is_same_point(said, stands) and said.accuracy_m != last.place.accuracy_m
    return Place(stands.lat, stands.lon, said.accuracy_m if is_new else stands.accuracy_m, address)


def stood_after(place: Place, last: Words, said: Place) -> Place:
    """What came of a report, where `place` is what holds after it."""
    point = last.stood if is_same_point(said, last.place) else place
    address = place.address if place.address == said.address else last.stood.address
    return Place(point.lat, point.lon, point.accuracy_m, address)


def _address(stands: Place, last: Words, said: Place, *, moved: bool) -> Address:
    before, here, told = last.place.address, stands.address, said.address
    if here == last.stood.address:  # nobody has corrected it
        return here if told == before else told
    if told.text == here.text:
        return here if told == before else _added(here, told)
    if told.text not in (None, before.text):
        return told
    others_moved = not is_same_point(stands, last.stood)
    goes_with_theirs = (
        told.text is not None and moved and others_moved and _metres(said, last.place) < _metres(said, stands)
    )
    return told if goes_with_theirs else here


def _added(here: Address, told: Address) -> Address:
    new = {name: value for name in Address.__struct_fields__ if (value := getattr(told, name)) is not None}
    return msgspec.structs.replace(here, **new)


def is_same_point(one: Place, other: Place) -> bool:
    """Whatever the radius: that alone says of nobody that they are elsewhere."""
    return (one.lat, one.lon) == (other.lat, other.lon)


def contradicts(said: Place, stands: Place) -> bool:
    """Whether somebody who goes by what a system says looks for the patient elsewhere."""
    if _metres(said, stands) > max(said.accuracy_m or 0.0, _SAME_DOOR_M):
        return True
    both = ((getattr(said.address, name), getattr(stands.address, name)) for name in _TOLD_APART_BY)
    return any(None not in pair and pair[0] != pair[1] for pair in both)


def _metres(one: Place, other: Place) -> float:
    return metres_between(one.lat, one.lon, other.lat, other.lon)
