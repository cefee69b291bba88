"""Everybody as the running product knows them, beyond what selection reads: so that pushes go out and reports count.

Devices and push addresses as long as FCM's, consents, sealed names and phones under keys of their own, the dispatch
centres' log-ins, AEDs and the sea. Positions are of today: whoever nobody has heard of for days has none any more, as
housekeeping has it. A database that is kept gets today's positions anew.
"""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import asyncpg
import msgspec
import numpy as np
from numpy.typing import NDArray

from backend.demo import seeding
from backend.demo.embedded_postgres import Server
from backend.demo.folder import Folder, Made
from backend.demo.land import coarse_land
from backend.foundation.database import connect
from backend.identity.data_keys import KEY_BYTES, KeyRing, read_ring
from backend.identity.phone_hash import keyed_hash
from backend.regions import shipped
from backend.volunteers.sealed_person import seal_person
from backend.volunteers.volunteer import Permission, Permissions
from tests.performance.binary_copy import Bytes, copy, flags, moments, same
from tests.performance.country import DAY_S, NOW, Country, Tell
from tests.performance.filling import Groups, cells, copied, fill, once, pieces, run
from tests.performance.reporting import consents

AEDS = 2_000
FRESH_FOR_S = 6 * 3600.0
KNOWN_FOR_S = 2.5 * DAY_S
"""Of the 72 hours a position is kept: none is forgotten, and nobody told so, while it is measured."""
SEALED = 50_000
"""So many have a name and a phone that open. The others' are as long and open for nobody: no push needs them, and it
takes a minute for each million to seal them."""
SEAL_BYTES = 28
"""Nonce and tag, around what was sealed."""
_NAME = "Bo Prøvesen"
_LATER = datetime(2100, 1, 1, tzinfo=UTC)

_DEVICES = """
    INSERT INTO volunteers.device (id, volunteer_id, platform, app_version, language, permissions, last_seen_at)
    SELECT device_id, volunteer_id, 'android', '1.4.0', 'da', $1::text::jsonb, created_at
    FROM volunteers.address WHERE channel = 'in_app'
    """
_PUSH_ADDRESSES = """
    INSERT INTO volunteers.address (id, volunteer_id, kind, device_id, channel, value, health, created_at, changed_at)
    SELECT gen_random_uuid(), volunteer_id, kind, device_id, 'fcm_token',
           'bench-' || volunteer_id || ':' || repeat(md5(device_id::text), 4), health, created_at, changed_at
    FROM volunteers.address WHERE channel = 'in_app'
    """


async def register(server: Server, people: Country, folder: Folder, seed: int, tell: Tell) -> str:
    """The address of a database on which the product can be started; what was done before is found as it was.

    `folder` has the keys that everything is sealed with: it is kept with the database.
    """
    dsn = await fill(server, people, tell)
    await consents(dsn, people)
    ring, hash_key = read_ring(folder.data_key.read_bytes()), folder.phone_hash_key.read_bytes()
    steps = {
        "devices and push addresses": lambda: _reach(dsn),
        "identities": lambda: _identify(dsn, people, ring, hash_key),
        "centres, AEDs, the sea": lambda: _furnish(dsn, folder, len(people), seed, tell),
    }
    for what, work in steps.items():
        tell(f"{what}: {await once(dsn, what, work):.0f} s")
    await put_where_they_are(dsn, people, tell)
    return dsn


async def _reach(dsn: str) -> None:
    granted = Permissions(Permission.GRANTED, Permission.GRANTED, Permission.GRANTED, Permission.GRANTED)
    connection = await asyncpg.connect(dsn, server_settings={"session_replication_role": "replica"})
    try:
        await connection.execute(_DEVICES, msgspec.json.encode(granted).decode(), timeout=7200)
        await connection.execute(_PUSH_ADDRESSES, timeout=7200)
        # Who is snoozed on the bench's own Wednesday is so whenever this runs.
        await connection.execute(
            "UPDATE volunteers.volunteer SET snoozed_until = $2 WHERE snoozed_until > $1", NOW, _LATER, timeout=7200
        )
    finally:
        await connection.close()
    await run(dsn, "VACUUM (ANALYZE) volunteers.device, volunteers.address, volunteers.volunteer")


async def _identify(dsn: str, people: Country, ring: KeyRing, hash_key: bytes) -> None:
    connection = await asyncpg.connect(dsn, server_settings={"session_replication_role": "replica"})
    try:
        for piece in pieces(len(people)):
            for table, group in _sealed(people, piece, ring, hash_key).items():
                await copy(connection, "volunteers", table, iter([group]))
    finally:
        await connection.close()
    await run(dsn, "VACUUM (ANALYZE, FREEZE) volunteers.volunteer_identity, volunteers.data_key")


def _sealed(
    people: Country, piece: NDArray[np.int64], ring: KeyRing, hash_key: bytes
) -> Mapping[str, Mapping[str, Bytes]]:
    """One name for all, and phones of one length: so every column is as wide in all rows."""
    count = len(piece)
    really = [
        (phone, seal_person(ring, people.id_of(number), phone, _NAME))
        for number in piece[piece < SEALED].tolist()
        for phone in (f"+4567{number:08d}",)
    ]
    draw = np.random.default_rng(int(piece[0]))

    def column(values: list[bytes], width: int) -> Bytes:
        made = draw.integers(0, 256, (count, width), np.uint8)
        if values:
            made[: len(values)] = np.frombuffer(b"".join(values), np.uint8).reshape(len(values), width)
        return made

    ids = people.ids[piece]
    return {
        "volunteer_identity": {
            "volunteer_id": ids,
            "phone_sealed": column([each.phone for _, each in really], len("+456700000000") + SEAL_BYTES),
            "phone_hash": column([keyed_hash(hash_key, phone) for phone, _ in really], 32),
            "name_sealed": column([each.name for _, each in really], len(_NAME.encode()) + SEAL_BYTES),
            "birth_year": same((1980).to_bytes(4, "big"), count),
        },
        "data_key": {
            "volunteer_id": ids,
            "key_id": same(ring.first, count),
            "wrapped": column([each.key.wrapped for _, each in really], KEY_BYTES + SEAL_BYTES),
        },
    }


async def _furnish(dsn: str, folder: Folder, volunteers: int, seed: int, tell: Tell) -> None:
    now = datetime.now(UTC)
    connection = await connect(dsn, read_ring(folder.data_key.read_bytes()))
    try:
        async with connection.transaction():
            centres = await seeding.let_centres_in(connection, now)
            await seeding.furnish(connection, shipped.places(), AEDS, seed, coarse_land(), now, tell)
    finally:
        await connection.close()
    folder.note_made(Made(seed=seed, volunteers=volunteers, centres=centres, try_phones=[]))
    await run(dsn, "ANALYZE")


async def put_where_they_are(dsn: str, people: Country, tell: Tell, *, anew: bool = False) -> None:
    """Positions of today, unless they are of the last hours already, or to be put there `anew`."""
    await run(dsn, "CREATE TABLE IF NOT EXISTS public.bench_positions (at timestamptz NOT NULL)")
    connection = await asyncpg.connect(dsn)
    try:
        now, began = datetime.now(UTC), time.monotonic()
        at = await connection.fetchval("SELECT at FROM public.bench_positions")
        if not anew and at is not None and now - at < timedelta(seconds=FRESH_FOR_S):
            return
        await connection.execute("TRUNCATE locations.position, public.bench_positions")
        await copied(dsn, "locations", "position", _positions(people, now))
        await connection.execute("INSERT INTO public.bench_positions VALUES ($1)", now)
    finally:
        await connection.close()
    await run(dsn, "VACUUM (ANALYZE, FREEZE) locations.position")
    tell(f"positions of today: {time.monotonic() - began:.0f} s")


def _positions(people: Country, now: datetime) -> Groups:
    for piece in pieces(len(people)):
        of = piece[people.has_position[piece] & (people.age_s[piece] <= KNOWN_FOR_S)]
        yield {
            "volunteer_id": people.ids[of],
            **cells(people.live, of),
            "coarse": flags(people.coarse[of]),
            "available": flags(people.available[of]),
            "measured_at": moments(now, -people.age_s[of]),
            "seen_at": moments(now, -people.age_s[of]),
        }
