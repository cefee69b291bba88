"""The journal alone gives incidents, alerts, roles and answers back."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from typer.testing import CliRunner

from backend.aeds.aed import Trouble
from backend.alerts.alert import AlertState
from backend.alerts.replay import CannotBe, Replayed, differences, replay
from backend.cli import journal as journal_command
from backend.foundation.ids import IncidentId
from backend.foundation.journal import Entry, Event, Fact
from backend.incidents.incident import Address, Place
from backend.responses.status import Status
from tests.alarm.cast import SQUARE, Town, metres_east

CASE, ALERT = UUID(int=1), UUID(int=2)


async def told(town: Town, incident_id: IncidentId) -> tuple[Replayed, list[str]]:
    found = replay(await town.journal(incident_id))
    return found, differences(found, await town.incident(incident_id), await town.alerts(incident_id))


async def test_replaying_a_case_with_everything_in_it_gives_what_its_tables_say(town: Town) -> None:
    await town.aeds(150, 180, 210)
    anna, ben, carl, dora, *_ = await town.volunteers(100, 200, 300, 400, 500)
    incident = await town.arrest()
    for each in (anna, ben, carl):
        await town.accepts(incident, each)
    await town.declines(incident, dora)
    await town.loses_aed(incident, anna, Trouble.LOCKED)
    await town.gives_up(incident, ben)
    await town.tells(incident, carl, Status.FINISHED)
    await town.accepts(incident, dora)
    await town.revises(incident, Place(*metres_east(30), 5, Address(text="Torvet 5")))
    await town.time_passes(minutes=3)
    assert (await told(town, incident))[1] == []
    await town.ends(incident)

    found, differ = await told(town, incident)

    assert differ == []
    states = {alert.state for alert in found.alerts.values()}
    expected = {AlertState.STOOD_DOWN, AlertState.GAVE_UP, AlertState.FINISHED, AlertState.MISSED}
    assert states == expected


async def test_replaying_gives_whoever_was_carried_over_to_another_incident(town: Town) -> None:
    await town.aeds(150)
    anna, ben = await town.volunteers(100, 200)
    ending = await town.arrest()
    await town.accepts(ending, anna)
    kept = await town.arrest(metres_east(30, SQUARE))

    await town.joins(ending, kept)

    assert (await told(town, ending))[1] == []
    found, differ = await told(town, kept)
    assert differ == []
    assert AlertState.ACCEPTED in {alert.state for alert in found.alerts.values()}
    assert await town.state(ending, ben) is AlertState.WITHDRAWN


async def test_an_incident_that_is_not_there_is_no_broken_journal(town: Town) -> None:
    words = ["replay", str(uuid4())]
    environment = {"HJERTELOEBER_DATABASE_URL": town.database.dsn}
    done = await asyncio.to_thread(CliRunner().invoke, journal_command.app, words, env=environment)

    assert (done.exit_code, done.stderr.startswith("there is no such incident")) == (2, True)


async def test_a_change_that_went_past_the_journal_shows(town: Town) -> None:
    await town.volunteers(100)
    incident = await town.arrest()
    await town.rows("UPDATE alerts.alert SET state = 'declined', answered_at = asked_at, ended_at = asked_at")

    _, differ = await told(town, incident)

    assert [each.partition(": ")[2] for each in differ] == [
        "state is ringing in the journal, declined in its table",
        "answered is False in the journal, True in its table",
    ]


def entries(*happened: tuple[Event, dict[str, Fact]]) -> list[Entry]:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    return [
        Entry(number, CASE, number, event.value, at, "live", None, facts)
        for number, (event, facts) in enumerate(happened, start=1)
    ]


OPENED: tuple[Event, dict[str, Fact]] = (Event.INCIDENT_OPENED, {})
ASKED: tuple[Event, dict[str, Fact]] = (Event.WAVE_ASKED, {"wave": 1, "alerts": [str(ALERT)]})
ABOUT_IT: dict[str, Fact] = {"alert": str(ALERT), "reason": "cannot_get_there"}


@pytest.mark.parametrize(
    "happened",
    [
        [],
        [ASKED],
        [OPENED, OPENED],
        [OPENED, (Event.DECLINED, ABOUT_IT)],
        [OPENED, ASKED, ASKED],
        [OPENED, ASKED, (Event.GAVE_UP, ABOUT_IT)],
        [OPENED, ASKED, (Event.ROLE_CHANGED, ABOUT_IT | {"role": "direct"})],
        [OPENED, (Event.INCIDENT_REVISED, {"revision": 3})],
        [OPENED, ASKED, (Event.INCIDENT_ENDED, {"reason": "closed"})],
    ],
)
def test_a_journal_of_what_cannot_have_happened_is_refused(happened: list[tuple[Event, dict[str, Fact]]]) -> None:
    with pytest.raises(CannotBe):
        replay(entries(*happened))


def test_a_missing_entry_is_noticed() -> None:
    first, _, third = entries(OPENED, ASKED, (Event.DECLINED, ABOUT_IT))
    with pytest.raises(CannotBe, match="entry 2 has the number 3"):
        replay([first, third])


async def test_the_command_tells_an_incident_from_its_journal(town: Town) -> None:
    (anna,) = await town.volunteers(100)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    environment = {"HJERTELOEBER_DATABASE_URL": town.database.dsn}  # and nothing else

    done = await asyncio.to_thread(CliRunner().invoke, journal_command.app, ["replay", str(incident)], env=environment)

    assert (done.exit_code, done.output.splitlines()[0]) == (0, "open; revision 1; 1 alerts")
    assert "accepted place 1, direct" in done.output


async def test_what_somebody_carried_over_had_told_is_in_the_journal_of_the_incident_that_goes_on(town: Town) -> None:
    (anna,) = await town.volunteers(100)
    ending, kept = await town.arrest(), await town.arrest(metres_east(30, SQUARE))
    await town.accepts(ending, anna)
    await town.tells(ending, anna, Status.EN_ROUTE)

    await town.joins(ending, kept)

    alert = str((await town.alert(kept, anna)).id)
    told = [entry.facts for entry in await town.journal(kept) if entry.event == Event.STATUS]
    assert [(facts["alert"], facts["status"]) for facts in told] == [(alert, "en_route")]
