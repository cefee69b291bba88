"""An alarm raised by hand: out at once, once, to whom it should reach; and a second person where one does too much."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import Response

from backend.console.by_script import WORD_HEADER
from backend.foundation.clock import SetClock
from backend.foundation.database import Database
from backend.foundation.ids import CentreId, IncidentId
from backend.identity.shift import How
from backend.identity.staff import StaffRole
from backend.identity.staff_session import form_word
from backend.incidents import by_hand
from backend.incidents.raised import UNTIL_DECIDED, Above, Limit
from tests.alarm.cast import SQUARE, Town
from tests.console.cast import FROM_HERE, HOVEDSTADEN, NORDJYLLAND, OWNER, Browser, Office, hidden_in, text_of
from tests.console.conftest import NewBrowser
from tests.harness.above import ABOVE

ALARMS, EXERCISES = "/konsol/data/alarmer", "/konsol/data/oevelser"
HERE = {"lat": SQUARE[0], "lon": SQUARE[1], "text": "Torvet 3B, 2. tv", "floor": "2", "door": "tv"}


@pytest.fixture
def town(database: Database, clock: SetClock) -> Town:
    """A square in the capital's centre's town, where people collapse."""
    town = Town(database)
    town.clock, town.centre_id = clock, HOVEDSTADEN
    return town


async def calls(browser: Browser, path: str, body: Any) -> Response:
    """As the page's script does."""
    word = form_word(browser.cookies["__Host-konsol"])
    return await browser._call("POST", path, json=body, headers={**FROM_HERE, WORD_HEADER: word})


def an_alarm(key: str = "made-by-the-page", **other: Any) -> dict[str, Any]:
    return {"key": key, "where": HERE, "case_number": f"K-{key}", **other}


async def sends(browser: Browser, path: str = ALARMS, **other: Any) -> dict[str, Any]:
    answer = await calls(browser, path, an_alarm(**other))
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def at_a_seat(office: Office, browser: Browser, name: str = "Vera", *roles: StaffRole) -> None:
    await browser.sits_down(await office.grants(name, *(roles or (StaffRole.VISITATOR,))))


async def how_many(office: Office) -> tuple[int, int]:
    """Incidents, and how many of them are known to be raised by hand."""
    async with office.database.acting_as(ABOVE) as c:
        incidents = await c.fetchval("SELECT count(*) FROM incidents.incident")
        return int(incidents), int(await c.fetchval("SELECT count(*) FROM incidents.by_hand"))


async def test_it_goes_out_at_once_with_the_address_and_the_journal_knows_who_sent_it(
    town: Town, office: Office, browser: Browser
) -> None:
    people = await town.volunteers(100, 200)
    staff = await office.grants("Vera", StaffRole.VISITATOR)
    await browser.sits_down(staff)
    told = await sends(browser)
    assert (told["kind"], told["asking"], told["asked"], told["above"]) == ("live", "asked", 2, [])
    incident = IncidentId(UUID(told["id"]))
    assert await town.ringing(incident) == set(people)
    place = await town.place(incident)
    assert (place.address.text, place.address.floor, place.address.door) == ("Torvet 3B, 2. tv", "2", "tv")
    (opened,) = await office.journal("incident_opened")
    assert opened["person_id"] == staff.id


async def test_pressed_twice_it_is_one_alarm_and_another_place_under_the_same_key_is_never_refused(
    town: Town, office: Office, browser: Browser
) -> None:
    await at_a_seat(office, browser)
    first = await sends(browser)
    assert await sends(browser) == first
    assert await how_many(office) == (1, 1)
    elsewhere = HERE | {"lat": SQUARE[0] + 0.1}
    assert (await sends(browser, where=elsewhere, case_number="another"))["id"] != first["id"]


async def test_a_case_that_is_under_way_is_revised_and_not_opened_again(
    town: Town, office: Office, browser: Browser
) -> None:
    await at_a_seat(office, browser)
    first = await sends(browser, case_number="112-7")
    again = await sends(browser, key="another-page", case_number="112-7", where=HERE | {"lat": SQUARE[0] + 0.001})
    assert again["id"] == first["id"]
    assert await how_many(office) == (1, 1)
    pointed_at = {"lat": SQUARE[0] + 0.002, "lon": SQUARE[1]}
    await sends(browser, key="from-the-map", case_number="112-7", where=pointed_at)
    place = await town.place(IncidentId(UUID(first["id"])))
    assert (place.lat, place.address.text) == (pointed_at["lat"], "Torvet 3B, 2. tv"), "a point alone erases no door"
    await town.ends(IncidentId(UUID(first["id"])))
    assert (await sends(browser, key="a-third-page", case_number="112-7"))["id"] != first["id"], "it is meant"


async def test_an_exercise_rings_nobody_s_live_phone_and_wants_its_own_right(
    town: Town, office: Office, browser: Browser, new_browser: NewBrowser
) -> None:
    await town.volunteers(100, 200)
    await at_a_seat(office, browser)
    assert (await calls(browser, EXERCISES, an_alarm())).status_code == 403
    assert (await browser.opens("/konsol/ny-oevelse")).status_code == 403
    trainer = new_browser()
    await at_a_seat(office, trainer, "Drift", StaffRole.DRIFTSANSVARLIG)
    assert (await calls(trainer, ALARMS, an_alarm())).status_code == 403
    told = await sends(trainer, EXERCISES)
    assert (told["kind"], told["asked"], told["asking"]) == ("exercise", 0, "nobody_in_reach")
    for _ in range(UNTIL_DECIDED.an_hour + 1):
        assert (await sends(trainer, EXERCISES, key=f"exercise-{_}"))["above"] == [], "nobody is called for an exercise"


async def test_what_will_happen_is_shown_in_bands_and_written_down_and_an_alarm_needs_no_preview(
    town: Town, office: Office, browser: Browser
) -> None:
    await town.volunteers(100, 200, 300, 400, 450)
    await at_a_seat(office, browser)
    asked = {"where": HERE, "case_number": "K-1"}
    seen = (await calls(browser, f"{ALARMS}/forhaandsvisning", asked)).json()
    assert seen["would_be_asked"] in ("1-4", "5-19")
    assert seen["nearest_within_m"] % 500 == 0
    assert "trauma" in seen["excludes"]
    async with office.database.acting_as(ABOVE) as c:
        assert await c.fetchval("SELECT viewer FROM incidents.viewed WHERE what = 'preview'") == "staff"
    for _ in range(6):
        await calls(browser, f"{ALARMS}/forhaandsvisning", asked)
    last = await calls(browser, f"{ALARMS}/forhaandsvisning", asked)
    assert (last.status_code, last.json()["would_be_asked"]) == (200, None)
    assert (await sends(browser, case_number="K-1"))["asked"] == 5


async def test_circumstances_keep_it_back_unless_somebody_says_why_all_the_same(
    town: Town, office: Office, browser: Browser
) -> None:
    await town.volunteers(100)
    await at_a_seat(office, browser)
    assert (await sends(browser, circumstances=["trauma"]))["asking"] == "excluded"
    told = await sends(browser, key="the-second", circumstances=["trauma"], override="clinical_decision")
    assert (told["asking"], told["asked"]) == ("asked", 1)
    (entry,) = await office.journal("exclusion_overridden")
    assert entry["facts"]["reason"] == "clinical_decision"


async def test_beyond_what_one_person_does_alone_it_goes_out_and_a_second_one_may_stop_it(
    town: Town, office: Office, browser: Browser, new_browser: NewBrowser
) -> None:
    (anna,) = await town.volunteers(100)
    await at_a_seat(office, browser)
    told = await sends(browser, where=HERE | {"accuracy_m": UNTIL_DECIDED.uncertain_m + 1})
    assert (told["asking"], told["asked"], told["above"]) == ("asked", 1, ["uncertain"])
    incident = IncidentId(UUID(told["id"]))
    assert await town.ringing(incident) == {anna}, "nobody waits for the second person"
    (called,) = await office.journal("second_person_asked")
    assert called["facts"] == {"for": "alarm_by_hand", "above": ["uncertain"]}

    own = await browser.opens("/konsol/kaldt")
    assert "Du har sendt den" in text_of(own)
    refused = await browser.sends(f"/konsol/kaldt/{incident}", hidden_in(own, f"/konsol/kaldt/{incident}") | CONFIRM)
    assert refused.status_code == 403

    second = new_browser()
    colleague = await office.grants("Vagn", StaffRole.VAGTHAVENDE)
    await second.sits_down(colleague)
    page = await second.opens("/konsol/kaldt")
    assert "Sendt af Vera" in text_of(page)
    done = await second.sends(f"/konsol/kaldt/{incident}", hidden_in(page, f"/konsol/kaldt/{incident}"))
    assert "Stoppet" in text_of(done)
    assert (await town.incident(incident)).end_reason == "sent_in_error"
    assert await town.ringing(incident) == set()
    (decided,) = await office.journal("second_person_decided")
    assert (decided["person_id"], decided["facts"]["decision"]) == (colleague.id, "stopped")
    assert "Ingen manuel alarm skal bekræftes" in text_of(await second.opens("/konsol/kaldt"))


CONFIRM = {"svar": "confirmed"}


async def test_a_second_person_confirms_once_and_nobody_confirms_who_is_not_vouched_for(
    town: Town, office: Office, browser: Browser, new_browser: NewBrowser, clock: SetClock
) -> None:
    await at_a_seat(office, browser)
    for at in range(UNTIL_DECIDED.an_hour):
        assert (await sends(browser, key=f"alarm-no-{at}", where=HERE | {"lat": SQUARE[0] + at / 10}))["above"] == []
    told = await sends(browser, key="one-too-many")
    assert told["above"] == ["an_hour"]
    path = f"/konsol/kaldt/{told['id']}"
    for name, how, status in (("Kuvert", How.SEALED, 403), ("Vagn", How.OPENID, 200), ("Tove", How.OPENID, 409)):
        second = new_browser()
        colleague = await office.grants(name, StaffRole.VAGTHAVENDE)
        await second.sits_down(colleague)
        if how is How.SEALED:
            async with office.database.acting_as(ABOVE) as c:
                await c.execute("UPDATE identity.staff_session SET how = 'sealed' WHERE staff_id = $1", colleague.id)
        word = {"ord": form_word(second.cookies["__Host-konsol"])}
        assert (await second.sends(path, word | CONFIRM)).status_code == status, name
    (decided,) = await office.journal("second_person_decided")
    assert decided["facts"] == {"for": "alarm_by_hand", "decision": "confirmed"}
    clock.advance(timedelta(hours=1, seconds=1))
    assert (await sends(browser, key="an-hour-later"))["above"] == []


async def test_a_centre_sets_its_own_limit_and_another_centre_s_alarms_are_not_there(
    town: Town, office: Office, browser: Browser, new_browser: NewBrowser
) -> None:
    async with office.database.acting_as(OWNER) as c:
        for an_hour in (9, 0):
            limit = Limit(an_hour=an_hour, uncertain_m=50)
            await by_hand.set_limit(c, OWNER, HOVEDSTADEN, limit, "amk_laege", office.clock.now())
            office.clock.advance(timedelta(seconds=1))
    await at_a_seat(office, browser)
    told = await sends(browser, where=HERE | {"accuracy_m": 60})
    assert told["above"] == ["an_hour", "uncertain"]
    far = new_browser()
    await far.sits_down(await office.grants("Nora", StaffRole.VAGTHAVENDE, centre=NORDJYLLAND), CentreId(NORDJYLLAND))
    assert "Ingen manuel alarm skal bekræftes" in text_of(await far.opens("/konsol/kaldt"))
    word = {"ord": form_word(far.cookies["__Host-konsol"])}
    assert (await far.sends(f"/konsol/kaldt/{told['id']}", word | {"svar": "stopped"})).status_code == 404


def test_above_is_more_than_the_limit() -> None:
    limit = Limit(an_hour=2, uncertain_m=100)
    assert by_hand.above(limit, 2, 100.0) == by_hand.above(limit, 1, None) == []
    assert by_hand.above(limit, 3, 101.0) == [Above.AN_HOUR, Above.UNCERTAIN]


async def test_without_a_script_it_is_three_forms_and_a_reload_sends_nothing_again(
    town: Town, office: Office, browser: Browser
) -> None:
    await town.volunteers(100)
    await at_a_seat(office, browser)
    begun = await browser.opens("/konsol/ny")
    assert "SKARP ALARM" in begun.text
    found = await browser.fills_in(begun, "/konsol/ny/sted", typed=f"{SQUARE[0]:.4f} {SQUARE[1]:.4f}".replace(".", ","))
    assert "forstået som decimalgrader" in text_of(found)
    chosen = await browser.fills_in(found, "/konsol/ny/se")
    assert "1-4 hjerteløbere" in text_of(chosen)
    sent = await browser.fills_in(chosen, "/konsol/ny/send", case_number="112-9")
    assert sent.status_code == 303
    assert sent.headers["location"].startswith("/konsol/tavle?valgt=")
    twice = await browser.fills_in(chosen, "/konsol/ny/send", case_number="112-9")
    assert twice.headers["location"] == sent.headers["location"]
    assert await how_many(office) == (1, 1)
    assert len(await town.engaged()) == 1
    assert (
        await browser.sends("/konsol/ny/send", hidden_in(chosen, "/konsol/ny/send") | {"lat": "x"})
    ).status_code == 422


async def test_a_form_sent_twice_without_a_case_number_is_one_alarm(
    town: Town, office: Office, browser: Browser
) -> None:
    """Somebody emptied the field, and pressed twice: the page's number stands, also a minute later."""
    await at_a_seat(office, browser)
    found = await browser.fills_in(await browser.opens("/konsol/ny"), "/konsol/ny/sted", typed="55,6761 12,5683")
    chosen = await browser.fills_in(found, "/konsol/ny/se")
    sent = []
    for emptied in ("", " "):
        sent.append(await browser.fills_in(chosen, "/konsol/ny/send", case_number=emptied))
        office.clock.advance(timedelta(minutes=1))
    assert sent[0].headers["location"] == sent[1].headers["location"]
    assert await how_many(office) == (1, 1)


async def test_whoever_brings_no_word_of_the_session_raises_nothing(office: Office, browser: Browser) -> None:
    await at_a_seat(office, browser)
    answer = await browser._call("POST", ALARMS, json=an_alarm(), headers=FROM_HERE)
    assert answer.status_code == 403
    assert await how_many(office) == (0, 0)


async def test_an_impossible_place_says_what_was_meant(office: Office, browser: Browser) -> None:
    await at_a_seat(office, browser)
    answer = await calls(browser, ALARMS, an_alarm(where={"lat": 12.57, "lon": 55.68}))
    assert answer.status_code == 422
    assert "latitude and longitude look swapped" in answer.text


async def test_a_fault_in_calling_a_second_person_keeps_no_overridden_alarm_from_being_asked(
    town: Town, office: Office, browser: Browser
) -> None:
    await town.volunteers(100)
    await at_a_seat(office, browser)
    await town.rows("ALTER TABLE incidents.by_hand RENAME TO elsewhere")
    told = await sends(browser, circumstances=["trauma"], override="clinical_decision")
    await town.rows("ALTER TABLE incidents.elsewhere RENAME TO by_hand")
    assert (told["asking"], told["asked"], told["above"]) == ("asked", 1, [])
    assert await how_many(office) == (1, 0)


async def test_a_form_whose_case_number_was_cleared_is_one_alarm_however_often_it_is_sent(
    town: Town, office: Office, browser: Browser
) -> None:
    await at_a_seat(office, browser)
    found = await browser.fills_in(await browser.opens("/konsol/ny"), "/konsol/ny/sted", typed="55,6761 12,5683")
    chosen = await browser.fills_in(found, "/konsol/ny/se")
    first, again = [await browser.fills_in(chosen, "/konsol/ny/send", case_number="") for _ in range(2)]
    assert first.headers["location"] == again.headers["location"]
    assert await how_many(office) == (1, 1)
    other = await browser.fills_in(found, "/konsol/ny/se")
    blank = await browser.fills_in(other, "/konsol/ny/send", case_number=" ")
    assert blank.headers["location"] != first.headers["location"], "another page is another arrest"


async def test_a_preview_that_goes_wrong_leads_on_to_sending(town: Town, office: Office, browser: Browser) -> None:
    await town.volunteers(100)
    await at_a_seat(office, browser)
    found = await browser.fills_in(await browser.opens("/konsol/ny"), "/konsol/ny/sted", typed="55,6761 12,5683")
    await town.rows("ALTER TABLE incidents.viewed RENAME TO elsewhere")
    chosen = await browser.fills_in(found, "/konsol/ny/se")
    await town.rows("ALTER TABLE incidents.elsewhere RENAME TO viewed")
    assert chosen.status_code == 200
    assert "Forhåndsvisningen kom ikke" in text_of(chosen)
    assert (await browser.fills_in(chosen, "/konsol/ny/send")).status_code == 303
