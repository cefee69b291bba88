"""Calls drawn at random as everybody, and what has to hold of every answer."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from backend.foundation.kinds import Kind
from backend.identity.staff import MAY, May
from backend.locations.areas import LARGEST_RESOLUTION, LEAST
from backend.locations.cells import POSITION_RESOLUTION, cell_of, centre_of, parent_at
from tests.access import calls
from tests.access.gates import Right, Route, at_the_gate, every_route
from tests.access.ownership import Owned, owned
from tests.access.roles import STAFF, Role
from tests.access.wire import Answered, Sent
from tests.leak.canaries import Canary, What
from tests.leak.world import Caller, Drawn, World, tick

THE_MAP = "GET /konsol/data/kort"
"""Areas and shipped places, the same for everybody: of thousands of numbers some are somebody's place as well."""
THE_BOARD = "GET /konsol/data/overblik"
_STREAM_S = 0.03
_LOOK_EVERY = 25
_TICK_EVERY = 20
_RARE = {
    "DELETE /mobile/v1/me": 0.02,
    "POST /mobile/v1/sign-out": 0.02,
    "POST /konsol/log-ud": 0.01,
    "POST /mobile/v1/me/withdrawal": 0.05,
    "POST /dispatch/v1/incidents": 4.0,
    "POST /dispatch/v1/incidents/{incident_id}/stand-down": 0.3,
    "POST /dispatch/v1/incidents/{incident_id}/close": 0.3,
    "POST /mobile/v1/alerts/{alert_id}/accept": 2.0,
    "GET /docs/{name}": 0.05,
    "GET /openapi/{file}": 0.05,
    "GET /metrics": 0.3,
    **dict.fromkeys(calls.STREAMS, 0.08),
}
"""How often a route is drawn, where not once in as many: what empties the world, or holds it up."""

_WEIGHTS = {Role.VOLUNTEER: 1.0, Role.REPORTER: 6.0, Role.READER: 1.5, Role.EXERCISER: 1.5, Role.STRANGER: 2.0}
_DATED = re.compile(rb'"(?:error_id|access_token|refresh_token)":"[^"]+"')


@dataclass
class Tally:
    """What a world came to."""

    calls: int = 0
    pairs: int = 0
    bytes_read: int = 0
    bytes_leaked: int = 0
    violations: list[str] = field(default_factory=list)
    routes: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    own_canaries: int = 0  # seen by whoever may: the planting works
    shown: set[What] = field(default_factory=set)  # of which kinds


class Run:
    """One world's calls, one after the other; the same seed makes the same ones."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.seed, self.tally = world, seed, Tally()
        self._routes = [route for route in every_route() if route.app == "backend"]
        self._gated = {
            role: [route for route in self._routes if at_the_gate(route, role) is Right.YES] for role in Role
        }

    async def calls(self, number: int) -> Tally:
        """Make as many."""
        while self.tally.calls < number:
            if self.tally.calls % _LOOK_EVERY == 0:
                await self.world.look()
            if self.tally.calls % _TICK_EVERY == 0:
                tick(self.world, timedelta(seconds=1))
            await self._one()
        return self.tally

    async def _one(self) -> None:
        chance = self.world.chance
        caller = chance.choices(self.world.callers, [_WEIGHTS.get(c.role, 1.0) for c in self.world.callers])[0]
        routes = self._gated[caller.role] if chance.random() < 0.85 else self._routes
        route = chance.choices(routes, [_RARE.get(each.name, 1.0) for each in routes])[0]
        what = owned(route.app, route.name)
        assert what is not None, "tests/access insists on a row"
        named, foreign = self._named(caller, route, what)
        drawn = Drawn(self.world, caller, named, self._besides(route))
        sent = calls.EVERY[route.name](drawn)
        self._whose(drawn, named, foreign=foreign)
        answered = await self._answer(caller, route, sent)
        self._learn(route, drawn, answered)
        await self.judge(caller, route, sent, answered)
        if foreign:
            await self._compare(caller, route, sent, named, answered)

    # drawing ---------------------------------------------------------------------------------------------------------

    def _named(self, caller: Caller, route: Route, what: Owned) -> tuple[UUID, bool]:
        """A thing to name, and whether it is another's: theirs and others' as often."""
        chance = self.world.chance
        never = UUID(int=chance.getrandbits(128), version=4)
        if "{aed_id}" in route.path:
            return chance.choice(self.world.owners.aeds), False
        if not what.named or chance.random() < 0.1:
            return never, False
        own, others = self._things(caller, route)
        if own and (not others or chance.random() < 0.5):
            return chance.choice(own), False
        return (chance.choice(others), True) if others else (never, False)

    def _things(self, caller: Caller, route: Route) -> tuple[list[UUID], list[UUID]]:
        owners = self.world.owners
        if "{incident_id}" in route.path:
            kinds = set(Kind) if caller.role in STAFF else {caller.kind}
            mine = {(caller.centre, kind.value) for kind in kinds}
            return _parted({each: whose in mine for each, whose in owners.incidents.items()})
        if "{approval_id}" in route.path:
            return _parted({each: whose == caller.centre for each, whose in owners.approvals.items()})
        if "{alert_id}" in route.path and caller.role in STAFF:
            return _parted({each: whose == caller.centre for each, whose in owners.asked_by.items()})
        if "{draft_id}" in route.path:
            return _parted({each: whose == caller.centre for each, whose in owners.drafts.items()})
        things = owners.alerts if "{alert_id}" in route.path else owners.tests
        return _parted({each: whose == caller.person for each, whose in things.items()})

    def _besides(self, route: Route) -> UUID:
        chance, owners = self.world.chance, self.world.owners
        known = list(owners.incidents) if "{incident_id}" in route.path else owners.aeds
        return chance.choice(known) if known and chance.random() < 0.8 else UUID(int=chance.getrandbits(128), version=4)

    def _whose(self, drawn: Drawn, named: UUID, *, foreign: bool) -> None:
        """What is planted at another's thing has to stay nowhere."""
        for canary in drawn.planted:
            if canary.what is What.PLACE and not foreign:
                canary.incidents.add(named)

    # judging ---------------------------------------------------------------------------------------------------------

    async def _answer(self, caller: Caller, route: Route, sent: Sent) -> Answered:
        leave = _STREAM_S if route.name in calls.STREAMS else None
        answered = await self.world.sends(caller, sent, leave)
        self.tally.calls += 1
        self.tally.routes[route.name] += 1
        self.tally.statuses[answered.status] += 1
        return answered

    def _learn(self, route: Route, drawn: Drawn, answered: Answered) -> None:
        """A report's place belongs to the incident it came to."""
        if route.name == "POST /dispatch/v1/incidents" and answered.status == 201:
            incident = UUID(msgspec.json.decode(answered.body)["id"])
            for canary in drawn.planted:
                canary.incidents.add(incident)

    async def judge(self, caller: Caller, route: Route, sent: Sent, answered: Answered) -> None:
        """No fault, no right that the matrix does not give, nobody else's canary."""
        if answered.status >= 500 and route.name not in calls.MAY_BE_AWAY:
            self._broken(caller, route, f"answered {answered.status}")
        right = at_the_gate(route, caller.role)
        # Whoever has signed out of the console in the meantime is a stranger there.
        signed_out = at_the_gate(route, Role.STRANGER).value if caller.role in STAFF else right.value
        if right is not Right.YES and str(answered.status) not in (right.value, signed_out):
            self._broken(caller, route, f"answered {answered.status} instead of {right.value}")
        said = without_pins(route, answered).everything()
        self.tally.bytes_read += len(said)
        no_place = answered.media_type == "text/plain" or route.name == THE_MAP
        found = self.world.ledger.find(said, degrees=not no_place)
        echoed = {canary.text for canary in self.world.ledger.find(sent.everything())} if found else set()
        for canary in found:
            if await self._may_see(caller, canary):
                self.tally.own_canaries += 1
                self.tally.shown.add(canary.what)
            elif canary.text not in echoed:
                self.tally.bytes_leaked += len(canary.text)
                self._broken(caller, route, f"learnt a {canary.what.value} of {', '.join(canary.owners)}")

    async def _may_see(self, caller: Caller, canary: Canary) -> bool:
        if caller.owners & canary.owners:
            return True
        if canary.what is What.DEFIBRILLATOR and caller.role in STAFF and May.FOLLOW in MAY[STAFF[caller.role]]:
            return True  # on the map; its cabinet and the code are not
        return (
            caller.person is not None
            and canary.what in (What.PLACE, What.DEFIBRILLATOR, What.CABINET)
            and await self.world.is_on(caller, canary)
        )

    async def _compare(self, caller: Caller, route: Route, sent: Sent, named: UUID, answered: Answered) -> None:
        """Another's thing, and one that never was: nothing in the answer may tell them apart."""
        never = UUID(int=self.world.chance.getrandbits(128), version=4)
        twin = await self._answer(caller, route, renamed(sent, named, never))
        self.tally.pairs += 1
        if without(answered, named) != without(twin, never):
            self._broken(caller, route, "another's thing is answered otherwise than one that never was")

    def _broken(self, caller: Caller, route: Route, why: str) -> None:
        at = f"seed {self.seed}, call {self.tally.calls}"
        self.tally.violations.append(f"{at}: {caller.name} ({caller.role.value}), {route.name}: {why}")


def without_pins(route: Route, answered: Answered) -> Answered:
    """Candidates and the board without areas that three share, in the middle of a cell and hence nowhere else.

    A cell's middle has numbers that somebody's place may have, too.
    """
    if answered.status != 200:
        return answered
    if route.path.endswith("/candidates"):
        told = msgspec.json.decode(answered.body)
        shared = Counter(msgspec.json.encode(each["area"]) for each in told["candidates"])
        for each in told["candidates"]:
            if each["area"] and shared[msgspec.json.encode(each["area"])] >= LEAST and _is_a_middle(each["area"]):
                each["area"] = None
    elif route.name == THE_BOARD:
        told = msgspec.json.decode(answered.body)
        for each in told["incidents"]:
            each["areas"] = [area for area in each["areas"] if area["people"] < LEAST or not _is_a_middle(area)]
    else:
        return answered
    return msgspec.structs.replace(answered, body=msgspec.json.encode(told))


def _is_a_middle(area: dict[str, float]) -> bool:
    cell = cell_of(area["lat"], area["lon"])
    middles = (centre_of(parent_at(cell, each)) for each in range(LARGEST_RESOLUTION, POSITION_RESOLUTION + 1))
    return (area["lat"], area["lon"]) in {(round(lat, 5), round(lon, 5)) for lat, lon in middles}


def _parted(mine: dict[UUID, bool]) -> tuple[list[UUID], list[UUID]]:
    return [each for each, is_mine in mine.items() if is_mine], [each for each, is_mine in mine.items() if not is_mine]


def renamed(sent: Sent, one: UUID, other: UUID) -> Sent:
    return msgspec.structs.replace(
        sent,
        path=sent.path.replace(str(one), str(other)),
        body=sent.body.replace(str(one).encode(), str(other).encode()),
    )


def without(answered: Answered, named: UUID) -> tuple[Any, ...]:
    """An answer without the id that was asked for, in whatever spelling it comes back."""
    said = answered.everything()
    for spelling in (str(named), named.hex):
        said = said.replace(spelling.encode(), b"ID")
    return answered.status, _DATED.sub(b"", said)
