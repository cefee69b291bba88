"""Signing in and up through the API, as a phone does it."""

from datetime import timedelta
from typing import Any

import pytest

from backend.foundation.clock import SetClock
from backend.foundation.database import Database
from tests.people.cast import ANDROID, API, CONSENTS, NOON, Phone
from tests.people.conftest import NewPhone
from tests.recruitment.cast import a_campaign_with


async def test_a_new_phone_signs_up_and_is_signed_in(new_phone: NewPhone) -> None:
    anna = new_phone()
    answer = await anna.signs_in()
    assert (answer.json()["status"], answer.json()["tokens"]) == ("new", None)
    answer = await anna.signs_up()
    assert answer.status_code == 201
    assert answer.json()["credited"] is None
    me = (await anna.call("GET", "/me")).json()
    assert (me["phone"], me["name"], me["birth_year"]) == (anna.number, "Anna Åkesson", 1990)
    assert {each["purpose"] for each in me["consents"]} == {"alarms", "location"}
    assert me["duty"] == {"on_duty": True, "snoozed_until": None, "quiet_week": []}


async def test_an_account_is_found_again_by_its_phone(new_phone: NewPhone) -> None:
    anna = new_phone()
    await anna.signs_up()
    before = anna.tokens
    answer = await anna.signs_in()
    assert answer.json()["status"] == "signed_in"
    assert answer.json()["tokens"]["volunteer_id"] == before["volunteer_id"]
    assert answer.json()["tokens"]["device_id"] != before["device_id"]


async def test_asking_for_a_code_tells_nothing_about_the_phone(new_phone: NewPhone) -> None:
    anna, nobody = new_phone(), new_phone()
    await anna.signs_up()
    known, unknown = await anna.asks_for_a_code(), await nobody.asks_for_a_code()
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    assert await anna.newest_text() != ""
    assert await nobody.newest_text() != ""
    known, unknown = await anna.types("000000"), await nobody.types("000000")
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())


async def test_a_wrong_code_is_refused_by_name_and_the_try_is_counted(new_phone: NewPhone) -> None:
    anna = new_phone()
    await anna.asks_for_a_code()
    right = await anna.newest_text()
    for _ in range(6):
        answer = await anna.types(f"{(int(right) + 1) % 10**6:06}")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "/code"
    assert (await anna.types(right)).status_code == 422


async def test_an_expired_code_is_refused_by_name(new_phone: NewPhone, clock: SetClock) -> None:
    anna = new_phone()
    await anna.asks_for_a_code()
    clock.advance(timedelta(minutes=6))
    answer = await anna.types(await anna.newest_text())
    assert answer.json()["type"].endswith("/wrong-code")


async def test_a_phone_is_not_flooded_with_codes(new_phone: NewPhone) -> None:
    anna = new_phone()
    for _ in range(6):
        assert (await anna.asks_for_a_code()).status_code == 202
    answer = await anna.asks_for_a_code()
    assert answer.status_code == 429
    assert 3500 < int(answer.headers["retry-after"]) <= 3601


async def test_one_phone_has_one_account(new_phone: NewPhone) -> None:
    anna = new_phone()
    await anna.signs_up()
    person = {
        "name": "Anna",
        "birth_year": 1990,
        "training": "none",
        "languages": ["da"],
        "consents": [],
        "device": ANDROID,
    }
    answer = await anna.call("POST", "/volunteers", {**person, "device": ANDROID}, anna.sign_up_token)
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/phone-has-account")


@pytest.mark.settings(code_prices_ore="45=35 46=60 49=60")
@pytest.mark.parametrize("number", ["+46701740605", "+4915112345678"])
async def test_neighbours_sign_up_too_where_the_operator_sends_codes_there(new_phone: NewPhone, number: str) -> None:
    assert (await new_phone(number).signs_up()).status_code == 201


@pytest.mark.parametrize("number", ["+46701740605", "+4915112345678"])
async def test_else_codes_go_to_danish_numbers_only(new_phone: NewPhone, number: str) -> None:
    answer = await new_phone(number).asks_for_a_code()
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "/phone")
    assert answer.json()["type"].endswith("/country-not-served")


@pytest.mark.parametrize(
    ("different", "field"),
    [
        ({"birth_year": 2010}, "/birth_year"),
        ({"birth_year": 2008}, "/has_turned_18"),
        ({"birth_year": "1990"}, "/birth_year"),
        ({"name": "  "}, "/name"),
        ({"name": "A\tB\u0007"}, "/name"),
        ({"training": "surgeon"}, "/training"),
        ({"languages": []}, "/languages"),
        ({"languages": ["Danish"]}, "/languages/0"),
        ({"municipality": "9999"}, "/municipality"),
        ({"postcode": "8000"}, "/postcode"),
        ({"municipality": "0101", "postcode": "8000"}, "/postcode"),
        ({"consents": [{"purpose": "alarms", "version": "1"}] * 2}, "/consents/1/purpose"),
        ({"consents": [{"purpose": "spying", "version": "1"}]}, "/consents/0/purpose"),
        ({"device": ANDROID | {"app_version": "new"}}, "/device/app_version"),
    ],
)
async def test_a_sign_up_that_cannot_be_names_the_field_and_leaves_nothing(
    new_phone: NewPhone, different: dict[str, Any], field: str
) -> None:
    anna = new_phone()
    answer = await anna.signs_up(**different)
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["errors"][0]["field"].startswith(field)
    assert (await anna.signs_in()).json()["status"] == "new"


async def test_in_the_year_of_the_18th_birthday_ones_word_is_taken(new_phone: NewPhone) -> None:
    assert (await new_phone().signs_up(birth_year=2008, has_turned_18=True)).status_code == 201


async def test_a_join_code_is_kept_only_with_consent_to_credit(new_phone: NewPhone, database: Database) -> None:
    await a_campaign_with(database, "HJV-2026", NOON)
    anna, ben = new_phone(), new_phone()
    answer = await anna.signs_up(join_code="HJV-2026")
    assert answer.json()["credited"] is False
    assert (await anna.call("GET", "/me")).json()["join_code"] is None
    credit = [*CONSENTS, {"purpose": "campaign_credit", "version": "2026-11"}]
    answer = await ben.signs_up(join_code="HJV-2026", consents=credit)
    assert answer.json()["credited"] is True
    assert (await ben.call("GET", "/me")).json()["join_code"] == "HJV-2026"
    assert len((await ben.call("GET", "/me/export")).json()["campaign_proven"]) == 1
    await ben.call("PUT", "/me/consents/campaign_credit", {"version": "2026-11", "given": False})
    assert (await ben.call("GET", "/me")).json()["join_code"] is None
    assert (await ben.call("GET", "/me/export")).json()["campaign_proven"] == [], "nor by which code the phone came"


async def test_newer_phones_may_say_more_than_we_know(new_phone: NewPhone) -> None:
    assert (await new_phone().signs_up(shoe_size=43, device=ANDROID | {"foldable": True})).status_code == 201


async def test_a_refresh_token_is_spent_and_its_reuse_signs_the_device_out(new_phone: NewPhone) -> None:
    anna = new_phone()
    await anna.signs_up()
    first = anna.tokens["refresh_token"]
    answer = await anna.call("POST", "/sign-in/refresh", {"refresh_token": first})
    assert answer.status_code == 200
    second = answer.json()["refresh_token"]
    assert (await anna.call("GET", "/me", token=answer.json()["access_token"])).status_code == 200
    third = (await anna.call("POST", "/sign-in/refresh", {"refresh_token": second})).json()["refresh_token"]
    assert (await anna.call("POST", "/sign-in/refresh", {"refresh_token": first})).status_code == 401
    answer = await anna.call("POST", "/sign-in/refresh", {"refresh_token": third})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_phone_whose_answer_was_lost_is_not_signed_out(new_phone: NewPhone) -> None:
    """In a lift, say: the call came through and the answer did not. It asks again as soon as it can."""
    anna = new_phone()
    await anna.signs_up()
    spent = {"refresh_token": anna.tokens["refresh_token"]}
    assert (await anna.call("POST", "/sign-in/refresh", spent)).status_code == 200
    again = await anna.call("POST", "/sign-in/refresh", spent)
    assert again.status_code == 200
    assert (await anna.call("GET", "/me", token=again.json()["access_token"])).status_code == 200
    next_one = {"refresh_token": again.json()["refresh_token"]}
    assert (await anna.call("POST", "/sign-in/refresh", next_one)).status_code == 200


@pytest.mark.settings(codes_an_hour_of_a_network=0)
async def test_a_code_that_was_held_back_is_right_for_nobody(new_phone: NewPhone) -> None:
    """Guessing costs text messages, which are counted: at a code that nobody was sent it would cost nothing."""
    anna = new_phone()
    assert (await anna.asks_for_a_code()).status_code == 202
    answer = await anna.types(await anna.newest_text())
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "/code")


async def test_an_access_token_is_over_after_ten_minutes(new_phone: NewPhone, clock: SetClock) -> None:
    anna = new_phone()
    await anna.signs_up()
    clock.advance(timedelta(minutes=10))
    assert (await anna.call("GET", "/me")).status_code == 401


async def test_a_sign_up_token_opens_nothing_else_and_no_other_opens_sign_up(new_phone: NewPhone) -> None:
    anna = new_phone()
    await anna.signs_in()
    assert (await anna.call("GET", "/me", token=anna.sign_up_token)).status_code == 401
    await anna.signs_up()
    assert (await anna.call("POST", "/volunteers", {}, anna.tokens["access_token"])).status_code == 401


async def test_signed_out_on_the_last_device_nothing_reaches_somebody_until_they_sign_in(new_phone: NewPhone) -> None:
    anna = new_phone()
    await anna.signs_up()
    await anna.tells_its_push_address("token-1")
    assert await healthy(anna) == {"fcm_token", "in_app", "sms"}
    refresh_token = anna.tokens["refresh_token"]
    assert (await anna.call("POST", "/sign-out")).status_code == 204
    assert await healthy(anna) == set()
    assert (await anna.call("POST", "/sign-in/refresh", {"refresh_token": refresh_token})).status_code == 401
    await anna.signs_in()
    assert await healthy(anna) == {"in_app", "sms"}


async def test_signed_out_on_one_of_two_devices_the_other_still_rings(new_phone: NewPhone) -> None:
    anna = new_phone()
    await anna.signs_up()
    first = anna.tokens["access_token"]
    await anna.signs_in()
    assert (await anna.call("POST", "/sign-out", token=first)).status_code == 204
    assert await healthy(anna) == {"in_app", "sms"}


async def test_a_sixth_device_signs_out_the_one_unseen_longest(new_phone: NewPhone, clock: SetClock) -> None:
    anna = new_phone()
    await anna.signs_up()
    oldest = anna.tokens["refresh_token"]
    for _ in range(5):
        clock.advance(timedelta(hours=1))
        await anna.signs_in()
    assert (await anna.call("POST", "/sign-in/refresh", {"refresh_token": oldest})).status_code == 401
    newest = anna.tokens["refresh_token"]
    assert (await anna.call("POST", "/sign-in/refresh", {"refresh_token": newest})).status_code == 200


async def healthy(phone: Phone) -> set[str]:
    async with phone.database.acting_as(API) as connection:
        rows = await connection.fetch(
            "SELECT channel FROM volunteers.address WHERE volunteer_id = $1 AND health = 'healthy'", phone.volunteer_id
        )
    return {row["channel"] for row in rows}


async def test_a_join_code_nobody_knows_is_not_kept(new_phone: NewPhone) -> None:
    anna = new_phone()
    credit = [*CONSENTS, {"purpose": "campaign_credit", "version": "2026-11"}]
    assert (await anna.signs_up(join_code="nobody's", consents=credit)).json()["credited"] is False
    assert (await anna.call("GET", "/me")).json()["join_code"] is None
