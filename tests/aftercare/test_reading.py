"""What is read of alarms: counted as the dispatch contract counts, of those centres and that kind alone."""

from datetime import UTC, date, datetime, timedelta

from backend.aftercare.alarm import Alarm, LeftOut
from backend.aftercare.figure import Gap
from backend.aftercare.monthly import By, Measure, rows_of
from backend.aftercare.read import Read, read, regions_of
from backend.foundation.ids import CentreId
from backend.foundation.kinds import Kind
from backend.incidents.incident import Circumstance, EndReason
from backend.responses.status import Status
from tests.alarm.cast import Town, metres_east
from tests.console.cast import HOVEDSTADEN, NORDJYLLAND

NOVEMBER = date(2026, 11, 1)


async def looked_at(town: Town, centres: list[CentreId] | None = None, kind: Kind = Kind.LIVE) -> Read:
    return await read(town.database, [HOVEDSTADEN] if centres is None else centres, kind, NOVEMBER, NOVEMBER)


async def test_one_alarm_with_everything_in_it(town: Town) -> None:
    """Asked, not reached, declined, gave up, stood down, arrived: each is counted once, where it belongs."""
    anna, ben, carl, dora, *_, never = await town.volunteers(100, 110, 120, 130, 140, 150)
    incident = await town.arrest()
    await town.rows(
        "UPDATE alerts.alert SET state = 'unreachable', ended_at = asked_at WHERE volunteer_id = $1 RETURNING 1", never
    )
    town.clock.advance(timedelta(seconds=40))
    for each in (anna, ben, carl):
        await town.accepts(incident, each)
    await town.declines(incident, dora)
    await town.gives_up(incident, ben)
    town.clock.advance(timedelta(seconds=200))
    await town.tells(incident, anna, Status.ON_SCENE)
    await town.tells(incident, anna, Status.WITH_PATIENT)
    await town.ends(incident)
    (alarm,) = (await looked_at(town)).alarms
    assert (alarm.alerted, alarm.accepted, alarm.stood_down, alarm.silent) == (5, 3, 1, 1)
    assert (alarm.until_push(), alarm.until_accept(), alarm.until_arrival()) == (0, 40, 240)
    assert (alarm.redundant(), alarm.nobody_came()) == (0, 0)


async def test_a_push_no_provider_took_and_an_arrival_nobody_told_are_missing(town: Town) -> None:
    (anna,) = await town.volunteers(100)
    town.pushes_go_out = False
    incident = await town.arrest()
    await town.accepts(incident, anna)
    await town.ends(incident)
    (alarm,) = (await looked_at(town)).alarms
    assert [alarm.until_push(), alarm.until_arrival(), alarm.nobody_came()] == [Gap.MISSING] * 3


async def test_what_goes_on_was_reported_twice_or_excluded_is_left_out_and_nobody_in_reach_is_not(town: Town) -> None:
    anna, _ = await town.volunteers(100, 110)
    first = await town.arrest()
    await town.accepts(first, anna)
    second = await town.arrest(metres_east(30))
    await town.joins(second, first)
    excluded = await town.arrest(metres_east(60_000), circumstances=[Circumstance.TRAUMA])
    await town.ends(excluded, EndReason.CLOSED)
    lonely = await town.arrest(metres_east(90_000))
    await town.ends(lonely)
    found = {each.id: each for each in (await looked_at(town)).alarms}
    said = {first: LeftOut.OPEN, second: LeftOut.JOINED, excluded: LeftOut.EXCLUDED, lonely: None}
    assert {each: found[each].left_out for each in said} == said
    assert (found[lonely].alerted, found[lonely].nobody_came()) == (0, 1)


async def test_a_figure_counts_one_kind_and_the_centres_that_were_asked_for(town: Town) -> None:
    live, exercise = await town.arrest(), await town.arrest(kind=Kind.EXERCISE)

    async def ids(centres: list[CentreId] | None, kind: Kind) -> list[object]:
        return [each.id for each in (await looked_at(town, centres, kind)).alarms]

    assert await ids([HOVEDSTADEN], Kind.LIVE) == [live]
    assert await ids([HOVEDSTADEN], Kind.EXERCISE) == [exercise]
    assert await ids([NORDJYLLAND], Kind.LIVE) == []
    assert await ids([], Kind.LIVE) == []
    every = await read(town.database, None, Kind.LIVE, NOVEMBER, NOVEMBER)
    assert [each.id for each in every.alarms] == [live]
    assert {str(HOVEDSTADEN), str(NORDJYLLAND)} <= {each.key for each in every.centres}


async def test_two_alarms_around_new_year_count_for_the_region_there_was_then(town: Town) -> None:
    """31 December 23.59 and 1 January 00.01: the same street, and two regions."""
    for region, minute in (("1084", -1), ("1084+1085", 1)):
        town.clock.advance(datetime(2026, 12, 31, 23, tzinfo=UTC) + timedelta(minutes=minute) - town.now)
        incident = await town.arrest()
        await town.rows("UPDATE incidents.incident SET region = $2 WHERE id = $1 RETURNING 1", incident, region)
        await town.ends(incident)
    months = [date(2026, 12, 1), date(2027, 1, 1)]
    found = await read(town.database, [HOVEDSTADEN], Kind.LIVE, *months)
    rows = rows_of(found.alarms, regions_of(found.alarms, english=False, in_none=""), months, By.REGION)
    said = [(row.group.key, row.month, getattr(row.figures[Measure.ALARMS], "value", None)) for row in rows]
    assert said == [("1084", months[0], 1), ("1084+1085", months[1], 1)]


def test_an_alarm_holds_nobody_and_no_place() -> None:
    """What figures are made of could be told to anybody who may see the centre's months."""
    held = set(Alarm.__struct_fields__)
    assert not held & {"case_number", "volunteer_id", "pseudonym", "cell_r9", "lat", "lon", "municipality"}
