"""Who has answered a real alarm is counted as such; a drill is none."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from backend.foundation.ids import VolunteerId
from backend.foundation.kinds import Kind
from backend.recruitment import credit
from backend.volunteers.sign_up import Opened
from tests.alarm.cast import Town
from tests.alarm.conftest import town
from tests.people.cast import a_phone, somebody
from tests.recruitment.test_counting import API, ARMY, KEYS, POSTER, Office, office

__all__ = ["office", "town"]


async def come_by_a_code(office: Office, town: Town, people: Sequence[VolunteerId]) -> None:
    code = office.codes[ARMY, POSTER]
    for each in people:
        anna = somebody(a_phone(), "alarms campaign_credit")
        async with office.database.acting_as(API) as c:
            assert await credit.credit(c, KEYS, anna, Opened(each, None), code, town.now)


@pytest.mark.parametrize(("kind", "told"), [(Kind.LIVE, {"campaign": 10}), (Kind.EXERCISE, {})], ids=str)
async def test_ten_recruits_who_answer_an_alarm_are_told_of_and_those_of_a_drill_are_not(
    office: Office, town: Town, kind: Kind, told: dict[str, int]
) -> None:
    people = await town.volunteers(*range(100, 600, 50), kind=kind)
    far_away = await town.volunteers(*[50_000] * 10, kind=kind)
    await come_by_a_code(office, town, [*people, *far_away])
    arrest = await town.arrest(kind=kind)
    assert await town.ringing(arrest) == set(people)
    for number, each in enumerate(people):
        await (town.declines if number % 2 else town.accepts)(arrest, each)
    await office.night_falls(town.now + timedelta(days=7))
    assert (await office.told())["campaign"] == 20
    assert await office.told("answered") == told
