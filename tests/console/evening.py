"""A bad evening in the capital: six alarms at once, each as far as alarms come. Made up; for looking at pages."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

from backend.incidents.incident import Circumstance
from backend.responses.status import Status
from tests.alarm.cast import Town, metres_east
from tests.console.live_site import LiveSite

NOERREPORT = (55.6832, 12.5715)
AMAGER = (55.6602, 12.6021)
VALBY = (55.6614, 12.5170)
LYNGBY = (55.7704, 12.5038)
FREDERIKSSUND = (55.8396, 12.0690)
HOLTE = (55.8177, 12.4690)


async def happens(site: LiveSite) -> dict[str, str]:
    """Six open incidents; gives their ids by name. Nobody needs to wait for anything afterwards."""
    town = site.town
    start = site.town.clock.now()
    made: dict[str, str] = {}

    def at(minutes: float) -> None:
        town.clock.advance(start - timedelta(minutes=minutes) - town.clock.now())

    at(30)
    await town.aeds(120, 260, 420, 700, at=NOERREPORT)
    await town.aeds(300, hours="Mo-Fr 09:00-15:00", at=NOERREPORT)
    await town.aeds(520, hours="efter aftale", at=NOERREPORT)
    await town.aeds(200, 640, at=AMAGER)
    await town.aeds(350, at=LYNGBY)
    at(14.2)
    made["noerreport"] = await _at_noerreport(town, at)
    at(9.1)
    people = await town.volunteers(240, 380, 520, 900, at=LYNGBY)
    at(7.2)
    lyngby = await town.arrest(at=LYNGBY, accuracy_m=25)
    at(5.9)
    await town.shows(lyngby, people[0])
    await town.accepts(lyngby, people[0])
    await town.tells(lyngby, people[0], Status.EN_ROUTE)
    made["lyngby"] = str(lyngby)
    at(3.4)
    made["frederikssund"] = str(await town.arrest(at=FREDERIKSSUND, accuracy_m=60))  # nobody lives there
    at(6.8)
    await town.volunteers(310, 330, 350, 360, at=AMAGER)
    at(2.3)
    made["amager"] = str(await town.arrest(at=AMAGER, accuracy_m=250))  # nobody has said yes
    at(1.1)
    made["holte"] = str(await town.arrest(at=HOLTE, circumstances=[Circumstance.UNSAFE_SCENE]))
    at(1.0)
    await town.volunteers(410, 560, 790, at=VALBY)
    at(0.4)
    made["valby"] = str(await town.arrest(at=VALBY, accuracy_m=12))
    at(0)
    await _as_a_dispatch_system_numbers_them(town, list(made.values()))
    return made


async def _as_a_dispatch_system_numbers_them(town: Town, incidents: Sequence[str]) -> None:
    async with town.acting() as c:
        await c.execute("RESET ROLE")
        for number, incident in enumerate(incidents):
            case = f"2026-{4711 + 13 * number}"
            await c.execute(
                "UPDATE incidents.incident SET case_number = $2, region = '1084' WHERE id = $1", UUID(incident), case
            )


async def _at_noerreport(town: Town, at: Callable[[float], None]) -> str:
    """The one that goes well: somebody is with the patient, a defibrillator is on its way."""
    near = await town.volunteers(90, 95, 100, 105, at=NOERREPORT)
    far = await town.volunteers(420, 430, 440, at=NOERREPORT)
    await town.volunteers(900, 1_300, at=NOERREPORT)
    at(11.6)
    incident = await town.arrest(at=NOERREPORT, accuracy_m=15)
    for each in (near[0], near[1], far[0], far[1]):
        town.clock.advance(timedelta(seconds=9))
        await town.shows(incident, each)
        await town.accepts(incident, each)
    await town.declines(incident, near[2])
    await town.shows(incident, near[3])
    for each in (near[0], near[1], far[0]):
        town.clock.advance(timedelta(seconds=12))
        await town.tells(incident, each, Status.EN_ROUTE)
    town.clock.advance(timedelta(seconds=100))
    await town.tells(incident, near[0], Status.ON_SCENE)
    await town.tells(incident, near[0], Status.WITH_PATIENT)
    return str(incident)


async def crowd(site: LiveSite, incidents: int, people_each: int) -> list[str]:
    """So many open incidents around the capital, each with so many people asked."""
    town, made = site.town, []
    for number in range(incidents):
        middle = metres_east(1_500.0 * (number % 10), of=(55.60 + 0.018 * (number // 10), 12.35))
        await town.volunteers(*(100.0 + 25 * n for n in range(people_each)), at=middle)
        made.append(str(await town.arrest(at=middle)))
    return made
