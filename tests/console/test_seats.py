"""At a seat people change in two clicks; when the provider is down its envelope lets somebody in, loudly."""

import asyncio
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from prometheus_client import REGISTRY

from backend.console.visit import COOKIE, SEAT_COOKIE
from backend.foundation.clock import SetClock
from backend.foundation.database import Actor, Role
from backend.identity import seats
from backend.identity.seats import Envelope
from backend.identity.staff import Seat, StaffRole
from tests.campaigns.provider import Liar
from tests.console.cast import HOVEDSTADEN, NORDJYLLAND, OWNER, Browser, Office, code_of, hidden_in, onward, text_of
from tests.console.conftest import NewBrowser
from tests.console.test_signing_in import signs_in


@pytest.fixture
async def envelope(office: Office) -> Envelope:
    return await office.has_a_seat()


@pytest.fixture
async def seat(browser: Browser, envelope: Envelope) -> Browser:
    """The browser of a seat, where nobody is signed in."""
    await browser.is_seat(envelope)
    return browser


def told(outcome: str) -> float:
    return REGISTRY.get_sample_value("hjerteloeber_sealed_log_ins_total", {"outcome": outcome}) or 0.0


async def chooses_pin(browser: Browser, pin: str) -> str:
    answer = await browser.fills_in(await browser.opens("/konsol"), "/konsol/pinkode", pin=pin)
    return answer.headers["location"]


async def test_a_seat_s_code_is_good_for_one_browser(
    seat: Browser, new_browser: NewBrowser, envelope: Envelope, office: Office
) -> None:
    assert "Plads 1" in (await seat.opens("/konsol/log-ind")).text
    other = new_browser()
    again = await other.sends("/konsol/plads", {"code": envelope.code})
    assert again.status_code == 422
    assert SEAT_COOKIE not in other.cookies
    assert "Koden er ikke rigtig" in again.text
    async with office.database.acting_as(OWNER) as c:
        kept = str(await c.fetch("SELECT browser_hash, code_hash, totp_sealed, envelope_hash FROM identity.seat"))
    for secret in (seat.cookies[SEAT_COOKIE], envelope.code, envelope.word):
        assert secret not in kept


async def test_the_seat_stays_and_the_person_changes_in_two_clicks(
    office: Office, seat: Browser, provider: Liar
) -> None:
    await office.grants("Anna", StaffRole.VISITATOR)
    await office.grants("Bo", StaffRole.VAGTHAVENDE)
    await signs_in(seat, provider, "s-anna", "anna@amk.example")
    assert (await chooses_pin(seat, "2580")).endswith("pin=ja")
    await signs_in(seat, provider, "s-bo", "bo@amk.example")
    await chooses_pin(seat, "1379")
    bo = seat.cookies[COOKIE]
    page = await seat.opens("/konsol/skift")
    assert "Skift til Anna" in page.text
    back = await seat.fills_in(page, "/konsol/skift", pin="2580")
    assert (back.status_code, back.headers["location"]) == (303, "/konsol")
    own = text_of(await seat.opens("/konsol"))
    assert "Du er Anna" in own
    assert "sundhedsfaglig visitator" in own, "each has their own session, and their own roles"
    seat.cookies[COOKIE] = bo
    assert (await seat.opens("/konsol")).status_code == 303, "a parked session's secret opens nothing"
    assert "Skift til Bo" in (await seat.opens("/konsol/skift")).text


async def test_whoever_comes_back_with_a_pin_has_not_just_proven_who_they_are(
    office: Office, seat: Browser, provider: Liar, clock: SetClock
) -> None:
    """Four figures that anybody behind her may have seen."""
    await office.grants("Anna", StaffRole.VAGTHAVENDE)
    await office.grants("Bo", StaffRole.VAGTHAVENDE)
    provider.claims["auth_time"] = int(clock.now().timestamp())
    await signs_in(seat, provider, "s-anna", "anna@amk.example")
    assert "Du har lige bekræftet" in (await seat.opens("/konsol")).text
    await chooses_pin(seat, "2580")
    await signs_in(seat, provider, "s-bo", "bo@amk.example")
    await seat.fills_in(await seat.opens("/konsol/skift"), "/konsol/skift", pin="2580")
    back = await seat.opens("/konsol")
    assert "Du er Anna" in back.text
    assert "Du har lige bekræftet" not in back.text


async def test_at_a_seat_the_provider_is_to_ask_anew_so_that_nobody_becomes_who_sat_there_before(
    office: Office, seat: Browser, new_browser: NewBrowser, provider: Liar, clock: SetClock
) -> None:
    await office.grants("Anna", StaffRole.VISITATOR)
    asked = parse_qs(urlsplit(address := onward(await seat.opens("/konsol/videre"))).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["300"])
    provider.claims["auth_time"] = int(clock.now().timestamp()) - 3600
    remembered = await seat.opens(provider.signs_in(address, "s-anna", "anna@amk.example"))
    assert remembered.status_code == 403
    assert "Det blev ikke bekræftet" in remembered.text
    assert COOKIE not in seat.cookies
    elsewhere = new_browser()
    assert "prompt" not in parse_qs(urlsplit(onward(await elsewhere.opens("/konsol/videre"))).query)
    assert (await signs_in(elsewhere, provider)).status_code == 303, "at one's own desk once a day is enough"


async def test_a_seat_stays_one_as_long_as_somebody_signs_in_there(seat: Browser) -> None:
    """Else all of a room's envelopes would be dead on one day, 400 days after they were made."""
    (kept,) = (await seat.opens("/konsol/log-ind")).headers.get_list("set-cookie")
    assert kept.startswith(f"{SEAT_COOKIE}={seat.cookies[SEAT_COOKIE]};")
    assert "Max-Age=34560000" in kept


async def test_nobody_who_made_room_is_kept_out_by_the_end_of_the_shift_in_an_alarm(
    office: Office, seat: Browser, provider: Liar, clock: SetClock
) -> None:
    await office.grants("Anna", StaffRole.VISITATOR)
    await office.grants("Bo", StaffRole.VAGTHAVENDE)
    await signs_in(seat, provider, "s-anna", "anna@amk.example")
    await chooses_pin(seat, "2580")
    clock.advance(timedelta(hours=11))
    provider.now = clock.now().timestamp()
    await signs_in(seat, provider, "s-bo", "bo@amk.example")
    incident = await office.has_an_incident()
    clock.advance(timedelta(hours=1, minutes=5))
    page = await seat.opens("/konsol/skift")
    back = await seat.fills_in(page, "/konsol/skift", pin="2580")
    assert back.headers["location"] == "/konsol"
    assert "Vagten er slut, men der er en alarm i gang" in (await seat.opens("/konsol")).text
    await office.ends(incident)
    assert (await seat.opens("/konsol")).status_code == 303


async def test_whose_shift_is_over_does_not_come_back_without_one(
    office: Office, seat: Browser, provider: Liar, clock: SetClock
) -> None:
    await office.grants("Anna", StaffRole.VISITATOR)
    await office.grants("Bo", StaffRole.VAGTHAVENDE)
    await signs_in(seat, provider, "s-anna", "anna@amk.example")
    await chooses_pin(seat, "2580")
    await signs_in(seat, provider, "s-bo", "bo@amk.example")
    page = await seat.opens("/konsol/skift")
    clock.advance(timedelta(hours=12))
    assert (await seat.fills_in(page, "/konsol/skift", pin="2580")).status_code == 422
    assert "Skift til Anna" not in (await seat.opens("/konsol/skift")).text


async def test_nobody_comes_back_as_another_one(office: Office, seat: Browser, provider: Liar) -> None:
    await office.grants("Anna", StaffRole.VISITATOR)
    await office.grants("Bo", StaffRole.VAGTHAVENDE)
    await signs_in(seat, provider, "s-anna", "anna@amk.example")
    await chooses_pin(seat, "2580")
    await signs_in(seat, provider, "s-bo", "bo@amk.example")
    for _ in range(5):
        page = await seat.opens("/konsol/skift")
        wrong = await seat.fills_in(page, "/konsol/skift", pin="0000")
        assert wrong.status_code == 422
        assert "Pinkoden er ikke rigtig" in wrong.text
    assert "Skift til Anna" not in (await seat.opens("/konsol/skift")).text, "after five tries she signs in anew"
    assert "Du er Bo" in (await seat.opens("/konsol")).text


async def test_without_a_pin_nobody_waits_at_the_seat(office: Office, seat: Browser, provider: Liar) -> None:
    await office.grants("Anna", StaffRole.VISITATOR)
    await office.grants("Bo", StaffRole.VAGTHAVENDE)
    await signs_in(seat, provider, "s-anna", "anna@amk.example")
    assert (await chooses_pin(seat, "1111")).endswith("pin=nej")
    await signs_in(seat, provider, "s-bo", "bo@amk.example")
    assert "Ingen andre er logget ind ved denne plads" in (await seat.opens("/konsol/skift")).text


async def test_another_seat_s_people_are_not_offered(
    office: Office, seat: Browser, new_browser: NewBrowser, provider: Liar
) -> None:
    await office.grants("Anna", StaffRole.VISITATOR)
    await office.grants("Bo", StaffRole.VAGTHAVENDE)
    await signs_in(seat, provider, "s-anna", "anna@amk.example")
    await chooses_pin(seat, "2580")
    await signs_in(seat, provider, "s-bo", "bo@amk.example")
    offered = hidden_in(await seat.opens("/konsol/skift"), "/konsol/skift")
    elsewhere = new_browser()
    await elsewhere.is_seat(await office.has_a_seat("2"))
    page = await elsewhere.opens("/konsol/skift")
    assert "Skift til Anna" not in page.text
    from backend.identity.staff_session import form_word

    typed = {"ord": form_word(elsewhere.cookies[SEAT_COOKIE]), "session": offered["session"], "pin": "2580"}
    assert (await elsewhere.sends("/konsol/skift", typed)).status_code == 422
    assert COOKIE not in elsewhere.cookies


async def test_who_has_no_role_at_the_seat_s_centre_does_not_sit_there(
    office: Office, seat: Browser, provider: Liar
) -> None:
    await office.grants("Anna", StaffRole.VISITATOR, centre=NORDJYLLAND)
    answer = await signs_in(seat, provider)
    assert answer.status_code == 403
    assert "Du har ingen rolle her" in answer.text


async def test_the_envelope_lets_somebody_in_while_the_provider_is_down_and_everybody_hears(
    office: Office, seat: Browser, envelope: Envelope, provider: Liar
) -> None:
    from aiohttp import web

    provider.instead["/.well-known/openid-configuration"] = web.Response(status=503)
    staff = await office.grants("Anna", StaffRole.VISITATOR)
    before = told("let_in")
    assert (await seat.logs_in_sealed(envelope, "anna@amk.example")).headers["location"] == "/konsol"
    page = (await seat.opens("/konsol")).text
    assert "Du er Anna" in page
    assert "Nødlogin: ingen har bekræftet, hvem du er" in page
    (entry,) = await office.journal("sealed_log_in")
    assert entry["person_id"] == staff.id
    assert entry["facts"]["seat"] == str(envelope.seat_id)
    assert told("let_in") == before + 1
    assert [path for path in provider.asked if path != "/.well-known/openid-configuration"] == []


async def test_a_one_time_code_works_once(office: Office, seat: Browser, envelope: Envelope, clock: SetClock) -> None:
    await office.grants("Anna", StaffRole.VISITATOR)
    code = code_of(envelope, clock.now())
    assert (await seat.logs_in_sealed(envelope, "anna@amk.example", code)).status_code == 303
    again = await seat.logs_in_sealed(envelope, "anna@amk.example", code)
    assert again.status_code == 422
    clock.advance(timedelta(seconds=30))
    assert (await seat.logs_in_sealed(envelope, "anna@amk.example")).status_code == 303


async def test_two_who_type_the_same_code_at_once_are_not_both_let_in(office: Office, envelope: Envelope) -> None:
    seat, now, both = Seat(envelope.seat_id, HOVEDSTADEN, "1"), office.clock.now(), asyncio.Barrier(2)

    async def opens() -> bool:
        async with office.database.acting_as(Actor(Role.API, HOVEDSTADEN)) as c:
            await both.wait()
            return await seats.open_envelope(c, seat, envelope.word, code_of(envelope, now), now) is True

    assert sorted(await asyncio.gather(opens(), opens())) == [False, True]


async def test_a_device_may_be_half_a_minute_off_and_no_more(
    office: Office, seat: Browser, envelope: Envelope, clock: SetClock
) -> None:
    await office.grants("Anna", StaffRole.VISITATOR)
    for off, status in ((-90, 422), (90, 422), (-30, 303)):
        code = code_of(envelope, clock.now() + timedelta(seconds=off))
        assert (await seat.logs_in_sealed(envelope, "anna@amk.example", code)).status_code == status, off


async def test_guessing_is_counted_by_seat_and_the_right_code_waits_too(
    office: Office, seat: Browser, envelope: Envelope, clock: SetClock
) -> None:
    await office.grants("Anna", StaffRole.VISITATOR)
    before = told("wrong")
    for _ in range(5):
        assert (await seat.logs_in_sealed(envelope, "anna@amk.example", "000000")).status_code == 422
    held = await seat.logs_in_sealed(envelope, "anna@amk.example")
    assert held.status_code == 429
    assert "For mange forsøg på denne plads. Prøv igen kl. 12.15" in held.text
    assert told("wrong") == before + 5
    clock.advance(timedelta(minutes=15, seconds=1))
    assert (await seat.logs_in_sealed(envelope, "anna@amk.example")).status_code == 303


async def test_the_envelope_is_its_own_seat_s_and_for_those_who_work_there(
    office: Office, seat: Browser, new_browser: NewBrowser, envelope: Envelope
) -> None:
    await office.grants("Anna", StaffRole.VISITATOR)
    await office.grants("Ib", StaffRole.VISITATOR, centre=NORDJYLLAND)
    nowhere = new_browser()
    assert (await nowhere.opens("/konsol/noed")).headers["location"] == "/konsol/plads"
    other = new_browser()
    await other.is_seat(await office.has_a_seat("2"))
    assert (await other.logs_in_sealed(envelope, "anna@amk.example")).status_code == 422
    for email in ("ib@amk.example", "nobody@amk.example", "ingen", ""):
        answer = await seat.logs_in_sealed(envelope, email)
        assert answer.status_code == 422, email
        office.clock.advance(timedelta(seconds=60))
    assert await office.journal("sealed_log_in") == []
