"""Putting a simulated Denmark into an empty database, and waking it up at the next start."""

import contextlib
import random
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import asyncpg

from backend.addresses import made_up as made_up_addresses
from backend.addresses.import_addresses import import_addresses, in_batches
from backend.aeds import made_up
from backend.demo import queries
from backend.demo.denmark import OnLand, Person, newcomers, people, somewhere_in, where_people_live
from backend.demo.folder import Centre, Folder, Made
from backend.demo.land import coarse_land, import_hand_drawn
from backend.demo.phones.book import write_book
from backend.foundation.database import Connection, connect
from backend.foundation.kinds import Kind
from backend.identity import clients
from backend.identity.client_keys import made_key
from backend.identity.data_keys import KeyRing, read_ring
from backend.identity.phone_hash import keyed_hash
from backend.locations.bulk import Seed, seed_positions
from backend.locations.renew import renew_positions
from backend.regions.shipped import Place
from backend.volunteers import bulk

BATCH = 5_000
ADDRESSES = 20_000
Tell = Callable[[str], None]


async def fill(
    dsn: str,
    folder: Folder,
    places: Sequence[Place],
    *,
    volunteers: int,
    aeds: int,
    newcomer_count: int,
    seed: int,
    tell: Tell,
) -> Made:
    """Centres' log-ins, people, their positions, AEDs, and the phone book. The database has been migrated."""
    now = datetime.now(UTC)
    on_land = coarse_land()
    async with _connection(dsn, read_ring(folder.data_key.read_bytes())) as connection:
        centres = await let_centres_in(connection, now)
        everybody = list(people(places, volunteers, seed, now.year, on_land))
        await _insert_people(connection, everybody, folder.phone_hash_key.read_bytes(), now, tell)
        await furnish(connection, places, aeds, seed, on_land, now, tell)
        await _addresses(connection, places, seed, now, tell)
    await _let_the_planner_look(dsn)
    new = newcomers(places, newcomer_count, seed, on_land)
    write_book(folder.book, [*(person.entry() for person in everybody), *new])
    made = Made(seed=seed, volunteers=volunteers, centres=centres, try_phones=[p.phone for p in everybody[:5]])
    folder.note_made(made)
    return made


async def wake(dsn: str, places: Sequence[Place], made: Made) -> None:
    """At a later start: everybody's phone has gone on telling where it is. Drawn from the same seed."""
    now = datetime.now(UTC)
    on_land = coarse_land()
    async with _connection(dsn) as connection:
        everybody = people(places, made.volunteers, made.seed, now.year, on_land)
        await renew_positions(connection, [_seed(person, now) for person in everybody])


@contextlib.asynccontextmanager
async def _connection(dsn: str, ring: KeyRing | None = None) -> AsyncIterator[Connection]:
    """One transaction: a seeding that was interrupted leaves nothing."""
    connection = await connect(dsn, ring)
    try:
        async with connection.transaction():
            yield connection
    finally:
        await connection.close()


async def _let_the_planner_look(dsn: str) -> None:
    """Without figures about tables filled a moment ago PostgreSQL would read them whole, until autovacuum comes by."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("ANALYZE")
    finally:
        await connection.close()


async def furnish(
    connection: Connection,
    places: Sequence[Place],
    aeds: int,
    seed: int,
    on_land: OnLand,
    now: datetime,
    tell: Tell,
) -> None:
    """What a country has besides people: AEDs, and the sea between its lands."""
    await made_up.insert(connection, _aed_points(places, aeds, seed, on_land), seed, now)
    tell(f"{aeds:,} made-up AEDs")
    drawn = await import_hand_drawn(connection, now)
    parts = sum(len(each.parts) for each in drawn.lands)
    tell(f"{parts} land parts drawn by hand; bridges make {len(drawn.lands)} lands of them")


async def _addresses(connection: Connection, places: Sequence[Place], seed: int, now: datetime, tell: Tell) -> None:
    """So that an alarm can be raised by hand by an address: made up, and seen to be."""
    made = made_up_addresses.addresses(places, ADDRESSES, seed)
    done = await import_addresses(connection, in_batches(made, BATCH), made_up_addresses.SOURCE, now)
    tell(f"{done.addresses:,} made-up addresses on {done.streets:,} streets")


async def let_centres_in(connection: Connection, now: datetime) -> list[Centre]:
    """One client for each region's centre; its key is made here and stays in the demo's folder."""
    let_in = []
    for centre in await queries.centres(connection):
        client_id, (private_key, key) = f"demo-{centre.code}", made_key()
        await clients.add_client(connection, client_id, key, centre.id, Kind.LIVE, clients.scopes_of(Kind.LIVE), now)
        let_in.append(Centre(centre.name, centre.region, client_id, private_key))
    return let_in


async def _insert_people(
    connection: Connection, everybody: Sequence[Person], hash_key: bytes, now: datetime, tell: Tell
) -> None:
    for batch in _batches(everybody):
        await bulk.insert(connection, [person.row(keyed_hash(hash_key, person.phone)) for person in batch], now)
        await seed_positions(connection, [_seed(person, now) for person in batch])
    tell(f"{len(everybody):,} hjerteløbere with their phones and positions")


def _aed_points(places: Sequence[Place], count: int, seed: int, on_land: OnLand) -> list[tuple[float, float]]:
    """Where people are, defibrillators are."""
    draw = random.Random(f"aeds {seed}")
    return [somewhere_in(place, draw, on_land) for place in where_people_live(places, count, draw)]


def _seed(person: Person, now: datetime) -> Seed:
    return Seed(
        volunteer_id=person.volunteer_id,
        lat=person.lat,
        lon=person.lon,
        seen_at=now - timedelta(seconds=person.position_age_s),
    )


def _batches(everybody: Sequence[Person]) -> Iterator[Sequence[Person]]:
    for start in range(0, len(everybody), BATCH):
        yield everybody[start : start + BATCH]
