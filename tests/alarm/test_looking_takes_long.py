"""Looking for a defibrillator holds the incident: it has half a second, and nobody's yes waits for more."""

import asyncio

from backend.alerts.decision import AnswerKind
from backend.selection.policy import Role
from tests.alarm.cast import Town


async def test_whoever_accepts_while_the_defibrillators_cannot_be_read_goes_direct(town: Town) -> None:
    """As during a migration or a repair: whoever holds the table lets go when it is done, and here only afterwards."""
    (anna,) = await town.volunteers(200)
    await town.aeds(100)
    incident = await town.arrest()

    async with town.acting() as repairing:
        await repairing.execute("RESET ROLE")
        await repairing.execute("LOCK TABLE aeds.aed IN ACCESS EXCLUSIVE MODE")
        async with asyncio.timeout(15):  # without a limit of its own it waits for thirty seconds
            answer = await town.accepts(incident, anna)

    assert answer.kind is AnswerKind.DONE
    alert = await town.alert(incident, anna)
    assert (alert.role, alert.way_m, alert.left_reach) == (Role.DIRECT, alert.metres, False)
