"""What is no live alarm takes nothing that a live one may need."""

import pytest

from backend.foundation.kinds import Kind
from backend.selection.policy import Role
from tests.alarm.cast import Town

PRETENDED = [kind for kind in Kind if kind is not Kind.LIVE]


@pytest.mark.parametrize("kind", PRETENDED)
async def test_no_defibrillator_is_taken_for_an_exercise_or_a_trial(town: Town, kind: Kind) -> None:
    """One at the door: a live acceptor a minute later has to get it."""
    await town.aeds(50)
    (drilled,) = await town.volunteers(100, kind=kind)
    (anna,) = await town.volunteers(100)
    pretended = await town.arrest(kind=kind)
    await town.accepts(pretended, drilled)
    live = await town.arrest()
    await town.accepts(live, anna)

    assert (await town.alert(pretended, drilled)).role is Role.DIRECT
    assert (await town.alert(live, anna)).role is Role.AED


@pytest.mark.parametrize("kind", PRETENDED)
async def test_people_of_one_kind_are_asked_for_alarms_of_that_kind_only(town: Town, kind: Kind) -> None:
    (drilled,) = await town.volunteers(100, kind=kind)
    (anna,) = await town.volunteers(200)
    pretended, live = await town.arrest(kind=kind), await town.arrest()

    assert await town.ringing(pretended) == {drilled}
    assert await town.ringing(live) == {anna}
    assert (await town.incident(live)).kind is Kind.LIVE


@pytest.mark.parametrize("kind", PRETENDED)
async def test_a_live_arrest_is_no_duplicate_of_one_that_is_not(town: Town, kind: Kind) -> None:
    await town.arrest(kind=kind)
    await town.arrest()
    assert await town.rows("SELECT incident_id FROM incidents.possible_duplicate") == []
