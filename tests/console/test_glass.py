"""An incident's address is read by whoever has just proven who they are, for a reason, and the journal says so."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from litestar.testing import AsyncTestClient

from backend.console.reason import Reason
from backend.console.visit import COOKIE
from backend.foundation.clock import SetClock
from backend.foundation.database import Actor, Role
from backend.foundation.ids import CentreId, IncidentId
from backend.identity.seats import Envelope
from backend.identity.staff import StaffRole
from backend.locations.cells import res9_of
from backend.regions import access, shipped
from tests.campaigns.provider import Liar
from tests.console.cast import HOVEDSTADEN, NORDJYLLAND, OWNER, Browser, Office, hidden_in, onward
from tests.console.conftest import NewBrowser
from tests.console.test_signing_in import signs_in
from tests.harness.above import ABOVE

PAGE = "/konsol/haendelser"
STREET = "Torvet 3"
SJAELLAND = CentreId(shipped.centre_id("amk-sjaelland"))


async def has_an_address(office: Office, centre: CentreId = HOVEDSTADEN) -> IncidentId:
    from backend.incidents import queries
    from backend.incidents.incident import Address, Place

    incident_id = await office.has_an_incident(centre)
    async with office.database.acting_as(Actor(Role.API, centre)) as c:
        place = Place(55.6761, 12.5683, 10.0, Address(text=STREET, door_code="1234"))
        await queries.put_place(c, incident_id, centre, place, {})
    return incident_id


async def asks(browser: Browser, incident: IncidentId, reason: str = Reason.HJERTELOEBER_CALLS) -> Any:
    word = hidden_in(await browser.opens("/konsol"), "/konsol/log-ud")
    return await browser.sends(f"{PAGE}/{incident}/adresse", word | {"reason": reason})


async def test_who_is_fresh_and_says_why_reads_it_and_it_is_journalled(office: Office, browser: Browser) -> None:
    staff = await office.grants("Vagn", StaffRole.VAGTHAVENDE)
    await browser.sits_down(staff, fresh=True)
    incident = await has_an_address(office)
    listed = (await browser.opens(PAGE)).text
    assert f"sag-{incident}" in listed
    assert STREET not in listed
    shown = await asks(browser, incident)
    assert shown.status_code == 200
    assert STREET in shown.text
    (entry,) = await office.journal("address_disclosed")
    assert (entry["person_id"], entry["incident_id"]) == (staff.id, incident)
    assert entry["facts"] == {"to": "staff", "staff": str(staff.id), "reason": "hjerteloeber_calls"}
    async with office.database.acting_as(ABOVE) as connection:
        (view,) = await connection.fetch("SELECT what, viewer, viewer_id, incident_id FROM incidents.viewed")
    assert tuple(view) == ("address", "staff", staff.id, incident), "beside whoever else was shown it"


async def test_who_works_at_a_centre_whose_work_has_moved_sees_what_they_work_on(
    office: Office, browser: Browser, http: AsyncTestClient[Any]
) -> None:
    """Their role and their session are of the old centre: its last incidents, and the new one's, and nobody else's."""
    staff = await office.grants("Vagn", StaffRole.VAGTHAVENDE)
    before = await has_an_address(office)
    now = office.clock.now()
    async with office.database.acting_as(OWNER) as c:
        await access.merge(c, OWNER, HOVEDSTADEN, SJAELLAND, now, "driftsansvarlig", now)
        http.app.state.access.now = await access.load(c)  # as the process does every ten seconds
    await browser.sits_down(staff, fresh=True)
    after, elsewhere = await has_an_address(office, SJAELLAND), await has_an_address(office, NORDJYLLAND)
    listed = (await browser.opens(PAGE)).text
    assert [f"sag-{each}" in listed for each in (before, after, elsewhere)] == [True, True, False]
    assert [(await asks(browser, each)).status_code for each in (before, after, elsewhere)] == [200, 200, 404]
    assert [e["centre_id"] for e in await office.journal("address_disclosed")] == [HOVEDSTADEN, SJAELLAND]


async def test_whoever_is_not_fresh_is_led_to_prove_who_they_are_first(
    office: Office, browser: Browser, provider: Liar, clock: SetClock
) -> None:
    await office.grants("Anna", StaffRole.VAGTHAVENDE)
    await signs_in(browser, provider)
    incident = await has_an_address(office)
    turned = await asks(browser, incident)
    assert turned.headers["location"] == "/konsol/bekraeft?til=%2Fkonsol%2Fhaendelser"
    address = onward(await browser.opens(turned.headers["location"]))
    asked = parse_qs(urlsplit(address).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["300"])
    before = browser.cookies[COOKIE]
    provider.claims["auth_time"] = int(clock.now().timestamp())
    back = await browser.opens(provider.signs_in(address, "s-anna", "anna@amk.example"))
    assert back.headers["location"] == PAGE
    assert browser.cookies[COOKIE] != before, "what somebody had copied before is worth nothing now"
    assert STREET in (await asks(browser, incident)).text
    clock.advance(timedelta(minutes=5, seconds=1))
    assert (await asks(browser, incident)).status_code == 303, "five minutes, and no longer"


@pytest.mark.parametrize("auth_time", [None, "now", -3600, 3600, True, "1e400"])
async def test_a_provider_that_does_not_say_that_it_was_just_now_proves_nothing(
    office: Office, browser: Browser, provider: Liar, clock: SetClock, auth_time: Any
) -> None:
    await office.grants("Anna", StaffRole.VAGTHAVENDE)
    await signs_in(browser, provider)
    numbers = isinstance(auth_time, int) and not isinstance(auth_time, bool)
    provider.claims["auth_time"] = int(clock.now().timestamp()) + auth_time if numbers else auth_time
    address = onward(await browser.opens("/konsol/bekraeft"))
    back = await browser.opens(provider.signs_in(address, "s-anna", "anna@amk.example"))
    assert back.status_code in (403, 502)
    assert (await asks(browser, await has_an_address(office))).status_code == 303
    assert await office.journal("address_disclosed") == []


async def test_a_colleague_who_proves_who_they_are_proves_nothing_for_another(
    office: Office, browser: Browser, provider: Liar, clock: SetClock
) -> None:
    await office.grants("Anna", StaffRole.VAGTHAVENDE)
    await office.grants("Bo", StaffRole.VAGTHAVENDE)
    await signs_in(browser, provider)
    provider.claims["auth_time"] = int(clock.now().timestamp())
    address = onward(await browser.opens("/konsol/bekraeft"))
    back = await browser.opens(provider.signs_in(address, "s-bo", "bo@amk.example"))
    assert "Det var en anden" in back.text
    assert (await asks(browser, await has_an_address(office))).status_code == 303


async def test_at_a_sealed_seat_the_envelope_proves_it_anew(office: Office, browser: Browser, clock: SetClock) -> None:
    envelope: Envelope = await office.has_a_seat()
    await office.grants("Anna", StaffRole.VAGTHAVENDE)
    await browser.is_seat(envelope)
    await browser.logs_in_sealed(envelope, "anna@amk.example")
    clock.advance(timedelta(minutes=6))
    incident = await has_an_address(office)
    turned = await asks(browser, incident)
    from tests.console.cast import code_of

    page = await browser.opens(turned.headers["location"])
    typed = {"envelope": envelope.word, "digits": code_of(envelope, clock.now())}
    assert (await browser.fills_in(page, "/konsol/bekraeft", **typed)).headers["location"] == PAGE
    assert STREET in (await asks(browser, incident)).text
    (entry,) = await office.journal("address_disclosed")
    said = entry["facts"]["to"], entry["facts"]["seat"]
    assert said == ("envelope", str(envelope.seat_id)), "that it was she, she alone said"


async def test_a_place_that_no_key_opens_is_not_shown_as_the_patient_s(office: Office, browser: Browser) -> None:
    await browser.sits_down(await office.grants("Vagn", StaffRole.VAGTHAVENDE), fresh=True)
    incident = await has_an_address(office)
    async with office.database.acting_as(ABOVE) as c:
        await c.execute("DELETE FROM incidents.data_key WHERE incident_id = $1", incident)
        cell = res9_of(55.6761, 12.5683)
        await c.execute("UPDATE incidents.incident SET cell_r9 = $2 WHERE id = $1", incident, cell)
    shown = await asks(browser, incident)
    assert shown.status_code == 200
    assert "Positionen er midten af området, ikke stedet" in shown.text


@pytest.mark.parametrize("role", [StaffRole.VISITATOR, StaffRole.TEKNISK_DISPONENT, StaffRole.DRIFTSANSVARLIG])
async def test_other_roles_do_not_read_it(office: Office, browser: Browser, role: StaffRole) -> None:
    await browser.sits_down(await office.grants("Vera", role), fresh=True)
    assert (await asks(browser, await has_an_address(office))).status_code == 403
    assert await office.journal("address_disclosed") == []


async def test_another_centre_s_incident_is_not_there(office: Office, browser: Browser) -> None:
    await browser.sits_down(await office.grants("Vagn", StaffRole.VAGTHAVENDE), fresh=True)
    incident = await has_an_address(office, NORDJYLLAND)
    answer = await asks(browser, incident)
    assert answer.status_code == 404
    assert STREET not in answer.text
    assert f"sag-{incident}" not in (await browser.opens(PAGE)).text


@pytest.mark.parametrize("reason", ["", "fordi", "other", "<script>"])
async def test_a_reason_is_one_of_the_list(office: Office, browser: Browser, reason: str) -> None:
    await browser.sits_down(await office.grants("Vagn", StaffRole.VAGTHAVENDE), fresh=True)
    answer = await asks(browser, await has_an_address(office), reason)
    assert answer.status_code == 422
    assert STREET not in answer.text
    assert await office.journal("address_disclosed") == []


async def test_what_is_erased_is_said_to_be(office: Office, browser: Browser, new_browser: NewBrowser) -> None:
    await browser.sits_down(await office.grants("Vagn", StaffRole.VAGTHAVENDE), fresh=True)
    answer = await asks(browser, await office.has_an_incident())
    assert answer.status_code == 410
    assert "Adressen er slettet" in answer.text
