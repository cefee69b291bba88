"""What delivery learns about an address. Only the provider's own word for a gone app retires one."""

from datetime import datetime

from backend.foundation.database import Connection
from backend.foundation.ids import AddressId


async def retire(connection: Connection, address_id: AddressId, sent_to: str, now: datetime) -> bool:
    """This app is gone for good; True when the address is retired now.

    Nothing happens when the phone has told a new value since: the provider spoke of `sent_to`.
    """
    return bool(
        await connection.fetchval(
            """
            UPDATE volunteers.address SET health = 'retired', value = NULL, device_id = NULL, changed_at = $3
            WHERE id = $1 AND value = $2 AND health <> 'retired' RETURNING true
            """,
            address_id,
            sent_to,
            now,
        )
    )


async def quarantine(connection: Connection, address_id: AddressId, sent_to: str, now: datetime) -> bool:
    """The address belongs to another sender: not used until the phone tells it again; True when that is new."""
    return bool(
        await connection.fetchval(
            """
            UPDATE volunteers.address SET health = 'quarantined', changed_at = $3
            WHERE id = $1 AND value = $2 AND health = 'healthy' RETURNING true
            """,
            address_id,
            sent_to,
            now,
        )
    )


async def received(connection: Connection, address_id: AddressId, now: datetime) -> None:
    """Something sent there was shown."""
    await connection.execute(
        "UPDATE volunteers.address SET last_receipt_at = greatest(last_receipt_at, $2) WHERE id = $1",
        address_id,
        now,
    )
