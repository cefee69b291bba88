"""A made-up country for a bench: where people live, and who could be asked right now. Arrays, drawn from a seed.

People live as the demo's do: in the shipped places by population, the capital's urban figure capped since it overlaps
its neighbours, some out in the country, nobody in the sea. Alarms are drawn the same way.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
import shapely
from numpy.typing import NDArray

from backend.demo.denmark import CAPITAL_CAP, IN_THE_COUNTRY, METRES_PER_DEGREE, SEES_LAND_TRIES, spread_of
from backend.demo.land import coarse_shape
from backend.foundation.ids import VolunteerId
from backend.locations.cells import cell_of, centre_of, coarsened, res9_parent
from backend.regions import shipped

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
"""A Wednesday, 13:00 on Danish clocks: the moment of every alarm of a bench, so that whoever is quiet stays so."""
SPREAD = "shipped places by population, the capital capped"
CHUNK = 200_000
DAY_S = 86_400

# Shares of people ††: ours, to have each rule at work; no register tells them.
OFF_DUTY, COARSE, SNOOZED, QUIET_NOW, QUIET_AT_NIGHT = 0.12, 0.03, 0.03, 0.08, 0.30
RINGING, ON_MISSION, NO_HEALTHY_ADDRESS, TOO_OLD, NO_POSITION = 0.002, 0.002, 0.02, 0.06, 0.02
HOME, WORK = 0.10, 0.05
MEAN_AGE_S = 2 * 3600

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Cells = NDArray[np.int64]


class Points(msgspec.Struct, frozen=True):
    """Cells of resolution 10, their parents of resolution 9, and the centres in degrees."""

    cell: Cells
    cell_r9: Cells
    lat: Floats
    lon: Floats


class FixedPlaces(msgspec.Struct, frozen=True):
    """Homes, then work places: whose (a person's number), and where."""

    whose: NDArray[np.int64]
    is_work: Flags
    available: Flags
    at: Points


class Country(msgspec.Struct, frozen=True):
    """Everybody, by number. Ids rise with the number, so that tables are filled in the order of their keys.

    `quiet`: 0 never, 1 at night, 2 in working hours. `engaged`: 0 no, 1 ringing, 2 on a mission. Seconds count back
    from NOW; `snoozed_s` forward, and what is not positive is over.
    """

    ids: NDArray[np.uint8]
    live: Points
    has_position: Flags
    available: Flags
    coarse: Flags
    age_s: NDArray[np.int64]
    snoozed_s: NDArray[np.int64]
    quiet: NDArray[np.uint8]
    engaged: NDArray[np.uint8]
    has_address: Flags
    fixed: FixedPlaces

    def __len__(self) -> int:
        return len(self.ids)

    def id_of(self, number: int) -> VolunteerId:
        return VolunteerId(UUID(bytes=self.ids[number].tobytes()))

    def number_of(self, volunteer_id: VolunteerId) -> int:
        """Its id must be there."""
        first, second = self.halves
        high, low = volunteer_id.int >> 64, volunteer_id.int & (2**64 - 1)
        at = int(np.searchsorted(first, np.uint64(high)))
        while int(second[at]) != low:  # two with the same first half: as good as never
            at += 1
        return at

    @property
    def halves(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        halves = self.ids.view(">u8")
        return halves[:, 0], halves[:, 1]


Tell = Callable[[str], None]


def country(count: int, seed: int, tell: Tell) -> Country:
    """`count` people; the same count and seed, the same people."""
    draw = np.random.default_rng([seed, count])
    places = shipped.places()
    off_duty = draw.random(count) < OFF_DUTY
    coarse = draw.random(count) < COARSE
    lat, lon = where_people_live(places, count, draw)
    tell(f"{count:,} people drawn")
    has_home, has_work = draw.random(count) < HOME, draw.random(count) < WORK
    whose = np.concatenate([np.flatnonzero(has_home), np.flatnonzero(has_work)])
    is_work = np.arange(len(whose)) >= has_home.sum()
    fixed_lat, fixed_lon = where_people_live(places, len(whose), draw)
    quiet = draw.random(count)
    engaged = draw.random(count)
    age_s = np.minimum(draw.exponential(MEAN_AGE_S, count), 2.5 * DAY_S)
    too_old = draw.random(count) < TOO_OLD
    made = Country(
        ids=_ids(count, draw),
        live=points(lat, lon, coarse, tell),
        has_position=draw.random(count) >= NO_POSITION,
        available=~off_duty,
        coarse=coarse,
        age_s=np.where(too_old, age_s + 3 * DAY_S + 1, age_s).astype(np.int64),
        snoozed_s=np.where(draw.random(count) < SNOOZED, 3600, -DAY_S).astype(np.int64),
        quiet=np.where(quiet < QUIET_NOW, 2, np.where(quiet < QUIET_NOW + QUIET_AT_NIGHT, 1, 0)).astype(np.uint8),
        engaged=np.where(engaged < RINGING, 1, np.where(engaged < RINGING + ON_MISSION, 2, 0)).astype(np.uint8),
        has_address=draw.random(count) >= NO_HEALTHY_ADDRESS,
        fixed=FixedPlaces(
            whose, is_work, ~off_duty[whose], points(fixed_lat, fixed_lon, np.zeros(len(whose), np.bool_), tell)
        ),
    )
    tell(f"{count:,} people are in their cells")
    return made


def kept_country(count: int, seed: int, folder: Path | None, tell: Tell) -> Country:
    """As :func:`country`; from `folder` where it was drawn before."""
    path = None if folder is None else folder / f"country-{count}-{seed}.npz"
    if path is None or not path.exists():
        made = country(count, seed, tell)
        if path is not None:
            arrays: dict[str, Any] = dict(_arrays(made))
            np.savez(path, **arrays)
        return made
    with np.load(path) as found:
        return _read(found)


def alarms(count: int, seed: int) -> tuple[Floats, Floats]:
    """Where hearts stop, in degrees: drawn as people are."""
    return where_people_live(shipped.places(), count, np.random.default_rng([seed, 112]))


def where_people_live(places: Sequence[shipped.Place], count: int, draw: np.random.Generator) -> tuple[Floats, Floats]:
    """(lat, lon) of `count` people: dense in the middle of a place, some out in the country, on land but for a few."""
    weights = np.array([min(place.population, CAPITAL_CAP) for place in places], np.float64)
    lives_in = draw.choice(len(places), count, p=weights / weights.sum())
    middle_lat = np.array([place.lat for place in places])[lives_in]
    middle_lon = np.array([place.lon for place in places])[lives_in]
    spread = np.array([spread_of(place) for place in places])[lives_in]
    lat, lon = np.empty(count), np.empty(count)
    land = coarse_shape()
    wet = np.arange(count)
    for _ in range(SEES_LAND_TRIES):
        spread_m = np.where(draw.random(len(wet)) < IN_THE_COUNTRY, 6_000.0, spread[wet])
        a_degree_m = METRES_PER_DEGREE * np.cos(np.radians(middle_lat[wet]))
        lat[wet] = middle_lat[wet] + draw.normal(0.0, spread_m) / METRES_PER_DEGREE
        lon[wet] = middle_lon[wet] + draw.normal(0.0, spread_m) / a_degree_m
        wet = wet[~shapely.contains_xy(land, lon[wet], lat[wet])]
    return lat, lon


def points(lat: Floats, lon: Floats, coarse: Flags, tell: Tell) -> Points:
    """As positions are kept: cells, coarser ones for whoever chose so."""
    cell = np.empty(len(lat), np.int64)
    for start in range(0, len(lat), CHUNK):
        piece = slice(start, start + CHUNK)
        cell[piece] = [cell_of(y, x) for y, x in zip(lat[piece].tolist(), lon[piece].tolist(), strict=True)]
        if start and start % (10 * CHUNK) == 0:
            tell(f"{start:,} in their cells")
    distinct, which = np.unique(cell, return_inverse=True)
    if coarse.any():
        coarser = np.array([coarsened(each) for each in distinct.tolist()], np.int64)
        cell = np.where(coarse, coarser[which], cell)
        distinct, which = np.unique(cell, return_inverse=True)
    parents = np.array([res9_parent(each) for each in distinct.tolist()], np.int64)
    centres = np.array([centre_of(each) for each in distinct.tolist()], np.float64).reshape(-1, 2)
    return Points(cell, parents[which], centres[which, 0], centres[which, 1])


def _ids(count: int, draw: np.random.Generator) -> NDArray[np.uint8]:
    """uuid4s, smallest first."""
    ids = draw.integers(0, 256, (count, 16), np.uint8)
    ids[:, 6] = (ids[:, 6] & 0x0F) | 0x40
    ids[:, 8] = (ids[:, 8] & 0x3F) | 0x80
    halves = ids.view(">u8")
    return ids[np.lexsort((halves[:, 1], halves[:, 0]))]


def _arrays(made: Any, within: str = "") -> list[tuple[str, NDArray[Any]]]:
    found: list[tuple[str, NDArray[Any]]] = []
    for field in msgspec.structs.fields(made):
        value = getattr(made, field.name)
        name = f"{within}{field.name}"
        found += [(name, value)] if isinstance(value, np.ndarray) else _arrays(value, f"{name}.")
    return found


def _read(found: Any) -> Country:
    def part(shape: type[Any], within: str) -> Any:
        given = {}
        for field in msgspec.structs.fields(shape):
            name = f"{within}{field.name}"
            given[field.name] = found[name] if name in found else part(field.type, f"{name}.")
        return shape(**given)

    made: Country = part(Country, "")
    return made
