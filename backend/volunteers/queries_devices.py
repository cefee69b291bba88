"""SQL on volunteers.device and volunteers.address (what delivery learns of one: address_health)."""

from datetime import datetime

import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import AddressId, DeviceId, VolunteerId
from backend.foundation.kinds import Kind
from backend.volunteers.volunteer import Device, NewDevice, Permissions, Push

_UNTOLD = msgspec.to_builtins(Permissions())


async def insert_device(
    connection: Connection, device_id: DeviceId, volunteer_id: VolunteerId, device: NewDevice, now: datetime
) -> None:
    await connection.execute(
        """
        INSERT INTO volunteers.device (id, volunteer_id, platform, app_version, language, permissions, last_seen_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        device_id,
        volunteer_id,
        device.platform.value,
        device.app_version,
        device.language.value,
        _UNTOLD,
        now,
    )


async def insert_own_addresses(
    connection: Connection,
    in_app_id: AddressId,
    sms_id: AddressId,
    volunteer_id: VolunteerId,
    kind: Kind,
    device_id: DeviceId,
    now: datetime,
) -> None:
    """The app's own connection, one a device, and text messages, one a volunteer: there from the first log-in."""
    await connection.execute(
        """
        INSERT INTO volunteers.address (id, volunteer_id, kind, device_id, channel, health, created_at, changed_at)
        VALUES ($1, $3, $4, $5, 'in_app', 'healthy', $6, $6), ($2, $3, $4, NULL, 'sms', 'healthy', $6, $6)
        ON CONFLICT DO NOTHING
        """,
        in_app_id,
        sms_id,
        volunteer_id,
        kind.value,
        device_id,
        now,
    )


async def insert_sms_address(
    connection: Connection, sms_id: AddressId, volunteer_id: VolunteerId, kind: Kind, now: datetime
) -> None:
    """Text messages to somebody who has no app."""
    await connection.execute(
        """
        INSERT INTO volunteers.address (id, volunteer_id, kind, device_id, channel, health, created_at, changed_at)
        VALUES ($1, $2, $3, NULL, 'sms', 'healthy', $4, $4) ON CONFLICT DO NOTHING
        """,
        sms_id,
        volunteer_id,
        kind.value,
        now,
    )


async def insert_in_app_address(
    connection: Connection,
    address_id: AddressId,
    volunteer_id: VolunteerId,
    kind: Kind,
    device_id: DeviceId,
    now: datetime,
) -> None:
    """The app's own connection of somebody who gets no text messages."""
    await connection.execute(
        """
        INSERT INTO volunteers.address (id, volunteer_id, kind, device_id, channel, health, created_at, changed_at)
        VALUES ($1, $2, $3, $4, 'in_app', 'healthy', $5, $5) ON CONFLICT DO NOTHING
        """,
        address_id,
        volunteer_id,
        kind.value,
        device_id,
        now,
    )


async def devices_of(connection: Connection, volunteer_id: VolunteerId) -> list[Device]:
    """The last seen first."""
    return await fetch_all(
        connection,
        Device,
        """
        SELECT id, platform, app_version, language, permissions, last_seen_at FROM volunteers.device
        WHERE volunteer_id = $1 ORDER BY last_seen_at DESC, id
        """,
        volunteer_id,
    )


async def update_device(
    connection: Connection,
    volunteer_id: VolunteerId,
    device_id: DeviceId,
    device: NewDevice,
    permissions: Permissions,
    now: datetime,
) -> bool:
    """False when the volunteer is not signed in on it (any more)."""
    done = await connection.fetchval(
        """
        UPDATE volunteers.device
        SET platform = $3, app_version = $4, language = $5, permissions = $6, last_seen_at = $7
        WHERE id = $2 AND volunteer_id = $1 RETURNING true
        """,
        volunteer_id,
        device_id,
        device.platform.value,
        device.app_version,
        device.language.value,
        msgspec.to_builtins(permissions),
        now,
    )
    return bool(done)


async def update_device_seen(
    connection: Connection, volunteer_id: VolunteerId, device_id: DeviceId, now: datetime
) -> bool:
    """False when the volunteer is not signed in on it (any more)."""
    done = await connection.fetchval(
        """
        UPDATE volunteers.device SET last_seen_at = greatest(last_seen_at, $3)
        WHERE id = $2 AND volunteer_id = $1 RETURNING true
        """,
        volunteer_id,
        device_id,
        now,
    )
    return bool(done)


async def retire_other_pushes(connection: Connection, device_id: DeviceId, keep: Push | None, now: datetime) -> None:
    """A device has one push address: every other one it told is over."""
    await connection.execute(
        """
        UPDATE volunteers.address SET health = 'retired', value = NULL, device_id = NULL, changed_at = $4
        WHERE device_id = $1 AND channel NOT IN ('sms', 'in_app')
          AND (channel, value) IS DISTINCT FROM ($2::text, $3::text)
        """,
        device_id,
        keep.kind.value if keep else None,
        keep.value if keep else None,
        now,
    )


async def retire_elsewhere(connection: Connection, device_id: DeviceId, push: Push, now: datetime) -> None:
    """An app that tells this address owns it: whoever had it before, on this phone or a restored copy, has not."""
    await connection.execute(
        "SELECT volunteers.retire_elsewhere($1, $2, $3, $4)",
        device_id,
        push.kind.value,
        push.value,
        now,
    )


async def upsert_push(
    connection: Connection,
    address_id: AddressId,
    volunteer_id: VolunteerId,
    kind: Kind,
    device_id: DeviceId,
    push: Push,
    now: datetime,
) -> None:
    """Told again, a quarantined address is tried again."""
    await connection.execute(
        """
        INSERT INTO volunteers.address
          (id, volunteer_id, kind, device_id, channel, value, health, created_at, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, 'healthy', $7, $7)
        ON CONFLICT (channel, value) WHERE value IS NOT NULL
        DO UPDATE SET health = 'healthy', changed_at = EXCLUDED.changed_at
        WHERE address.device_id = EXCLUDED.device_id AND address.health <> 'healthy'
        """,
        address_id,
        volunteer_id,
        kind.value,
        device_id,
        push.kind.value,
        push.value,
        now,
    )


async def retire_device_addresses(connection: Connection, device_id: DeviceId, now: datetime) -> None:
    await connection.execute(
        """
        UPDATE volunteers.address SET health = 'retired', value = NULL, device_id = NULL, changed_at = $2
        WHERE device_id = $1
        """,
        device_id,
        now,
    )


async def retire_all_addresses(connection: Connection, volunteer_id: VolunteerId, now: datetime) -> None:
    await connection.execute(
        """
        UPDATE volunteers.address SET health = 'retired', value = NULL, device_id = NULL, changed_at = $2
        WHERE volunteer_id = $1 AND health <> 'retired'
        """,
        volunteer_id,
        now,
    )


async def delete_device(connection: Connection, volunteer_id: VolunteerId, device_id: DeviceId) -> None:
    await connection.execute(
        "DELETE FROM volunteers.device WHERE id = $2 AND volunteer_id = $1", volunteer_id, device_id
    )


async def delete_devices(connection: Connection, volunteer_id: VolunteerId) -> None:
    await connection.execute("DELETE FROM volunteers.device WHERE volunteer_id = $1", volunteer_id)
