"""The test centre's people: nobody. They have no name, no phone number and no push address, only the app's stream."""

from collections.abc import Sequence
from datetime import datetime

from backend.foundation.database import Connection, become
from backend.foundation.ids import AddressId, DeviceId, VolunteerId, without_time
from backend.foundation.kinds import Kind
from backend.volunteers import queries, queries_consents, queries_devices
from backend.volunteers.volunteer import Given, Language, NewDevice, Platform, Purpose, Training

CONSENT_VERSION = "made-up"


async def enrol_made_up(connection: Connection, people: Sequence[tuple[VolunteerId, DeviceId]], now: datetime) -> int:
    """Put those of `people` in who are not there yet, of kind test; returns how many were new."""
    new = 0
    for volunteer_id, device_id in people:
        await become(connection, volunteer_id)
        if await queries.read_volunteer(connection, volunteer_id) is None:
            await _insert(connection, volunteer_id, device_id, now)
            new += 1
    return new


async def _insert(connection: Connection, volunteer_id: VolunteerId, device_id: DeviceId, now: datetime) -> None:
    await queries.insert_volunteer(connection, volunteer_id, Kind.TEST, Training.NONE, ("da",), None, now)
    given = [Given(purpose, CONSENT_VERSION) for purpose in (Purpose.ALARMS, Purpose.LOCATION)]
    await queries_consents.insert_consents(connection, volunteer_id, [without_time() for _ in given], given, now)
    device = NewDevice(Platform.ANDROID, "1.0.0", Language.DA)
    await queries_devices.insert_device(connection, device_id, volunteer_id, device, now)
    address_id = AddressId(without_time())
    await queries_devices.insert_in_app_address(connection, address_id, volunteer_id, Kind.TEST, device_id, now)
