"""Who plays in these tests: volunteers with addresses, written straight into the tables delivery reads."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import msgspec

from backend.delivery.enqueue import enqueue
from backend.delivery.message import Content, Enqueued, NewMessage, What
from backend.foundation.database import Actor, Connection, Database, Role
from backend.foundation.ids import VolunteerId, in_order
from backend.foundation.kinds import Kind
from backend.volunteers.queries import insert_person
from tests.harness.above import ABOVE

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SECOND_CHANNEL_S = 5.0


class State(msgspec.Struct, frozen=True):
    channel: str
    state: str
    reason: str | None
    next_at: datetime
    attempts: int


class Town:
    """A database with people in it."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @asynccontextmanager
    async def transaction(self, role: Role = Role.API) -> AsyncIterator[Connection]:
        actor = ABOVE if role is Role.API else Actor(role)  # the API's part is to queue what some alarm decided
        async with self.database.acting_as(actor) as connection:
            yield connection

    async def volunteer(
        self,
        *,
        push: str | None = "token-1",
        sms: bool = True,
        in_app: bool = False,
        phone: str = "+4520000001",
        language: str = "da",
        platform: str = "android",
        kind: Kind = Kind.LIVE,
    ) -> VolunteerId:
        volunteer_id, device_id = VolunteerId(uuid4()), uuid4()
        async with self.transaction() as c:
            await c.execute(
                """
                INSERT INTO volunteers.volunteer (id, kind, state, created_at, training, languages, on_duty)
                VALUES ($1, $2, 'active', $3, 'hlr', '{da}', true)
                """,
                volunteer_id,
                kind.value,
                NOW,
            )
            await insert_person(c, volunteer_id, phone, volunteer_id.bytes, "A", 1980)
            await c.execute(
                """
                INSERT INTO volunteers.device
                  (id, volunteer_id, platform, app_version, language, permissions, last_seen_at)
                VALUES ($1, $2, $3, '1.0.0', $4, '{}', $5)
                """,
                device_id,
                volunteer_id,
                platform,
                language,
                NOW,
            )
            for channel, value, wanted in (("fcm_token", push, push), ("sms", None, sms), ("in_app", None, in_app)):
                if wanted:
                    await c.execute(
                        """
                        INSERT INTO volunteers.address
                          (id, volunteer_id, kind, device_id, channel, value, health, created_at, changed_at)
                        VALUES ($1, $2, $3, $4, $5, $6, 'healthy', $7, $7)
                        """,
                        uuid4(),
                        volunteer_id,
                        kind.value,
                        None if channel == "sms" else device_id,
                        channel,
                        value,
                        NOW,
                    )
        return volunteer_id

    async def message(
        self,
        volunteer_id: VolunteerId | None,
        what: What = What.RING,
        subject_id: UUID | None = None,
        *,
        content: Content | None = None,
        lasts_s: float = 120,
        now: datetime = NOW,
        bare_phone: str | None = None,
        kind: Kind = Kind.LIVE,
    ) -> Enqueued:
        new = NewMessage(
            what,
            subject_id or in_order(),
            kind,
            volunteer_id,
            bare_phone,
            content if content is not None else {"coarse_distance_m": 400, "ring_no": 1},
            now + timedelta(seconds=lasts_s),
        )
        async with self.transaction() as c:
            (enqueued,) = await enqueue(c, [new], SECOND_CHANNEL_S, now)
        return enqueued

    async def deliveries(self, subject_id: UUID) -> dict[str, State]:
        """By channel, of the subject's newest message."""
        async with self.transaction() as c:
            rows = await c.fetch(
                """
                SELECT d.channel, d.state, d.reason, d.next_at, d.attempts FROM delivery.delivery d
                WHERE d.message_id = (
                  SELECT id FROM delivery.message WHERE subject_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1)
                """,
                subject_id,
            )
        return {row["channel"]: msgspec.convert(dict(row.items()), State) for row in rows}

    async def states(self, subject_id: UUID) -> dict[str, str]:
        return {channel: row.state for channel, row in (await self.deliveries(subject_id)).items()}

    async def health(self, volunteer_id: VolunteerId, channel: str) -> str:
        async with self.transaction() as c:
            return str(
                await c.fetchval(
                    "SELECT health FROM volunteers.address WHERE volunteer_id = $1 AND channel = $2",
                    volunteer_id,
                    channel,
                )
            )

    async def timers(self) -> set[tuple[UUID, str]]:
        async with self.transaction() as c:
            return {
                (r["subject_id"], r["reason"]) for r in await c.fetch("SELECT subject_id, reason FROM foundation.timer")
            }

    async def as_superuser(self, sql: str) -> None:
        """What nobody of ours may do."""
        connection = await asyncpg.connect(self.database.dsn)
        await connection.execute(sql)
        await connection.close()
