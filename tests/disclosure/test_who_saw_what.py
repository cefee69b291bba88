"""Every address and every position that is shown is written down, whoever shows it, and nobody waits for that."""

from datetime import timedelta

import asyncpg
import pytest
from prometheus_client import REGISTRY

from backend.foundation import sealer
from backend.foundation.database import Actor, Role
from backend.foundation.kinds import Kind
from backend.incidents import queries as incident_queries
from backend.incidents import queries_viewed
from backend.incidents.sealing import sources
from backend.incidents.view import View, Viewer, ViewerKind, What
from backend.incidents.viewed import write_down
from backend.worker.chores import CHORES
from tests.alarm.cast import metres_east
from tests.disclosure.cast import Seen
from tests.harness.locks import waiting_for_nobody


async def test_every_reading_of_the_address_is_written_down_by_whom_and_with_which_device(seen: Seen) -> None:
    (anna,) = await seen.town.volunteers(200)
    incident = await seen.reports()
    alert = await seen.town.alert(incident, anna)
    await seen.phone(anna, "GET", "/alerts")
    await seen.phone(anna, "GET", f"/alerts/{alert.id}")
    assert await seen.written() == [], "before accepting there is no address to see"

    assert (await seen.accepts(incident, anna)).json()["mission"]["place"]["address"] == "Torvet 3"
    await seen.phone(anna, "GET", "/alerts")
    await seen.phone(anna, "GET", f"/alerts/{alert.id}")

    assert await seen.written() == [("address", "volunteer", anna)] * 3
    (row, *_) = await seen.town.rows("SELECT v.* FROM incidents.viewed v")
    assert row["incident_id"] == incident
    assert row["device_id"] is not None
    assert "Torvet" not in str(row)


@pytest.mark.parametrize("how", ["give_up", "finish", "stand_down", "end"])
async def test_the_address_is_gone_at_once_with_ones_own_mission(seen: Seen, how: str) -> None:
    """Sooner than the fifteen minutes within which it is erased for everybody."""
    anna, ben = await seen.town.volunteers(200, 300)
    incident = await seen.reports()
    await seen.accepts(incident, anna)
    await seen.accepts(incident, ben)
    alert = await seen.town.alert(incident, anna)
    at = {"sent_at": seen.town.now.isoformat(), "happened_at": seen.town.now.isoformat()}
    match how:
        case "give_up":
            await seen.phone(anna, "POST", f"/alerts/{alert.id}/give-up", {"reason": "unwell"})
        case "finish":
            await seen.phone(anna, "POST", f"/alerts/{alert.id}/status", {"status": "finished"} | at)
        case "stand_down":
            far = metres_east(9_000)
            position = {"system": "WGS84", "lat": far[0], "lon": far[1]}
            await seen.centre("POST", f"/incidents/{incident}/revise", {"position": position, "accuracy_m": 10})
        case _:
            await seen.centre("POST", f"/incidents/{incident}/close")
    before = await seen.written()

    own = (await seen.phone(anna, "GET", f"/alerts/{alert.id}")).json()
    listed = (await seen.phone(anna, "GET", "/alerts")).json()["alerts"][0]

    assert own["mission"] is None or (own["mission"]["place"], own["mission"]["aed"]) == (None, None)
    assert listed["mission"] == own["mission"]
    assert await seen.written() == before, "nothing was shown"
    still_on_the_way = how in ("give_up", "finish")
    other = (await seen.phone(ben, "GET", "/alerts")).json()["alerts"][0]["mission"]
    assert (other is not None and other["place"] is not None) == still_on_the_way


async def test_reading_where_to_go_waits_for_no_lock_of_the_incident(seen: Seen) -> None:
    (anna,) = await seen.town.volunteers(200)
    incident = await seen.reports()
    await seen.accepts(incident, anna)
    async with seen.town.acting() as c:
        await incident_queries.lock(c, incident)  # somebody decides, for as long as it takes
        answer = await waiting_for_nobody(seen.edge.dsn, seen.phone(anna, "GET", "/alerts"))
    assert answer.json()["alerts"][0]["mission"]["place"] is not None


async def test_whoever_is_on_the_way_reads_where_to_go_although_nothing_can_be_written_down(seen: Seen) -> None:
    (anna,) = await seen.town.volunteers(200)
    incident = await seen.reports()
    await seen.town.rows("REVOKE INSERT ON incidents.viewed FROM hjerteloeber_api")
    before = REGISTRY.get_sample_value("hjerteloeber_views_not_written_total") or 0

    answer = await seen.accepts(incident, anna)

    assert answer.json()["mission"]["place"]["address"] == "Torvet 3"
    assert REGISTRY.get_sample_value("hjerteloeber_views_not_written_total") == before + 1
    assert (await seen.centre("GET", f"/incidents/{incident}/candidates")).status_code == 500, "no alarm needs this one"


async def test_a_console_s_look_at_the_candidates_is_written_down(seen: Seen) -> None:
    await seen.town.volunteers(200, 210, 220)
    incident = await seen.reports()
    await seen.centre("GET", f"/incidents/{incident}/candidates")
    assert await seen.written() == [("candidates", "dispatch", seen.client)]


async def test_what_was_written_down_is_sealed_and_cannot_be_changed(seen: Seen) -> None:
    (anna,) = await seen.town.volunteers(200)
    incident = await seen.reports()
    await seen.accepts(incident, anna)
    async with seen.town.acting(Role.WORKER) as c:
        await sealer.seal(c, sources(), seen.town.now)
        late = seen.town.now + timedelta(minutes=2)
        found = await sealer.verify(c, sources(), late)
        assert (found.broken, found.unsealed) == ([], 0)
    for role in (Role.API, Role.WORKER, Role.OWNER):
        for sql in ("UPDATE incidents.viewed SET what = 'name'", "DELETE FROM incidents.viewed"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with seen.town.acting(role) as c:
                    await c.execute(sql)
    await seen.town.rows("UPDATE incidents.viewed SET what = 'name'")
    async with seen.town.acting(Role.WORKER) as c:
        assert (await sealer.verify(c, sources(), late)).broken != []


async def test_nobody_writes_down_a_look_of_somebody_else_s_and_another_centre_reads_none(seen: Seen) -> None:
    (anna, ben) = await seen.town.volunteers(200, 300)
    incident = await seen.reports()
    await seen.accepts(incident, anna)
    view = View(what=What.ADDRESS, kind=Kind.LIVE, centre_id=seen.town.centre_id, incident_id=incident)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with seen.town.database.acting_as(Actor(Role.API, person_id=anna)) as c:
            await write_down(c, Viewer(ViewerKind.VOLUNTEER, ben), [view], seen.town.now)
    for actor, rows in (
        (Actor(Role.API), 0),
        (Actor(Role.API, centre_id=seen.client), 0),
        (Actor(Role.API, centre_id=seen.town.centre_id), 1),
    ):
        async with seen.town.database.acting_as(actor) as c:
            assert await c.fetchval("SELECT count(*) FROM incidents.viewed") == rows


async def test_the_machine_s_own_alarm_leaves_no_looks_behind(seen: Seen) -> None:
    (live,) = await seen.town.volunteers(200)
    (machine,) = await seen.town.volunteers(200, kind=Kind.SYNTHETIC)
    incidents = [await seen.reports(), await seen.town.arrest(kind=Kind.SYNTHETIC)]
    for incident, who in zip(incidents, (live, machine), strict=True):
        await seen.accepts(incident, who)
    async with seen.town.acting(Role.WORKER) as c:
        await queries_viewed.forget_synthetic(c, incidents)
    assert await seen.written() == [("address", "volunteer", live)]


async def test_the_place_is_erased_within_fifteen_minutes_of_the_end(seen: Seen) -> None:
    (anna,) = await seen.town.volunteers(200)
    incident = await seen.reports()
    await seen.accepts(incident, anna)
    await seen.centre("POST", f"/incidents/{incident}/close")
    (chore,) = [chore for chore in CHORES if chore.what == "incident places"]
    for minutes, left in ((14 - 1, 1), (15 - chore.every_s / 60, 0)):
        async with seen.town.acting(Role.WORKER) as c:
            await chore.do(c, seen.town.now + timedelta(minutes=minutes))
        assert len(await seen.town.rows("SELECT FROM incidents.incident_place")) == left


async def test_who_was_looked_at_is_forgotten_a_week_after_the_end_and_never_while_it_lasts(seen: Seen) -> None:
    """How far away somebody was, alarm after alarm, would be a trail."""
    await seen.town.volunteers(200, 300, 2_900)
    over, open_still = await seen.reports("case 1"), await seen.reports("case 2")
    await seen.centre("POST", f"/incidents/{over}/close")
    (chore,) = [chore for chore in CHORES if chore.what == "candidates"]
    for days, due, left in ((7 - 0.01, 0, {over, open_still}), (7, 3, {open_still})):
        later = seen.town.now + timedelta(days=days)
        async with seen.town.acting(Role.WORKER) as c:
            assert (await chore.due(c, later), await chore.do(c, later)) == (due, due)
        rows = await seen.town.rows("SELECT DISTINCT incident_id FROM selection.candidate")
        assert {row["incident_id"] for row in rows} == left
