"""One incident's page: what tables and journal say of it, in words, and nothing exact of anybody."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

import msgspec

from backend.foundation.clock import SetClock
from backend.foundation.kinds import Kind
from backend.identity.staff import StaffRole
from backend.incidents.incident import Address, Place
from backend.responses.status import Status
from tests.alarm.cast import Town, metres_east
from tests.console.cast import HOVEDSTADEN, NORDJYLLAND, Browser, Office, text_of
from tests.console.incident_cast import at_a_seat, page, seen


async def test_who_was_asked_and_why_and_who_was_not_and_why(town: Town, office: Office, browser: Browser) -> None:
    """Twenty of the nearest by the rule; the others were further away, or nobody knows where they are any more."""
    await town.volunteers(*(1_000 + 10 * each for each in range(22)))
    old = await town.volunteers(150)
    await town.rows(
        """
        UPDATE locations.position
        SET measured_at = measured_at - interval '4 days', seen_at = seen_at - interval '4 days' WHERE volunteer_id = $1
        """,
        old[0],
    )
    incident = await town.arrest()
    await at_a_seat(office, browser)
    told_of = await seen(browser, incident)
    assert len(told_of["asked"]) == 20
    assert {each["metres"] % 100 for each in told_of["asked"]} == {0}
    assert {each["wave"] for each in told_of["asked"]} == {1}
    assert {each["position_age_s"] for each in told_of["asked"]} == {0}
    (wave,) = told_of["waves"]
    assert (wave["reach_m"], wave["wanted"], wave["asked"]) == (5_000, 20, 20)
    passed = {each["verdict"]: each["people"] for each in told_of["not_asked"]}
    assert passed == {"nearer_ones_asked": 2, "position_too_old": 1}
    assert all(each["nearest_within_m"] % 500 == 0 for each in told_of["not_asked"])
    assert all(area["people"] >= 3 for each in told_of["not_asked"] for area in each["in_areas"])
    assert told_of["reachable"] == {"looked_at": 23, "reachable": 22}


async def test_nothing_on_it_names_anybody_or_where_they_are(town: Town, office: Office, browser: Browser) -> None:
    anna, *_ = await town.volunteers(120, 130, 140)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    await town.declines(incident, (await town.alerts(incident))[1].volunteer_id)
    await at_a_seat(office, browser)
    data = msgspec.json.encode(await seen(browser, incident)).decode()
    shown = (await browser.opens(page(incident))).text + (await browser.opens(page(incident, "/dele"))).text
    alerts = await town.alerts(incident)
    private = ["Torvet", "4711", "Anna", *(str(one) for each in alerts for one in (each.volunteer_id, each.id))]
    assert not [word for word in private if word in data + shown]
    assert not re.search(r'"metres":1[234]\d\b', data)


async def test_two_clocks_run_until_a_channel_took_a_ring_and_a_phone_showed_it(
    town: Town, office: Office, browser: Browser, clock: SetClock
) -> None:
    town.pushes_go_out = False
    anna, _ = await town.volunteers(120, 130)
    incident = await town.arrest()
    await at_a_seat(office, browser)
    assert list((await seen(browser, incident))["clocks"].values())[1:] == [None, None]
    assert "ikke endnu" in text_of(await browser.opens(page(incident)))
    await town.rows(
        """
        UPDATE delivery.delivery SET state = 'accepted', settled_at = queued_at + interval '1.5 s'
        WHERE channel = 'fcm' AND state = 'queued'
        """
    )
    clock.advance(timedelta(seconds=4))
    await town.shows(incident, anna)
    clocks = {name: datetime.fromisoformat(at) for name, at in (await seen(browser, incident))["clocks"].items()}
    began = clocks["reported_at"]
    assert clocks["first_push_accepted_at"] - began == timedelta(seconds=1.5)
    assert clocks["first_receipt_at"] - began == timedelta(seconds=4)
    shown = text_of(await browser.opens(page(incident)))
    assert "1,5 s" in shown
    assert "4,0 s" in shown


async def test_whoever_goes_is_expected_and_whoever_has_not_shown_a_revision_is_named(
    town: Town, office: Office, browser: Browser, clock: SetClock
) -> None:
    anna, ben = await town.volunteers(500, 600)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    await town.accepts(incident, ben)
    await town.revises(incident, Place(*metres_east(40), 10, Address(text="Torvet 5")))
    await town.shows(incident, ben)
    await at_a_seat(office, browser)
    told_of = await seen(browser, incident)
    people = {each["pseudonym"]: each for each in told_of["asked"]}
    first = (await town.alert(incident, anna)).pseudonym
    assert told_of["not_told"] == [first]
    assert not people[first]["told"]
    edges = [people[first]["arrival"][name] for name in ("earliest_at", "expected_at", "latest_at")]
    assert edges == sorted(edges)
    assert not people[first]["late"]
    shown = text_of(await browser.opens(page(incident)))
    assert "Har ikke vist det nyeste" in shown
    assert "Ventes" in shown
    clock.advance(timedelta(minutes=20))
    later = text_of(await browser.opens(page(incident)))
    assert "position 0 s gammel, da der blev målt" in later, (
        "it is as old as the alarm, and does not say that it is new"
    )
    clock.advance(timedelta(minutes=20))
    assert {each["late"] for each in (await seen(browser, incident))["asked"]} == {True}
    await town.tells(incident, anna, Status.ON_SCENE)
    there = next(each for each in (await seen(browser, incident))["asked"] if each["pseudonym"] == first)
    assert (there["late"], there["arrival"], there["stage"]) == (False, None, "on_scene")


async def test_its_journal_is_told_in_words_newest_first_in_both_languages(
    town: Town, office: Office, browser: Browser
) -> None:
    (anna,) = await town.volunteers(120)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    await at_a_seat(office, browser)
    name = (await town.alert(incident, anna)).pseudonym
    danish = text_of(await browser.opens(page(incident)))
    english = text_of(await browser.opens(page(incident) + "?lang=en"))
    assert danish.index(f"{name} accepterede") < danish.index("Alarmen kom")
    assert english.index(f"{name} accepted") < english.index("The report came")
    assert "Frivillig" not in danish


async def test_a_channel_s_health_is_unknown_while_no_worker_looks(
    town: Town, office: Office, browser: Browser
) -> None:
    """Never said to work only because nobody said that it does not."""
    await town.volunteers(120)
    incident = await town.arrest()
    await at_a_seat(office, browser)
    before = {each["channel"]: each for each in (await seen(browser, incident))["channels"]}
    assert {each["health"] for each in before.values()} == {"unknown"}
    assert (before["fcm"]["rings"], before["fcm"]["accepted"]) == (1, 1)
    await town.rows("UPDATE attention.looked SET at = $1", town.now)
    await town.rows(
        """
        INSERT INTO attention.item (id, centre_id, kind, what, subject, detail, raised_at)
        VALUES ($1, $2, 'live', 'channel_down', 'sms fails', '{"channel": "sms", "why": "fails"}', $3)
        """,
        uuid4(),
        HOVEDSTADEN,
        town.now,
    )
    after = {each["channel"]: each["health"] for each in (await seen(browser, incident))["channels"]}
    assert after == {"fcm": "ok", "sms": "fails", "in_app": "ok"}


async def test_it_is_marked_anew_when_something_happens_and_not_by_the_hour(
    town: Town, office: Office, browser: Browser, clock: SetClock
) -> None:
    (anna,) = await town.volunteers(120)
    incident = await town.arrest()
    await at_a_seat(office, browser)
    first = (await seen(browser, incident))["mark"]
    clock.advance(timedelta(seconds=5))
    assert (await seen(browser, incident))["mark"] == first
    await town.declines(incident, anna)
    assert (await seen(browser, incident))["mark"] != first


async def test_that_somebody_saw_the_place_is_written_down_once(town: Town, office: Office, browser: Browser) -> None:
    incident = await town.arrest()
    await at_a_seat(office, browser)
    for _ in range(3):
        await browser.opens(page(incident))
    rows = await town.rows("SELECT what FROM incidents.viewed WHERE incident_id = $1 ORDER BY what", incident)
    assert [row["what"] for row in rows] == ["candidates", "position"]


async def test_when_it_has_ended_its_place_is_shown_no_more_and_nothing_can_be_done(
    town: Town, office: Office, browser: Browser, clock: SetClock
) -> None:
    """The place is kept some minutes yet, for whoever is on the way back: not for a screen."""
    await town.volunteers(120, 130, 140)
    incident = await town.arrest()
    clock.advance(timedelta(seconds=75))
    await town.ends(incident)
    clock.advance(timedelta(seconds=30))
    await at_a_seat(office, browser, StaffRole.VAGTHAVENDE)
    told_of = await seen(browser, incident)
    assert (told_of["board"]["at"], told_of["board"]["areas"], told_of["defibrillators"]) == (None, [], [])
    shown = await browser.opens(page(incident))
    assert "1.15" in shown.text, "the clock stands"
    assert "ambulancen er fremme" in shown.text
    assert "<form" not in shown.text
    assert "55.3" not in shown.text


async def test_another_centre_s_is_as_one_that_is_not_there(town: Town, office: Office, browser: Browser) -> None:
    incident = await town.arrest()
    synthetic = await town.arrest(kind=Kind.SYNTHETIC)
    staff = await office.grants("Nora", StaffRole.VISITATOR, centre=NORDJYLLAND)
    await browser.sits_down(staff, NORDJYLLAND)
    for address in (page(incident), page(incident, "/dele"), f"/konsol/data/haendelser/{incident}"):
        assert (await browser.opens(address)).status_code == 404
    await at_a_seat(office, browser)
    assert (await browser.opens(page(incident))).status_code == 200
    assert (await browser.opens(page(synthetic))).status_code == 404, "the machine's own is nobody's to lead"
