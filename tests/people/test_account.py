"""One's own account: device, duty, consents, readiness, leaving."""

from datetime import timedelta
from typing import Any

from backend.foundation.clock import SetClock
from backend.foundation.database import Database
from backend.locations.position import FixedPlace
from backend.locations.queries import set_fixed_place
from tests.people.cast import API, Phone
from tests.people.conftest import NewPhone


async def available(phone: Phone) -> bool | None:
    async with phone.database.acting_as(API) as connection:
        found: bool | None = await connection.fetchval(
            "SELECT available FROM locations.fixed_place WHERE volunteer_id = $1", phone.volunteer_id
        )
    return found


async def lives_somewhere(phone: Phone) -> None:
    async with phone.database.acting_as(API) as connection:
        await set_fixed_place(connection, phone.volunteer_id, FixedPlace.HOME, 1, 1, True, phone.clock.now())


async def not_ok(phone: Phone) -> set[str]:
    answer = await phone.call("GET", "/readiness")
    assert answer.status_code == 200
    return {check["check"] for check in answer.json()["checks"] if not check["ok"]}


async def test_what_is_changed_is_read_back_and_the_rest_stays(new_phone: NewPhone) -> None:
    anna = new_phone()
    await anna.signs_up()
    answer = await anna.call("PATCH", "/me", {"name": " Anna  Berg ", "coarse_position": True})
    assert answer.status_code == 200
    me = (await anna.call("GET", "/me")).json()
    assert (me["name"], me["coarse_position"], me["training"], me["languages"]) == (
        "Anna Berg",
        True,
        "hlr",
        ["da", "sv"],
    )


async def test_quiet_hours_come_back_as_they_were_said(new_phone: NewPhone, clock: SetClock) -> None:
    anna = new_phone()
    await anna.signs_up()
    week = [{"from": "mon 22:00", "to": "tue 06:00"}, {"from": "sun 20:00", "to": "mon 07:00"}]
    until = (clock.now() + timedelta(hours=3)).isoformat().replace("+00:00", "Z")
    answer = await anna.call("PUT", "/me/duty", {"on_duty": True, "snoozed_until": until, "quiet_week": week})
    assert answer.status_code == 200
    assert answer.json() == {"on_duty": True, "snoozed_until": until, "quiet_week": week}
    clock.advance(timedelta(minutes=1))
    assert (await anna.call("GET", "/me")).json()["duty"]["quiet_week"] == week
    answer = await anna.call(
        "PUT", "/me/duty", {"on_duty": True, "snoozed_until": None, "quiet_week": [{"from": "x", "to": "y"}]}
    )
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "/quiet_week/0/from")


async def test_duty_and_consent_to_alarms_stand_in_the_index_of_places(new_phone: NewPhone) -> None:
    anna = new_phone()
    await anna.signs_up()
    await lives_somewhere(anna)
    off: dict[str, Any] = {"on_duty": False, "snoozed_until": None, "quiet_week": []}
    assert (await anna.call("PUT", "/me/duty", off)).status_code == 200
    assert await available(anna) is False
    await anna.call("PUT", "/me/duty", off | {"on_duty": True})
    assert await available(anna) is True
    await anna.call("PUT", "/me/consents/alarms", {"version": "2026-11", "given": False})
    assert await available(anna) is False
    await anna.call("PUT", "/me/consents/alarms", {"version": "2027-01", "given": True})
    assert await available(anna) is True


async def test_without_consent_to_location_every_place_is_forgotten(new_phone: NewPhone) -> None:
    anna = new_phone()
    await anna.signs_up()
    await lives_somewhere(anna)
    answer = await anna.call("PUT", "/me/consents/location", {"version": "2026-11", "given": False})
    assert [each["purpose"] for each in answer.json()] == ["alarms"]
    assert await available(anna) is None


async def test_a_consent_given_again_to_the_same_text_is_one_consent(new_phone: NewPhone, clock: SetClock) -> None:
    anna = new_phone()
    await anna.signs_up()
    clock.advance(timedelta(minutes=1))
    same = (await anna.call("PUT", "/me/consents/alarms", {"version": "2026-11", "given": True})).json()
    assert [each["given_at"] for each in same] == ["2026-11-21T11:00:00Z"] * 2
    newer = (await anna.call("PUT", "/me/consents/alarms", {"version": "2027-01", "given": True})).json()
    assert [each["version"] for each in newer] == ["2027-01", "2026-11"]
    async with anna.database.acting_as(API) as connection:
        assert await connection.fetchval("SELECT count(*) FROM volunteers.consent WHERE purpose = 'alarms'") == 2


async def test_an_unknown_purpose_is_a_problem_and_no_crash(new_phone: NewPhone) -> None:
    anna = new_phone()
    await anna.signs_up()
    answer = await anna.call("PUT", "/me/consents/spying", {"version": "1", "given": True})
    assert answer.status_code in (404, 422)
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_readiness_says_in_words_why_somebody_is_not_rung(new_phone: NewPhone, clock: SetClock) -> None:
    anna = new_phone()
    await anna.signs_up(consents=[], device={"platform": "ios", "app_version": "1.3.9", "language": "en"})
    assert await not_ok(anna) == {"consent_alarms", "consent_location", "position", "app_version"}
    for purpose in ("alarms", "location"):
        await anna.call("PUT", f"/me/consents/{purpose}", {"version": "1", "given": True})
    denied = {"notifications": "denied", "location_always": "denied"}
    device = {"platform": "ios", "app_version": "1.10.0", "language": "en", "push": None, "permissions": denied}
    await anna.call("PUT", "/me/device", device)
    assert await not_ok(anna) == {"position", "notifications", "location_permission"}
    await lives_somewhere(anna)
    until = (clock.now() + timedelta(hours=1)).isoformat()
    week = [{"from": "sat 00:00", "to": "sun 00:00"}]
    await anna.call("PUT", "/me/duty", {"on_duty": False, "snoozed_until": until, "quiet_week": week})
    assert await not_ok(anna) >= {"on_duty", "not_snoozed", "not_quiet_hours"}
    answer = (await anna.call("GET", "/readiness")).json()
    assert answer["ready"] is False
    words = {check["check"]: (check["words_da"], check["words_en"]) for check in answer["checks"]}
    assert words["not_snoozed"] == (
        "Alarmer er på pause til 21.11.2026 kl. 13.00.",
        "Alarms are snoozed until 21/11/2026 13:00.",
    )
    assert not any("frivillig" in text.lower() or "cpr" in text.lower() for pair in words.values() for text in pair)


async def test_a_position_that_was_last_renewed_three_days_ago_is_too_old(new_phone: NewPhone, clock: SetClock) -> None:
    anna = new_phone()
    await anna.signs_up()
    await anna.tells_its_push_address("token-1")
    async with anna.database.acting_as(API) as connection:
        await connection.execute(
            """
            INSERT INTO locations.position (volunteer_id, cell, cell_r9, coarse, available, measured_at, seen_at)
            VALUES ($1, 1, 1, false, true, $2, $2)
            """,
            anna.volunteer_id,
            clock.now(),
        )
    assert (await anna.call("GET", "/readiness")).json()["ready"] is True
    clock.advance(timedelta(hours=72, seconds=1))
    await anna.signs_in()
    assert await not_ok(anna) == {"position"}


async def test_config_is_open_and_says_which_channels_are_in_use(new_phone: NewPhone) -> None:
    answer = await new_phone().call("GET", "/config")
    assert answer.json() == {
        "oldest_app_version": "1.4.0",
        "report_every_s": 600,
        "still_here_every_s": 21600,
        "channels": ["sms", "in_app"],
    }


async def test_a_push_address_belongs_to_the_phone_that_told_it_last(new_phone: NewPhone) -> None:
    anna, ben = new_phone(), new_phone()
    await anna.signs_up()
    await ben.signs_up()
    for phone in (anna, ben, ben):
        assert (await phone.tells_its_push_address("shared")).status_code == 200
    assert await pushes(anna) == []
    assert await pushes(ben) == [("shared", "healthy")]
    await ben.tells_its_push_address("newer")
    assert await pushes(ben) == [("newer", "healthy")]
    await ben.tells_its_push_address(None)
    assert await pushes(ben) == []


async def test_a_quarantined_address_is_tried_again_when_the_phone_tells_it_again(new_phone: NewPhone) -> None:
    anna = new_phone()
    await anna.signs_up()
    await anna.tells_its_push_address("token")
    async with anna.database.acting_as(API) as connection:
        await connection.execute("UPDATE volunteers.address SET health = 'quarantined' WHERE value = 'token'")
    await anna.tells_its_push_address("token")
    assert await pushes(anna) == [("token", "healthy")]


async def pushes(phone: Phone) -> list[tuple[str, str]]:
    async with phone.database.acting_as(API) as connection:
        rows = await connection.fetch(
            "SELECT value, health FROM volunteers.address WHERE volunteer_id = $1 AND value IS NOT NULL",
            phone.volunteer_id,
        )
    return [(row["value"], row["health"]) for row in rows]


async def test_leaving_erases_the_person_and_keeps_a_nameless_row(new_phone: NewPhone, database: Database) -> None:
    anna = new_phone()
    await anna.signs_up()
    await anna.tells_its_push_address("her-token")
    await lives_somewhere(anna)
    assert (await anna.call("DELETE", "/me")).status_code == 204
    left = await every_row_about(database, anna)
    assert set(left) == {"volunteers.volunteer", "volunteers.consent", "volunteers.address"}
    assert left["volunteers.volunteer"][0]["state"] == "erased"
    text = str(left)
    for value in (anna.number, "Åkesson", "1990", "her-token", anna.tokens["device_id"]):
        assert value not in text
    assert (await anna.call("GET", "/me")).status_code == 401
    assert (await anna.tells_its_push_address("again")).status_code == 401
    assert (
        await anna.call("POST", "/sign-in/refresh", {"refresh_token": anna.tokens["refresh_token"]})
    ).status_code == 401


async def test_who_left_can_come_back_as_somebody_new(new_phone: NewPhone) -> None:
    anna = new_phone()
    await anna.signs_up()
    before = anna.tokens["volunteer_id"]
    await anna.call("DELETE", "/me")
    assert (await anna.signs_up()).status_code == 201
    assert anna.tokens["volunteer_id"] != before


async def test_whoever_withdrew_sees_until_when_they_can_take_it_back_and_changes_nothing_else(
    new_phone: NewPhone, clock: SetClock
) -> None:
    anna = new_phone()
    await anna.signs_up()
    answer = await anna.call("POST", "/me/withdrawal")
    assert (answer.status_code, answer.json()) == (
        200,
        {"withdrawn_at": "2026-11-21T11:00:00Z", "erased_at": "2026-11-28T11:00:00Z"},
    )
    me = (await anna.call("GET", "/me")).json()
    assert (me["withdrawn_at"], me["erased_at"]) == ("2026-11-21T11:00:00Z", "2026-11-28T11:00:00Z")
    refused = await anna.call("PATCH", "/me", {"name": "Berta"})
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "withdrawn")
    rung = await anna.call("POST", "/test-alarm")
    assert rung.status_code == 409, "nothing new goes out to them, not even what they ask for"
    assert (await anna.signs_in()).status_code == 200, "on another phone, too, they can take it back"
    assert (await anna.call("POST", "/me/withdrawal/take-back")).status_code == 204
    assert (await anna.call("GET", "/me")).json()["withdrawn_at"] is None
    assert (await anna.call("PATCH", "/me", {"name": "Berta"})).status_code == 200


async def every_row_about(database: Database, phone: Phone) -> dict[str, list[dict[str, Any]]]:
    """Rows of any table with this volunteer's id in a column called volunteer_id or id."""
    found: dict[str, list[dict[str, Any]]] = {}
    async with database.acting_as(API) as connection:
        await connection.execute("RESET ROLE")
        columns = await connection.fetch(
            """
            SELECT table_schema || '.' || table_name AS place, column_name FROM information_schema.columns
            WHERE data_type = 'uuid'
              AND (column_name = 'volunteer_id' OR (table_name = 'volunteer' AND column_name = 'id'))
            """
        )
        for place, column in columns:
            rows = await connection.fetch(f"SELECT t.* FROM {place} t WHERE {column} = $1", phone.volunteer_id)  # noqa: S608
            if rows:
                found[place] = [dict(row) for row in rows]
    return found
