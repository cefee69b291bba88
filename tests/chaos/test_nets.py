"""The database refuses what no verb would do; and whoever takes a net away is found."""

from collections.abc import AsyncIterator

import pytest

from backend.foundation.database import Lane, open_database
from tests.alarm.cast import Town
from tests.chaos.healthy import Story
from tests.chaos.nets import holes
from tests.harness.keys import RING


@pytest.fixture
async def story(database_dsn: str) -> AsyncIterator[Story]:
    database = await open_database(database_dsn, dict.fromkeys(Lane, 2), carries=RING)
    town = Town(database)
    await town.begin()
    story = Story(town)
    await story.happens()
    yield story
    await database.close()


async def test_every_net_holds(story: Story) -> None:
    assert await holes(story) == []


@pytest.mark.parametrize(
    ("taken_away", "promise"),
    [
        ("DROP INDEX incidents.one_open_case", 2),
        ("ALTER TABLE alerts.alert DROP CONSTRAINT alert_incident_id_volunteer_id_key", 4),
        ("ALTER TABLE volunteers.engagement DROP CONSTRAINT engagement_pkey", 4),
        ("DROP TRIGGER no_late_attempt ON delivery.attempt", 6),
        ("DROP INDEX alerts.alert_place_taken_once", 8),
        ("DROP TRIGGER only_legal_moves ON alerts.alert", 9),
        ("ALTER TABLE volunteers.engagement DROP CONSTRAINT engagement_volunteer_id_kind_fkey", 10),
        ("ALTER TABLE foundation.journal_entry DROP CONSTRAINT journal_entry_incident_id_seq_key", 11),
    ],
)
async def test_a_net_that_is_gone_is_found(story: Story, taken_away: str, promise: int) -> None:
    async with story.town.acting() as c:
        await c.execute("RESET ROLE")
        await c.execute(taken_away)

    assert any(hole.startswith(f"promise {promise}: nothing held") for hole in await holes(story))
