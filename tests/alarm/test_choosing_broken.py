"""Choosing is broken and nothing else: who answers is heard, who rings falls silent, asking goes on afterwards."""

from backend.alerts.alert import AlertState
from backend.alerts.decision import AnswerKind
from backend.foundation.journal import Event
from tests.alarm.cast import Town
from tests.alarm.test_asking import no_channel_reaches


async def test_a_yes_counts_and_silence_ends_while_nobody_can_be_chosen(town: Town) -> None:
    people = await town.volunteers(*(100 * n for n in range(1, 22)))
    lost, anna, silent, next_one = people[0], people[1], people[2], people[20]
    incident = await town.arrest()
    await no_channel_reaches(town, incident, lost)
    await town.rows("ALTER TABLE selection.candidate RENAME TO elsewhere")

    await town.time_passes(seconds=5)
    assert await town.state(incident, lost) is AlertState.UNREACHABLE
    assert (await town.accepts(incident, anna)).kind is AnswerKind.DONE
    await town.time_passes(minutes=3)

    assert await town.state(incident, silent) is AlertState.MISSED
    assert await town.engaged() == {anna}
    journal = [entry.event for entry in await town.journal(incident)]
    assert 1 < journal.count(Event.CHOOSING_FAILED) < 40, "tried again, and less and less often"
    await town.rows("ALTER TABLE selection.elsewhere RENAME TO candidate")
    await town.time_passes(minutes=2)
    assert await town.ringing(incident) == {next_one}
