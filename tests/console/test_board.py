"""What a console is told of open incidents: all that its centre may see, nothing more, and that somebody saw it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from litestar import Request, get
from litestar.response import Stream
from litestar.testing import AsyncTestClient

from backend.api.event_stream import Pulse, Sent, event_stream
from backend.api.guards import anyone
from backend.api.limits import Limit
from backend.app.factory import create_app
from backend.attention.agreed import set_rule
from backend.attention.item import NOBODY_AFTER, Acknowledges
from backend.attention.look import Lookout
from backend.console.board_data import BEAT_S
from backend.console.by_script import WORD_HEADER
from backend.console.served import address_of
from backend.console.visit import COOKIE
from backend.console.who import still_here, who_is
from backend.foundation.clock import SetClock
from backend.foundation.database import Database
from backend.foundation.kinds import Kind
from backend.foundation.settings import Settings
from backend.identity.staff import May, StaffRole, may
from backend.incidents.incident import Circumstance
from backend.locations.cells import metres_between
from backend.responses.status import Status
from tests.alarm.cast import SQUARE, Town, metres_east
from tests.console.cast import HOVEDSTADEN, NORDJYLLAND, PUBLIC_URL, Browser, Office
from tests.harness.above import ABOVE

OVERVIEW, NEEDS = "/konsol/data/overblik", "/konsol/data/opmaerksomhed"


@pytest.fixture
def town(database: Database, clock: SetClock) -> Town:
    """A square in the capital's centre's town, where people collapse."""
    town = Town(database)
    town.clock, town.centre_id = clock, HOVEDSTADEN
    return town


async def looks(browser: Browser, address: str = OVERVIEW) -> dict[str, Any]:
    answer = await browser.opens(address)
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=dict[str, Any])


async def at_a_seat(office: Office, browser: Browser, *roles: StaffRole) -> None:
    await browser.sits_down(await office.grants("Vera", *(roles or (StaffRole.VISITATOR,))))


async def test_one_alarm_is_seen_as_its_centre_may_see_it(
    town: Town, office: Office, browser: Browser, clock: SetClock
) -> None:
    """Where the patient is, who goes and how far, by a name for this incident; no address, no person, no point."""
    anna, _, _ = await town.volunteers(120, 130, 140)
    await town.aeds(300, 400)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    await town.tells(incident, anna, Status.EN_ROUTE)
    await at_a_seat(office, browser)
    told = await looks(browser)
    (seen,) = told["incidents"]
    assert seen["id"] == str(incident)
    assert (seen["at"]["lat"], seen["at"]["lon"], seen["at"]["accuracy_m"]) == (*SQUARE, 10)
    assert seen["counts"] == {"asked": 3, "accepted": 1, "en_route": 1, "on_scene": 0}
    assert sorted(each["stage"] for each in seen["people"]) == ["asked", "asked", "en_route"]
    assert {each["metres"] for each in seen["people"]} == {200}, "up to the next hundred"
    assert [area["people"] for area in seen["areas"]] == [3]
    assert {each["area"] for each in seen["people"]} == {0}
    whole = msgspec.json.encode(told).decode()
    assert not [word for word in ("Torvet", "4711", "Anna", str(anna)) if word in whole]
    assert len(told["defibrillators"]) == 2


async def test_who_fetches_a_defibrillator_and_which_are_closed(town: Town, office: Office, browser: Browser) -> None:
    people = await town.volunteers(100, 110, 120, 130)
    await town.aeds(200, hours="24/7")
    await town.aeds(250, hours="Mo 01:00-02:00")
    await town.aeds(300, hours="efter aftale")
    incident = await town.arrest()
    for each in people:
        await town.accepts(incident, each)
    await at_a_seat(office, browser)
    told = await looks(browser)
    aeds = {each["open"]: each for each in told["defibrillators"]}
    assert set(aeds) == {"open", "closed", "unknown"}
    fetches = next(each for each in told["incidents"][0]["people"] if each["aed"])
    assert aeds["open"]["id"] == fetches["aed"]
    assert (aeds["open"]["pseudonym"], aeds["open"]["incident"]) == (fetches["pseudonym"], str(incident))
    assert [aeds[each]["reserved"] for each in ("open", "closed", "unknown")] == [True, False, False]


async def test_two_people_about_are_in_no_area(town: Town, office: Office, browser: Browser) -> None:
    await town.volunteers(100, 110)
    await town.arrest()
    await at_a_seat(office, browser)
    (seen,) = (await looks(browser))["incidents"]
    assert (seen["areas"], [each["area"] for each in seen["people"]]) == ([], [None, None])


async def test_the_cells_that_are_searched_are_around_everybody_who_can_be_asked(
    town: Town, office: Office, browser: Browser
) -> None:
    await town.volunteers(100, 4_900)
    incident = await town.arrest()
    await at_a_seat(office, browser)
    told = await looks(browser, f"/konsol/data/soegt/{incident}")
    away = [metres_between(*SQUARE, corner["lat"], corner["lon"]) for corner in told["corners"]]
    assert told["reach_m"] == 5_000
    assert min(away) >= 5_000
    assert max(away) < 8_000
    assert (await browser.opens(f"/konsol/data/soegt/{uuid4()}")).status_code == 404


async def test_where_it_was_searched_is_told_of_no_incident_that_is_over_and_looking_is_written_down(
    town: Town, office: Office, browser: Browser
) -> None:
    """The cells lie around the patient, whose place is kept some minutes yet, for whoever is on the way back."""
    incident = await town.arrest()
    await at_a_seat(office, browser)
    for _ in range(2):
        assert (await browser.opens(f"/konsol/data/soegt/{incident}")).status_code == 200
    async with office.database.acting_as(ABOVE) as c:
        assert await c.fetchval("SELECT count(*) FROM incidents.viewed WHERE what = 'position'") == 1
    await town.ends(incident)
    assert (await browser.opens(f"/konsol/data/soegt/{incident}")).status_code == 404


async def test_what_needs_a_person_is_said(town: Town, office: Office, browser: Browser, clock: SetClock) -> None:
    far = metres_east(60_000)
    nobody = await town.arrest(at=far)
    excluded = await town.arrest(at=metres_east(90_000), circumstances=[Circumstance.TRAUMA])
    await town.volunteers(100)
    asked = await town.arrest()
    await at_a_seat(office, browser)

    async def needs() -> Mapping[str, list[str]]:
        return {each["id"]: each["needs"] for each in (await looks(browser))["incidents"]}

    assert await needs() == {str(nobody): ["nobody_in_reach"], str(excluded): ["excluded"], str(asked): []}
    clock.advance(NOBODY_AFTER - timedelta(seconds=1))
    assert (await needs())[str(asked)] == []
    clock.advance(timedelta(seconds=1))
    await Lookout(office.database, clock).round()
    assert (await needs())[str(asked)] == ["nobody_accepted"]
    (sounds,) = [each for each in (await looks(browser, NEEDS))["items"] if each["incident_id"] == str(asked)]
    assert (sounds["needs"], sounds["sounds"]) == ("nobody_accepted", True), "it sounds when the board says so"


async def test_the_board_says_that_nobody_goes_when_the_centre_wants_to_be_called(
    town: Town, office: Office, browser: Browser, clock: SetClock
) -> None:
    """By the centre's own number, and from when the last one on the way gave up."""
    (anna,) = await town.volunteers(100)
    async with office.database.acting_as(ABOVE) as c:
        wanted = timedelta(seconds=45)
        await set_rule(c, ABOVE, HOVEDSTADEN, Acknowledges.SYSTEM, wanted, "vagthavende", clock.now())
    incident = await town.arrest()
    await at_a_seat(office, browser)

    async def needs() -> list[str]:
        found: list[str] = (await looks(browser))["incidents"][0]["needs"]
        return found

    await town.accepts(incident, anna)
    clock.advance(timedelta(minutes=3))
    assert await needs() == []
    await town.gives_up(incident, anna)
    clock.advance(wanted - timedelta(seconds=1))
    assert await needs() == []
    clock.advance(timedelta(seconds=1))
    assert await needs() == ["nobody_accepted"]


async def test_a_mark_changes_with_what_is_shown_and_with_nothing_else(
    town: Town, office: Office, browser: Browser, clock: SetClock
) -> None:
    anna, _ = await town.volunteers(100, 110)
    incident = await town.arrest()
    await at_a_seat(office, browser)

    async def mark() -> str:
        return str((await looks(browser))["incidents"][0]["mark"])

    before = await mark()
    clock.advance(timedelta(seconds=5))
    assert await mark() == before
    await town.accepts(incident, anna)
    assert await mark() != before


async def test_of_one_incident_alone_and_of_one_that_has_ended(town: Town, office: Office, browser: Browser) -> None:
    first, second = await town.arrest(), await town.arrest(at=metres_east(9_000))
    await at_a_seat(office, browser)
    only = f"{OVERVIEW}?kun={first},{second}"
    assert {each["id"] for each in (await looks(browser, only))["incidents"]} == {str(first), str(second)}
    await town.ends(first)
    assert [each["id"] for each in (await looks(browser, only))["incidents"]] == [str(second)]
    assert (await browser.opens(f"{OVERVIEW}?kun={first},x")).status_code == 422


async def test_exercises_and_live_incidents_are_never_shown_together(
    town: Town, office: Office, browser: Browser
) -> None:
    live, exercise = await town.arrest(), await town.arrest(kind=Kind.EXERCISE)
    await at_a_seat(office, browser)
    shown = {
        kind: [each["id"] for each in (await looks(browser, f"{OVERVIEW}?slags={kind}"))["incidents"]]
        for kind in ("live", "exercise")
    }
    assert shown == {"live": [str(live)], "exercise": [str(exercise)]}


async def test_that_somebody_saw_where_the_patient_is_is_written_down_once(
    town: Town, office: Office, browser: Browser, new_browser: Any
) -> None:
    incident = await town.arrest()
    staff = await office.grants("Vera", StaffRole.VISITATOR)
    await browser.sits_down(staff)
    for _ in range(3):
        await looks(browser)
    other = new_browser()
    colleague = await office.grants("Tove", StaffRole.TEKNISK_DISPONENT)
    await other.sits_down(colleague)
    await looks(other)
    async with office.database.acting_as(ABOVE) as c:
        rows = await c.fetch("SELECT what, viewer, viewer_id, incident_id FROM incidents.viewed ORDER BY id")
    expected = [(what, "staff", who.id, incident) for who in (staff, colleague) for what in ("position", "candidates")]
    assert [tuple(row) for row in rows] == expected


async def test_another_centre_s_incidents_are_not_there(town: Town, office: Office, browser: Browser) -> None:
    incident = await town.arrest()
    staff = await office.grants("Nora", StaffRole.VISITATOR, centre=NORDJYLLAND)
    await browser.sits_down(staff, NORDJYLLAND)
    told = await looks(browser, f"{OVERVIEW}?kun={incident}")
    assert (told["incidents"], told["defibrillators"]) == ([], [])
    assert str(incident) not in (await browser.opens("/konsol/tavle")).text


async def test_a_script_is_told_by_a_problem_where_to_sign_in(browser: Browser, office: Office) -> None:
    answer = await browser.opens(OVERVIEW)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["link"] == "/konsol/log-ind"
    await at_a_seat(office, browser, StaffRole.REVISOR)
    assert (await browser.opens(OVERVIEW)).status_code == 403


async def test_what_a_page_asks_by_itself_is_no_sign_that_anybody_works_there(
    town: Town, office: Office, browser: Browser, clock: SetClock
) -> None:
    await at_a_seat(office, browser)
    clock.advance(timedelta(minutes=30))
    await looks(browser)

    async def used() -> Any:
        async with office.database.acting_as(ABOVE) as c:
            return await c.fetchval("SELECT used_at FROM identity.staff_session")

    assert await used() == clock.now() - timedelta(minutes=30)
    await browser.opens("/konsol/tavle")
    assert await used() == clock.now()


async def test_the_pages_say_the_same_without_a_script(town: Town, office: Office, browser: Browser) -> None:
    await town.arrest()
    await at_a_seat(office, browser)
    for address in ("/konsol/tavle", "/konsol/tavle?lang=en", "/konsol/tavle?tema=lys"):
        page = await browser.opens(address)
        assert page.status_code == 200
        assert "case " in page.text
        assert "unsafe" not in page.headers["content-security-policy"]
    assert 'data-theme="light"' in (await browser.opens("/konsol/tavle")).text, "remembered"
    assert (await browser.opens("/konsol/vaeg")).status_code == 200


def test_a_live_alarm_by_hand_and_an_exercise_are_different_rights() -> None:
    who = {what: {role for role in StaffRole if what in may([role])} for what in (May.TRIGGER, May.EXERCISE)}
    assert who == {
        May.TRIGGER: {StaffRole.VISITATOR, StaffRole.VAGTHAVENDE, StaffRole.AMK_LAEGE},
        May.EXERCISE: {StaffRole.VAGTHAVENDE, StaffRole.AMK_LAEGE, StaffRole.DRIFTSANSVARLIG},
    }


async def test_a_stream_beats_while_nothing_happens_and_ends_when_its_session_does(
    settings: Settings, clock: SetClock
) -> None:
    answers = iter([True, True, False])

    async def nothing_happens() -> AsyncIterator[Sent]:
        await asyncio.Event().wait()
        yield Sent("never", {})

    async def may_go_on() -> bool:
        return next(answers)

    @get("/test/stream", guards=[anyone(Limit.CONSOLE)])
    async def stream(request: Request[Any, Any, Any]) -> Stream:
        return event_stream(request, nothing_happens(), Pulse(0.01, "beat", may_go_on, 0.03))

    app = create_app(settings, clock=clock, extra_routes=[stream])
    async with AsyncTestClient(app, base_url=PUBLIC_URL) as client:
        answer = await client.get("/test/stream")
    assert answer.text.startswith("retry: 1000\n\nevent: beat\ndata: {}\n\n")
    assert list(answers) == [], "it was asked until the answer was no"


async def test_a_session_goes_on_for_its_stream_until_it_is_withdrawn(
    office: Office, browser: Browser, http: AsyncTestClient[Any], clock: SetClock
) -> None:
    staff = await office.grants("Vera", StaffRole.VISITATOR)
    await browser.sits_down(staff)
    access, token = http.app.state.access.now, browser.cookies[COOKIE]
    here = await who_is(office.database, access, token, clock.now())
    assert here is not None
    assert await still_here(office.database, access, here, clock.now())
    async with office.database.acting_as(ABOVE) as c:
        await c.execute("UPDATE identity.staff_role SET withdrawn_at = $1", clock.now())
    assert not await still_here(office.database, access, here, clock.now())


def test_a_beat_is_an_event_a_script_can_hear_and_three_fit_into_the_promised_five_seconds() -> None:
    assert Sent("beat", {}).encoded() == b"event: beat\ndata: {}\n\n"
    assert BEAT_S * 2 < 5
    assert WORD_HEADER == "X-Konsol-Ord"


async def test_files_stand_below_a_fingerprint_and_an_old_one_gets_what_there_is(browser: Browser) -> None:
    now = await browser.opens(address_of("modules/board.js"))
    assert now.headers["content-type"].startswith("text/javascript")
    assert "immutable" in now.headers["cache-control"]
    old = await browser.opens("/konsol/filer/000000000000/modules/board.js")
    assert (old.content, old.headers["cache-control"]) == (now.content, "no-store")
    for name in ("modules/nothing.js", "../who.py", "modules/../who.py", "look/parts/maplibre-gl.d.mts"):
        assert (await browser.opens(f"/konsol/filer/now/{name}")).status_code == 404
