"""Who answers the question of the selection bench: whom to ask for this alarm, the nearest first."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import msgspec

from backend.foundation.ids import IncidentId, VolunteerId
from tests.performance.country import Country, Tell

NEAREST = 20
REACH_M = 5_000
"""Both as the policy dk-2026 has it."""
SPARE = 10
"""So many more are looked for, since another alarm may have engaged some in the same moment: as selection does."""


class Alarm(msgspec.Struct, frozen=True):
    """Where somebody collapsed; the incident decides by lot between people equally far away."""

    incident_id: IncidentId
    lat: float
    lon: float


Ask = Callable[[Alarm], Awaitable[list[VolunteerId]]]
"""The NEAREST who may be asked within REACH_M, nearest first."""


class Prepared(msgspec.Struct, frozen=True):
    """What it took to have the answer ready: seconds to fill and index, and bytes that lie on disk or in memory."""

    seconds: float
    size_bytes: int


class Contender(Protocol):
    """One way of answering. `exact`: it has to give the very list that brute force gives, lots and all."""

    @property
    def name(self) -> str: ...

    @property
    def exact(self) -> bool: ...

    async def prepare(self, people: Country, tell: Tell) -> Prepared:
        """Fill what is its own, once; the product's tables are filled."""

    def asking(self) -> AbstractAsyncContextManager[Ask]:
        """With its connections open and warm for as long as the block lasts."""
