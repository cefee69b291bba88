"""The nearest who can be asked: the same as asking everybody, wherever they live, however they move."""

import asyncio
import math
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec
import pytest

from backend.foundation.database import Connection, Role, enter, fetch_all
from backend.foundation.ids import IncidentId, VolunteerId, in_order
from backend.foundation.kinds import Kind
from backend.locations.cells import EARTH_RADIUS_M, cell_of, centre_of, metres_between, res9_parent
from backend.selection.candidate import lot_of
from backend.selection.find import find, minute_of_week
from backend.selection.policies import shipped
from backend.selection.policy import read_policy
from backend.selection.rank import rank
from tests.alarm.cast import Town, metres_east

REACH_M = 5_000
RULE = read_policy(next(fields for fields in shipped() if fields["name"] == "dk-2026"))


class Somebody(msgspec.Struct, frozen=True):
    """A place of one person, and everything that decides whether they can be asked because of it."""

    volunteer_id: VolunteerId
    cell: int
    usable: bool


async def everybody(connection: Connection, now: datetime) -> list[Somebody]:
    """By one plain statement over all people: no cells, no stopping early."""
    return await fetch_all(
        connection,
        Somebody,
        """
        WITH place AS (
          SELECT volunteer_id, cell, seen_at >= $1::timestamptz - interval '72 hours' AS fresh, available
          FROM locations.position
          UNION ALL
          SELECT f.volunteer_id, f.cell, true, f.available
            AND NOT EXISTS (SELECT FROM locations.position p WHERE p.volunteer_id = f.volunteer_id
                            AND p.seen_at >= $1::timestamptz - interval '72 hours')
          FROM locations.fixed_place f)
        SELECT p.volunteer_id, p.cell,
          p.available AND p.fresh AND v.kind = 'live' AND v.state = 'active'
            AND coalesce(v.snoozed_until <= $1, true) AND NOT coalesce(v.quiet_week @> $2::int, false)
            AND NOT EXISTS (SELECT FROM volunteers.engagement e WHERE e.volunteer_id = v.id)
            AND EXISTS (SELECT FROM volunteers.address a WHERE a.volunteer_id = v.id AND a.health = 'healthy') AS usable
        FROM place p JOIN volunteers.volunteer v ON v.id = p.volunteer_id
        """,
        now,
        minute_of_week(now),
    )


def by_brute_force(
    incident_id: IncidentId, people: Sequence[Somebody], at: tuple[float, float], count: int
) -> list[VolunteerId]:
    nearest: dict[VolunteerId, int] = {}
    for each in people:
        metres = round(metres_between(*at, *centre_of(each.cell)))
        if each.usable and metres <= REACH_M:
            nearest[each.volunteer_id] = min(metres, nearest.get(each.volunteer_id, metres))
    return sorted(nearest, key=lambda who: (nearest[who], lot_of(incident_id, who)))[:count]


async def chosen(
    connection: Connection, incident_id: IncidentId, at: tuple[float, float], count: int, now: datetime
) -> list[VolunteerId]:
    found = await find(connection, incident_id, Kind.LIVE, *at, RULE, REACH_M, count, frozenset(), now, accuracy_m=None)
    return [c.volunteer_id for c in rank(found.candidates, REACH_M, count, frozenset()).chosen]


async def with_their_reasons(town: Town, people: Sequence[VolunteerId], rng: random.Random) -> None:
    """One in four cannot be asked, for one reason or another; some have a home near by."""
    async with town.acting(Role.OWNER) as c:
        await c.execute("RESET ROLE")
        for who in people:
            home = cell_of(*metres_east(rng.uniform(-3_000, 3_000)))
            match rng.randrange(24):
                case 0:
                    await c.execute("UPDATE locations.position SET available = false WHERE volunteer_id = $1", who)
                case 1:
                    later = town.now + timedelta(hours=1)
                    await c.execute("UPDATE volunteers.volunteer SET snoozed_until = $2 WHERE id = $1", who, later)
                case 2:
                    await c.execute("UPDATE volunteers.volunteer SET quiet_week = '{[0,10080)}' WHERE id = $1", who)
                case 3:
                    await c.execute("UPDATE volunteers.address SET health = 'quarantined' WHERE volunteer_id = $1", who)
                case 4:
                    await c.execute(
                        "INSERT INTO volunteers.engagement VALUES ($1, 'live', $2, 'mission', $3)",
                        who,
                        in_order(),
                        town.now,
                    )
                case 5:
                    old = town.now - timedelta(hours=73)
                    await c.execute("UPDATE locations.position SET seen_at = $2 WHERE volunteer_id = $1", who, old)
                case _:
                    pass
            if rng.random() < 0.2:
                await c.execute(
                    """
                    INSERT INTO locations.fixed_place (volunteer_id, place, cell, cell_r9, available, set_at)
                    VALUES ($1, 'home', $2, $3, true, $4)
                    """,
                    who,
                    home,
                    res9_parent(home),
                    town.now,
                )


@pytest.mark.parametrize(
    ("people", "spread_m"),
    [(400, 150), (400, 1_200), (300, 6_000), (25, 9_000), (0, 1)],
    ids=["in one street", "in a town", "in the country", "on an island", "nobody"],
)
async def test_they_are_the_same_as_by_asking_everybody(town: Town, people: int, spread_m: float) -> None:
    rng = random.Random(f"{people} {spread_m}")
    crowd = await town.volunteers(*(rng.uniform(-spread_m, spread_m) for _ in range(people)))
    await with_their_reasons(town, crowd, rng)
    async with town.acting() as c:
        await c.execute("RESET ROLE")
        known = await everybody(c, town.now)
    async with town.acting() as c:
        for count in (1, 5, 20, 200):
            for _ in range(10):
                incident_id = IncidentId(in_order())
                at = metres_east(rng.uniform(-spread_m, spread_m))
                expected = by_brute_force(incident_id, known, at, count)
                assert await chosen(c, incident_id, at, count, town.now) == expected


@pytest.mark.parametrize(
    "place",
    [(64.70000012793487, 10.536199075467685), (89.999, 0.0), (-16.5, 180.0), (-89.999, 12.0)],
    ids=["at a pentagon", "at the north pole", "on the date line", "at the south pole"],
)
async def test_they_are_so_wherever_on_the_globe(town: Town, place: tuple[float, float]) -> None:
    """Most live close together, so that parts of cells suffice; of the furthest whole rings are read."""
    rng = random.Random(str(place))
    crowd = await town.volunteers(*[0] * 120)

    def near_by(spread_m: float) -> tuple[float, float]:
        far, bearing = rng.uniform(0, spread_m) / EARTH_RADIUS_M, rng.uniform(0, 2 * math.pi)
        phi = math.radians(place[0])
        other = math.asin(math.sin(phi) * math.cos(far) + math.cos(phi) * math.sin(far) * math.cos(bearing))
        east = math.atan2(
            math.sin(bearing) * math.sin(far) * math.cos(phi), math.cos(far) - math.sin(phi) * math.sin(other)
        )
        return math.degrees(other), math.degrees((math.radians(place[1]) + east + math.pi) % (2 * math.pi) - math.pi)

    there = [cell_of(*near_by(600 if n < 80 else 5_500)) for n in range(len(crowd))]
    async with town.acting(Role.OWNER) as c:
        await c.execute("RESET ROLE")
        await c.execute(
            """
            UPDATE locations.position p SET cell = told.cell, cell_r9 = told.cell_r9
            FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS told (volunteer_id, cell, cell_r9)
            WHERE p.volunteer_id = told.volunteer_id
            """,
            crowd,
            there,
            [res9_parent(cell) for cell in there],
        )
        known = await everybody(c, town.now)
    async with town.acting() as c:
        for count in (5, 20, 100):
            for _ in range(10):
                incident_id, at = IncidentId(in_order()), near_by(2_000)
                assert await chosen(c, incident_id, at, count, town.now) == by_brute_force(
                    incident_id, known, at, count
                )


async def test_they_are_so_while_everybody_moves(town: Town) -> None:
    """What one snapshot holds is searched, whatever is committed meanwhile: cells are left and entered all the time."""
    rng = random.Random(7)
    crowd = await town.volunteers(*(rng.uniform(-1_500, 1_500) for _ in range(300)))
    looker, mover = await asyncpg.connect(town.database.dsn), await asyncpg.connect(town.database.dsn)

    async def some_move() -> None:
        for who in rng.choices(crowd, k=20):
            cell = cell_of(*metres_east(rng.uniform(-1_500, 1_500)))
            await mover.execute(
                "UPDATE locations.position SET cell = $2, cell_r9 = $3 WHERE volunteer_id = $1",
                who,
                cell,
                res9_parent(cell),
            )

    differ = 0
    try:
        for _ in range(30):
            incident_id, at = IncidentId(in_order()), metres_east(rng.uniform(-1_500, 1_500))
            async with looker.transaction(isolation="repeatable_read"):
                await enter(looker, town.centre_id)  # the snapshot is taken here
                found, _nothing = await asyncio.gather(chosen(looker, incident_id, at, 20, town.now), some_move())
                assert found == by_brute_force(incident_id, await everybody(looker, town.now), at, 20)
            differ += found != by_brute_force(incident_id, await everybody(looker, town.now), at, 20)
    finally:
        await looker.close()
        await mover.close()
    assert differ > 5, "nobody moved far enough to matter"


async def test_of_a_street_full_of_people_only_the_nearest_are_looked_at(town: Town) -> None:
    """Whoever is asked does not wait until a thousand neighbours have been considered; what is kept of it is short."""
    await town.volunteers(*(n % 40 for n in range(300)))
    await town.volunteers(*(400 + n % 40 for n in range(300)))
    incident = await town.arrest()
    kept = await town.rows("SELECT metres FROM selection.candidate WHERE incident_id = $1", incident)
    assert len(kept) < 320
    assert len(await town.ringing(incident)) == 20


async def test_whom_the_nearest_hide_are_found_behind_them(town: Town) -> None:
    """A hundred in the patient's own street sleep: the twenty behind them are asked, in the same look."""
    asleep = await town.volunteers(*(n % 40 for n in range(150)))
    awake = await town.volunteers(*(100 + n for n in range(20)))
    async with town.acting(Role.OWNER) as c:
        await c.execute("RESET ROLE")
        await c.execute(
            "UPDATE volunteers.volunteer SET snoozed_until = $2 WHERE id = ANY($1::uuid[])",
            asleep,
            town.now + timedelta(hours=1),
        )
    assert await town.ringing(await town.arrest()) == set(awake)
