"""A defibrillator that is not there, told of more than once."""

from backend.aeds.aed import Trouble
from backend.alerts.decision import AnswerKind
from backend.responses import answer
from backend.responses.status import Status
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


async def test_the_second_one_is_carried_too_where_the_first_was_dead(town: Town) -> None:
    (anna,) = await town.volunteers(300)
    await town.aeds(200, 100)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    await town.tells(incident, anna, Status.AED_PICKED_UP)

    await town.loses_aed(incident, anna, Trouble.DEAD)
    await town.tells(incident, anna, Status.AED_PICKED_UP)

    states = [row["state"] for row in await town.rows("SELECT state FROM aeds.aed ORDER BY state")]
    assert states == ["dead", "picked_up"]
