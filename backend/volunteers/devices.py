"""Devices and the addresses on them. A device is there while somebody is signed in on it."""

from datetime import datetime

from backend.foundation.database import Connection
from backend.foundation.ids import AddressId, DeviceId, VolunteerId, without_time
from backend.foundation.kinds import Kind
from backend.foundation.problems import unauthorised
from backend.identity import refresh
from backend.volunteers import queries, queries_devices
from backend.volunteers.active import hold_present
from backend.volunteers.volunteer import Device, NewDevice, Permissions, Push

MOST_DEVICES = 5  # an alarm rings all of them; a sixth signs out the one unseen longest


async def sign_in(
    connection: Connection, volunteer_id: VolunteerId, kind: Kind, device: NewDevice, now: datetime
) -> DeviceId:
    """A new device, reached in the app at once; text messages reach the phone as long as one device is signed in."""
    await hold_present(connection, volunteer_id)
    before = await queries_devices.devices_of(connection, volunteer_id)
    for surplus in before[MOST_DEVICES - 1 :]:
        await _end(connection, volunteer_id, surplus.id, now)
    device_id = DeviceId(without_time())
    await queries_devices.insert_device(connection, device_id, volunteer_id, device, now)
    await queries_devices.insert_own_addresses(
        connection, AddressId(without_time()), AddressId(without_time()), volunteer_id, kind, device_id, now
    )
    await queries.update_seen(connection, volunteer_id, now)
    return device_id


async def describe(
    connection: Connection,
    volunteer_id: VolunteerId,
    kind: Kind,
    device_id: DeviceId,
    device: NewDevice,
    push: Push | None,
    permissions: Permissions,
    now: datetime,
) -> None:
    """What the app on a device says of itself. `push` takes the place of any earlier one; None: no push reaches it.

    Raises 401 when nobody is signed in there any more.
    """
    await hold_present(connection, volunteer_id)
    if not await queries_devices.update_device(connection, volunteer_id, device_id, device, permissions, now):
        raise signed_out()
    await queries.update_seen(connection, volunteer_id, now)
    await queries_devices.retire_other_pushes(connection, device_id, push, now)
    if push is not None:
        await queries_devices.retire_elsewhere(connection, device_id, push, now)
        await queries_devices.upsert_push(
            connection, AddressId(without_time()), volunteer_id, kind, device_id, push, now
        )


async def sign_out(connection: Connection, volunteer_id: VolunteerId, device_id: DeviceId, now: datetime) -> None:
    """Nothing reaches this device any more; after the last one, nothing reaches this volunteer, not even by SMS.

    Whoever an operator enrolled goes on getting text messages: they leave by the operator's list.
    """
    account = await hold_present(connection, volunteer_id)
    await _end(connection, volunteer_id, device_id, now)
    if account.kind is Kind.LIVE and not await queries_devices.devices_of(connection, volunteer_id):
        await queries_devices.retire_all_addresses(connection, volunteer_id, now)


async def seen(connection: Connection, volunteer_id: VolunteerId, device_id: DeviceId, now: datetime) -> Kind:
    """The phone was heard of; gives the volunteer's kind. Raises 401 when nobody is signed in there any more."""
    account = await hold_present(connection, volunteer_id)
    await queries.update_seen(connection, volunteer_id, now)
    if not await queries_devices.update_device_seen(connection, volunteer_id, device_id, now):
        raise signed_out()
    return account.kind


async def devices_of(connection: Connection, volunteer_id: VolunteerId) -> list[Device]:
    """The last seen first."""
    return await queries_devices.devices_of(connection, volunteer_id)


def signed_out() -> Exception:
    """401 for a device that is signed out while its access token still lives."""
    return unauthorised("Signed out on this device: sign in again.")


async def _end(connection: Connection, volunteer_id: VolunteerId, device_id: DeviceId, now: datetime) -> None:
    await refresh.revoke_device(connection, volunteer_id, device_id, now)
    await queries_devices.retire_device_addresses(connection, device_id, now)
    await queries_devices.delete_device(connection, volunteer_id, device_id)
