"""Whom selection has to find: everybody looked at, one by one, with the rules written once more and no index at all."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from backend.foundation.ids import VolunteerId
from backend.locations.cells import EARTH_RADIUS_M
from backend.selection.candidate import lot_of
from tests.performance.contender import NEAREST, REACH_M, Alarm
from tests.performance.country import DAY_S, Country, Flags, Floats

OLDEST_S = 3 * DAY_S  # what the policy dk-2026 calls too old


class Places(msgspec.Struct, frozen=True):
    """Where people who can be asked now count as being: one row a place, by person, unit vectors of the globe."""

    whose: NDArray[np.int64]
    at: Floats
    people: Country


def can_be_asked(people: Country) -> Flags:
    """By everybody's own facts, wherever they are: at the bench's moment nobody is quiet but in working hours."""
    free: Flags = people.available & (people.snoozed_s <= 0) & (people.quiet != 2) & (people.engaged == 0)
    return free & people.has_address


def counted(people: Country) -> tuple[Flags, Flags]:
    """Whether somebody's live position counts; and of each fixed place: only where no live position does."""
    live = people.has_position & (people.age_s <= OLDEST_S)
    return live, ~live[people.fixed.whose]


def usable_places(people: Country) -> Places:
    """Every place at which somebody can be asked now."""
    asked = can_be_asked(people)
    live, fixed = counted(people)
    here = np.flatnonzero(live & asked)
    there = np.flatnonzero(fixed & people.fixed.available & asked[people.fixed.whose])
    vectors = [_vectors(people.live.lat[here], people.live.lon[here])]
    vectors.append(_vectors(people.fixed.at.lat[there], people.fixed.at.lon[there]))
    whose = np.concatenate([here, people.fixed.whose[there]])
    by_person = np.argsort(whose, kind="stable")
    return Places(whose[by_person], np.concatenate(vectors)[by_person], people)


class Nearest(msgspec.Struct, frozen=True):
    """`ids` in the order in which they are asked, and their `metres`, rounded as candidates carry them."""

    ids: list[VolunteerId]
    metres: list[int]


def nearest(places: Places, alarm: Alarm, count: int = NEAREST, reach_m: float = REACH_M) -> Nearest:
    """The `count` nearest within reach; of those equally far to the metre, by lot."""
    cosine = places.at @ _vectors(np.array([alarm.lat]), np.array([alarm.lon]))[0]
    near = np.flatnonzero(cosine >= np.cos((reach_m + 2) / EARTH_RADIUS_M))
    if len(near) > 10 * count:
        # A person has three places at most, so these many are enough, and whoever is as far as the last of them.
        last = np.partition(-cosine[near], 3 * count)[3 * count]
        near = near[cosine[near] >= np.cos(np.arccos(min(1.0, -last)) + 2 / EARTH_RADIUS_M)]
    metres = np.rint(_metres(places.at[near], alarm)).astype(np.int64)
    best: dict[int, int] = {}
    for who, far in zip(places.whose[near].tolist(), metres.tolist(), strict=True):
        if far <= reach_m:
            best[who] = min(far, best.get(who, far))
    ids = {who: places.people.id_of(who) for who in best}
    order = sorted(best, key=lambda who: (best[who], lot_of(alarm.incident_id, ids[who])))[:count]
    return Nearest([ids[who] for who in order], [best[who] for who in order])


def metres_of(places: Places, alarm: Alarm, ids: Sequence[VolunteerId]) -> list[int]:
    """How far the nearest usable place of each is, rounded; of whoever has none -1: they could not be asked."""
    found = []
    for who in (places.people.number_of(each) for each in ids):
        own = slice(*np.searchsorted(places.whose, [who, who + 1]))
        metres = _metres(places.at[own], alarm)
        found.append(int(np.rint(metres).min()) if len(metres) else -1)
    return found


def _vectors(lat: Floats, lon: Floats) -> Floats:
    phi, theta = np.radians(lat), np.radians(lon)
    return np.column_stack([np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)])


def _metres(at: Floats, alarm: Alarm) -> Floats:
    """By the chord: good to less than a millionth of a metre, however near."""
    chord = np.linalg.norm(at - _vectors(np.array([alarm.lat]), np.array([alarm.lon])), axis=1)
    metres: Floats = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, chord / 2))
    return metres
