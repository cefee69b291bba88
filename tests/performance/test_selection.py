"""The bench of selection, small: what it says is right is right, and it still runs."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest

from backend.foundation.ids import IncidentId, without_time
from backend.locations.cells import metres_between
from backend.selection.candidate import lot_of
from tests.performance.__main__ import main
from tests.performance.brute_force import nearest, usable_places
from tests.performance.contender import Alarm
from tests.performance.country import Country, country, kept_country
from tests.performance.figures import Run
from tests.performance.rounds import as_near
from tests.performance.selection import drawn_alarms

SMALL = "selection --volunteers 2000 --queries 20 --rounds 1 --reports 100 --server embedded --memory-mb 32 --seed 3"


@pytest.fixture(scope="module")
def people() -> Country:
    return country(3_000, seed=3, tell=_nobody_listens)


def _nobody_listens(_line: str) -> None:
    pass


def test_ours_gives_the_very_list_of_brute_force(capsys: pytest.CaptureFixture[str]) -> None:
    """Every one of them, with and without the transaction: and so the bench cannot rot."""
    assert main(SMALL.split()) == 0
    run = msgspec.json.decode(capsys.readouterr().out.splitlines()[-1], type=Run)
    assert {figure.of: figure.value for figure in run.figures if figure.name == "right"} == {
        "ours, embedded PostgreSQL": 100.0,
        "ours, no transaction, embedded PostgreSQL": 100.0,
        "ours, in memory, embedded PostgreSQL": 100.0,
        "ours, in memory, no transaction, embedded PostgreSQL": 100.0,
    }
    assert {figure.name for figure in run.figures} == {"right", "filling", "size", "p50", "p90", "p99"}
    assert {figure.of for figure in run.figures if figure.beside == "itself idle"} == {
        "ours, under 100 reports a second, embedded PostgreSQL",
        "ours, in memory, under 100 reports a second, embedded PostgreSQL",
    }
    assert int(run.facts["reports kept a second, of 100"]) > 0


def test_brute_force_asks_the_nearest_who_may_be_asked_and_nobody_else(people: Country) -> None:
    """The rules once more, person by person, with the product's own metres."""
    places = usable_places(people)
    for alarm in drawn_alarms(25, seed=3):
        found = nearest(places, alarm)
        assert (found.ids, found.metres) == _one_by_one(people, alarm)


def _one_by_one(people: Country, alarm: Alarm) -> tuple[list[object], list[int]]:
    ranked = []
    for number in range(len(people)):
        away = [round(metres_between(alarm.lat, alarm.lon, *point)) for point in _where(people, number)]
        if away and min(away) <= 5_000 and _is_free(people, number):
            volunteer_id = people.id_of(number)
            ranked.append((min(away), lot_of(alarm.incident_id, volunteer_id), volunteer_id))
    ranked.sort()
    return [each[2] for each in ranked[:20]], [each[0] for each in ranked[:20]]


def _where(people: Country, number: int) -> Sequence[tuple[float, float]]:
    if people.has_position[number] and people.age_s[number] <= 259_200:
        return [(people.live.lat[number], people.live.lon[number])]
    own = np.flatnonzero(people.fixed.whose == number)
    return [(people.fixed.at.lat[n], people.fixed.at.lon[n]) for n in own]


def _is_free(people: Country, number: int) -> bool:
    return bool(
        people.available[number]
        and people.snoozed_s[number] <= 0
        and people.quiet[number] != 2
        and people.engaged[number] == 0
        and people.has_address[number]
    )


def test_the_same_seed_draws_the_same_country(people: Country) -> None:
    again = country(3_000, seed=3, tell=_nobody_listens)
    assert (again.ids == people.ids).all()
    assert (again.live.cell == people.live.cell).all()
    assert (again.fixed.at.cell == people.fixed.at.cell).all()


def test_a_kept_country_is_the_drawn_one(tmp_path: Path) -> None:
    drawn, found = (kept_country(500, 4, tmp_path, _nobody_listens) for _ in range(2))
    assert (found.fixed.at.lon == drawn.fixed.at.lon).all()
    assert (found.ids == drawn.ids).all()


def test_numbers_are_found_by_ids(people: Country) -> None:
    for number in (0, 1, 1_500, 2_999):
        assert people.number_of(people.id_of(number)) == number


def test_every_rule_keeps_somebody_from_being_asked(people: Country) -> None:
    """A bench in which a rule never matters would not notice that a contender forgot it."""
    assert (~people.available).any()
    assert (people.snoozed_s > 0).any()
    assert (people.quiet == 2).any()
    assert (people.engaged > 0).any()
    assert (~people.has_address).any()
    assert (people.has_position & (people.age_s > 259_200)).any()
    assert (~people.has_position).any()


@pytest.mark.parametrize(
    ("given", "wanted", "right"),
    [
        ([10, 20], [10, 21], True),
        ([10, 30], [10, 20], False),
        ([10], [10, 20], False),
        ([10, 4_999], [10], True),
        ([10], [10, 4_995], True),
    ],
)
def test_another_measure_is_right_where_its_people_are_as_near(
    given: list[int], wanted: list[int], right: bool
) -> None:
    assert as_near(given, wanted) == right


def test_nobody_is_far_from_where_the_alarm_is(people: Country) -> None:
    alarm = Alarm(IncidentId(without_time()), 57.72, 10.58)  # Skagen
    assert all(metres <= 5_000 for metres in nearest(usable_places(people), alarm).metres)
