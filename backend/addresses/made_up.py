"""Addresses that do not exist, for a demo and for measuring: around real towns, on streets nobody lives in.

Whoever reads one is to see it: *Opdigtet Allé*, *Påfundsgade*. The postcodes are counted up, not the towns' own.
"""

import random
from collections.abc import Iterator, Sequence
from itertools import count
from uuid import UUID

from backend.addresses.address_file import Listed
from backend.regions.shipped import Place

SOURCE = "opdigtet: ingen af adresserne findes"
_FIRST = (
    *("Opdigtet", "Påfunds", "Attrap", "Eventyr", "Øvelses", "Æblemads", "Drømme", "Luftkastel", "Skrøne", "Fabel"),
    *("Kulisse", "Prøve", "Eksempel", "Sagn", "Gøglebilleds", "Ønske", "Nørre Påfunds", "Gl. Skrøne", "Sdr. Fabel"),
    *("Trylle", "Nisse", "Havfrue", "Ånde", "Spøgelses", "Troldmands", "Enhjørninge", "Klods Hans", "Store Sagn"),
    *("Lille Sagn", "Tinsoldat", "Fyrtøjs", "Snedronninge", "Svinedrenge", "Tommelise", "Nattergale", "Grantræs"),
)
_KINDS = ("vej", "gade", " Allé", "stræde", "bakken", "parken", "vænget", " Plads", "toften", "stien", "haven", "torv")
_MIDDLE = ("", "mølle", "sø", "bro", "skov", "lunds", "høj", "dal", "kær", "gårds", "eng", "ås", "strand", "mark")
_PER_STREET = 25
_DEGREES_PER_KM = 1 / 111.195


def addresses(places: Sequence[Place], number: int, seed: int) -> Iterator[Listed]:
    """`number` of them, more where more people live; the same for the same seed."""
    chance = random.Random(f"{seed} addresses")  # noqa: S311 – made up, and the same every time
    people, done = sum(place.population for place in places), 0
    for at, place in enumerate(places):
        share = number - done if at == len(places) - 1 else round(number * place.population / people)
        share = min(max(share, _PER_STREET), number - done)
        yield from _in_town(place, f"{1000 + at * 17}", share, chance)
        done += share


def _in_town(place: Place, postcode: str, number: int, chance: random.Random) -> Iterator[Listed]:
    name = "København" if place.name == "Copenhagen" else place.name
    left, names = number, _names(chance)
    while left > 0:
        street = next(names)
        spread_km = 0.5 + place.population**0.5 / 100
        north_km, east_km = chance.gauss(0, spread_km), chance.gauss(0, spread_km)
        middle = place.lat + north_km * _DEGREES_PER_KM, place.lon + east_km * _DEGREES_PER_KM / 0.56
        for house in range(1, chance.randint(4, _PER_STREET)):
            if left <= 0:
                break
            for letter, floor, door in _doors(house, chance)[:left]:
                lat, lon = middle[0] + house * 0.00011, middle[1] + (house % 2) * 0.0003
                identity = UUID(int=chance.getrandbits(128), version=4)
                there = (postcode, name, "", place.municipality)
                yield Listed(identity, street, house, letter, floor, door, *there, round(lat, 6), round(lon, 6))
                left -= 1


def _names(chance: random.Random) -> Iterator[str]:
    """Every name once in a town; a town that is larger than the list of them counts on."""
    every = [first + middle + kind for first in _FIRST for middle in _MIDDLE for kind in _KINDS]
    chance.shuffle(every)
    yield from every
    for turn in count(2):
        yield from (f"{turn}. {name}" for name in every)


def _doors(house: int, chance: random.Random) -> list[tuple[str, str, str]]:
    """A villa mostly; else a house of flats, or one with letters."""
    kind = chance.random()
    if kind < 0.70:
        return [("", "", "")]
    if kind < 0.80:
        return [(letter, "", "") for letter in "ABC"]
    floors = ["st", *(str(floor) for floor in range(1, 2 + house % 5))]
    return [("", floor, door) for floor in floors for door in ("tv", "th")]


def as_csv(listed: Iterator[Listed]) -> Iterator[str]:
    """Lines of a file as the register's service gave it."""
    yield (
        "id,status,vejnavn,husnr,etage,dør,supplerendebynavn,postnr,postnrnavn,kommunekode,"
        "wgs84koordinat_bredde,wgs84koordinat_længde\n"
    )
    for each in listed:
        yield (
            f"{each.id},1,{each.street},{each.number}{each.letter},{each.floor},{each.door},,{each.postcode},{each.place},"
            f"{each.municipality},{each.lat},{each.lon}\n"
        )
