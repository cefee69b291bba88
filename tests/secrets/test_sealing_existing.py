"""A database of before: what stands in the clear is sealed by `migrate`, and leaves nothing behind."""

import hashlib
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.cli.migrating import bring_up_to_date
from backend.foundation import migrations
from backend.foundation.database import connect
from backend.foundation.ids import IncidentId, VolunteerId
from backend.identity.data_keys import Sealed, WrappedKey
from backend.incidents.queries import place_of
from backend.volunteers.queries import read_person
from tests.harness.keys import RING
from tests.rights.dumps import dump_of
from tests.secrets.dump import traces

PHONE, NAME, STREET, CODE, LAT = "+4551627384", "Kanarie Fuglsang", "Kanariegade 7", "9173#", 55.1357911
CLEAR = (PHONE, NAME, STREET, CODE, str(LAT))


async def before_0027(dsn: str) -> None:
    """Migrated up to the last file before values were sealed."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(
        "CREATE SCHEMA IF NOT EXISTS foundation; CREATE TABLE foundation.migration ("
        "name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
    )
    for name, sql in migrations.files():
        if name < "0027":
            await connection.execute(sql)
            digest = hashlib.sha256(sql.encode()).hexdigest()
            await connection.execute("INSERT INTO foundation.migration (name, sha256) VALUES ($1, $2)", name, digest)
    await connection.close()


async def somebody_and_somewhere(dsn: str, how_many: int = 1) -> tuple[list[UUID], UUID]:
    connection = await asyncpg.connect(dsn)
    people, centre, incident = [uuid4() for _ in range(how_many)], uuid4(), uuid4()
    for number, each in enumerate(people):
        await connection.execute(
            "INSERT INTO volunteers.volunteer (id, kind, state, created_at, training, languages, on_duty) "
            "VALUES ($1, 'live', 'active', now(), 'hlr', '{da}', true)",
            each,
        )
        await connection.execute(
            "INSERT INTO volunteers.volunteer_identity (volunteer_id, phone, phone_hash, name, birth_year) "
            "VALUES ($1, $2, $3, $4, 1980)",
            each,
            PHONE if number == 0 else f"+4500{number:06}",
            each.bytes,
            NAME,
        )
    await connection.execute(
        "INSERT INTO regions.dispatch_centre (id, code, name, kind, valid) "
        "VALUES ($1, 'amk', 'AMK', 'live', tstzrange(now(), NULL))",
        centre,
    )
    await connection.execute(
        "INSERT INTO incidents.incident (id, kind, centre_id, case_number, state, asking, opened_at, last_event_at, "
        "next_seq, revision, policy, cell_r9, accuracy_m, coarse, exclusions, circumstances) "
        "VALUES ($1, 'live', $2, '1', 'open', 'asked', now(), now(), 1, 1, '{}', 617733122422996991, 12, false, '{}', "
        "'{}')",
        incident,
        centre,
    )
    await connection.execute(
        "INSERT INTO incidents.incident_place (incident_id, centre_id, lat, lon, address, floor, door_code) "
        "VALUES ($1, $2, $3, 10.2, $4, '3', $5)",
        incident,
        centre,
        LAT,
        STREET,
        CODE,
    )
    await connection.execute(
        "INSERT INTO delivery.bare_address (id, channel, value, expires_at) VALUES ($1, 'sms', $2, now())",
        uuid4(),
        PHONE,
    )
    await connection.close()
    return people, incident


async def test_rows_of_before_are_sealed_and_no_clear_byte_is_left(empty_database_dsn: str) -> None:
    dsn = empty_database_dsn
    await before_0027(dsn)
    (anna, *_), incident = await somebody_and_somewhere(dsn, 3)
    assert traces(await dump_of(dsn), *CLEAR) == list(CLEAR), "they were there"

    said = await bring_up_to_date(dsn, RING)

    assert "sealed 3 people and 1 places that stood in the clear" in said
    assert not traces(await dump_of(dsn), *CLEAR)
    connection = await connect(dsn, RING)
    person = await read_person(connection, VolunteerId(anna))
    place = await place_of(connection, IncidentId(incident))
    assert person is not None
    assert (person.phone, person.name, person.birth_year) == (PHONE, NAME, 1980)
    assert place is not None
    assert (place.lat, place.address.text, place.address.door_code) == (LAT, STREET, CODE)
    assert (place.accuracy_m, place.readable) == (12, True)
    await connection.execute("CHECKPOINT")
    on_disk = await connection.fetchval(
        "SELECT string_agg(pg_read_binary_file(pg_relation_filepath(c)), ''::bytea) FROM unnest(ARRAY["
        "'volunteers.volunteer_identity', 'incidents.incident_place', 'delivery.bare_address']::regclass[]) AS c"
    )
    await connection.close()
    assert anna.bytes in on_disk, "these are the tables' bytes"
    assert not traces(on_disk, PHONE, NAME, STREET, CODE), "not even in a dropped column"


async def test_rows_of_before_without_a_key_file_stop_the_migration_and_nothing_is_lost(
    empty_database_dsn: str,
) -> None:
    await before_0027(empty_database_dsn)
    await somebody_and_somewhere(empty_database_dsn)

    with pytest.raises(asyncpg.NotNullViolationError):
        await bring_up_to_date(empty_database_dsn)

    assert traces(await dump_of(empty_database_dsn), NAME)
    await bring_up_to_date(empty_database_dsn, RING)  # as if nothing had happened
    assert not traces(await dump_of(empty_database_dsn), NAME)


async def test_what_the_step_seals_is_bound_to_its_row(empty_database_dsn: str) -> None:
    await before_0027(empty_database_dsn)
    people, _ = await somebody_and_somewhere(empty_database_dsn, 2)
    await bring_up_to_date(empty_database_dsn, RING)
    connection = await connect(empty_database_dsn, RING)
    rows = {
        row["volunteer_id"]: row
        for row in await connection.fetch(
            "SELECT i.volunteer_id, i.phone_sealed, k.key_id, k.wrapped FROM volunteers.volunteer_identity i "
            "JOIN volunteers.data_key k USING (volunteer_id)"
        )
    }
    await connection.close()
    assert set(rows) == set(people)
    for who, row in rows.items():
        assert RING.unwrap(who, WrappedKey(row["key_id"], row["wrapped"])).open(Sealed.PHONE, row["phone_sealed"])
