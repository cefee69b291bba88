"""One phone, two accounts: what is for exercises never stands in for what is live."""

import pytest

from backend.foundation.database import Connection, Database
from backend.foundation.ids import VolunteerId
from backend.foundation.kinds import Kind
from backend.foundation.problems import Problem
from backend.volunteers import devices
from backend.volunteers.enrol import Member, enrol_staff, enrol_synthetic
from backend.volunteers.queries import enrolled
from backend.volunteers.volunteer import Push, PushKind
from tests.people.cast import ANDROID, API, HASH_KEY, NOON, Phone, a_phone
from tests.people.conftest import NewPhone


async def enrols(connection: Connection, phone: str, birth_year: int = 1980) -> VolunteerId:
    return await enrol_staff(connection, HASH_KEY, Member("Øvelse Eksempel", phone, birth_year), NOON)


async def channels(connection: Connection, kind: Kind = Kind.EXERCISE) -> list[list[str]]:
    return [each.channels for each in await enrolled(connection, kind)]


async def signs_in_for_exercises(phone: Phone) -> dict[str, str]:
    await phone.asks_for_a_code()
    body = {"phone": phone.number, "code": await phone.newest_text(), "device": ANDROID, "exercise": True}
    answer = await phone.call("POST", "/sign-in", body, "")
    assert answer.status_code == 200, answer.text
    tokens: dict[str, str] = answer.json()["tokens"]
    return tokens


async def test_a_hjerteloeber_who_is_drilled_signs_in_to_the_live_account(
    database: Database, new_phone: NewPhone
) -> None:
    anna = new_phone()
    await anna.signs_up()
    live = anna.tokens["volunteer_id"]
    async with database.acting_as(API) as connection:
        drilled = await enrols(connection, anna.number)

    assert (await anna.signs_in()).json()["tokens"]["volunteer_id"] == live
    assert (await signs_in_for_exercises(anna))["volunteer_id"] == str(drilled) != live


async def test_somebody_on_the_staff_s_list_can_still_become_a_hjerteloeber(
    database: Database, new_phone: NewPhone
) -> None:
    anna = new_phone()
    async with database.acting_as(API) as connection:
        await enrols(connection, anna.number)

    assert (await anna.signs_up()).status_code == 201


async def test_a_phone_on_no_list_is_told_so_and_cannot_sign_up_for_exercises(new_phone: NewPhone) -> None:
    anna = new_phone()
    await anna.asks_for_a_code()
    body = {"phone": anna.number, "code": await anna.newest_text(), "device": ANDROID, "exercise": True}
    refused = await anna.call("POST", "/sign-in", body, "")
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (403, "no-exercise-account")


async def test_an_exercise_phone_is_on_the_list_once(database: Database) -> None:
    phone = a_phone()
    async with database.acting_as(API) as connection:
        await enrols(connection, phone)
        with pytest.raises(Problem) as twice:
            await enrols(connection, phone)
    assert twice.value.slug == "phone-has-account"


async def test_nobody_under_age_is_drilled(database: Database) -> None:
    with pytest.raises(Problem, match="under-18"):
        async with database.acting_as(API) as connection:
            await enrols(connection, a_phone(), 2010)


async def test_signing_out_of_the_app_leaves_staff_their_text_messages(database: Database, new_phone: NewPhone) -> None:
    anna = new_phone()
    async with database.acting_as(API) as connection:
        volunteer_id = await enrols(connection, anna.number)
        assert await channels(connection) == [["sms"]]
    await signs_in_for_exercises(anna)
    async with database.acting_as(API) as connection:
        assert await channels(connection) == [["in_app", "sms"]]
        (device,) = await devices.devices_of(connection, volunteer_id)
        await devices.sign_out(connection, volunteer_id, device.id, NOON)
        assert await channels(connection) == [["sms"]]


async def test_the_machine_s_phone_has_no_number_and_gets_no_text(database: Database) -> None:
    async with database.acting_as(API) as connection:
        volunteer_id, _ = await enrol_synthetic(connection, HASH_KEY, None, Push(PushKind.FCM_TOKEN, "spare"), NOON)
        found = await connection.fetch(
            "SELECT channel, kind FROM volunteers.address WHERE volunteer_id = $1 ORDER BY channel", volunteer_id
        )
    assert [tuple(row) for row in found] == [("fcm_token", "synthetic"), ("in_app", "synthetic")]
