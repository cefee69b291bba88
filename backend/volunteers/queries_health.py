"""SQL of how addresses are doing. For statistics: counts, no person."""

import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.foundation.kinds import Kind


class Addresses(msgspec.Struct, frozen=True):
    """How many of a channel are in a state of health."""

    channel: str
    health: str
    how_many: int


async def addresses(connection: Connection, kind: Kind) -> list[Addresses]:
    return await fetch_all(
        connection,
        Addresses,
        """
        SELECT a.channel, a.health, count(*) AS how_many FROM volunteers.address a WHERE a.kind = $1
        GROUP BY a.channel, a.health ORDER BY a.channel, a.health
        """,
        kind.value,
    )
