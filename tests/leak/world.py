"""Two dispatch centres, volunteers of both towns, a newcomer and a stranger; whose everything is."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec

from backend.aeds import queries_import
from backend.aeds.made_up import SOURCE
from backend.console.visit import COOKIE
from backend.foundation.clock import SetClock
from backend.foundation.database import prepare_connection
from backend.foundation.ids import AedId, CentreId, without_time
from backend.foundation.kinds import Kind
from backend.identity import queries_staff, staff_session
from backend.identity.keys import Keys
from backend.identity.shift import How
from backend.identity.staff import Granted, Staff, StaffId
from backend.identity.staff_session import form_word
from backend.locations.cells import cell_of, centre_of, res9_of
from backend.regions import shipped
from tests.access import calls, credentials
from tests.access.credentials import Credentials
from tests.access.roles import KINDS, SCOPES, STAFF, Role
from tests.access.wire import Answered, Sent, call
from tests.edge.cast import URL
from tests.leak.canaries import Canary, Ledger, What

TOWNS = {"amk-hovedstaden": (55.676, 12.568), "amk-midtjylland": (56.162, 10.204)}
VOLUNTEERS = 9  # of each town
AEDS = 4
SHIFT = timedelta(hours=12)


@dataclass(eq=False)
class Caller:
    """Somebody who calls. `owner`: what is theirs says so; `town`: where they draw places."""

    name: str
    role: Role
    credentials: Credentials
    owner: str
    town: str
    phone: str = ""
    form_word: str = ""
    person: UUID | None = None
    centre: UUID | None = None

    @property
    def owners(self) -> frozenset[str]:
        """At the console a centre's exercises are its own as well."""
        return frozenset({self.owner, f"{self.town} exercise"} if self.role in STAFF else {self.owner})

    @property
    def kind(self) -> Kind:
        return KINDS.get(self.role, Kind.LIVE)


@dataclass(frozen=True)
class Owners:
    """Who has which thing just now, read from the database."""

    incidents: dict[UUID, tuple[UUID, str]]  # centre, kind
    alerts: dict[UUID, UUID]  # volunteer
    tests: dict[UUID, UUID]
    aeds: list[UUID]
    approvals: dict[UUID, UUID | None]  # centre
    asked_by: dict[UUID, UUID]  # an alert's centre
    drafts: dict[UUID, UUID]  # centre


@dataclass
class World:
    """What there is, and who may see it. `superuser` looks past row-level security, as nobody else here does."""

    app: Any
    keys: Keys
    clock: SetClock
    chance: Random
    superuser: asyncpg.Connection
    ledger: Ledger = field(default_factory=Ledger)
    callers: list[Caller] = field(default_factory=list)
    owners: Owners = field(default_factory=lambda: Owners({}, {}, {}, [], {}, {}, {}))

    def free_place(self, town: str) -> tuple[float, float]:
        """Within a kilometre, with numbers that are nobody's yet, nor its cell's middle's."""
        while True:
            point = near(TOWNS[town], self.chance)
            if not self.ledger.is_taken(*point, *centre_of(cell_of(*point))):
                return point

    async def sends(self, caller: Caller, sent: Sent, leave_after_s: float | None = None) -> Answered:
        headers = caller.credentials.headers(sent, self.clock.now())
        return await call(self.app, sent.with_headers(headers), leave_after_s=leave_after_s)

    async def look(self) -> None:
        """Read anew who has what."""
        c = self.superuser
        self.owners = Owners(
            {row[0]: (row[1], row[2]) for row in await c.fetch("SELECT id, centre_id, kind FROM incidents.incident")},
            {row[0]: row[1] for row in await c.fetch("SELECT id, volunteer_id FROM alerts.alert")},
            {
                row[0]: row[1]
                for row in await c.fetch(
                    "SELECT subject_id, volunteer_id FROM delivery.message WHERE what = 'test_alarm'"
                )
            },
            [row[0] for row in await c.fetch("SELECT id FROM aeds.aed")],
            {row[0]: row[1] for row in await c.fetch("SELECT id, centre_id FROM identity.approval")},
            {row[0]: row[1] for row in await c.fetch("SELECT id, centre_id FROM alerts.alert")},
            {row[0]: row[1] for row in await c.fetch("SELECT id, centre_id FROM selection.policy_draft")},
        )

    async def is_on(self, caller: Caller, canary: Canary) -> bool:
        """Whether a volunteer is on the mission whose patient, or whose defibrillator, the canary is about."""
        found = await self.superuser.fetchval(
            """
            SELECT count(*) FROM alerts.alert
            WHERE volunteer_id = $1 AND state = 'accepted' AND (incident_id = ANY ($2::uuid[]) OR aed_id = $3)
            """,
            caller.person,
            list(canary.incidents),
            canary.aed,
        )
        return bool(found)


class Drawn:
    """What one call is made of, drawn for one caller; every text it plants is a canary of theirs."""

    def __init__(self, world: World, caller: Caller, named: UUID, besides: UUID) -> None:
        self.chance, self.now = world.chance, world.clock.now()
        self.named, self.besides, self.phone = named, besides, caller.phone
        self.form_word = caller.form_word
        self.planted: list[Canary] = []
        self._world, self._caller = world, caller

    def word(self, what: str) -> str:
        if what == "key":
            return str(UUID(int=self.chance.getrandbits(128)))
        kind = {"case": What.CASE, "name": What.PERSON, "push": What.PERSON}.get(what, What.PLACE)
        canary = self._world.ledger.word(kind, self._caller.owner)
        self.planted.append(canary)
        return canary.text

    def place(self, what: str) -> tuple[float, float]:
        lat, lon = self._world.free_place(self._caller.town)
        if what == "patient":
            self.planted += self._world.ledger.degrees(What.PLACE, self._caller.owner, lat, lon)
        else:
            self._world.ledger.degrees(What.WHERE, self._caller.owner, lat, lon)
            cell = cell_of(lat, lon)
            self._world.ledger.cell(self._caller.owner, cell)
            self._world.ledger.degrees(What.WHERE, self._caller.owner, *centre_of(cell))
        return lat, lon


def near(point: tuple[float, float], chance: Random) -> tuple[float, float]:
    """Within some 1,300 m."""
    return round(point[0] + chance.uniform(-0.009, 0.009), 7), round(point[1] + chance.uniform(-0.016, 0.016), 7)


async def plant(world: World) -> None:
    """Everybody signs up through the API, and both centres report arrests in both towns."""
    for town in TOWNS:
        await _add_aeds(world, town)
    for town in TOWNS:
        for role in (Role.REPORTER, Role.READER, Role.EXERCISER):
            _add_centre(world, town, role)
    for town in TOWNS:
        for role in STAFF:
            await _sit_down(world, town, role)
    for town in TOWNS:
        for number in range(VOLUNTEERS):
            await _sign_up(world, town, number)
    phone = world.ledger.phone("newcomer")
    world.callers.append(
        Caller("newcomer", Role.NEWCOMER, credentials.proven(world.keys, phone), "newcomer", next(iter(TOWNS)), phone)
    )
    # A stranger types the phone of somebody who is there.
    known = world.chance.choice([each.phone for each in world.callers if each.role is Role.VOLUNTEER])
    world.callers.append(Caller("stranger", Role.STRANGER, credentials.Nothing(), "stranger", next(iter(TOWNS)), known))
    await world.look()


def _add_centre(world: World, town: str, role: Role) -> None:
    centre_id = shipped.centre_id(town)
    made = credentials.centre(world.keys, centre_id, KINDS[role], SCOPES[role])
    owner = f"{town} {KINDS[role].value}"
    world.callers.append(Caller(f"{town} {role.name.lower()}", role, made, owner, town, centre=centre_id))


async def _sit_down(world: World, town: str, role: Role) -> None:
    """Somebody at a seat of the centre, who has just shown that it is still they."""
    name, now, c = f"{role.name.lower()} of {town}", world.clock.now(), world.superuser
    centre_id, staff_id = CentreId(shipped.centre_id(town)), StaffId(uuid4())
    email = f"{world.ledger.word(What.PERSON, name).text.lower()}@amk.example"
    called = world.ledger.word(What.COLLEAGUE, f"{town} live").text
    async with c.transaction():
        await queries_staff.insert_staff(c, Staff(staff_id, email, called), now)
        await queries_staff.insert_role(c, staff_id, Granted(uuid4(), STAFF[role], centre_id, now, None))
        token = await staff_session.begin(c, staff_id, centre_id, None, How.OPENID, now, SHIFT, now)
    made = credentials.Fixed({"cookie": f"{COOKIE}={token}", "origin": URL})
    caller = Caller(name, role, made, f"{town} live", town, centre=centre_id, form_word=form_word(token))
    world.callers.append(caller)


async def _sign_up(world: World, town: str, number: int) -> None:
    name = f"volunteer {number} of {town}"
    phone = world.ledger.phone(name)
    newcomer = Caller(name, Role.NEWCOMER, credentials.proven(world.keys, phone), name, town, phone)
    made = await _must(world, newcomer, "POST /mobile/v1/volunteers", 201)
    person, device = (UUID(made["tokens"][each]) for each in ("volunteer_id", "device_id"))
    caller = Caller(
        name, Role.VOLUNTEER, credentials.volunteer(world.keys, person, device), name, town, phone, person=person
    )
    world.callers.append(caller)
    await _must(world, caller, "PUT /mobile/v1/me/device", 200)
    await _must(world, caller, "POST /mobile/v1/positions", 200)
    await _must(world, caller, "PUT /mobile/v1/me/places/{place}", 204)


async def _must(world: World, caller: Caller, route: str, status: int) -> Any:
    drawn = Drawn(world, caller, uuid4(), uuid4())
    answered = await world.sends(caller, calls.EVERY[route](drawn))
    assert answered.status == status, (route, answered)
    return msgspec.json.decode(answered.body) if answered.body else None


async def _add_aeds(world: World, town: str) -> None:
    listed = []
    for _ in range(AEDS):
        aed_id = AedId(without_time())
        lat, lon = world.free_place(town)
        said = [world.ledger.word(What.CABINET, f"aed {aed_id}") for _ in range(2)]
        for canary in (*said, *world.ledger.degrees(What.DEFIBRILLATOR, f"aed {aed_id}", lat, lon)):
            canary.aed = aed_id
        where, code = (canary.text for canary in said)
        listed.append(
            queries_import.Listed(
                id=aed_id,
                source_id=str(aed_id),
                lat=lat,
                lon=lon,
                cell_r9=res9_of(lat, lon),
                name="Opdigtet",
                location_text=where,
                opening_hours="24/7",
                cabinet_code=code,
            )
        )
    async with world.superuser.transaction():
        await prepare_connection(world.superuser)
        await queries_import.save_source(world.superuser, SOURCE, world.clock.now())
        await queries_import.write(world.superuser, SOURCE.source, listed, world.clock.now() - timedelta(days=1))


def tick(world: World, by: timedelta = timedelta(seconds=1)) -> datetime:
    world.clock.advance(by)
    return world.clock.now()
