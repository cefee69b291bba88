"""The one box: what somebody typed, and the places it may be. No network; whoever has no addresses has the rest."""

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from uuid import UUID

import msgspec

from backend.addresses import coordinates, queries
from backend.addresses.coordinates import How
from backend.addresses.fold import key_of, past, spellings, wanted_place, words_in
from backend.addresses.queries import Entrance, StreetFound
from backend.addresses.typed import Wanted, readings
from backend.foundation.database import Connection
from backend.regions import shipped

MOST_HITS = 9
"""A key each, 1 to 9."""
LONGEST_TYPED = 120
_LOOKED_AT = 2_000
_MOST_STREETS = 60
_MOST_ASKED = 40
_TOWN_RADIUS_M = ((500_000, 8_000), (50_000, 5_000), (10_000, 2_500), (0, 1_500))
"""How far a town's edge may be from its middle, by people. Ours: to say that it is rough, not to measure."""


class What(StrEnum):
    """What a hit is."""

    COORDINATES = "coordinates"
    ADDRESS = "address"  # to its own door
    ENTRANCE = "entrance"  # a house
    STREET = "street"
    POSTCODE = "postcode"
    TOWN = "town"


class Hit(msgspec.Struct, frozen=True):
    """A place somebody may mean. `accuracy_m`: nobody is further from the point than that; None: to the metre.

    `text` is the address as it is written, and goes back into the box while `goes_on`: a house number is still to come.
    """

    what: What
    text: str
    detail: str
    lat: float
    lon: float
    accuracy_m: int | None = None
    dar_id: UUID | None = None
    floor: str | None = None
    door: str | None = None
    goes_on: bool = False
    how: How | None = None
    swapped: bool = False


async def search(connection: Connection, typed: str, own: Sequence[str] = (), at_most: int = MOST_HITS) -> list[Hit]:
    """The likeliest first. `own`: codes of municipalities whose streets come before others of the same name."""
    typed = typed.strip()[:LONGEST_TYPED]
    pair = coordinates.read(typed)
    if pair is not None:
        return [_of_pair(pair)]
    edition = await queries.edition(connection)
    exact, others = _towns(typed)
    if edition is None:
        return [*exact, *others][:at_most]
    if re.fullmatch(r"\d{3,4}", typed):
        found = await queries.postcodes(connection, edition.id, f"{typed}%", at_most)
        return [Hit(What.POSTCODE, f"{p.postcode} {p.place}", "", p.lat, p.lon, max(p.radius_m, 1)) for p in found]
    hits = await _addresses(connection, edition.id, typed, own, at_most)
    return [*exact, *hits, *others][:at_most]


def _of_pair(pair: coordinates.Coordinates) -> Hit:
    text = f"{pair.lat:.5f}, {pair.lon:.5f}"
    return Hit(What.COORDINATES, text, "", pair.lat, pair.lon, pair.accuracy_m, how=pair.how, swapped=pair.swapped)


async def _addresses(connection: Connection, edition: int, typed: str, own: Sequence[str], at_most: int) -> list[Hit]:
    asked = _asked(readings(typed))
    if not asked:
        return []
    found = await queries.streets(
        connection,
        edition,
        [key for key, _ in asked],
        [past(key) for key, _ in asked],
        [f"{wanted.postcode}%" for _, wanted in asked],
        [_place_pattern(wanted) for _, wanted in asked],
        own,
        _LOOKED_AT,
        _MOST_STREETS,
    )
    meant = [(street, asked[street.asked - 1][1]) for street in found]
    houses = await _houses(connection, edition, meant, at_most)
    if houses:
        return houses[:at_most]
    streets = {street.id: street for street, _ in meant}
    return [_of_street(street) for street in streets.values()][:at_most]


def _asked(read: Sequence[Wanted]) -> list[tuple[str, Wanted]]:
    """Every key to look for, with what it is a reading of; of one letter none."""
    found = [(key, wanted) for wanted in read for key in spellings(wanted.street) if len(key) > 1]
    return found[:_MOST_ASKED]


def _place_pattern(wanted: Wanted) -> str:
    """The words in the order typed: what is left of them may lie between."""
    return "%" + "%".join(wanted_place(wanted.place)) + "%" if wanted.place else "%"


async def _houses(
    connection: Connection, edition: int, meant: Sequence[tuple[StreetFound, Wanted]], at_most: int
) -> list[Hit]:
    """The houses there are of those that were meant, each once, and the doors of the first where doors were typed."""
    wanted = [(street, read) for street, read in meant if read.number is not None]
    if not wanted:
        return []
    rows = await queries.entrances(
        connection,
        edition,
        [street.id for street, _ in wanted],
        [read.number or 0 for _, read in wanted],
        [read.letter or "%" for _, read in wanted],
    )
    hits: dict[str, Hit] = {}
    for row in rows:
        street, read = wanted[row.asked - 1]
        inside = []
        if not hits and (read.floor or read.door):
            inside = await _inside(connection, edition, row, street, read, at_most)
        for hit in inside or [_of_entrance(row, street, read)]:
            hits.setdefault(f"{hit.text} {hit.detail}", hit)
    return list(hits.values())


async def _inside(
    connection: Connection, edition: int, row: Entrance, street: StreetFound, read: Wanted, at_most: int
) -> list[Hit]:
    """The doors behind an entrance that are like what was typed; the register need not have any."""
    door = f"{read.door}%" if read.door else "%"
    found = await queries.units(
        connection, edition, street.id, row.number, row.letter, read.floor or "%", door, at_most
    )
    return [
        Hit(
            What.ADDRESS,
            written(street, each.number, each.letter, each.floor, each.door),
            _where(street),
            each.lat,
            each.lon,
            dar_id=each.dar_id,
            floor=each.floor or None,
            door=each.door or None,
        )
        for each in found
    ]


def _of_entrance(row: Entrance, street: StreetFound, read: Wanted) -> Hit:
    return Hit(
        What.ENTRANCE,
        written(street, row.number, row.letter, read.floor, read.door),
        _where(street),
        row.lat,
        row.lon,
        dar_id=row.dar_id,
        floor=read.floor or None,
        door=read.door or None,
    )


def _of_street(street: StreetFound) -> Hit:
    return Hit(What.STREET, street.name, _where(street), street.lat, street.lon, max(street.radius_m, 1), goes_on=True)


def written(street: StreetFound, number: int, letter: str, floor: str, door: str) -> str:
    """As on an envelope: *Nørregade 3B, 2. tv*."""
    inside = " ".join(part for part in (f"{floor}." if floor else "", door) if part)
    return f"{street.name} {number}{letter}" + (f", {inside}" if inside else "")


def _where(street: StreetFound) -> str:
    village = f"{street.village}, " if street.village and street.village != street.place else ""
    return f"{village}{street.postcode} {street.place}"


def _towns(typed: str) -> tuple[list[Hit], list[Hit]]:
    """Towns of that name, and those that begin like that; the largest first."""
    key = key_of(words_in(typed))
    exact: list[Hit] = []
    others: list[Hit] = []
    for name, town in _shipped_towns() if len(key) > 1 else ():
        if name.startswith(key):
            hit = Hit(What.TOWN, town.name, "", town.lat, town.lon, _radius_m(town.population))
            (exact if name == key else others).append(hit)
    return exact, others


def _radius_m(people: int) -> int:
    return next(radius for least, radius in _TOWN_RADIUS_M if people >= least)


@cache
def _shipped_towns() -> list[tuple[str, shipped.Place]]:
    """By key. The shipped list has the capital under its English name."""
    named = [
        msgspec.structs.replace(town, name="København") if town.name == "Copenhagen" else town
        for town in shipped.places()
    ]
    return [(key_of(words_in(town.name)), town) for town in named]
