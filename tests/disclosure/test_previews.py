"""How many would be asked, before an alarm: in bands, for a case, seldom, and never in an alarm's way."""

from datetime import timedelta

import pytest

from backend.alerts.distance import facts_for_a_centre
from backend.api.limits import Limiter
from backend.foundation.journal import Fact
from backend.locations.cells import cell_of, centre_of, coarsened, metres_between
from backend.selection.preview import Band, band_of, in_steps
from backend.webhooks.payload import Step, body_of
from tests.alarm.cast import SQUARE, metres_east
from tests.disclosure.cast import Seen

MIDDLE = centre_of(coarsened(cell_of(*SQUARE)))
NEXT = centre_of(coarsened(cell_of(*metres_east(1_500, MIDDLE))))
"""The middle of another such area."""


@pytest.mark.parametrize(
    ("people", "band"), [(0, "0"), (1, "1-4"), (4, "1-4"), (5, "5-19"), (19, "5-19"), (20, "20+"), (400, "20+")]
)
def test_people_are_told_in_bands(people: int, band: str) -> None:
    assert band_of(people) is Band(band)


@pytest.mark.parametrize(("metres", "told"), [(0, 500), (1, 500), (500, 500), (501, 1000), (4999, 5000)])
def test_metres_are_told_in_steps_of_500(metres: int, told: int) -> None:
    assert in_steps(metres) == told


@pytest.mark.parametrize(("people", "band"), [(0, "0"), (3, "1-4"), (7, "5-19"), (25, "20+")])
async def test_a_preview_says_how_many_and_how_far_and_nothing_else(seen: Seen, people: int, band: str) -> None:
    await seen.town.volunteers(*(10 * n for n in range(people)), at=NEXT)
    answer = await seen.previews("case 7")
    assert answer.status_code == 200
    told = answer.json()
    assert told == {
        "would_be_asked": band,
        "nearest_within_m": in_steps(round(metres_between(*MIDDLE, *NEXT))) if people else None,
        "reach_m": told["reach_m"],
        "policy": "dk-2026",
    }


async def test_two_questions_a_few_metres_apart_get_one_answer(seen: Seen) -> None:
    """Else whoever asks along a line feels where the reach of one person ends."""
    await seen.town.volunteers(5_000, at=MIDDLE)
    answers = [(await seen.previews("case 7", metres_east(far, MIDDLE))).json() for far in (-60, -20, 0, 20, 60)]
    assert all(answer == answers[0] for answer in answers)


async def test_circles_around_many_places_do_not_meet_at_a_person(seen: Seen) -> None:
    """Each says within how far; together they would name a cell, did not everybody stand in the middle of an area."""
    seen.edge.app.state.limiter = Limiter(factor=100)
    places = [metres_east(far, MIDDLE) for far in range(-7_000, 7_000, 700)]
    told = []
    for east_m in (-380, 390):  # one and the same area, at either end
        assert coarsened(cell_of(*metres_east(east_m, MIDDLE))) == coarsened(cell_of(*MIDDLE))
        await seen.town.rows("DELETE FROM locations.position")
        await seen.town.volunteers(east_m, at=MIDDLE)
        cases = [f"case {east_m} {number}" for number in range(len(places))]
        told.append([(await seen.previews(case, at)).json() for case, at in zip(cases, places, strict=True)])
    assert told[0] == told[1]
    assert {each["would_be_asked"] for each in told[0]} == {"0", "1-4"}, "inside the reach and beyond it"


async def test_it_asks_nobody_and_opens_nothing(seen: Seen) -> None:
    await seen.town.volunteers(200, 300)
    await seen.previews("case 7")
    for table in (
        "incidents.incident",
        "alerts.alert",
        "volunteers.engagement",
        "delivery.message",
        "foundation.timer",
    ):
        assert await seen.town.rows(f"SELECT FROM {table}") == [], table


async def test_it_needs_a_case_and_is_written_down_with_it(seen: Seen) -> None:
    position = {"system": "WGS84", "lat": SQUARE[0], "lon": SQUARE[1]}
    for case in ({}, {"case_number": ""}):
        answer = await seen.centre("POST", "/previews", {"position": position} | case)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "/case_number"
    assert await seen.written() == []
    await seen.previews("case 7")
    (row,) = await seen.town.rows("SELECT what, viewer_id, case_number, incident_id FROM incidents.viewed")
    assert tuple(row) == ("preview", seen.client, "case 7", None)


async def test_a_case_has_six_an_hour_and_an_alarm_of_it_is_never_held_up(seen: Seen) -> None:
    await seen.town.volunteers(200)
    answers = [await seen.previews("case 7", metres_east(1_000.0 * n)) for n in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [429]
    assert int(answers[6].headers["retry-after"]) > 0
    assert (await seen.previews("case 8")).status_code == 200
    assert (await seen.town.incident(await seen.reports("case 7"))).asking == "asked"
    seen.town.clock.advance(timedelta(minutes=61))
    assert (await seen.previews("case 7")).status_code == 200


async def test_made_up_cases_do_not_help_a_client_that_looks_round(seen: Seen) -> None:
    seen.edge.app.state.limiter = Limiter(factor=100)  # which is for a process; here it is what stands in the database
    said = []
    for number in range(61):
        seen.edge.clock.advance(timedelta(seconds=20))
        said.append((await seen.previews(f"made up {number}")).status_code)
    assert said == [200] * 60 + [429]
    assert len(await seen.written()) == 60


async def test_pins_of_candidates_are_areas_of_three_and_metres_steps(seen: Seen) -> None:
    await seen.town.volunteers(200, 210, 220, 2_900)
    incident = await seen.reports()
    found = (await seen.centre("GET", f"/incidents/{incident}/candidates")).json()["candidates"]
    assert [each["metres"] for each in found] == [500, 500, 500, 3000]
    areas = [each["area"] for each in found]
    assert all(area is None or area["people"] >= 3 for area in areas)
    assert areas[0] is not None
    names = {each["pseudonym"] for each in found}
    await seen.centre("POST", f"/incidents/{incident}/close")
    after = (await seen.centre("GET", f"/incidents/{incident}/candidates")).json()["candidates"]
    assert len(after) == 4
    assert all(each["area"] is None for each in after), "the incident is over: nobody needs to know where they are"

    again = await seen.reports("case 2")
    others = (await seen.centre("GET", f"/incidents/{again}/candidates")).json()["candidates"]
    assert not names & {each["pseudonym"] for each in others}


async def test_two_looked_at_are_not_shown_on_a_map(seen: Seen) -> None:
    await seen.town.volunteers(200, 210)
    incident = await seen.reports()
    found = (await seen.centre("GET", f"/incidents/{incident}/candidates")).json()["candidates"]
    assert [each["area"] for each in found] == [None, None]


async def test_no_distance_a_centre_is_told_names_a_cell(seen: Seen) -> None:
    """To the metre it would: so it is rounded, in the incident, in what is expected, and in the events."""
    (anna,) = await seen.town.volunteers(437)
    incident = await seen.reports()
    await seen.accepts(incident, anna)
    told = (await seen.centre("GET", f"/incidents/{incident}")).json()["volunteers"][0]
    alert = await seen.town.alert(incident, anna)
    assert told["metres"] == 500
    assert alert.metres % 100 != 0
    facts: dict[str, Fact] = {"metres": [alert.metres], "wave": 1}
    assert facts_for_a_centre(facts) == {"metres": [500], "wave": 1}
    step = Step(incident, 2, facts)
    assert b'"metres":[500]' in body_of("wave_asked", seen.town.now, step), "nor what a webhook tells"
