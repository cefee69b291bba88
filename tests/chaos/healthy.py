"""A short story in which everything is kept, and the records of it: what the checker's own tests then falsify."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.foundation import sealer
from backend.foundation.database import Role
from backend.foundation.ids import IncidentId, VolunteerId, without_time
from backend.incidents import keys
from backend.incidents.incident import Address, Place
from backend.incidents.sealing import sources
from backend.responses.status import Status
from tests.alarm.cast import SQUARE, Town, metres_east
from tests.chaos.checker import check
from tests.chaos.records import Arrival, Records, Reported, StoodDown


class Story:
    """A town where one arrest is over and another one runs; every push was taken by a stand-in that wrote it down."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.records = Records(arrivals=[])
        self.people: list[VolunteerId] = []
        self.over = self.running = IncidentId(UUID(int=0))

    async def happens(self) -> None:
        town = self.town
        town.pushes_go_out = False
        await town.aeds(150)
        self.people = await town.volunteers(100, 200, 300, 400, 500, 600)
        anna, ben, carl, dora, *_ = self.people
        self.over = await self.is_reported("case-1", "key-1")
        await self.pushes_arrive()
        await town.accepts(self.over, anna)
        await town.accepts(self.over, ben)
        await town.declines(self.over, carl)
        await town.tells(self.over, anna, Status.EN_ROUTE)
        await town.gives_up(self.over, ben)
        await town.accepts(self.over, dora)
        await town.revises(self.over, Place(*metres_east(20), 5, Address(text="Torvet 5")))
        await self.pushes_arrive()
        await self.is_stood_down()
        town.clock.advance(timedelta(minutes=1))
        self.running = await self.is_reported("case-2", "key-2")
        await self.pushes_arrive()
        await town.accepts(self.running, anna)
        await town.time_passes(minutes=3)
        await self.is_sealed()

    async def is_reported(self, case: str, key: str) -> IncidentId:
        town = self.town
        incident_id = await town.arrest(SQUARE)
        async with town.acting() as c:
            await c.execute("RESET ROLE")
            await c.execute("UPDATE incidents.incident SET case_number = $2 WHERE id = $1", incident_id, case)
            client = without_time()
            await keys.keep(c, client, key, town.centre_id, keys.digest(b""), incident_id, 201, b"{}", town.now)
        self.records.reports = [*self.records.reports, Reported(key, case, incident_id, town.now, 201)]
        return incident_id

    async def pushes_arrive(self) -> None:
        """What waits for FCM is taken at the first attempt."""
        rows = await self.town.rows(
            """
            WITH sent AS (
              UPDATE delivery.delivery SET state = 'accepted', fence = 1, attempts = 1, settled_at = $1
              WHERE state = 'queued' AND channel = 'fcm' RETURNING id, message_id, address_id),
            begun AS (
              INSERT INTO delivery.attempt (id, delivery_id, fence, provider, started_at)
              SELECT gen_random_uuid(), id, 1, 'fcm', $1 FROM sent RETURNING id)
            INSERT INTO delivery.attempt_result (attempt_id, outcome, ended_at)
            SELECT id, 'accepted', $1 FROM begun
            """,
            self.town.now,
        )
        assert rows == []
        came = await self.town.rows(
            """
            SELECT m.id, m.what, m.kind, m.subject_id, t.started_at, s.value FROM delivery.attempt t
            JOIN delivery.delivery d ON d.id = t.delivery_id JOIN delivery.message m ON m.id = d.message_id
            JOIN volunteers.address s ON s.id = d.address_id ORDER BY t.started_at
            """
        )
        self.records.arrivals = [
            Arrival("fcm", r["started_at"], r["value"], r["what"], r["kind"], r["subject_id"], r["id"]) for r in came
        ]

    async def is_stood_down(self) -> None:
        """The stand-down's own message arrives as well."""
        asked_at = self.town.now
        rung = len(await self.town.alerts(self.over))
        await self.town.ends(self.over)
        self.town.clock.advance(timedelta(seconds=1))
        stop = StoodDown(self.over, asked_at, self.town.now, sent=rung, stopped=0, late=0)
        self.records.stand_downs = [stop]
        await self.pushes_arrive()

    async def is_sealed(self) -> None:
        async with self.town.acting(Role.WORKER) as c:
            await sealer.seal(c, sources(), self.town.now)

    async def violations(self) -> list[str]:
        return await check(self.town.database.dsn, self.records, self.town.now)

    async def plant(self, *statements: str, **named: Any) -> None:
        """Change what is there as the owner, past every verb; `{name}` in a statement is a value, quoted."""
        quoted = {
            name: f"'{value.isoformat() if isinstance(value, datetime) else value}'" for name, value in named.items()
        }
        async with self.town.acting() as c:
            await c.execute("RESET ROLE")
            await c.execute("SET LOCAL session_replication_role = replica")  # no trigger, no foreign key
            for statement in statements:
                await c.execute(statement.format(**quoted))
