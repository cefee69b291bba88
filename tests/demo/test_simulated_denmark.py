"""A simulated Denmark: made-up people where people live, the same for the same seed, with numbers nobody has."""

import itertools
from collections import Counter
from datetime import UTC, datetime

import phonenumbers
from phonenumbers import carrier

from backend.demo.denmark import (
    CAPITAL_CAP,
    NEW_NUMBERS,
    SEEDED_NUMBERS,
    arrests,
    arrests_that_meet_water,
    newcomers,
    people,
    spread_of,
)
from backend.demo.land import coarse_land
from backend.demo.phones.walk import Point, metres_between
from backend.regions import shipped
from backend.volunteers.age import is_old_enough
from backend.volunteers.phone import parse_phone

PLACES = shipped.places()
ON_LAND = coarse_land()
SOME = list(people(PLACES, 4_000, 1, 2026, ON_LAND))


def test_the_same_seed_gives_the_same_people_and_another_gives_others() -> None:
    assert list(people(PLACES, 50, 7, 2026, ON_LAND)) == list(people(PLACES, 50, 7, 2026, ON_LAND))
    assert list(people(PLACES, 50, 7, 2026, ON_LAND)) != list(people(PLACES, 50, 8, 2026, ON_LAND))


def test_people_are_spread_by_population_and_the_capital_is_not_counted_twice() -> None:
    where = Counter(person.municipality for person in SOME)
    total = sum(min(place.population, CAPITAL_CAP) for place in PLACES)
    for name in ("Copenhagen", "Århus", "Odense"):
        place = next(place for place in PLACES if place.name == name)
        of_municipality = [p for p in PLACES if p.municipality == place.municipality]
        share = sum(min(p.population, CAPITAL_CAP) for p in of_municipality) / total
        assert abs(where[place.municipality] / len(SOME) - share) < 0.03


def test_nearly_everybody_stands_on_land() -> None:
    assert sum(ON_LAND(person.lat, person.lon) for person in SOME) / len(SOME) > 0.99


def test_a_town_is_dense_in_the_middle() -> None:
    town = next(place for place in PLACES if place.name == "Odense")
    middle = Point(town.lat, town.lon)
    away = sorted(metres_between(middle, Point(p.lat, p.lon)) for p in people([town], 1_000, 1, 2026, ON_LAND))
    assert away[500] < 2 * spread_of(town)


def test_every_number_is_valid_to_us_and_no_operators() -> None:
    numbers = [person.phone for person in SOME[:200]] + [entry.phone for entry in newcomers(PLACES, 40, 1, ON_LAND)]
    assert len(set(numbers)) == len(numbers)
    for number in numbers:
        assert number.startswith((SEEDED_NUMBERS, NEW_NUMBERS))
        assert parse_phone(number) == number
        assert carrier.name_for_number(phonenumbers.parse(number), "en") == ""


def test_everybody_is_an_adult_with_an_address_of_their_own() -> None:
    assert all(is_old_enough(person.birth_year, False, datetime(2026, 11, 21, tzinfo=UTC)) for person in SOME)
    assert len({person.fcm_token for person in SOME}) == len(SOME)


def test_hearts_stop_where_people_live() -> None:
    struck = list(itertools.islice(arrests(PLACES, "1", ON_LAND), 400))
    assert {arrest.region for arrest in struck} == {"1081", "1082", "1083", "1084", "1085"}
    assert all(arrest.address for arrest in struck)


def test_one_in_twenty_arrests_of_the_demo_is_on_fanoe() -> None:
    struck = list(itertools.islice(arrests_that_meet_water(PLACES, "1", ON_LAND), 200))
    assert 10 <= sum(arrest.place == "Nordby" for arrest in struck) <= 12
    assert struck[4].place == "Nordby"
