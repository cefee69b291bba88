"""A town that is plain data from a seed: who lives how far from where, where defibrillators hang, which policies hold.

No two people are equally far from any spot, so that nothing hangs on ids, which are made anew in every run.
"""

import math
import random
from functools import cached_property
from uuid import UUID

import msgspec

from backend.alerts.decision import FetchableAed
from backend.foundation.ids import AedId, VolunteerId
from backend.foundation.kinds import Kind
from backend.locations.cells import EARTH_RADIUS_M, cell_of, centre_of, metres_between, res9_parent
from backend.selection.find import _wider_and_wider
from backend.selection.policies import shipped
from backend.selection.policy import Policy, Replace, Role, RoleRule, not_served_yet, read_policy

AEDS_WITHIN_M = 3_000
ALL_CHANNELS = ("fcm", "in_app", "sms")
_CHANNELS = (
    ALL_CHANNELS,
    ALL_CHANNELS,
    ALL_CHANNELS,
    ("fcm", "in_app"),
    ("fcm", "sms"),
    ("sms",),
    ("in_app",),
    ("fcm",),
)


def _own_policies() -> list[Policy]:
    """What no shipped policy asks for, or not together."""
    every = tuple(Replace)
    aed_then_direct = (RoleRule(1, (Role.AED,), 4), RoleRule(5, (Role.DIRECT,)))
    return [
        Policy(
            name="chaos-every-rule", version=1, reach_m=1_200, at_once=4, in_total=9, replace_on=every, silence_s=40,
            widen_after_s=45, reach_steps=(2_400, 4_000), accept_limit=3, roles=aed_then_direct,
            aed_detour_max_m=1_500, direct_guarantee=True,
        ),
        Policy(
            name="chaos-wider", version=1, reach_m=600, at_once=3, widen_after_s=30, reach_steps=(1_500, 3_000, 5_000),
            roles=(RoleRule(1, (Role.AED, Role.DIRECT)),), aed_detour_max_share=0.8, direct_guarantee=True, rings_s=60,
        ),
        Policy(
            name="chaos-few", version=1, reach_m=2_000, at_once=2, replace_on=every, receipt_s=3, second_channel_s=2,
            accept_limit=1, roles=(RoleRule(1, (Role.GUIDE,), 1), RoleRule(2, (Role.STANDBY,))),
        ),
        Policy(
            name="chaos-long", version=1, reach_m=4_000, at_once=6, replace_on=(Replace.UNREACHABLE, Replace.GIVE_UP),
            rings_s=900, second_channel_s=20, roles=aed_then_direct, excludes=("trauma",),
        ),
    ]  # fmt: skip


def served_policies() -> list[Policy]:
    """Every policy this version serves, and some of our own that use every field."""
    return [p for p in map(read_policy, shipped()) if not not_served_yet(p)] + _own_policies()


POLICIES = {policy.name: policy for policy in served_policies()}


class Person(msgspec.Struct, frozen=True):
    id: VolunteerId
    kind: Kind
    cell: int
    channels: tuple[str, ...]


class Box(msgspec.Struct, frozen=True):
    """A defibrillator."""

    id: AedId
    lat: float
    lon: float
    hours: str | None


class Town:
    """`people` and `boxes` around `spots`, where arrests happen; all of it follows from the seed."""

    def __init__(self, seed: int, people: int, boxes: int, spots: int = 4) -> None:
        self.seed = seed
        rng = random.Random(f"town {seed}")
        # Towns of neighbouring seeds lie so far apart that no reach of one touches another.
        self.origin = (40.0 + 0.8 * (seed % 19), 1.5 * (seed // 19 % 17))
        self.spots = [self._somewhere(rng, 1_500) for _ in range(spots)]
        self.people = self._settled(rng, people)
        self.boxes = [self._box(rng) for _ in range(boxes)]
        self.number_of = {person.id: number for number, person in enumerate(self.people)}
        self._near: dict[tuple[int, int], list[int]] = {}
        self._ways: dict[tuple[int, int], list[tuple[int, float, float]]] = {}

    def _somewhere(self, rng: random.Random, within_m: float) -> tuple[float, float]:
        angle, far = rng.uniform(0, 2 * math.pi), within_m * math.sqrt(rng.random())
        lat = self.origin[0] + math.degrees(far * math.sin(angle) / EARTH_RADIUS_M)
        lon = math.degrees(far * math.cos(angle) / EARTH_RADIUS_M) / math.cos(math.radians(self.origin[0]))
        return lat, self.origin[1] + lon

    def _settled(self, rng: random.Random, count: int) -> list[Person]:
        people: list[Person] = []
        taken: set[tuple[int, int]] = set()
        while len(people) < count:
            cell = cell_of(*self._somewhere(rng, rng.choice((900, 2_500, 6_000))))
            lat, lon = centre_of(cell)
            far = {(n, round(metres_between(*spot, lat, lon))) for n, spot in enumerate(self.spots)}
            if far & taken:
                continue
            taken |= far
            kind = Kind.EXERCISE if len(people) % 10 == 9 else Kind.LIVE
            who = VolunteerId(UUID(int=rng.getrandbits(128), version=4))
            people.append(Person(who, kind, cell, rng.choice(_CHANNELS)))
        return people

    def _box(self, rng: random.Random) -> Box:
        lat, lon = self._somewhere(rng, rng.choice((600, 2_000, 4_000)))
        hours = rng.choice(("24/7", "24/7", "24/7", None))
        return Box(AedId(UUID(int=rng.getrandbits(128), version=4)), lat, lon, hours)

    @cached_property
    def metres(self) -> list[list[float]]:
        """By spot, by person: as the crow flies."""
        places = [centre_of(person.cell) for person in self.people]
        return [[metres_between(*spot, *place) for place in places] for spot in self.spots]

    def near(self, spot: int, reach_m: int) -> list[int]:
        """Who is looked at from a spot where nobody suffices: whoever is in what is read first and holds all in reach.

        That are parts of cells where the reach is small, and else whole cells: who is just beyond may be among them.
        """
        known = self._near.get((spot, reach_m))
        if known is None:
            around = next(a for a in _wider_and_wider(*self.spots[spot], reach_m) if a.beyond_m > reach_m + 1)
            cells = set(around.parts or around.cells_r9)
            places = [person.cell if around.parts else res9_parent(person.cell) for person in self.people]
            known = [number for number, cell in enumerate(places) if cell in cells]
            self._near[spot, reach_m] = known
        return known

    def ways(self, spot: int, person: int) -> list[tuple[int, float, float]]:
        """The defibrillators around a spot as seen by a person: which, metres of the way by it, metres of detour."""
        known = self._ways.get((spot, person))
        if known is None:
            place = centre_of(self.people[person].cell)
            known = []
            for number, box in enumerate(self.boxes):
                metres = metres_between(*self.spots[spot], box.lat, box.lon)
                if metres <= AEDS_WITHIN_M:
                    way_m = metres_between(*place, box.lat, box.lon) + metres
                    known.append((number, way_m, way_m - self.metres[spot][person]))
            self._ways[spot, person] = known
        return known

    def way_by(self, spot: int, person: int, box: int) -> float:
        """Metres from a person through a defibrillator to a spot."""
        there = self.boxes[box].lat, self.boxes[box].lon
        place = centre_of(self.people[person].cell)
        return metres_between(*place, *there) + metres_between(*self.spots[spot], *there)

    def fetchable(self, box: int, way_m: float, detour_m: float, problems: int) -> FetchableAed:
        """A defibrillator on somebody's way."""
        return FetchableAed(self.boxes[box].id, self.boxes[box].hours == "24/7", way_m, detour_m, 0.5**problems)
