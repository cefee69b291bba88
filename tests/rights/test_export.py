"""A person's copy: everything that is held about them, from every table, and about nobody else."""

import msgspec
from httpx import Response

from backend.foundation.clock import SetClock
from backend.foundation.database import Actor, Database, Lane, Role
from backend.foundation.ids import VolunteerId
from backend.responses.status import Status
from backend.rights.export import export
from backend.rights.held import IN_THE_COPY, NOT_IN_THE_COPY
from backend.rights.person_export import SCHEMA, PersonExport
from tests.alarm.cast import Town
from tests.people.cast import Phone, some_keys
from tests.people.conftest import NewPhone
from tests.rights.test_canary import lives

KEYS = some_keys()
POINTS_AT_A_PERSON = (
    "volunteer_id",
    "person_id",
    "viewer_id",
    "about_id",
    "phone_hash",
    "phone_key",
    "alert_id",
    "message_id",
    "delivery_id",
    "attempt_id",
    "device_id",
    "address_id",
    "bare_address_id",
)


async def copy_for(phone: Phone) -> dict[str, object]:
    answer: Response = await phone.call("GET", "/me/export")
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


async def test_every_table_that_knows_a_person_is_in_the_copy_or_says_why_not(database: Database) -> None:
    """Derived from the catalog: whoever adds a table has to say which."""
    async with database.acting_as(Actor(Role.OWNER)) as c:
        await c.execute("RESET ROLE")
        rows = await c.fetch(
            """
            SELECT DISTINCT n.nspname || '.' || t.relname AS place
            FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
            WHERE t.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
              AND (a.attname = ANY($1::text[]) OR (n.nspname, t.relname) = ('volunteers', 'volunteer'))
            """,
            list(POINTS_AT_A_PERSON),
        )
    known = set(IN_THE_COPY) | set(NOT_IN_THE_COPY)
    assert {row["place"] for row in rows} - known == set(), "put each into backend.rights.held"
    assert not set(IN_THE_COPY) & set(NOT_IN_THE_COPY)


def test_every_section_is_filled_from_some_table() -> None:
    sections = {field.name for field in msgspec.structs.fields(PersonExport)} - {"schema", "made_at"}
    assert sections == set(IN_THE_COPY.values())


async def test_somebody_gets_everything_they_left_with_us(new_phone: NewPhone) -> None:
    anna = new_phone()
    await lives(anna)
    await anna.call("PUT", "/me/consents/research", {"version": "1", "given": True})
    await anna.call("PUT", "/me/consents/research", {"version": "1", "given": False})
    copy = msgspec.convert(await copy_for(anna), PersonExport)
    assert copy.schema == SCHEMA
    assert copy.identity is not None
    assert (copy.identity.phone, copy.identity.name) == (anna.number, "Kanariefugl Gulfjer")
    assert copy.account.volunteer_id == anna.volunteer_id
    assert [each.withdrawn_at is None for each in copy.consents if each.purpose == "research"] == [False]
    assert {each.channel for each in copy.addresses} == {"in_app", "sms", "fcm_token"}
    assert {each.what for each in copy.places} == {"live", "home"}
    assert {each.what for each in copy.messages} == {"test_alarm"}
    assert len(copy.log_ins) == len(copy.devices) == 1
    assert len(copy.codes_sent) == 1
    assert "exported" in {each.event for each in copy.journal}
    assert abs(copy.places[0].lat) > 1


async def test_an_alarm_they_answered_is_in_it_with_what_they_told_and_what_was_written(town: Town) -> None:
    anna, ben = await town.volunteers(100, 200)
    incident = await town.arrest()
    await town.shows(incident, anna)
    await town.accepts(incident, anna)
    await town.tells(incident, anna, Status.ON_SCENE)
    copy = await copy_of(town, anna)
    (alert,) = copy.alerts
    assert (alert.incident_id, alert.state) == (incident, "accepted")
    assert [each.status for each in copy.told] == ["on_scene"]
    assert {each.event for each in copy.journal} >= {"accepted", "status", "address_disclosed"}
    assert [each.verdict for each in copy.looked_at] == ["chosen"]
    assert any(each.received_at for each in copy.messages)
    text = msgspec.json.encode(copy).decode()
    other = await town.alert(incident, ben)
    assert str(ben) not in text
    assert other.pseudonym not in text
    assert "Torvet 3" not in text, "the patient's address is nobody's copy"


async def copy_of(town: Town, volunteer_id: VolunteerId) -> PersonExport:
    actor = Actor(Role.API, person_id=volunteer_id)
    async with town.database.acting_as(actor, Lane.REST) as c:
        return await export(c, actor, KEYS, volunteer_id, town.now)


async def test_no_secret_is_in_it(new_phone: NewPhone) -> None:
    anna = new_phone()
    await lives(anna)
    text = str(await copy_for(anna))
    assert anna.tokens["refresh_token"] not in text
    assert "canary-push-token" not in text


async def test_whoever_withdrew_gets_it_and_whoever_was_erased_does_not(new_phone: NewPhone) -> None:
    anna = new_phone()
    await anna.signs_up()
    await anna.call("POST", "/me/withdrawal")
    assert (await copy_for(anna))["identity"] is not None
    await anna.call("DELETE", "/me")
    assert (await anna.call("GET", "/me/export")).status_code == 401


async def test_a_few_a_day_are_enough(new_phone: NewPhone, clock: SetClock) -> None:
    anna = new_phone()
    await anna.signs_up()
    codes = [(await anna.call("GET", "/me/export")).status_code for _ in range(6)]
    assert codes == [200] * 5 + [429]
