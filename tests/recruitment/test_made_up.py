"""Numbers are made up of a campaign that began as a made-up one, and of no other."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import msgspec
import pytest

from backend.foundation.database import Actor, Connection, Database, Lane, Role, open_database, prepare_connection
from backend.recruitment import made_up, queries, register
from backend.recruitment.campaign import ROOT, Campaign
from backend.recruitment.made_up import NotMadeUp
from backend.recruitment.queries_count import Count
from tests.harness.keys import RING

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
MORE = [Count("registered", ROOT, 40)]


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    opened = await open_database(database_dsn, dict.fromkeys(Lane, 2), carries=RING)
    yield opened
    await opened.close()


@pytest.fixture
async def owner(database_dsn: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(database_dsn)
    await prepare_connection(connection)
    yield connection
    await connection.close()


async def begun(database: Database, *, made_up: bool) -> Campaign:
    """As it is read again, which is how whoever makes numbers up comes by it."""
    campaign = Campaign(uuid4(), f"c {uuid4()}", 10, 30, NOON, NOON + timedelta(days=90), made_up)
    async with database.acting_as(Actor(Role.CAMPAIGNS)) as c:
        await register.register(c, campaign)
        read = await queries.campaign_named(c, campaign.name)
    assert read is not None
    return read


async def test_nothing_of_a_campaign_that_began_in_earnest_is_forgotten_or_made_up(
    database: Database, owner: Connection
) -> None:
    """Although nobody came yet, and whoever asks owns the tables."""
    real = await begun(database, made_up=False)
    with pytest.raises(NotMadeUp, match=real.name):
        await made_up.begin_anew(owner, real)
    with pytest.raises(NotMadeUp, match=real.name):
        await made_up.add(owner, real, MORE)
    assert await owner.fetchval("SELECT count(*) FROM recruitment.tally WHERE campaign_id = $1", real.id) == 0


async def test_a_made_up_campaign_gets_made_up_numbers(database: Database, owner: Connection) -> None:
    shown = await begun(database, made_up=True)
    await made_up.begin_anew(owner, shown)
    await made_up.add(owner, shown, MORE)
    assert await owner.fetchval("SELECT count FROM recruitment.tally WHERE campaign_id = $1", shown.id) == 40


async def test_who_runs_campaigns_makes_no_campaign_of_people_a_made_up_one(database: Database) -> None:
    real = await begun(database, made_up=False)
    async with database.acting_as(Actor(Role.CAMPAIGNS)) as c:
        with pytest.raises(register.CannotBe):
            await register.register(c, msgspec.structs.replace(real, id=uuid4(), made_up=True))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.acting_as(Actor(Role.CAMPAIGNS)) as c:
            await c.execute("UPDATE recruitment.campaign SET made_up = true WHERE id = $1", real.id)
