"""Many volunteers at once, for a simulated Denmark and for measuring. Nobody is proven, nothing is checked."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from backend.foundation.database import Connection
from backend.foundation.ids import DeviceId, VolunteerId, without_time
from backend.foundation.kinds import Kind
from backend.identity.ring import ring_of
from backend.volunteers.sealed_person import seal_person
from backend.volunteers.volunteer import Language, Permission, Permissions, Platform, Training

CONSENT_VERSION = "seeded"
_GRANTED = Permissions(Permission.GRANTED, Permission.GRANTED, Permission.GRANTED, Permission.GRANTED)


class BulkVolunteer(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody on duty with consents to alarms and location, reached by FCM, in the app and by SMS.

    Of kind test in the app only: the database takes no other address of theirs. `phone` is E.164, `phone_hash` its
    `identity.phone_hash.keyed_hash`; phones and `fcm_token` are each unique.
    """

    id: VolunteerId
    device_id: DeviceId
    phone: str
    phone_hash: bytes
    name: str
    birth_year: int
    fcm_token: str
    kind: Kind = Kind.LIVE
    training: Training = Training.HLR_AND_AED
    languages: tuple[str, ...] = ("da",)
    municipality: str | None = None
    platform: Platform = Platform.ANDROID
    app_version: str = "1.0.0"
    language: Language = Language.DA


async def insert(connection: Connection, rows: Sequence[BulkVolunteer], now: datetime) -> None:
    """All of `rows` or none: 100,000 take some ten seconds."""
    await _copy(
        connection,
        "volunteer",
        ("id", "kind", "state", "created_at", "training", "languages", "municipality", "on_duty", "last_seen_at"),
        [
            (r.id, r.kind.value, "active", now, r.training.value, list(r.languages), r.municipality, True, now)
            for r in rows
        ],
    )
    ring = ring_of(connection)
    sealed = [seal_person(ring, r.id, r.phone, r.name) for r in rows]
    await _copy(
        connection,
        "volunteer_identity",
        ("volunteer_id", "phone_sealed", "phone_hash", "name_sealed", "birth_year"),
        [(r.id, s.phone, r.phone_hash, s.name, r.birth_year) for r, s in zip(rows, sealed, strict=True)],
    )
    await _copy(
        connection,
        "data_key",
        ("volunteer_id", "key_id", "wrapped"),
        [(r.id, s.key.key_id, s.key.wrapped) for r, s in zip(rows, sealed, strict=True)],
    )
    await _copy(
        connection,
        "consent",
        ("id", "volunteer_id", "purpose", "version", "given_at"),
        [(without_time(), r.id, purpose, CONSENT_VERSION, now) for r in rows for purpose in ("alarms", "location")],
    )
    await _insert_devices(connection, rows, now)
    await _copy(
        connection,
        "address",
        ("id", "volunteer_id", "kind", "device_id", "channel", "value", "health", "created_at", "changed_at"),
        [
            (without_time(), r.id, r.kind.value, device_id, channel, value, "healthy", now, now)
            for r in rows
            for channel, device_id, value in (
                ("fcm_token", r.device_id, r.fcm_token),
                ("in_app", r.device_id, None),
                ("sms", None, None),
            )
            if channel == "in_app" or r.kind is not Kind.TEST
        ],
    )


async def _copy(
    connection: Connection, table: str, columns: Sequence[str], records: Sequence[tuple[object, ...]]
) -> None:
    await connection.copy_records_to_table(table, schema_name="volunteers", columns=columns, records=records)


async def _insert_devices(connection: Connection, rows: Sequence[BulkVolunteer], now: datetime) -> None:
    # COPY takes no jsonb while the connection has a codec of its own for it.
    await connection.execute(
        """
        INSERT INTO volunteers.device (id, volunteer_id, platform, app_version, language, permissions, last_seen_at)
        SELECT id, volunteer_id, platform, app_version, language, $6, $7
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[])
          AS device (id, volunteer_id, platform, app_version, language)
        """,
        [r.device_id for r in rows],
        [r.id for r in rows],
        [r.platform.value for r in rows],
        [r.app_version for r in rows],
        [r.language.value for r in rows],
        msgspec.to_builtins(_GRANTED),
        now,
    )
