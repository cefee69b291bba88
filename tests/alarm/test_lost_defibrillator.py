"""A defibrillator that is not there, told of more than once."""

from backend.aeds.aed import Trouble
from backend.alerts.decision import AnswerKind
from backend.responses import answer
from tests.alarm.cast import Town


async def test_the_same_trouble_told_again_costs_no_second_defibrillator(town: Town) -> None:
    """The answer was lost on its way, and the phone sends again: the next one, just named, keeps its good name."""
    (anna,) = await town.volunteers(300)
    await town.aeds(200, 100)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    first = await town.alert(incident, anna)

    for _ in range(2):
        async with town.acting() as c:
            told = await answer.lose_aed(c, town.actor, first.id, anna, Trouble.DEAD, town.now, first.aed_id)
        assert told.kind is AnswerKind.DONE

    named = (await town.alert(incident, anna)).aed_id
    assert named not in (None, first.aed_id)
    states = {row["id"]: row["state"] for row in await town.rows("SELECT id, state FROM aeds.aed")}
    assert states == {first.aed_id: "dead", named: "in_place"}
