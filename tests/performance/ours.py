"""Ours: the product's own selection, called as an alarm calls it. The one file of the bench that knows how."""

from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId
from backend.foundation.kinds import Kind
from backend.selection.find import find
from backend.selection.policies import DEFAULT, shipped
from backend.selection.policy import read_policy
from backend.selection.rank import rank
from tests.performance.contender import NEAREST, REACH_M, Alarm
from tests.performance.country import NOW, Country
from tests.performance.filling import FILLED
from tests.performance.in_postgres import InPostgres

OURS, OURS_BARE = "ours", "ours, no transaction"
_POLICY = read_policy(next(fields for fields in shipped() if fields["name"] == DEFAULT))
_NOBODY: frozenset[VolunteerId] = frozenset()


def ours(dsn: str) -> list[InPostgres]:
    """With and without the transaction round it."""
    return [
        InPostgres(
            name=name,
            exact=True,
            dsn=dsn,
            question=whom,
            in_transaction=name == OURS,
            filled=FILLED,
            tables=("locations.position", "locations.fixed_place"),
            fill=_is_filled,
        )
        for name in (OURS, OURS_BARE)
    ]


async def whom(connection: Connection, alarm: Alarm) -> list[VolunteerId]:
    """What `alerts.choose` does before it engages anybody."""
    found = await find(
        connection, alarm.incident_id, Kind.LIVE, alarm.lat, alarm.lon, _POLICY, REACH_M, NEAREST, _NOBODY, NOW, None
    )
    return [each.volunteer_id for each in rank(found.candidates, REACH_M, NEAREST, _NOBODY).chosen]


async def _is_filled(_dsn: str, _people: Country) -> None:
    """The product's tables are everybody's: they were filled before any contender was asked to prepare."""
