"""Nobody takes it up: by agreement a neighbour is let in for a while, and never without one."""

import asyncio
from datetime import timedelta

import pytest

from backend.attention.agreed import end_agreement
from backend.attention.item import Needs
from backend.foundation.database import Actor, Role
from backend.regions import access
from tests.alarm.cast import Town
from tests.attention.cast import OWNER, agrees, events, items, lent, looks, neighbour, sounds, takes_up, waiting


async def test_without_an_agreement_nobody_ever_helps(town: Town) -> None:
    await neighbour(town)
    await town.arrest()
    await town.time_passes(minutes=50)
    await looks(town)
    assert await lent(town) == []


async def test_what_nobody_takes_up_in_time_is_lent_once_for_a_while_and_told_on_both_sides(town: Town) -> None:
    helps = await neighbour(town)
    await agrees(town, helps)
    incident = await sounds(town)
    await town.time_passes(seconds=59)
    await looks(town)
    assert await lent(town) == []
    await town.time_passes(seconds=1)

    await asyncio.gather(looks(town), looks(town))
    await looks(town)

    assert await lent(town) == [(helps, timedelta(minutes=30))]
    assert (await events(town, incident)).count("lent") == 1
    assert await waiting(town, helps) == [Needs.HANDOVER_RECEIVED]
    rows = await town.rows(
        "SELECT centre_id, event FROM foundation.journal_entry WHERE incident_id IS NULL AND event IN "
        "('right_changed', 'attention_needed') AND facts ->> 'change' IS DISTINCT FROM 'overflow_agreed' ORDER BY id"
    )
    assert [(r["centre_id"], r["event"]) for r in rows] == [
        (town.centre_id, "right_changed"),
        (helps, "attention_needed"),
    ]
    assert (await town.incident(incident)).centre_id == town.centre_id, "the owner keeps it"


async def test_whoever_takes_it_up_in_time_keeps_it_to_themselves(town: Town) -> None:
    await agrees(town, await neighbour(town))
    await sounds(town)
    (item,) = await items(town)
    await takes_up(town, item.id)
    await town.time_passes(minutes=10)
    await looks(town)
    assert await lent(town) == []


async def test_the_grant_ends_by_itself_and_an_ended_agreement_grants_no_more(town: Town) -> None:
    helps = await neighbour(town)
    await agrees(town, helps)
    await sounds(town)
    await town.time_passes(minutes=1)
    await looks(town)
    async with town.database.acting_as(town.actor) as c:
        grants = await access.load(c)
    assert grants.acts_for(helps, town.now) == (town.centre_id,)
    assert grants.only_stops(helps, town.now) == {town.centre_id}
    assert grants.acts_for(helps, town.now + timedelta(minutes=30)) == ()

    async with town.database.acting_as(OWNER) as c:
        assert await end_agreement(c, OWNER, town.centre_id, helps, "vagthavende", town.now)
    await town.time_passes(minutes=31)
    await looks(town)
    assert await waiting(town, helps) == []
    assert len(await lent(town)) == 1


async def test_a_worker_can_lend_nothing_but_what_is_agreed(town: Town) -> None:
    """Whatever a fault in it tries."""
    helps = await neighbour(town)
    worker = Actor(Role.WORKER, centre_id=town.centre_id)
    until = town.now + timedelta(minutes=5)
    with pytest.raises(Exception, match="row-level security"):
        async with town.database.acting_as(worker) as c:
            await access.lend_by_agreement(c, worker, town.centre_id, helps, until, "agreement", town.now)
    await agrees(town, helps)
    too_long = town.now + timedelta(minutes=31)
    with pytest.raises(Exception, match="row-level security"):
        async with town.database.acting_as(worker) as c:
            await access.lend_by_agreement(c, worker, town.centre_id, helps, too_long, "agreement", town.now)
    async with town.database.acting_as(worker) as c:
        assert await access.lend_by_agreement(c, worker, town.centre_id, helps, until, "agreement", town.now)
