"""Workers that were taken for dead and were only frozen: what they held is somebody else's when they go on."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from backend.delivery import claim, settle
from backend.delivery.message import What
from backend.delivery.outcome import Accepted
from backend.delivery.queries_claim import Claim
from backend.foundation.database import Actor, Database, Lane, Role

RINGS_ARE_OVER_AFTER = timedelta(hours=1)


class Woken:
    """What they had claimed, and started."""

    def __init__(self) -> None:
        self.claims: list[Claim] = []
        self.parcels: list[claim.Parcel] = []

    async def go_on(self, database: Database, held: Sequence[Claim], now: datetime) -> None:
        """They go on where they stopped, with what another worker holds now. AssertionError: something came of it.

        All of it is undone, so that the history is the same.
        """
        fences = {each.id: each.fence for each in held}
        claims = [each for each in self.claims if each.fence < fences.get(each.id, 0)]
        parcels = [each for each in self.parcels if each.fence < fences.get(each.delivery_id, 0)]
        if not claims and not parcels:
            return
        async with database.acting_as(Actor(Role.WORKER), Lane.ALERTS) as connection:
            undone = connection.transaction()
            await undone.start()
            begun = await claim.start(connection, claims, now)
            await settle.settle(connection, [settle.report_on(each, Accepted("late"), 5) for each in parcels], now)
            rows = await connection.fetch(
                "SELECT id, fence FROM delivery.delivery WHERE id = ANY($1) AND state = 'leased'", list(fences)
            )
            await undone.rollback()
        assert not begun, "5: an attempt was started by whoever claimed it before"
        assert {row["id"]: row["fence"] for row in rows} == fences, "5: a late result moved what somebody else holds"

    async def begin_too_late(self, database: Database, claims: Sequence[Claim], now: datetime) -> None:
        """Whoever claimed these was held up until every ring among them is over. AssertionError: one is begun.

        Undone, too; nobody has to have been held up.
        """
        async with database.acting_as(Actor(Role.WORKER), Lane.ALERTS) as connection:
            undone = connection.transaction()
            await undone.start()
            begun = await claim.start(connection, claims, now + RINGS_ARE_OVER_AFTER)
            await undone.rollback()
        assert What.RING not in {each.what for each in begun}, "6: a ring was begun after its time"

    async def word_of_one_before(self, database: Database, parcels: Sequence[claim.Parcel], now: datetime) -> None:
        """Whoever held these before, by an older fence, says only now that they were taken. AssertionError: it counts.

        Undone, too. Of what was just started this can be tried at any moment; nobody has to have died.
        """
        late = [msgspec.structs.replace(each, fence=each.fence - 1) for each in parcels]
        async with database.acting_as(Actor(Role.WORKER), Lane.ALERTS) as connection:
            undone = connection.transaction()
            await undone.start()
            await settle.settle(connection, [settle.report_on(each, Accepted("late"), 5) for each in late], now)
            rows = await connection.fetch(
                "SELECT id FROM delivery.delivery WHERE id = ANY($1) AND state = 'leased'",
                [each.delivery_id for each in parcels],
            )
            await undone.rollback()
        assert {row["id"] for row in rows} == {each.delivery_id for each in parcels}, (
            "5: a late result moved what is held"
        )
