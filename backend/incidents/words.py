"""What dispatch systems say of the place, beside what somebody else has corrected since. Pure.

A system sends its whole case anew for whatever changes in it, and knows nothing of a console or of another system. So
what it says is compared with its own last words: what is the same in both it has not changed.
"""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from backend.incidents.incident import Place
from backend.locations.cells import metres_between


class Words(msgspec.Struct, frozen=True):
    """The place as one dispatch system last told it. `kept`: it is written down that another place stands."""

    place: Place
    kept: bool = False


WordsOf = Mapping[UUID, Words]
"""By the client that said them."""


def reconciled(stands: Place, last: Place, said: Place, *, moved: bool, readdressed: bool) -> Place:
    """What holds where a system says a place (`moved`, `readdressed`: since its last words) that others corrected too.

    What only one of them changed is theirs. Where both changed the same, the system's picture counts as a whole, since
    it is newer: the street of one with the point of the other is a place that nobody has said.
    """
    moved_since = (stands.lat, stands.lon, stands.accuracy_m) != (last.lat, last.lon, last.accuracy_m)
    readdressed_since = stands.address != last.address
    if (moved and moved_since) or (readdressed and readdressed_since):
        return said
    point = stands if moved_since else said
    address = stands.address if readdressed_since else said.address
    return Place(point.lat, point.lon, point.accuracy_m, address)


def is_same_point(one: Place, other: Place) -> bool:
    """Whatever the radius: that alone says of nobody that they are elsewhere."""
    return (one.lat, one.lon) == (other.lat, other.lon)


def contradicts(said: Place, stands: Place) -> bool:
    """Whether somebody who goes by what a system says looks for the patient elsewhere."""
    metres = metres_between(said.lat, said.lon, stands.lat, stands.lon)
    return said.address.text not in (None, stands.address.text) or metres > (said.accuracy_m or 0)
