"""SQL on volunteers.volunteer and volunteer_identity."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from backend.foundation.database import Connection, fetch_all, fetch_one
from backend.foundation.ids import VolunteerId
from backend.foundation.kinds import Kind
from backend.identity.data_keys import WrappedKey, stored
from backend.identity.ring import ring_of
from backend.volunteers.sealed_person import open_person, seal_person
from backend.volunteers.volunteer import Language, Person, State, Training


class Account(msgspec.Struct, frozen=True):
    volunteer_id: VolunteerId
    kind: Kind


class Held(msgspec.Struct, frozen=True):
    """Somebody who is there, locked."""

    volunteer_id: VolunteerId
    kind: Kind
    state: State


class VolunteerRow(msgspec.Struct, frozen=True):
    id: VolunteerId
    kind: Kind
    state: State
    training: Training
    languages: list[str]
    municipality: str | None
    on_duty: bool
    snoozed_until: datetime | None
    quiet_from: list[int]
    quiet_to: list[int]
    coarse_position: bool
    created_at: datetime
    withdrawn_at: datetime | None


class LanguageRow(msgspec.Struct, frozen=True):
    language: Language


async def insert_volunteer(
    connection: Connection,
    volunteer_id: VolunteerId,
    kind: Kind,
    training: Training,
    languages: Sequence[str],
    municipality: str | None,
    now: datetime,
) -> None:
    await connection.execute(
        """
        INSERT INTO volunteers.volunteer
          (id, kind, state, created_at, training, languages, municipality, on_duty, last_seen_at)
        VALUES ($1, $2, 'active', $6, $3, $4, $5, true, $6)
        """,
        volunteer_id,
        kind.value,
        training.value,
        list(languages),
        municipality,
        now,
    )


async def insert_person(
    connection: Connection, volunteer_id: VolunteerId, phone: str, phone_hash: bytes, name: str, birth_year: int
) -> bool:
    """Sealed under a new key of theirs. False when the phone has an account already."""
    sealed = seal_person(ring_of(connection), volunteer_id, phone, name)
    done = await connection.fetchval(
        """
        WITH person AS (
          INSERT INTO volunteers.volunteer_identity (volunteer_id, phone_sealed, phone_hash, name_sealed, birth_year)
          VALUES ($1, $2, $3, $4, $5) ON CONFLICT (phone_hash) DO NOTHING RETURNING volunteer_id)
        INSERT INTO volunteers.data_key (volunteer_id, key_id, wrapped) SELECT volunteer_id, $6, $7 FROM person
        RETURNING true
        """,
        volunteer_id,
        sealed.phone,
        phone_hash,
        sealed.name,
        birth_year,
        sealed.key.key_id,
        sealed.key.wrapped,
    )
    return bool(done)


class Enrolled(msgspec.Struct, frozen=True):
    """Somebody on an operator's list."""

    volunteer_id: VolunteerId
    name: str
    phone: str
    channels: list[str]


class _EnrolledRow(msgspec.Struct, frozen=True):
    volunteer_id: VolunteerId
    name_sealed: bytes
    phone_sealed: bytes
    key_id: str | None
    wrapped: bytes | None
    channels: list[str]


async def enrolled(connection: Connection, kind: Kind) -> list[Enrolled]:
    """Who is active in `kind`, by name, and by which channels each can be reached. Raises Unreadable."""
    rows = await fetch_all(
        connection,
        _EnrolledRow,
        """
        SELECT v.id AS volunteer_id, i.name_sealed, i.phone_sealed, k.key_id, k.wrapped,
               ARRAY(SELECT DISTINCT a.channel FROM volunteers.address a
                     WHERE a.volunteer_id = v.id AND a.health = 'healthy' ORDER BY a.channel) AS channels
        FROM volunteers.volunteer v JOIN volunteers.volunteer_identity i ON i.volunteer_id = v.id
        LEFT JOIN volunteers.data_key k ON k.volunteer_id = v.id
        WHERE v.kind = $1 AND v.state = 'active'
        """,
        kind.value,
    )
    ring = ring_of(connection)
    members = [
        Enrolled(
            row.volunteer_id,
            *open_person(ring, row.volunteer_id, row.name_sealed, row.phone_sealed, stored(row.key_id, row.wrapped)),
            row.channels,
        )
        for row in rows
    ]
    return sorted(members, key=lambda member: (member.name, member.volunteer_id.bytes))


class _IdRow(msgspec.Struct, frozen=True):
    id: VolunteerId


async def enrolled_ids(connection: Connection, kind: Kind) -> list[VolunteerId]:
    """Who is active in `kind`, the longest there first; opens nothing."""
    rows = await fetch_all(
        connection,
        _IdRow,
        """
        SELECT v.id FROM volunteers.volunteer v JOIN volunteers.volunteer_identity i ON i.volunteer_id = v.id
        WHERE v.kind = $1 AND v.state = 'active' ORDER BY v.created_at, v.id
        """,
        kind.value,
    )
    return [row.id for row in rows]


async def count_of_kind(connection: Connection, kind: Kind) -> int:
    """How many there ever were, those who left among them."""
    return int(await connection.fetchval("SELECT count(*) FROM volunteers.volunteer WHERE kind = $1", kind.value))


async def of_phone(connection: Connection, phone_hash: bytes) -> VolunteerId | None:
    """Who has this phone, before anybody is known."""
    found: VolunteerId | None = await connection.fetchval("SELECT volunteers.of_phone($1)", phone_hash)
    return found


async def account(connection: Connection, volunteer_id: VolunteerId) -> Account | None:
    return await fetch_one(
        connection, Account, "SELECT id AS volunteer_id, kind FROM volunteers.volunteer WHERE id = $1", volunteer_id
    )


async def lock_active(connection: Connection, volunteer_id: VolunteerId) -> Account | None:
    """Nobody else changes this volunteer until the transaction ends; None when there is none or they withdrew."""
    return await fetch_one(
        connection,
        Account,
        """
        SELECT id AS volunteer_id, kind FROM volunteers.volunteer
        WHERE id = $1 AND state = 'active' FOR NO KEY UPDATE
        """,
        volunteer_id,
    )


async def lock_present(connection: Connection, volunteer_id: VolunteerId) -> Held | None:
    """As :func:`lock_active`, and somebody who withdrew is there until they are erased."""
    return await fetch_one(
        connection,
        Held,
        """
        SELECT id AS volunteer_id, kind, state FROM volunteers.volunteer
        WHERE id = $1 AND state IN ('active', 'withdrawn') FOR NO KEY UPDATE
        """,
        volunteer_id,
    )


async def read_volunteer(connection: Connection, volunteer_id: VolunteerId) -> VolunteerRow | None:
    return await fetch_one(
        connection,
        VolunteerRow,
        """
        SELECT v.id, v.kind, v.state, v.training, v.languages, v.municipality, v.on_duty, v.snoozed_until,
               ARRAY(SELECT lower(span) FROM unnest(v.quiet_week) AS span) AS quiet_from,
               ARRAY(SELECT upper(span) FROM unnest(v.quiet_week) AS span) AS quiet_to,
               v.coarse_position, v.created_at, v.withdrawn_at
        FROM volunteers.volunteer v WHERE v.id = $1
        """,
        volunteer_id,
    )


class _PersonRow(msgspec.Struct, frozen=True):
    name_sealed: bytes
    phone_sealed: bytes
    birth_year: int
    key_id: str | None
    wrapped: bytes | None


async def read_person(connection: Connection, volunteer_id: VolunteerId) -> Person | None:
    """Raises Unreadable where the key is missing."""
    row = await fetch_one(
        connection,
        _PersonRow,
        """
        SELECT i.name_sealed, i.phone_sealed, i.birth_year, k.key_id, k.wrapped FROM volunteers.volunteer_identity i
        LEFT JOIN volunteers.data_key k ON k.volunteer_id = i.volunteer_id WHERE i.volunteer_id = $1
        """,
        volunteer_id,
    )
    if row is None:
        return None
    key = stored(row.key_id, row.wrapped)
    name, phone = open_person(ring_of(connection), volunteer_id, row.name_sealed, row.phone_sealed, key)
    return Person(phone, name, row.birth_year)


class _KeyRow(msgspec.Struct, frozen=True):
    key_id: str
    wrapped: bytes


async def read_key(connection: Connection, volunteer_id: VolunteerId) -> WrappedKey | None:
    """A person's data key as it is kept, held until the transaction ends; None once it was destroyed."""
    row = await fetch_one(
        connection,
        _KeyRow,
        "SELECT key_id, wrapped FROM volunteers.data_key WHERE volunteer_id = $1 FOR SHARE",
        volunteer_id,
    )
    return None if row is None else WrappedKey(row.key_id, row.wrapped)


async def update_name(connection: Connection, volunteer_id: VolunteerId, name_sealed: bytes) -> None:
    await connection.execute(
        "UPDATE volunteers.volunteer_identity SET name_sealed = $2 WHERE volunteer_id = $1", volunteer_id, name_sealed
    )


async def update_profile(
    connection: Connection,
    volunteer_id: VolunteerId,
    training: Training | None,
    languages: Sequence[str] | None,
    coarse_position: bool | None,
) -> None:
    """None leaves a value as it is."""
    await connection.execute(
        """
        UPDATE volunteers.volunteer SET training = coalesce($2, training), languages = coalesce($3::text[], languages),
               coarse_position = coalesce($4, coarse_position)
        WHERE id = $1
        """,
        volunteer_id,
        training.value if training else None,
        None if languages is None else list(languages),
        coarse_position,
    )


async def update_municipality(connection: Connection, volunteer_id: VolunteerId, municipality: str | None) -> None:
    await connection.execute(
        "UPDATE volunteers.volunteer SET municipality = $2 WHERE id = $1", volunteer_id, municipality
    )


async def update_duty(
    connection: Connection,
    volunteer_id: VolunteerId,
    on_duty: bool,
    snoozed_until: datetime | None,
    quiet_week: Sequence[tuple[int, int]],
) -> None:
    await connection.execute(
        """
        UPDATE volunteers.volunteer SET on_duty = $2, snoozed_until = $3, quiet_week = (
          SELECT coalesce(range_agg(int4range(f, t)), '{}') FROM unnest($4::int[], $5::int[]) AS span (f, t))
        WHERE id = $1
        """,
        volunteer_id,
        on_duty,
        snoozed_until,
        [start for start, _ in quiet_week],
        [end for _, end in quiet_week],
    )


async def delete_person(connection: Connection, volunteer_id: VolunteerId) -> None:
    """The person, the look-up hash of their phone, and the key without which no copy of either says anything."""
    await connection.execute(
        """
        WITH person AS (DELETE FROM volunteers.volunteer_identity WHERE volunteer_id = $1)
        DELETE FROM volunteers.data_key WHERE volunteer_id = $1
        """,
        volunteer_id,
    )


async def update_seen(connection: Connection, volunteer_id: VolunteerId, now: datetime) -> None:
    await connection.execute(
        "UPDATE volunteers.volunteer SET last_seen_at = greatest(last_seen_at, $2) WHERE id = $1 AND state = 'active'",
        volunteer_id,
        now,
    )


async def language_of(connection: Connection, volunteer_id: VolunteerId) -> LanguageRow | None:
    return await fetch_one(
        connection,
        LanguageRow,
        "SELECT language FROM volunteers.device WHERE volunteer_id = $1 ORDER BY last_seen_at DESC, id LIMIT 1",
        volunteer_id,
    )


async def is_available(connection: Connection, volunteer_id: VolunteerId) -> bool:
    answer = await connection.fetchval(
        """
        SELECT v.state = 'active' AND v.on_duty AND EXISTS (
          SELECT FROM volunteers.consent c
          WHERE c.volunteer_id = v.id AND c.purpose = 'alarms' AND c.withdrawn_at IS NULL)
        FROM volunteers.volunteer v WHERE v.id = $1
        """,
        volunteer_id,
    )
    return bool(answer)
