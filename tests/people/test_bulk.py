"""Many volunteers at once are volunteers like any other."""

from backend.foundation.database import Database
from backend.foundation.ids import DeviceId, VolunteerId, without_time
from backend.identity.phone_hash import keyed_hash
from backend.volunteers import bulk, consents, devices, profile
from tests.people.cast import API, HASH_KEY, NOON, a_phone


async def test_a_seeded_volunteer_can_be_found_rung_and_read(database: Database) -> None:
    rows = []
    for number in range(50):
        phone = a_phone()
        rows.append(
            bulk.BulkVolunteer(
                id=VolunteerId(without_time()),
                device_id=DeviceId(without_time()),
                phone=phone,
                phone_hash=keyed_hash(HASH_KEY, phone),
                name=f"Nr. {number}",
                birth_year=1980,
                fcm_token=f"token-{number}",
                languages=("da", "en"),
            )
        )
    last = rows[-1]
    async with database.acting_as(API) as connection:
        await bulk.insert(connection, rows, NOON)
        account = await profile.find_account(connection, HASH_KEY, last.phone)
        volunteer, person = await profile.read(connection, last.id)
        assert account is not None
        assert account.volunteer_id == last.id
        assert (person.name, volunteer.languages) == ("Nr. 49", ["da", "en"])
        assert await consents.is_available(connection, last.id)
        assert [device.id for device in await devices.devices_of(connection, last.id)] == [last.device_id]
        channels = await connection.fetch("SELECT channel FROM volunteers.address WHERE volunteer_id = $1", last.id)
    assert sorted(row["channel"] for row in channels) == ["fcm_token", "in_app", "sms"]
