"""What can be done at one incident's page, by forms and by script."""

import re
from uuid import uuid4

import msgspec

from backend.console.words_acting import ACTING_DA
from backend.console.words_incident_da import INCIDENT_DA
from backend.identity.staff import StaffRole
from backend.incidents.incident import Circumstance
from tests.alarm.cast import Town, metres_east
from tests.console.cast import Browser, Office, hidden_in, text_of
from tests.console.incident_cast import at_a_seat, page, revises, seen


async def test_by_forms_everybody_is_stood_down_with_a_reason(town: Town, office: Office, browser: Browser) -> None:
    anna, _ = await town.volunteers(120, 130)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    await at_a_seat(office, browser)
    shown = await browser.opens(page(incident))
    none = await browser.fills_in(shown, page(incident, "/aflys"), reason="")
    assert (none.status_code, (await town.incident(incident)).state) == (422, "open")
    done = await browser.fills_in(shown, page(incident, "/aflys"), reason="not_cardiac_arrest")
    assert (done.status_code, done.headers["location"]) == (303, page(incident))
    assert (await town.incident(incident)).end_reason == "not_cardiac_arrest"
    assert {each.reason for each in await town.alerts(incident)} == {"not_cardiac_arrest"}
    again = await browser.fills_in(shown, page(incident, "/aflys"), reason="wrong_address")
    assert again.status_code == 303, "the first reason stands"


async def test_one_is_stood_down_more_are_asked_and_a_word_is_said(
    town: Town, office: Office, browser: Browser
) -> None:
    """A form sent twice, as an impatient hand does, asks and tells once."""
    anna, ben = await town.volunteers(120, 130)
    incident = await town.arrest()
    for each in (anna, ben):
        await town.accepts(incident, each)
    await at_a_seat(office, browser)
    shown = await browser.opens(page(incident))
    name = (await town.alert(incident, ben)).pseudonym
    one = hidden_in(shown, page(incident, "/aflys-en")) | {"pseudonym": name, "reason": "enough_helpers"}
    assert (await browser.sends(page(incident, "/aflys-en"), one)).status_code == 303
    assert await town.state(incident, ben) == "stood_down"
    assert await town.state(incident, anna) == "accepted"
    await town.volunteers(300)
    for _ in range(2):
        assert (await browser.fills_in(shown, page(incident, "/flere"))).status_code == 303
        assert (await browser.fills_in(shown, page(incident, "/ord"), word="door_open", to="")).status_code == 303
    events = [each.event for each in await town.journal(incident)]
    assert (events.count("asked_more"), events.count("told")) == (1, 1)
    assert len(await town.alerts(incident)) == 3
    # Whoever goes back to the page and chooses another word means another one.
    assert (await browser.fills_in(shown, page(incident, "/ord"), word="call_us", to="")).status_code == 303
    told = [entry.facts["word"] for entry in await town.journal(incident) if entry.event == "told"]
    assert told == ["door_open", "call_us"]
    now = text_of(await browser.opens(page(incident)))
    assert "fik besked: døren er åben" in now
    gone = await browser.sends(page(incident, "/aflys-en"), one | {"pseudonym": "nobody"})
    assert (gone.status_code, "Ikke gjort" in gone.text) == (404, True)


async def test_a_better_place_is_told_to_whoever_goes_and_the_old_address_stays(
    town: Town, office: Office, browser: Browser
) -> None:
    (anna,) = await town.volunteers(120)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    await at_a_seat(office, browser)
    shown = await browser.opens(page(incident))
    to = page(incident, "/ret")
    wrong = await browser.fills_in(shown, to, lat="55,4", lon="")
    assert (wrong.status_code, INCIDENT_DA.wrong_number in text_of(wrong)) == (422, True)
    empty = await browser.fills_in(shown, to)
    assert INCIDENT_DA.nothing_new in text_of(empty)
    far = await browser.fills_in(shown, to, lat="10", lon="10")
    assert (far.status_code, "langt fra Danmark" in text_of(far)) == (422, True)
    lat, lon = metres_east(50)
    done = await browser.fills_in(shown, to, lat=f"{lat:.5f}".replace(".", ","), lon=f"{lon:.5f}", accuracy="5")
    assert done.status_code == 303
    place = await town.place(incident)
    assert (round(place.lat, 5), round(place.lon, 5), place.accuracy_m) == (round(lat, 5), round(lon, 5), 5)
    assert place.address.door_code == "4711"
    assert (await town.incident(incident)).revision == 2
    assert "Rettelse 2" in text_of(await browser.opens(page(incident)))


async def test_a_possible_duplicate_is_joined_and_its_page_leads_on(
    town: Town, office: Office, browser: Browser
) -> None:
    (anna,) = await town.volunteers(120)
    first, second = await town.arrest(), await town.arrest()
    await town.accepts(first, anna)
    await at_a_seat(office, browser)
    shown = await browser.opens(page(second))
    assert (await town.incident(first)).case_number in shown.text
    done = await browser.fills_in(shown, page(second, "/saml"), into=str(first))
    assert done.status_code == 303
    assert (await town.incident(second)).end_reason == "joined"
    assert page(first) in (await browser.opens(page(second))).text
    hidden = hidden_in(shown, page(second, "/saml"))
    strange = await browser.sends(page(first, "/saml"), hidden | {"into": str(uuid4())})
    assert (strange.status_code, "Ikke gjort" in strange.text) == (409, True)


async def test_an_excluded_one_is_alerted_all_the_same_for_a_reason(
    town: Town, office: Office, browser: Browser
) -> None:
    await town.volunteers(120)
    incident = await town.arrest(circumstances=[Circumstance.UNSAFE_SCENE])
    await at_a_seat(office, browser)
    shown = await browser.opens(page(incident))
    assert "usikkert sted" in shown.text
    assert (await browser.fills_in(shown, page(incident, "/alligevel"), reason="scene_now_safe")).status_code == 303
    assert len(await town.ringing(incident)) == 1


async def test_who_only_follows_finds_no_form_and_may_send_none(town: Town, office: Office, browser: Browser) -> None:
    incident = await town.arrest()
    await at_a_seat(office, browser, StaffRole.TEKNISK_DISPONENT)
    follows = await browser.opens(page(incident))
    assert "<form" not in follows.text
    refused = await browser.sends(page(incident, "/aflys"), {"reason": "closed"})
    assert refused.status_code == 403


async def test_a_form_is_taken_as_browsers_send_it_from_a_page_that_sends_no_referrer(
    town: Town, office: Office, browser: Browser
) -> None:
    """With the origin `null`: Chromium's way. It was refused, so that no form worked outside tests."""
    incident = await town.arrest()
    await at_a_seat(office, browser)
    form = hidden_in(await browser.opens(page(incident)), page(incident, "/aflys")) | {"reason": "wrong_address"}
    for site in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        assert (await browser.sends(page(incident, "/aflys"), form, site | {"Origin": "null"})).status_code == 403
    sent = await browser.sends(page(incident, "/aflys"), form, {"Sec-Fetch-Site": "same-origin", "Origin": "null"})
    assert sent.status_code == 303


async def test_a_form_of_another_site_does_nothing(town: Town, office: Office, browser: Browser) -> None:
    incident = await town.arrest()
    await at_a_seat(office, browser)
    for verb in ("/aflys", "/aflys-en", "/flere", "/ord", "/ret", "/saml", "/alligevel"):
        assert (await browser.sends(page(incident, verb), {"reason": "wrong_address"})).status_code == 403
    assert (await town.incident(incident)).state == "open"


async def test_two_seats_do_not_overwrite_each_other_unseen(town: Town, office: Office, browser: Browser) -> None:
    """Both looked at the same page; the first one's place holds, and the second is told to look again."""
    incident = await town.arrest()
    await at_a_seat(office, browser)
    shown = await browser.opens(page(incident))
    to = page(incident, "/ret")
    lat, lon = metres_east(50)
    first = await browser.fills_in(shown, to, lat=str(lat), lon=str(lon))
    assert first.status_code == 303
    second = await browser.fills_in(shown, to, floor="3")
    assert (second.status_code, INCIDENT_DA.refused["revised-meanwhile"] in text_of(second)) == (409, True)
    assert (await town.place(incident)).address.floor != "3"
    again = await browser.fills_in(await browser.opens(page(incident)), to, floor="3")
    assert (again.status_code, (await town.place(incident)).address.floor) == (303, "3")


async def test_a_door_code_typed_alone_takes_nobodys_street(town: Town, office: Office, browser: Browser) -> None:
    """It is what a caller says last. A new street brings its own floor and code, or none."""
    incident = await town.arrest()
    before = (await town.place(incident)).address
    await at_a_seat(office, browser)
    to = page(incident, "/ret")
    await browser.fills_in(await browser.opens(page(incident)), to, door_code="0815")
    assert (await town.place(incident)).address == msgspec.structs.replace(before, door_code="0815")
    assert before.text is not None
    await browser.fills_in(await browser.opens(page(incident)), to, address="Nørregade 3B")
    place = await town.place(incident)
    assert (place.address.text, place.address.door_code) == ("Nørregade 3B", None)


async def test_by_script_a_place_is_revised_as_a_dispatch_system_does_and_who_has_not_shown_it_is_named(
    town: Town, office: Office, browser: Browser
) -> None:
    """Moved on the map the address stays; sent again after a lost answer it is one revision; nobody is overwritten."""
    anna, ben = await town.volunteers(120, 130)
    incident = await town.arrest()
    for each in (anna, ben):
        await town.accepts(incident, each)
        await town.shows(incident, each)
    await at_a_seat(office, browser)
    lat, lon = metres_east(60)
    better = {"where": {"lat": lat, "lon": lon, "accuracy_m": 10}, "based_on": 1}
    answers = [await revises(browser, incident, better) for _ in range(2)]
    assert [(each.status_code, each.json()["revision"]) for each in answers] == [(200, 2), (200, 2)]
    assert [each.event for each in await town.journal(incident)].count("incident_revised") == 1
    assert (await town.place(incident)).address.door_code == "4711"
    late = await revises(browser, incident, better | {"where": {"lat": lat, "lon": 12.4}})
    assert (late.status_code, late.json()["type"].split("/")[-1], late.json()["revision"]) == (
        409,
        "revised-meanwhile",
        2,
    )
    names = {each: (await town.alert(incident, each)).pseudonym for each in (anna, ben)}
    assert set((await seen(browser, incident))["not_told"]) == set(names.values())
    await town.shows(incident, anna)
    assert (await seen(browser, incident))["not_told"] == [names[ben]]
    found = {"lat": lat, "lon": lon, "text": "Nørregade 3B, 1165 København K", "floor": "2"}
    address = await revises(browser, incident, {"where": found, "based_on": 2})
    assert address.json()["revision"] == 3
    place = await town.place(incident)
    assert (place.accuracy_m, place.address.text, place.address.floor) == (None, found["text"], "2")
    assert set((await seen(browser, incident))["not_told"]) == set(names.values()), "who had shown the one before, too"
    nothing = await revises(browser, incident, {"where": found, "based_on": 3})
    assert nothing.json()["revision"] == 3, "what changes nothing is no revision"


async def test_without_scripts_the_one_box_finds_places_and_says_how_far_each_is(
    town: Town, office: Office, browser: Browser
) -> None:
    incident = await town.arrest()
    await at_a_seat(office, browser)
    lat, lon = metres_east(200)
    shown = await browser.opens(page(incident))
    found = await browser.fills_in(shown, page(incident, "/find"), typed=f"{lat:.5f}, {lon:.5f}")
    assert ("flytter stedet 200 m" in text_of(found), (await town.incident(incident)).revision) == (True, 1)
    first = found.text.split('id="hits"')[1].split("</form>")[0]
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', first))
    chosen = await browser.sends(page(incident, "/ret"), hidden)
    assert chosen.status_code == 303
    assert round((await town.place(incident)).lon, 5) == round(lon, 5)
    none = await browser.fills_in(shown, page(incident, "/find"), typed="")
    assert ACTING_DA.nothing_found in text_of(none)


async def test_of_two_that_are_joined_each_says_whose_hjerteloebere_go_where(
    town: Town, office: Office, browser: Browser
) -> None:
    anna, ben = await town.volunteers(120, 130)
    first, second = await town.arrest(), await town.arrest()
    await town.accepts(first, anna)
    cases = [(await town.incident(each)).case_number for each in (first, second)]
    for each in await town.alerts(second):
        if each.volunteer_id == ben:
            await town.accepts(second, ben)
    went = [each.pseudonym for each in await town.alerts(second) if each.state == "accepted"]
    await at_a_seat(office, browser)
    shown = await browser.opens(page(second))
    assert (await browser.fills_in(shown, page(second, "/saml"), into=str(first))).status_code == 303
    ended, goes_on = await seen(browser, second), await seen(browser, first)
    (away,), (come,) = ended["joined"], goes_on["joined"]
    assert (away["id"], away["case_number"], away["goes_on"], away["people"]) == (str(first), cases[0], True, went)
    assert (come["id"], come["case_number"], come["goes_on"]) == (str(second), cases[1], False)
    names = {each.pseudonym for each in await town.alerts(first) if each.state == "accepted"}
    assert set(come["people"]) <= names
    assert len(come["people"]) == len(went)
    pages = [await browser.opens(page(each)) for each in (second, first)]
    assert f'href="{page(first)}"' in pages[0].text
    assert f'href="{page(second)}"' in pages[1].text
    assert f"Samlet med sag {cases[0]}, som fortsætter" in text_of(pages[0])
    assert f"Sag {cases[1]} er samlet hertil" in text_of(pages[1])
    assert f'href="/konsol/efter/{second}"' in pages[0].text, "its course, now that it is over"
    assert f'href="{page(second)}"' in (await browser.opens(f"/konsol/efter/{second}")).text, "and back"
