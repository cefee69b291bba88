"""Somebody goes off duty while an alarm chooses them: whichever is first, nobody off duty rings."""

import asyncio

import pytest

from backend.alerts.apply import Contended
from backend.foundation.database import Actor, Role
from backend.foundation.ids import VolunteerId
from backend.foundation.kinds import Kind
from backend.responses.step_back import nothing_rings, step_back
from backend.volunteers import engagement
from backend.volunteers.duty import set_duty
from tests.alarm.cast import Town


async def _goes_off_duty(town: Town, who: VolunteerId) -> None:
    async with town.being(who) as c:
        await step_back(c, Actor(Role.API, person_id=who), who, town.now)
        await set_duty(c, who, False, None, [], town.now)
        await nothing_rings(c, who)


async def test_whoever_has_gone_off_duty_since_they_were_chosen_is_not_engaged(town: Town) -> None:
    anna, ben = await town.volunteers(100, 200)
    incident = await town.arrest()
    await _goes_off_duty(town, anna)
    await town.rows("DELETE FROM volunteers.engagement")
    async with town.acting() as c:
        assert await engagement.engage(c, incident, Kind.LIVE, [anna, ben], 2, town.now) == {ben}


async def test_an_alarm_that_rings_somebody_who_is_going_off_duty_lets_them_begin_anew(town: Town) -> None:
    """The alarm's transaction holds the volunteer; going off duty waits for it, and then knows that it rings."""
    (anna,) = await town.volunteers(100)
    incident = await town.arrest()
    await town.rows("DELETE FROM volunteers.engagement")
    async with town.acting() as alarm:
        assert await engagement.engage(alarm, incident, Kind.LIVE, [anna], 1, town.now) == {anna}
        going = asyncio.create_task(_goes_off_duty(town, anna))
        await asyncio.sleep(0.1)
        assert not going.done()
    with pytest.raises(Contended):
        await going
    await _goes_off_duty(town, anna)
    assert await town.ringing(incident) == set()
