"""Water is not walked over: who is asked where Esbjerg is 4.3 km away and the ferry takes twelve minutes."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.alerts.alert import AlertState
from backend.foundation.database import Role
from backend.foundation.ids import IncidentId, VolunteerId, in_order
from backend.foundation.journal import Event
from backend.foundation.kinds import Kind
from backend.incidents.incident import Address, Place
from backend.locations import land, land_file
from backend.locations.cells import cell_of, metres_between, res9_of
from backend.selection.candidate import Verdict
from backend.selection.find import find
from backend.selection.policies import shipped
from backend.selection.policy import read_policy
from tests.alarm.cast import Town, metres_east

Point = tuple[float, float]
HAND_DRAWN = Path(__file__).parents[2] / "backend" / "demo" / "land_parts.geojson"
NORDBY: Point = (55.446, 8.398)
RINDBY: Point = (55.422, 8.392)
ESBJERG: Point = (55.470, 8.452)
ESBJERG_HARBOUR: Point = (55.4635, 8.4225)
ESBJERG_SHORE: Point = (55.4675, 8.4320)
SVENDBORG: Point = (55.0600, 10.6070)
VINDEBY: Point = (55.0400, 10.6150)
DANISH_RULE = read_policy(next(fields for fields in shipped() if fields["name"] == "dk-2026"))


async def draw(town: Town, *parts: str) -> None:
    """Import the hand-drawn parts, all of them or those named."""
    read = land_file.read(HAND_DRAWN.read_bytes())
    async with town.acting(Role.OWNER) as c:
        await c.execute("RESET ROLE")
        wanted = [part for part in read if not parts or part.name in parts]
        await land.import_land(c, wanted, "hand-drawn", "CC0 1.0", town.now)


async def one(town: Town, at: Point) -> VolunteerId:
    (volunteer,) = await town.volunteers(0, at=at)
    return volunteer


async def policy(town: Town, name: str, **fields: Any) -> str:
    """The Danish rule under another name with some fields changed."""
    await town.rows(
        """
        INSERT INTO selection.policy (id, name, version, fields, author, made_at)
        SELECT gen_random_uuid(), $1, 1, fields || $2 || jsonb_build_object('name', $1::text), 'test', made_at
        FROM selection.policy WHERE name = 'dk-2026'
        """,
        name,
        fields,
    )
    return name


async def verdicts(town: Town, incident: IncidentId) -> dict[VolunteerId, str]:
    rows = await town.rows("SELECT volunteer_id, verdict FROM selection.candidate WHERE incident_id = $1", incident)
    return {row["volunteer_id"]: row["verdict"] for row in rows}


def test_fanoe_and_esbjerg_are_as_far_apart_as_the_book_says() -> None:
    assert metres_between(*NORDBY, *ESBJERG) == pytest.approx(4_300, abs=50)
    assert metres_between(*NORDBY, *ESBJERG_SHORE) == pytest.approx(3_200, abs=100)


async def test_for_a_patient_in_nordby_those_on_fanoe_are_asked_and_those_in_esbjerg_are_not(town: Town) -> None:
    await draw(town)
    nordby, rindby = await one(town, metres_east(200, NORDBY)), await one(town, RINDBY)
    esbjerg, shore = await one(town, ESBJERG), await one(town, ESBJERG_SHORE)

    incident = await town.arrest(NORDBY)

    assert {nordby, rindby} == await town.ringing(incident)
    said = await verdicts(town, incident)
    assert said[esbjerg] == said[shore] == Verdict.WATER_BETWEEN
    (asked,) = [entry for entry in await town.journal(incident) if entry.event == Event.WAVE_ASKED]
    assert asked.facts["passed_over"] == {"water_between": 2}


async def test_for_a_patient_in_esbjerg_nobody_comes_from_fanoe_however_few_are_near(town: Town) -> None:
    await draw(town)
    nordby, esbjerg = await one(town, NORDBY), await one(town, metres_east(1_500, ESBJERG))

    incident = await town.arrest(ESBJERG)

    assert {esbjerg} == await town.ringing(incident)
    assert (await verdicts(town, incident))[nordby] == Verdict.WATER_BETWEEN


async def test_they_take_no_place_from_whoever_can_come(town: Town) -> None:
    """Thirty in Esbjerg are nearer than some on Fanø: all twenty asked are on Fanø."""
    await draw(town)
    await town.volunteers(*(10 * n for n in range(30)), at=ESBJERG_SHORE)
    south = await town.volunteers(*(10 * n for n in range(22)), at=(55.4100, 8.4200))

    incident = await town.arrest(NORDBY)

    asked = await town.ringing(incident)
    assert len(asked) == 20
    assert asked <= set(south)


async def test_a_policy_may_allow_water(town: Town) -> None:
    await draw(town)
    esbjerg = await one(town, ESBJERG)

    incident = await town.arrest(NORDBY, policy=await policy(town, "with-boats", over_water=True))

    assert {esbjerg} == await town.ringing(incident)


async def test_without_land_parts_everybody_is_asked(town: Town) -> None:
    esbjerg = await one(town, ESBJERG)
    assert {esbjerg} == await town.ringing(await town.arrest(NORDBY))


@pytest.mark.parametrize("known", ["Fanø", "Vestjylland ved Esbjerg"])
async def test_where_only_one_of_the_two_lands_is_known_everybody_is_asked(town: Town, known: str) -> None:
    await draw(town, known)
    esbjerg = await one(town, ESBJERG)
    assert {esbjerg} == await town.ringing(await town.arrest(NORDBY))


async def test_a_bridge_joins(town: Town) -> None:
    """Over Svendborg Sound, which is no wider than a kilometre, leads a bridge."""
    await draw(town)
    svendborg = await one(town, SVENDBORG)
    assert {svendborg} == await town.ringing(await town.arrest(VINDEBY))


@pytest.mark.parametrize("patient", [ESBJERG_HARBOUR, (55.4570, 8.4170)])
async def test_a_patient_on_the_water_passes_nobody_over(town: Town, patient: Point) -> None:
    await draw(town)
    nordby, esbjerg = await one(town, NORDBY), await one(town, ESBJERG)
    assert {nordby, esbjerg} == await town.ringing(await town.arrest(patient))


async def test_a_volunteer_on_the_water_is_asked_by_either_side(town: Town) -> None:
    await draw(town)
    aboard = await one(town, (55.4570, 8.4170))
    first = await town.arrest(NORDBY)
    assert {aboard} == await town.ringing(first)
    await town.ends(first)
    assert {aboard} == await town.ringing(await town.arrest(ESBJERG_SHORE))


async def test_a_place_known_so_coarsely_that_it_may_be_on_either_side_passes_nobody_over(town: Town) -> None:
    """A telephone mast in Nordby: 5 km around it is Esbjerg too. Within 500 m it is Fanø for certain."""
    await draw(town)
    esbjerg = await one(town, ESBJERG)
    assert not await town.ringing(await town.arrest(NORDBY, accuracy_m=500))
    assert {esbjerg} == await town.ringing(await town.arrest(NORDBY, accuracy_m=3_500))


async def test_an_absurd_radius_loses_no_alarm(town: Town) -> None:
    await draw(town)
    nordby = await one(town, NORDBY)
    assert {nordby} == await town.ringing(await town.arrest(NORDBY, accuracy_m=1e9))


async def test_water_is_the_reason_told_of_somebody_whom_another_alarm_has_as_well(town: Town) -> None:
    """Whoever is busy is looked at again; water stays."""
    await draw(town)
    esbjerg = await one(town, ESBJERG)
    await town.arrest(metres_east(300, ESBJERG))

    incident = await town.arrest(NORDBY)

    assert await verdicts(town, incident) == {esbjerg: Verdict.WATER_BETWEEN}


async def test_a_home_on_the_patient_s_side_counts_when_work_is_over_the_water(town: Town) -> None:
    await draw(town)
    volunteer = await one(town, ESBJERG)
    await town.rows("UPDATE locations.position SET seen_at = seen_at - interval '4 days'")
    places = [("work", ESBJERG_SHORE), ("home", RINDBY)]
    for name, at in places:
        await town.rows(
            """
            INSERT INTO locations.fixed_place (volunteer_id, place, cell, cell_r9, available, set_at)
            SELECT volunteer_id, $1, $2, $3, true, seen_at FROM locations.position
            """,
            name,
            cell_of(*at),
            res9_of(*at),
        )

    incident = await town.arrest(NORDBY)

    assert {volunteer} == await town.ringing(incident)


@pytest.mark.parametrize(
    "breakage",
    [
        "DELETE FROM locations.land_cell",
        "DELETE FROM locations.land_part",
        "UPDATE locations.land_cell SET land = NULL",
        "UPDATE locations.land_cell SET land = 4711",
    ],
)
async def test_whatever_the_table_of_land_says_an_alarm_asks(town: Town, breakage: str) -> None:
    await draw(town)
    nordby = await one(town, NORDBY)
    await town.rows(breakage)
    assert nordby in await town.ringing(await town.arrest(metres_east(100, NORDBY)))


async def test_a_better_place_over_the_water_lets_those_go_who_cannot_come_and_asks_those_who_can(town: Town) -> None:
    """First a mast in Esbjerg, then the house in Nordby: who accepted in Esbjerg is told, Fanø is asked."""
    await draw(town)
    goes, rings = await one(town, ESBJERG_SHORE), await one(town, ESBJERG)
    nordby = await one(town, metres_east(200, NORDBY))
    incident = await town.arrest(ESBJERG)
    await town.accepts(incident, goes)

    await town.revises(incident, Place(*NORDBY, 20, Address(text="Hovedgaden 1")))

    let_go = [await town.alert(incident, each) for each in (goes, rings)]
    assert [alert.state for alert in let_go] == [AlertState.STOOD_DOWN, AlertState.WITHDRAWN]
    assert {alert.reason for alert in let_go} == {"out_of_reach"}
    assert {nordby} == await town.ringing(incident)


async def test_nobody_is_sent_by_a_defibrillator_over_the_water(town: Town) -> None:
    """The nearest hangs on the quay of Esbjerg; it is none for Nordby, and one for a policy that allows water."""
    await draw(town)
    await town.aeds(0, at=(55.4632, 8.4345))
    volunteer = await one(town, metres_east(1_200, (55.4400, 8.3900)))
    patient = metres_east(400, NORDBY)

    first = await town.arrest(patient)
    await town.accepts(first, volunteer)
    assert (await town.alert(first, volunteer)).aed_id is None
    await town.ends(first)

    boats = await policy(town, "with-boats", over_water=True, aed_detour_max_m=None)
    second = await town.arrest(patient, policy=boats)
    await town.accepts(second, volunteer)
    assert (await town.alert(second, volunteer)).aed_id is not None


async def test_a_plan_made_before_any_land_was_imported_does_not_read_the_table_whole_afterwards(town: Town) -> None:
    """From the sixth time on a connection keeps its plan; the import ends it."""
    await one(town, NORDBY)
    parts = land_file.read(HAND_DRAWN.read_bytes())
    whole_reads = "SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relid = 'locations.land_cell'::regclass"
    async with town.acting(Role.OWNER) as c:
        await c.execute("RESET ROLE")
        await c.execute("ANALYZE locations.land_cell")

        async def look() -> None:
            await find(
                c, IncidentId(in_order()), Kind.LIVE, *NORDBY, DANISH_RULE, 5_000, 20, set(), town.now, accuracy_m=10
            )

        for _ in range(8):
            await look()
        await land.import_land(c, parts, "hand-drawn", "CC0 1.0", town.now)
        before = await c.fetchval(whole_reads)
        for _ in range(8):
            await look()
        assert await c.fetchval(whole_reads) == before


# Boxes well inside of parts: no coast nearer than a kilometre or so.
FANOE = st.tuples(st.floats(55.385, 55.425), st.floats(8.405, 8.435))
MAINLAND = st.tuples(st.floats(55.475, 55.505), st.floats(8.440, 8.520))
SOUTH_FYN = st.tuples(st.floats(55.075, 55.110), st.floats(10.55, 10.65))
TAASINGE = st.tuples(st.floats(54.985, 55.025), st.floats(10.56, 10.62))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_between_two_lands_always_within_one_never(town: Town, data: st.DataObject) -> None:
    """Whoever is well inside one land and whoever is well inside another, or in a joined part of the same."""
    if not await town.rows("SELECT FROM locations.land_part LIMIT 1"):
        await draw(town)
    await town.rows("TRUNCATE locations.position")
    patient_is, volunteer_is, parted = data.draw(
        st.sampled_from(
            [
                (FANOE, MAINLAND, True),
                (MAINLAND, FANOE, True),
                (FANOE, FANOE, False),
                (MAINLAND, MAINLAND, False),
                (SOUTH_FYN, TAASINGE, False),
                (TAASINGE, SOUTH_FYN, False),
            ]
        )
    )
    patient, at = data.draw(patient_is), data.draw(volunteer_is)
    volunteer = await one(town, at)

    async with town.acting() as c:
        found = await find(
            c, IncidentId(in_order()), Kind.LIVE, *patient, DANISH_RULE, 16_000, 20, set(), town.now, accuracy_m=10
        )

    assert [each.volunteer_id for each in found.candidates] == [volunteer]
    assert found.candidates[0].obstacle is (Verdict.WATER_BETWEEN if parted else None)
