"""The delivery report of a day: counts by channel, platform and version, in which nobody can be found."""

import asyncio
from datetime import date, timedelta

import msgspec
import pytest
from typer.testing import CliRunner

from backend.cli.commands import app
from backend.delivery import receipts
from backend.delivery.message import Channel, What
from backend.delivery.report import Report, report
from backend.demo.provider_faults import Trouble
from backend.foundation.database import Role
from backend.foundation.kinds import Kind
from tests.delivery.cast import NOW, Town
from tests.delivery.providers import Providers, Worker

DAY = date(2026, 11, 21)


async def told(town: Town, day: date = DAY, kind: Kind = Kind.LIVE) -> Report:
    async with town.transaction(Role.OWNER) as c:
        return await report(c, day, kind)


async def rung(town: Town, worker: Worker, how_many: int, *, platform: str = "android", begin: int = 0) -> None:
    """So many people's phones are rung; every second shows it."""
    for n in range(begin, begin + how_many):
        who = await town.volunteer(push=f"token-{n}", sms=False, phone=f"+45200004{n:02}", platform=platform)
        ring = await town.message(who)
        await worker.works()
        if n % 2 == 0:
            async with town.transaction() as c:
                await receipts.receive(c, ring.subject_id, who, Channel.FCM, NOW, NOW)


async def test_what_google_took_and_apps_showed_stands_under_googles_names(
    town: Town, providers: Providers, worker: Worker
) -> None:
    await rung(town, worker, 6)

    (line,) = (await told(town)).lines

    assert (line.group.channel, line.group.platform, line.group.app_version) == (Channel.FCM, "android", "1.0.0")
    assert (line.group.people, line.group.accepted, line.group.received) == (6, 6, 3)
    assert line.fcm is not None
    assert line.fcm.countMessagesAccepted == 6
    assert line.fcm.messageOutcomePercents.delivered == 50.0
    assert line.group.latency_ms is not None


async def test_what_only_google_knows_is_null(town: Town, providers: Providers, worker: Worker) -> None:
    await rung(town, worker, 5)

    (line,) = (await told(town)).lines

    assert line.fcm is not None
    outcomes = msgspec.to_builtins(line.fcm.messageOutcomePercents)
    assert {name for name, value in outcomes.items() if value is None} == {
        *("pending", "collapsed", "droppedTooManyPendingMessages", "droppedAppForceStopped", "droppedDeviceInactive"),
        "droppedTtlExpired",
    }
    assert set(msgspec.to_builtins(line.fcm.deliveryPerformancePercents).values()) == {None}


async def test_a_group_of_four_is_not_shown_and_no_total_gives_it_away(
    town: Town, providers: Providers, worker: Worker
) -> None:
    await rung(town, worker, 5)
    await rung(town, worker, 4, platform="ios", begin=5)

    found = await told(town)

    assert [line.group.platform for line in found.lines] == ["android"]
    assert found.hidden_groups == 1
    assert "ios" not in msgspec.json.encode(found).decode()


async def test_ten_rings_of_four_people_are_four_people(town: Town, providers: Providers, worker: Worker) -> None:
    await rung(town, worker, 4)
    async with town.transaction() as c:
        everybody = [row["id"] for row in await c.fetch("SELECT id FROM volunteers.volunteer")]
    for who in everybody * 2:
        await town.message(who)
    await worker.works()

    assert (await told(town)).lines == []


async def test_failures_are_counted_as_what_they_were(town: Town, providers: Providers, worker: Worker) -> None:
    providers.trouble_pushes(Trouble.UNAVAILABLE, times=2)
    await rung(town, worker, 5)
    await worker.works(after_s=1)

    (line,) = (await told(town)).lines

    assert (line.group.attempts, line.group.attempts_ambiguous, line.group.attempts_accepted) == (6, 2, 4)
    assert line.group.not_needed == 1, "its phone had shown it all the same"


async def test_a_day_is_a_danish_one_of_one_kind_and_only_alarms_count(
    town: Town, providers: Providers, worker: Worker
) -> None:
    await rung(town, worker, 5)
    async with town.transaction() as c:
        everybody = [row["id"] for row in await c.fetch("SELECT id FROM volunteers.volunteer")]
    for who in everybody:
        await town.message(who, What.NOTICE)
        await town.message(who, now=NOW + timedelta(hours=11, minutes=30))  # 00:30 of the next day in Denmark

    (line,) = (await told(town)).lines
    assert line.group.deliveries == 5
    assert [line.group.deliveries for line in (await told(town, DAY + timedelta(days=1))).lines] == [5]
    assert (await told(town, kind=Kind.EXERCISE)).lines == []


@pytest.mark.parametrize("as_json", [True, False])
async def test_the_command_prints_it(town: Town, providers: Providers, worker: Worker, as_json: bool) -> None:
    await rung(town, worker, 5)
    words = ["report", "delivery", "--day", str(DAY), "--database-url", town.database.dsn]

    done = await asyncio.to_thread(CliRunner().invoke, app, [*words, *(["--json"] if as_json else [])])

    assert done.exit_code == 0, done.output
    assert '"countMessagesAccepted":5' in done.output if as_json else "countMessagesAccepted 5" in done.output
