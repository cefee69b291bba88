"""SQL on volunteers.volunteer and volunteer_identity."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from backend.foundation.database import Connection, fetch_all, fetch_one
from backend.foundation.ids import VolunteerId
from backend.foundation.kinds import Kind
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
    """False when the phone has an account already."""
    done = await connection.fetchval(
        """
        INSERT INTO volunteers.volunteer_identity (volunteer_id, phone, phone_hash, name, birth_year)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (phone_hash) DO NOTHING RETURNING true
        """,
        volunteer_id,
        phone,
        phone_hash,
        name,
        birth_year,
    )
    return bool(done)


class Enrolled(msgspec.Struct, frozen=True):
    """Somebody on an operator's list."""

    volunteer_id: VolunteerId
    name: str
    phone: str
    channels: list[str]


async def enrolled(connection: Connection, kind: Kind) -> list[Enrolled]:
    """Who is active in `kind`, by name, and by which channels each can be reached."""
    return await fetch_all(
        connection,
        Enrolled,
        """
        SELECT v.id AS volunteer_id, i.name, i.phone,
               ARRAY(SELECT DISTINCT a.channel FROM volunteers.address a
                     WHERE a.volunteer_id = v.id AND a.health = 'healthy' ORDER BY a.channel) AS channels
        FROM volunteers.volunteer v JOIN volunteers.volunteer_identity i ON i.volunteer_id = v.id
        WHERE v.kind = $1 AND v.state = 'active' ORDER BY i.name, v.id
        """,
        kind.value,
    )


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


async def read_person(connection: Connection, volunteer_id: VolunteerId) -> Person | None:
    return await fetch_one(
        connection,
        Person,
        "SELECT phone, name, birth_year FROM volunteers.volunteer_identity WHERE volunteer_id = $1",
        volunteer_id,
    )


async def update_name(connection: Connection, volunteer_id: VolunteerId, name: str) -> None:
    await connection.execute(
        "UPDATE volunteers.volunteer_identity SET name = $2 WHERE volunteer_id = $1", volunteer_id, name
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
    await connection.execute("DELETE FROM volunteers.volunteer_identity WHERE volunteer_id = $1", volunteer_id)


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
