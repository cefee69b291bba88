"""Taking an edition of addresses into use: one transaction, so the whole of it or nothing."""

import math
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice

import msgspec

from backend.addresses import queries_import
from backend.addresses.address_file import Listed
from backend.addresses.fold import keys_of_name, place_words
from backend.foundation.database import Connection
from backend.regions.boundary_file import WrongFile

_METRES_PER_DEGREE = 111_195.0


class Imported(msgspec.Struct, frozen=True):
    """How many there are now."""

    addresses: int
    streets: int
    postcodes: int


class _Around:
    """The box around points."""

    __slots__ = ("east", "north", "number", "south", "west")

    def __init__(self) -> None:
        self.south = self.west = math.inf
        self.north = self.east = -math.inf
        self.number = 0

    def holds(self, lat: float, lon: float) -> None:
        self.south, self.north = min(self.south, lat), max(self.north, lat)
        self.west, self.east = min(self.west, lon), max(self.east, lon)
        self.number += 1

    def middle_and_radius(self) -> tuple[float, float, int]:
        """The box's middle, and the metres from there to a corner."""
        lat, lon = (self.south + self.north) / 2, (self.west + self.east) / 2
        across = (self.east - lon) * math.cos(math.radians(lat))
        return lat, lon, math.ceil(math.hypot(self.north - lat, across) * _METRES_PER_DEGREE)


class _Street:
    __slots__ = ("around", "id", "municipality", "village")

    def __init__(self, number: int, first: Listed) -> None:
        self.id, self.village, self.municipality = number, first.village, first.municipality
        self.around = _Around()


class _Doing:
    """What is gathered while addresses go by."""

    def __init__(self) -> None:
        self.streets: dict[tuple[str, str, str], _Street] = {}
        self.postcodes: dict[tuple[str, str], _Around] = {}
        self.done = 0

    def street_of(self, listed: Listed) -> int:
        named = (listed.street, listed.postcode, listed.place)
        street = self.streets.get(named)
        if street is None:
            street = self.streets[named] = _Street(len(self.streets) + 1, listed)
        postcode = self.postcodes.setdefault(named[1:], _Around())
        for each in (street.around, postcode):
            each.holds(listed.lat, listed.lon)
        return street.id


def in_batches(listed: Iterable[Listed], size: int) -> Iterator[list[Listed]]:
    """As `import_addresses` takes them."""
    rest = iter(listed)
    while batch := list(islice(rest, size)):
        yield batch


async def import_addresses(
    connection: Connection,
    batches: Iterable[list[Listed]],
    source: str,
    now: datetime,
    tell: Callable[[int], None] = lambda _done: None,
) -> Imported:
    """All of `batches` instead of whatever is there; `tell` hears how many are done. Raises WrongFile for none at all.

    In the caller's transaction: whoever searches meanwhile finds the edition before, until the commit.
    """
    await queries_import.one_import_at_a_time(connection)
    edition, doing = await queries_import.next_edition(connection), _Doing()

    async def rows() -> AsyncIterator[queries_import.Row]:
        for batch in batches:
            for each in batch:
                street, lat, lon = doing.street_of(each), each.lat, each.lon
                yield edition, street, each.number, each.letter, each.floor, each.door, lat, lon, each.id
            doing.done += len(batch)
            tell(doing.done)

    await queries_import.put_addresses(connection, rows())
    if not doing.done:
        raise WrongFile("the file has no address with a place below its first line")
    await queries_import.put_streets(connection, (_street(edition, *each) for each in doing.streets.items()))
    await queries_import.put_keys(
        connection,
        (
            (edition, key, street.id, whole)
            for (name, _, _), street in doing.streets.items()
            for key, whole in keys_of_name(name).items()
        ),
    )
    postcodes = _largest_of_each(doing.postcodes)
    await queries_import.put_postcodes(
        connection,
        ((edition, postcode, place, *around.middle_and_radius()) for (postcode, place), around in postcodes.items()),
    )
    await queries_import.take_into_use(connection, edition, source, len(doing.streets), doing.done, now)
    await queries_import.remove_others(connection, edition)
    await queries_import.look_at_what_is_there(connection)
    return Imported(doing.done, len(doing.streets), len(postcodes))


def _street(edition: int, named: tuple[str, str, str], street: _Street) -> queries_import.Row:
    name, postcode, place = named
    found = place_words(place, street.village)
    there = (street.around.number, *street.around.middle_and_radius())
    return edition, street.id, name, postcode, place, street.village, found, street.municipality, *there


def _largest_of_each(found: dict[tuple[str, str], _Around]) -> dict[tuple[str, str], _Around]:
    """A postcode under the name that most of its addresses have."""
    best: dict[str, tuple[str, str]] = {}
    for named, around in found.items():
        if named[0] not in best or around.number > found[best[named[0]]].number:
            best[named[0]] = named
    return {named: found[named] for named in best.values()}
