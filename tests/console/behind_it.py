"""What lies behind a bad evening, made up: alarms of the last weeks, what waits for somebody, how the machine is doing.

`happens` makes both, so that each page of the console has something to show.
"""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from backend.aeds import queries as aeds
from backend.aeds.aed import Condition
from backend.attention import agreed
from backend.attention.item import Agreement
from backend.attention.look import Lookout
from backend.console.words_operations_da import OPERATIONS_DA
from backend.foundation import chores
from backend.foundation.chores import Look
from backend.foundation.database import Actor, Role
from backend.foundation.ids import AedId, IncidentId
from backend.foundation.kinds import Kind
from backend.identity import approvals
from backend.identity.approval import ApprovalKind
from backend.identity.queries_staff import insert_role, insert_staff
from backend.identity.staff import Granted, Staff, StaffId, StaffRole
from backend.incidents import by_hand
from backend.incidents import queries as incidents
from backend.responses.status import Status
from backend.selection import drafts, queries_drafts
from tests.alarm.cast import Town
from tests.console import evening
from tests.console.cast import HOVEDSTADEN, NORDJYLLAND
from tests.console.live_site import LiveSite

HELLERUP = (55.7320, 12.5790)
DAYS_AGO = (66, 61, 47, 38, 33, 26, 19, 12, 9, 4, 1)
CENTRE = (HOVEDSTADEN, "amk-hovedstaden")


async def happens(site: LiveSite) -> dict[str, str]:
    """Ids by name: those of `evening.happens`, and `forbi`, `oevelse`, `regel`, `udkast`."""
    now = site.town.clock.now()
    made = await _weeks_before(site.town, now)
    site.town.clock.advance(now - site.town.clock.now())
    made |= await evening.happens(site)
    made["oevelse"] = await _an_exercise(site.town)
    await _somebody_raised_one(site, made["valby"])
    made |= await _waits_for_a_second_person(site)
    await _the_machine(site.town)
    await _neighbours_help(site)
    await Lookout(site.database, site.town.clock).round()
    await site.town.rows("UPDATE attention.looked SET at = now() + interval '1 day'")  # as if a worker went on looking
    return made


async def _weeks_before(town: Town, now: datetime) -> dict[str, str]:
    """An alarm every few days; somebody came to most of them. And one still holds somebody."""
    ended: list[IncidentId] = []
    for number, days in enumerate(DAYS_AGO):
        town.clock.advance(now - timedelta(days=days, hours=number % 5) - town.clock.now())
        people = await town.volunteers(140, 210, 380, 460, at=HELLERUP)
        incident = await town.arrest(at=HELLERUP)
        town.clock.advance(timedelta(seconds=20 + 3 * number))
        await town.accepts(incident, people[0])
        await town.declines(incident, people[1])
        await town.accepts(incident, people[2])
        await town.tells(incident, people[0], Status.EN_ROUTE)
        town.clock.advance(timedelta(seconds=150 + 15 * number))
        await town.tells(incident, people[0], Status.ON_SCENE)
        await town.tells(incident, people[2], Status.ON_SCENE)
        town.clock.advance(timedelta(minutes=4))
        await town.ends(incident)
        ended.append(incident)
        await _numbered(town, incident, f"{(now - timedelta(days=days)).year}-{4520 + 17 * number}")
    town.clock.advance(now - timedelta(minutes=95) - town.clock.now())
    (held,) = await town.volunteers(640, at=evening.HOLTE)
    waits = await town.arrest(at=evening.HOLTE)
    await town.accepts(waits, held)
    await _numbered(town, waits, f"{now.year}-4703")
    await town.rows(
        "UPDATE incidents.incident SET state = 'ended', ended_at = $2, end_reason = 'closed' WHERE id = $1",
        waits,
        town.now,
    )
    return {"forbi": str(ended[-1])}


async def _numbered(town: Town, incident: IncidentId, case: str) -> None:
    await town.rows("UPDATE incidents.incident SET case_number = $2, region = '1084' WHERE id = $1", incident, case)


async def _an_exercise(town: Town) -> str:
    await town.volunteers(180, 240, kind=Kind.EXERCISE, at=HELLERUP)
    incident = await town.arrest(at=HELLERUP, kind=Kind.EXERCISE)
    await _numbered(town, incident, "øvelse 12")
    return str(incident)


async def _somebody_raised_one(site: LiveSite, incident_id: str) -> None:
    """By hand, about a place that may be a kilometre off: a second person is called."""
    staff = await _works_here(site, "Karen")
    async with site.database.acting_as(Actor(Role.API, HOVEDSTADEN, staff)) as c:
        incident = await incidents.lock(c, IncidentId(UUID(incident_id)))
        assert incident is not None
        await by_hand.write_down(c, Actor(Role.API, HOVEDSTADEN, staff), incident, staff, 1_200, site.town.now)


async def _waits_for_a_second_person(site: LiveSite) -> dict[str, str]:
    """A draft of a policy, and two requests; one asked for by somebody else, so that whoever looks can answer."""
    asker, now = await _works_here(site, "Dorte"), site.town.now
    actor = Actor(Role.API, HOVEDSTADEN, asker)
    async with site.database.acting_as(actor) as c:
        version = next(each for each in await queries_drafts.versions(c, 100) if each.name == "dk-2026")
        draft = await drafts.make(c, version, {**version.fields, "reach_m": 3000, "at_once": 10}, CENTRE, asker, now)
        asked = {"policy": draft.name, "draft": str(draft.id)}
        await approvals.ask(c, actor, ApprovalKind.POLICY_CHANGE, HOVEDSTADEN, {**asked}, asker, now)
        system = {"client": "amk-hovedstaden-disp"}
        await approvals.ask(c, actor, ApprovalKind.FREEZE_CLIENT, HOVEDSTADEN, {**system}, asker, now)
    return {"regel": str(version.id), "udkast": str(draft.id)}


async def _neighbours_help(site: LiveSite) -> None:
    """At night, each the other."""
    owner, since = Actor(Role.OWNER), site.town.now - timedelta(days=9)
    async with site.database.acting_as(owner) as c:
        for centre, to in ((HOVEDSTADEN, NORDJYLLAND), (NORDJYLLAND, HOVEDSTADEN)):
            agreement = Agreement(to, timedelta(minutes=3), 22, 6, timedelta(minutes=30))
            await agreed.agree(c, owner, centre, agreement, "amk_laege", since)


async def _works_here(site: LiveSite, name: str) -> StaffId:
    staff = Staff(StaffId(uuid4()), f"{name.lower()}@amk.example", name)
    async with site.database.acting_as(Actor(Role.OWNER)) as c:
        await insert_staff(c, staff, site.town.now)
        await insert_role(c, staff.id, Granted(uuid4(), StaffRole.AMK_LAEGE, HOVEDSTADEN, site.town.now, None))
    return staff.id


async def _the_machine(town: Town) -> None:
    """Housekeeping, its own alarm, defibrillators that were complained of, and where people live."""
    await town.rows(
        """
        UPDATE volunteers.volunteer v SET municipality = (ARRAY['0101', '0147', '0157', '0173', '0230'])[1 + n % 5]
        FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM volunteers.volunteer) numbered
        WHERE numbered.id = v.id
        """
    )
    worn = await town.rows("SELECT id FROM aeds.aed ORDER BY id LIMIT 3")
    async with town.acting() as c:
        for row, condition in zip(worn, (Condition.LOCKED, Condition.DEAD, Condition.NOT_THERE), strict=True):
            await aeds.count_problem(c, AedId(row["id"]), condition, town.now)
    async with town.acting(Role.WORKER) as c:
        for number, each in enumerate(OPERATIONS_DA.chores):
            await chores.write_down(c, Look(each, 60.0, 7 * number % 23, 7 * number % 23, False), town.now)
    (phone,) = await town.volunteers(120, kind=Kind.SYNTHETIC)
    incident = await town.arrest(kind=Kind.SYNTHETIC)
    await town.shows(incident, phone)
    await town.accepts(incident, phone)
    await town.ends(incident)
