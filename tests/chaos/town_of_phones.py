"""Who is there in a run of processes: a town of volunteers with phones, defibrillators, a centre and its policy."""

import math
import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec

from backend.aeds import made_up
from backend.cli.client import add_for_centre
from backend.conform.signing import ProofKey
from backend.foundation.database import Lane, connect, open_database
from backend.foundation.ids import DeviceId, VolunteerId, without_time
from backend.foundation.kinds import Kind
from backend.identity.clients import scopes_of
from backend.identity.data_keys import read_ring
from backend.identity.keys import Keys, keys_from
from backend.identity.phone_hash import keyed_hash
from backend.identity.tokens import Audience, issue_access_token
from backend.locations.bulk import Seed, seed_positions
from backend.locations.cells import EARTH_RADIUS_M
from backend.regions import shipped
from backend.selection import queries as selection_queries
from backend.volunteers import bulk
from tests.chaos.rig import Rig

ODENSE = (55.3959, 10.3883)
CENTRE = "amk-syddanmark"
WITHIN_M = 1_500.0
HURRIED = "chaos-hurried"
"""A policy in which everything falls due within seconds, so that a run of minutes sees all of it."""
_HURRIED = {
    "name": HURRIED,
    "version": 1,
    "reach_m": 800,
    "reach_steps": [1600, 3000],
    "widen_after_s": 3,
    "at_once": 8,
    "replace_on": ["unreachable", "decline", "no_receipt", "silence", "give_up"],
    "receipt_s": 2,
    "second_channel_s": 2,
    "silence_s": 4,
    "rings_s": 7,
    "accept_limit": 6,
    "direct_guarantee": True,
    "roles": [{"first": 1, "last": 3, "pattern": ["aed"]}, {"first": 4, "pattern": ["direct"]}],
}


class Person(msgspec.Struct, frozen=True):
    volunteer_id: VolunteerId
    device_id: DeviceId
    token: str


class TownOfPhones:
    """Its people, and the tokens they and the centre call with."""

    def __init__(self, keys: Keys, client_id: UUID, people: list[Person], known_as: str) -> None:
        self.people = people
        self.by_token = {person.token: person for person in people}
        self._keys, self._client_id, self._known_as = keys, client_id, known_as
        self._proofs = ProofKey()

    def as_centre(self) -> dict[str, str]:
        """Always the same client, with a fresh token; whoever sends it adds :meth:`prove`."""
        claims: dict[str, str | Mapping[str, str]] = {
            "centre": str(shipped.centre_id(CENTRE)),
            "kind": Kind.LIVE.value,
            "scope": " ".join(scope.value for scope in scopes_of(Kind.LIVE)),
            "cnf": {"jkt": self._proofs.thumbprint},
        }
        token, _ = issue_access_token(self._keys.signing, Audience.DISPATCH, self._client_id, claims, datetime.now(UTC))
        return {"Authorization": f"DPoP {token}"}

    def prove(self, method: str, path: str, headers: Mapping[str, str]) -> dict[str, str]:
        """The proof one request needs beside its token; none for a phone's."""
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        if scheme != "DPoP":
            return {}
        return {"DPoP": self._proofs.proof(method, self._known_as + path, datetime.now(UTC), token)}

    def as_phone(self, person: Person) -> dict[str, str]:
        claims = {"device": str(person.device_id), "kind": Kind.LIVE.value}
        return self._bearer(Audience.MOBILE, person.volunteer_id, claims)

    def _bearer(self, audience: Audience, subject: UUID, claims: dict[str, str]) -> dict[str, str]:
        token, _ = issue_access_token(self._keys.signing, audience, subject, claims, datetime.now(UTC))
        return {"Authorization": f"Bearer {token}"}


async def settle_in(rig: Rig, seed: int, volunteers: int, aeds: int) -> TownOfPhones:
    """Put everybody into the rig's database, which has been migrated."""
    draw, now = random.Random(f"people {seed}"), datetime.now(UTC)
    keys = keys_from(rig.folder.signing_key.read_bytes(), rig.folder.phone_hash_key.read_bytes())
    people = [
        Person(VolunteerId(without_time()), DeviceId(without_time()), f"token-{seed}-{number}")
        for number in range(volunteers)
    ]
    rows = [
        bulk.BulkVolunteer(
            id=person.volunteer_id,
            device_id=person.device_id,
            phone=f"+4567{number:06d}",
            phone_hash=keyed_hash(keys.phone_hash_key, f"+4567{number:06d}"),
            name="Anna",
            birth_year=now.year - draw.randint(20, 70),
            fcm_token=person.token,
        )
        for number, person in enumerate(people)
    ]
    connection = await connect(rig.dsn, read_ring(rig.folder.data_key.read_bytes()))
    async with connection.transaction():
        await bulk.insert(connection, rows, now)
        seen_at = now - timedelta(minutes=5)
        await seed_positions(
            connection, [Seed(each.volunteer_id, *somewhere(draw, WITHIN_M), seen_at) for each in people]
        )
        await made_up.insert(connection, [somewhere(draw, WITHIN_M) for _ in range(aeds)], seed, now)
        await selection_queries.insert_policy(connection, without_time(), HURRIED, 1, {**_HURRIED}, "chaos", now)
        # People whom nobody may ask: they are near, and never rung.
        forbidden = "UPDATE volunteers.volunteer SET quiet_week = '{[0,10080)}' WHERE id = ANY($1::uuid[])"
        await connection.execute(forbidden, [each.volunteer_id for each in people[:5]])
    await connection.execute("ANALYZE")
    await connection.close()
    return TownOfPhones(keys, await _let_in(rig), people, rig.api_urls[0])


async def _let_in(rig: Rig) -> UUID:
    database = await open_database(rig.dsn, dict.fromkeys(Lane, 1))
    try:
        now = datetime.now(UTC)
        made = await add_for_centre(database, CENTRE, Kind.LIVE, "chaos", list(scopes_of(Kind.LIVE)), now)
    finally:
        await database.close()
    assert made is not None
    connection = await asyncpg.connect(rig.dsn)
    found: UUID = await connection.fetchval("SELECT id FROM identity.client WHERE client_id = 'chaos'")
    await connection.close()
    return found


def somewhere(draw: random.Random, within_m: float) -> tuple[float, float]:
    """A point at most so far from the middle of the town, anywhere alike."""
    metres, angle = within_m * math.sqrt(draw.random()), draw.uniform(0, 2 * math.pi)
    lat, lon = ODENSE
    north, east = metres * math.sin(angle), metres * math.cos(angle)
    return (
        lat + math.degrees(north / EARTH_RADIUS_M),
        lon + math.degrees(east / EARTH_RADIUS_M) / math.cos(math.radians(lat)),
    )
