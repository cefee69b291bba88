"""Who plays in these tests: a town with a dispatch centre, volunteers at a distance from the square, defibrillators."""

import math
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from backend.aeds import queries_import
from backend.aeds.aed import Trouble
from backend.aeds.made_up import SOURCE
from backend.alerts import alarm, queries
from backend.alerts import revise as revising
from backend.alerts.alert import Alert, AlertState
from backend.alerts.decision import Answer
from backend.alerts.look_again import look_again
from backend.delivery.message import Channel
from backend.foundation import journal, timers
from backend.foundation.clock import SetClock
from backend.foundation.database import Actor, Connection, Database, Lane, Role, enter
from backend.foundation.ids import AedId, CentreId, DeviceId, IncidentId, VolunteerId, in_order, without_time
from backend.foundation.kinds import Kind
from backend.incidents import queries as incident_queries
from backend.incidents.incident import Address, Circumstance, EndReason, Incident, Place, PlaceOnMap, Report
from backend.locations.bulk import Seed, seed_positions
from backend.locations.cells import EARTH_RADIUS_M, cell_of, centre_of, res9_of
from backend.regions.queries import add_centre
from backend.responses import answer, joining, tell
from backend.responses.status import GiveUpReason, Status
from backend.selection import policies
from backend.volunteers import bulk

NOON = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
SQUARE = centre_of(cell_of(55.3959, 10.3883))
WORKER = Actor(Role.WORKER)
PATIENT_S = 20.0
"""How long choosing may take where a test is not about that: what half a second holds depends on who else computes."""
_phones = count(20_000_000)
_cases = count(1)


def metres_east(metres: float, of: tuple[float, float] = SQUARE) -> tuple[float, float]:
    """A point some metres east of another."""
    return of[0], of[1] + math.degrees(metres / EARTH_RADIUS_M) / math.cos(math.radians(of[0]))


def _self(volunteer_id: VolunteerId) -> Actor:
    return Actor(Role.API, person_id=volunteer_id)


class Town:
    """A database with one dispatch centre, and a clock that only the test moves."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = SetClock(NOON)
        self.centre_id = CentreId(without_time())
        self.pushes_go_out = True
        self.choosing_s = PATIENT_S

    @property
    def now(self) -> datetime:
        return self.clock.now()

    async def begin(self) -> None:
        async with self.acting(Role.OWNER) as c:
            await c.execute("RESET ROLE")
            await policies.load(c, NOON - timedelta(days=1))
            await add_centre(c, self.centre_id, "amk-test", "AMK Test", "live", NOON - timedelta(days=1), None)

    @asynccontextmanager
    async def acting(self, role: Role = Role.API) -> AsyncIterator[Connection]:
        async with self.database.acting_as(Actor(role, centre_id=self.centre_id), Lane.ALERTS) as connection:
            yield connection

    @asynccontextmanager
    async def being(self, volunteer_id: VolunteerId) -> AsyncIterator[Connection]:
        """As a volunteer's phone does it: acting for nobody but this person."""
        async with self.database.acting_as(_self(volunteer_id), Lane.ANSWERS) as connection:
            yield connection

    async def volunteers(
        self, *metres: float, kind: Kind = Kind.LIVE, at: tuple[float, float] = SQUARE
    ) -> list[VolunteerId]:
        """One volunteer this far east of the square each; all of them reachable."""
        people = [VolunteerId(without_time()) for _ in metres]
        rows = [
            bulk.BulkVolunteer(
                id=each,
                device_id=DeviceId(without_time()),
                phone=f"+45{next(_phones)}",
                phone_hash=each.bytes,
                name="Anna",
                birth_year=1990,
                fcm_token=str(each),
                kind=kind,
            )
            for each in people
        ]
        async with self.acting() as c:
            await c.execute("RESET ROLE")
            await bulk.insert(c, rows, self.now)
            places = [metres_east(far, at) for far in metres]
            seeds = [Seed(who, lat, lon, self.now) for who, (lat, lon) in zip(people, places, strict=True)]
            await seed_positions(c, seeds)
        return people

    async def moves(self, volunteer_id: VolunteerId, metres: float) -> None:
        """To this far east of the square."""
        async with self.acting() as c:
            await c.execute("RESET ROLE")
            await c.execute("DELETE FROM locations.position WHERE volunteer_id = $1", volunteer_id)
            await seed_positions(c, [Seed(volunteer_id, *metres_east(metres), self.now)])

    async def aeds(self, *metres: float, hours: str | None = "24/7", at: tuple[float, float] = SQUARE) -> None:
        """A defibrillator this far east of the square each."""
        listed = [
            queries_import.Listed(
                id=AedId(without_time()),
                source_id=str(in_order()),
                lat=lat,
                lon=lon,
                cell_r9=res9_of(lat, lon),
                name="Opdigtet",
                location_text="ved døren",
                floor=None,
                indoor=False,
                opening_hours=hours,
                cabinet_code="1234",
                phone=None,
            )
            for lat, lon in (metres_east(far, at) for far in metres)
        ]
        async with self.acting() as c:
            await c.execute("RESET ROLE")
            await queries_import.save_source(c, SOURCE, self.now)
            await queries_import.write(c, SOURCE.source, listed, self.now)

    async def arrest(
        self,
        at: tuple[float, float] = SQUARE,
        *,
        circumstances: Sequence[Circumstance] = (),
        policy: str | None = None,
        accuracy_m: float | None = 10,
        kind: Kind = Kind.LIVE,
    ) -> IncidentId:
        report = self.report(at, circumstances, accuracy_m)
        async with self.acting() as c:
            incident = await alarm.raise_alarm(
                c, self.actor, kind, self.centre_id, report, policy, None, self.now, self.choosing_s
            )
        await self._the_provider_takes_pushes()
        return incident

    def report(
        self,
        at: tuple[float, float] = SQUARE,
        circumstances: Sequence[Circumstance] = (),
        accuracy_m: float | None = 10,
    ) -> Report:
        place = Place(*at, accuracy_m, Address(text="Torvet 3", door_code="4711"))
        return Report(
            case_number=f"case {next(_cases)}",
            where=PlaceOnMap(place, res9_of(*at), "1083", None),
            circumstances=tuple(circumstances),
        )

    @property
    def actor(self) -> Actor:
        return Actor(Role.API, centre_id=self.centre_id)

    async def _the_provider_takes_pushes(self) -> None:
        if self.pushes_go_out:
            await self.rows(
                """
                UPDATE delivery.delivery SET state = 'accepted', settled_at = queued_at
                WHERE state = 'queued' AND channel = 'fcm'
                """
            )

    async def time_passes(self, **by: float) -> None:
        """Move the clock and do what timers say is due by then, in the order it becomes due."""
        until = self.now + timedelta(**by)
        for _ in range(200):
            async with self.acting(Role.WORKER) as c:
                due = [t for t in await timers.due(c, until) if t.due_at <= until]
            if not due:
                break
            self.clock.advance(max(timedelta(0), due[0].due_at - self.now))
            await look_again(self.database, due[0], self.clock)
            await self._the_provider_takes_pushes()
        else:
            raise AssertionError("timers keep coming")
        self.clock.advance(until - self.now)

    async def incident(self, incident_id: IncidentId) -> Incident:
        async with self.acting() as c:
            found = await incident_queries.one_of_centre(c, self.centre_id, incident_id)
        assert found is not None
        return found

    async def alerts(self, incident_id: IncidentId) -> list[Alert]:
        async with self.acting() as c:
            return await queries.of_incident(c, incident_id)

    async def alert(self, incident_id: IncidentId, volunteer_id: VolunteerId) -> Alert:
        return next(a for a in await self.alerts(incident_id) if a.volunteer_id == volunteer_id)

    async def state(self, incident_id: IncidentId, volunteer_id: VolunteerId) -> AlertState:
        return (await self.alert(incident_id, volunteer_id)).state

    async def ringing(self, incident_id: IncidentId) -> set[VolunteerId]:
        return {a.volunteer_id for a in await self.alerts(incident_id) if a.state is AlertState.RINGING}

    async def accepts(self, incident_id: IncidentId, volunteer_id: VolunteerId) -> Answer:
        alert = await self.alert(incident_id, volunteer_id)
        async with self.being(volunteer_id) as c:
            return await answer.accept(c, _self(volunteer_id), alert.id, volunteer_id, self.now)

    async def shows(self, incident_id: IncidentId, volunteer_id: VolunteerId) -> None:
        """The app says that it showed the newest there is about this alarm."""
        alert = await self.alert(incident_id, volunteer_id)
        async with self.being(volunteer_id) as c:
            await answer.receive(c, alert.id, volunteer_id, Channel.FCM, self.now, self.now)

    async def declines(self, incident_id: IncidentId, volunteer_id: VolunteerId) -> Answer:
        alert = await self.alert(incident_id, volunteer_id)
        async with self.being(volunteer_id) as c:
            return await answer.decline(c, _self(volunteer_id), alert.id, volunteer_id, self.now)

    async def gives_up(self, incident_id: IncidentId, volunteer_id: VolunteerId) -> Answer:
        alert = await self.alert(incident_id, volunteer_id)
        async with self.being(volunteer_id) as c:
            reason = GiveUpReason.CANNOT_GET_THERE
            return await answer.give_up(c, _self(volunteer_id), alert.id, volunteer_id, reason, self.now)

    async def loses_aed(self, incident_id: IncidentId, volunteer_id: VolunteerId, problem: Trouble) -> Answer:
        alert = await self.alert(incident_id, volunteer_id)
        async with self.being(volunteer_id) as c:
            return await answer.lose_aed(c, _self(volunteer_id), alert.id, volunteer_id, problem, self.now)

    async def tells(
        self, incident_id: IncidentId, volunteer_id: VolunteerId, status: Status, happened_at: datetime | None = None
    ) -> None:
        alert = await self.alert(incident_id, volunteer_id)
        async with self.being(volunteer_id) as c:
            await tell.tell_status(
                c, _self(volunteer_id), alert.id, volunteer_id, status, happened_at or self.now, self.now
            )

    async def overrides(self, incident_id: IncidentId) -> None:
        async with self.acting() as c:
            locked = await incident_queries.lock(c, incident_id)
            assert locked is not None
            await alarm.override_exclusion(c, self.actor, locked, "scene_now_safe", self.now)

    async def revises(self, incident_id: IncidentId, place: Place) -> None:
        async with self.acting() as c:
            locked = await incident_queries.lock(c, incident_id)
            assert locked is not None
            where = PlaceOnMap(place, res9_of(place.lat, place.lon), "1083", None)
            await revising.revise(c, self.actor, locked, where, self.now)

    async def joins(self, ending_id: IncidentId, kept_id: IncidentId) -> None:
        async with self.acting() as c:
            locked = {}
            for each in sorted((ending_id, kept_id), key=lambda i: i.bytes):
                await enter(c, await incident_queries.centre_of(c, each) or self.centre_id)
                locked[each] = await incident_queries.lock(c, each)
            ending, kept = locked[ending_id], locked[kept_id]
            assert ending is not None
            assert kept is not None
            await joining.join(c, self.actor, ending, kept, self.now)

    async def ends(self, incident_id: IncidentId, reason: EndReason = EndReason.AMBULANCE_ARRIVED) -> None:
        async with self.acting() as c:
            await alarm.end(c, self.actor, incident_id, reason, self.now)

    async def journal(self, incident_id: IncidentId) -> list[journal.Entry]:
        async with self.acting() as c:
            return await journal.of_incident(c, incident_id)

    async def engaged(self) -> set[VolunteerId]:
        return {row["volunteer_id"] for row in await self.rows("SELECT volunteer_id FROM volunteers.engagement")}

    async def place(self, incident: IncidentId) -> Place:
        """Where the patient is, as the service reads it."""
        async with self.acting() as c:
            found = await incident_queries.place_of(c, incident)
        assert found is not None
        return found

    async def rows(self, sql: str, *arguments: Any) -> list[Any]:
        """What a test wants to see in a table, as its owner."""
        async with self.acting() as c:
            await c.execute("RESET ROLE")
            return list(await c.fetch(sql, *arguments))
