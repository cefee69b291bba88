"""One incident's page: what tables and journal say of it, in words; nothing exact of anybody; and what can be done."""

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from backend.aeds.aed import Trouble
from backend.alerts import alert as alert_reasons
from backend.alerts.arrival import Arrival, arrival, by_straight_line
from backend.alerts.word import ToCentre, ToVolunteers, Word
from backend.api.dispatch_centre.act import OverrideReason
from backend.api.dispatch_centre.place import Wgs84
from backend.attention.item import By, Needs
from backend.console.incident import Reachable, Step
from backend.console.incident_form import revision_of
from backend.console.incident_timeline import told, wanted_by
from backend.console.reason import Reason
from backend.console.words_incident import IncidentWords
from backend.console.words_incident_da import INCIDENT_DA
from backend.console.words_incident_en import INCIDENT_EN
from backend.delivery.message import Channel
from backend.foundation.clock import SetClock
from backend.foundation.database import Database
from backend.foundation.journal import Event
from backend.foundation.kinds import Kind
from backend.foundation.problems import Problem
from backend.identity.staff import StaffRole
from backend.incidents.incident import Address, Circumstance, EndReason, Place, StandDownReason
from backend.responses.status import GiveUpReason, Status
from backend.selection.candidate import Verdict
from backend.selection.policy import Role as MissionRole
from tests.alarm.cast import Town, metres_east
from tests.console.cast import HOVEDSTADEN, NOON, NORDJYLLAND, Browser, Office, hidden_in, text_of

BOTH = pytest.mark.parametrize("words", [INCIDENT_DA, INCIDENT_EN], ids=["da", "en"])


@pytest.fixture
def town(database: Database, clock: SetClock) -> Town:
    town = Town(database)
    town.clock, town.centre_id = clock, HOVEDSTADEN
    return town


def page(incident: UUID, verb: str = "") -> str:
    return f"/konsol/haendelser/{incident}{verb}"


async def seen(browser: Browser, incident: UUID) -> dict[str, Any]:
    answer = await browser.opens(f"/konsol/data/haendelser/{incident}")
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=dict[str, Any])


async def at_a_seat(office: Office, browser: Browser, *roles: StaffRole) -> None:
    await browser.sits_down(await office.grants("Vera", *(roles or (StaffRole.VISITATOR,))))


# --- pure -----------------------------------------------------------------------------------------------------------


def test_an_arrival_is_the_straight_line_longer_as_roads_are_and_has_edges() -> None:
    """1,000 m at 2.3 m/s, by roads a third longer: 565 s; 325 s at the fastest and 929 s at the slowest found."""
    found = arrival(NOON, 1_000)
    after = [round((at - NOON).total_seconds()) for at in (found.earliest_at, found.expected_at, found.latest_at)]
    assert after == [325, 565, 929]
    assert not found.is_late(found.latest_at)
    assert found.is_late(found.latest_at + timedelta(seconds=1))
    assert by_straight_line(0, 2.3) == timedelta(0)


def test_whoever_knows_the_roads_says_how_long_a_way_takes() -> None:
    minute = timedelta(minutes=1)
    assert arrival(NOON, 5, lambda _metres, _speed: minute) == Arrival(NOON + minute, NOON + minute, NOON + minute)


@BOTH
def test_every_event_of_the_journal_has_words(words: IncidentWords) -> None:
    assert set(words.events) == set(Event)
    for event, sentences in words.events.items():
        assert not wanted_by(sentences[-1]), f"{event}: the last one has to do with no facts at all"
        assert told(Step(1, NOON, event.value, {}), words) == sentences[-1]


@BOTH
def test_every_fact_that_is_one_of_our_words_is_said_in_the_reader_s(words: IncidentWords) -> None:
    said: tuple[type[StrEnum], ...] = (EndReason, StandDownReason, GiveUpReason, Status, Word, ToCentre, ToVolunteers)
    more: tuple[type[StrEnum], ...] = (Trouble, MissionRole, Circumstance, OverrideReason, Reason, Needs, By, Channel)
    reasons = {alert_reasons.NO_ANSWER, alert_reasons.OUTAGE, alert_reasons.NO_CHANNEL_ACCEPTED}
    reasons |= alert_reasons.LET_GO | {"no_sign_of_life", "outside_hours", "direct_guarantee"}
    every = reasons | {each.value for kind in (*said, *more) for each in kind}
    assert every <= set(words.values)
    assert set(words.verdicts) == set(Verdict)


def test_a_line_says_as_much_as_its_facts_do() -> None:
    def line(event: Event, **facts: Any) -> str:
        return told(Step(1, NOON, event.value, facts), INCIDENT_DA)

    assert line(Event.STOOD_DOWN, volunteer="AB12", reason="enough_helpers") == "AB12 er aflyst: hjælpere nok"
    assert line(Event.WAVE_ASKED, wave=2, asked=5, wanted=20, reach_m=5000).startswith("Runde 2: 5 af 20")
    assert line(Event.INCIDENT_OPENED, policy="dk-2026 1", excluded_by=[]) == "Alarmen kom. Regel dk-2026 1"
    assert "traume, drukning" in line(Event.INCIDENT_OPENED, policy="x", excluded_by=["trauma", "drowning"])
    assert line(Event.ACCEPTED, volunteer="A", role=None, late=True) == "A accepterede, sent, men der var en plads"
    assert told(Step(1, NOON, "of_a_newer_version", {}), INCIDENT_DA) == "of_a_newer_version"


def test_a_share_of_nobody_is_unknown_and_no_number() -> None:
    assert Reachable(0, 0).per_cent is None
    assert Reachable(8, 6).per_cent == 75


def test_a_form_revises_what_is_filled_in_and_nothing_else() -> None:
    found = revision_of({"lat": "55,6761", "lon": "12.5683", "floor": " 2 ", "door": ""})
    assert (found.accuracy_m, found.position) == (None, Wgs84(55.6761, 12.5683))
    assert found.address is not None
    assert (found.address.floor, found.address.text) == ("2", None)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, ""),
        ({"lat": "54.2"}, "/lon"),
        ({"lat": "54.2", "lon": "mod øst"}, "/lon"),
        ({"lat": "nan", "lon": "12"}, "/lat"),
        ({"accuracy": "-1"}, "/accuracy"),
        ({"address": "x" * 201}, "/address"),
    ],
)
def test_a_form_that_cannot_be_used_is_refused_by_its_field_and_repeats_nothing(
    form: dict[str, str], field: str
) -> None:
    with pytest.raises(Problem) as refused:
        revision_of(form)
    assert [each.field for each in refused.value.errors] == [field]
    assert not [value for value in form.values() if len(value) > 3 and value in refused.value.detail]


# --- what is seen ---------------------------------------------------------------------------------------------------


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


# --- what is done ---------------------------------------------------------------------------------------------------


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
