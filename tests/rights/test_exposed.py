"""Who saw what: a list for the day somebody finds out that they should not have."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from backend.cli.commands import app
from backend.foundation.database import Actor, Lane, Role
from backend.foundation.kinds import Kind
from backend.incidents.view import View, Viewer, ViewerKind, What
from backend.incidents.viewed import write_down
from backend.rights.export import export
from backend.rights.exposed import Seen, added_up
from tests.alarm.cast import NOON, Town
from tests.people.cast import some_keys

SINCE = "2026-11-20"
ids = st.sampled_from([uuid4() for _ in range(3)])
lines = st.lists(
    st.builds(
        Seen,
        at=st.datetimes(datetime(2026, 1, 1), datetime(2026, 2, 1), timezones=st.just(UTC)),  # noqa: DTZ001
        how=st.sampled_from(["shown", "opened"]),
        what=st.sampled_from(["address", "position"]),
        viewer=st.sampled_from(["dispatch", "staff"]),
        viewer_id=st.sampled_from(["a", "b", None]),
        centre_id=ids,
        incident_id=st.none() | ids,
        about_id=st.none() | ids,
        note=st.none(),
        kind=st.none(),
    ),
    max_size=20,
)


@given(lines)
def test_no_line_is_lost_in_adding_up_and_the_busiest_come_first(seen: list[Seen]) -> None:
    found = added_up(NOON, NOON, seen)
    assert sum(caller.times for caller in found.callers) == len(seen)
    assert [c.times for c in found.callers] == sorted((c.times for c in found.callers), reverse=True)
    assert {p for c in found.callers for p in c.people} == {s.about_id for s in seen if s.about_id}


async def asks(town: Town, *words: str) -> Result:
    fixed = ["--database-url", town.database.dsn, "--since", SINCE, "--until", "2026-11-22", "--by", "KAJ"]
    return await asyncio.to_thread(CliRunner().invoke, app, ["exposed", *fixed, *words])


async def test_whose_address_and_position_a_caller_saw(town: Town) -> None:
    """A dispatch system read two people's positions; a volunteer said yes and could see the address."""
    anna, ben = await town.volunteers(100, 200)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    client = uuid4()
    looked = [
        View(what=What.POSITION, kind=Kind.LIVE, centre_id=town.centre_id, incident_id=incident, about_id=who)
        for who in (anna, ben, anna)
    ]
    actor = Actor(Role.API, centre_id=town.centre_id, person_id=client)
    async with town.database.acting_as(actor, Lane.REST) as c:
        await write_down(c, Viewer(ViewerKind.DISPATCH, client), looked, town.now + timedelta(minutes=1))

    found = json.loads((await asks(town, "--as", "json")).stdout)
    busiest = found["callers"][0]
    assert (busiest["viewer_id"], busiest["what"], busiest["times"], busiest["incidents"]) == (
        str(client),
        "position",
        3,
        1,
    )
    assert set(busiest["people"]) == {str(anna), str(ben)}
    assert [each["viewer"] for each in found["seen"] if each["what"] == "address"] == ["volunteer"]
    text = json.dumps(found)
    assert "Torvet 3" not in text
    assert "lat" not in {key for each in found["seen"] for key in each}

    alone = json.loads((await asks(town, "--as", "json", "--caller", str(client))).stdout)
    assert {each["viewer_id"] for each in alone["seen"]} == {str(client)}
    table = (await asks(town)).stdout
    assert "3 × position" in table
    assert table.splitlines()[-1].endswith("1 address, 3 position")
    rows = (await asks(town, "--as", "csv")).stdout.splitlines()
    assert len(rows) == 1 + 4
    assert rows[0].startswith("at,how,what,viewer,viewer_id")


async def test_a_copy_that_staff_took_of_somebody_is_among_what_they_saw(town: Town) -> None:
    """Two of the staff: one asked, one approved. Looked for by either, it is found; by anybody else's id it is not."""
    [anna] = await town.volunteers(100)
    kaj, eva = uuid4(), uuid4()
    actor = Actor(Role.API, person_id=anna)
    async with town.database.acting_as(actor, Lane.REST) as c:
        await export(c, actor, some_keys(), anna, town.now, by=(str(kaj), str(eva)))
    for who, copies in ((kaj, 1), (eva, 1), (uuid4(), 0)):
        found = json.loads((await asks(town, "--as", "json", "--caller", str(who))).stdout)
        assert [each["about_id"] for each in found["seen"] if each["what"] == "copy"] == [str(anna)] * copies


async def test_that_the_list_was_asked_for_is_written_down(town: Town) -> None:
    await asks(town)
    (entry,) = await town.rows("SELECT facts FROM foundation.journal_entry WHERE event = 'exposure_listed'")
    assert (entry["facts"]["by"], entry["facts"]["lines"]) == ("KAJ", 0)


async def test_a_centre_nobody_knows_and_a_moment_that_is_none_are_told(town: Town) -> None:
    assert "there is no dispatch centre x" in (await asks(town, "--centre", "x")).output
    words = ["exposed", "--database-url", town.database.dsn, "--since", "yesterday", "--by", "KAJ"]
    assert "is no moment" in (await asyncio.to_thread(CliRunner().invoke, app, words)).output
