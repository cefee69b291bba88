"""Made-up defibrillators for the demo and for benches. None of them exists, and every one says so.

No open list of Denmark's defibrillators exists (DOMAIN §7).
"""

import math
import random
from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from backend.aeds import queries_import
from backend.aeds.import_list import BATCH
from backend.aeds.queries_import import Listed, Source
from backend.foundation.database import Connection
from backend.foundation.ids import AedId
from backend.locations.cells import EARTH_RADIUS_M, res9_of

SOURCE = Source(
    source="made-up-demo",
    licence="none: made up for the demo, not real",
    attribution="Opdigtede hjertestartere til demonstration / made-up AEDs for demonstration",
    made_up=True,
)

# How such lists look: some always open, many in office hours, some without hours, some with hours nobody can parse.
_HOURS: tuple[tuple[str | None, int], ...] = (
    ("24/7", 45),
    ("Mo-Fr 08:00-16:00; PH off", 20),
    ("Mo-Su 08:00-20:00", 15),
    ("Mo-Th 09:00-17:00; Fr 09:00-15:00; PH off", 8),
    (None, 8),
    ("efter aftale", 4),
)
_WHERE = (
    "ved hovedindgangen",
    "på gavlen mod parkeringspladsen",
    "i forhallen",
    "ved omklædningsrummet",
    "ved kasserne",
)


def around(lat: float, lon: float, how_many: int, within_m: float, seed: int) -> list[tuple[float, float]]:
    """Points spread evenly over a circle; the same for the same seed."""
    chance = random.Random(f"aeds {seed}")  # noqa: S311 – reproducible, not secret
    points = []
    for _ in range(how_many):
        away, bearing = within_m * math.sqrt(chance.random()), chance.uniform(0, 2 * math.pi)
        north, east = away * math.cos(bearing), away * math.sin(bearing)
        degrees = 180 / math.pi / EARTH_RADIUS_M
        points.append((lat + north * degrees, lon + east * degrees / math.cos(math.radians(lat))))
    return points


def listed(points: Sequence[tuple[float, float]], seed: int) -> Iterator[Listed]:
    """A made-up defibrillator at each (lat, lon); the same ones for the same points and seed."""
    chance = random.Random(f"aeds {seed} details")  # noqa: S311 – reproducible, not secret
    texts, weights = [hours for hours, _ in _HOURS], [weight for _, weight in _HOURS]
    for number, (lat, lon) in enumerate(points, start=1):
        indoor = chance.random() < 0.4
        hours = chance.choices(texts, weights)[0]
        yield Listed(
            id=AedId(UUID(int=chance.getrandbits(128), version=4)),
            source_id=f"{seed}-{number}",
            lat=lat,
            lon=lon,
            cell_r9=res9_of(lat, lon),
            name=f"Opdigtet hjertestarter {number}",
            location_text=chance.choice(_WHERE),
            floor=chance.choice(("0", "1")) if indoor else None,
            indoor=indoor,
            opening_hours=hours,
            cabinet_code=f"{chance.randrange(10_000):04d}" if not indoor and chance.random() < 0.3 else None,
        )


async def insert(connection: Connection, points: Sequence[tuple[float, float]], seed: int, now: datetime) -> int:
    """Put one at each (lat, lon); returns how many. Again with the same points and seed changes nothing."""
    await queries_import.save_source(connection, SOURCE, now)
    every = list(listed(points, seed))
    for start in range(0, len(every), BATCH):
        await queries_import.write(connection, SOURCE.source, every[start : start + BATCH], now)
    return len(every)
