"""Send slots: what bounds how much of one worker is under way at a provider.

Each channel has its own, so that a provider that lets every request hang takes none from another. What was tried before
holds at most half of them, and an eighth is for live alarms alone: however much there is of anything else, a fresh
alarm finds one that is free, or soon will be.
"""

from collections.abc import Iterable

import msgspec

from backend.delivery.claim import Parcel
from backend.delivery.message import Channel
from backend.delivery.queries_claim import Room
from backend.foundation.ids import AttemptId

LIVE_ALONE = 8
"""One of so many slots; of the usual 128 as many as a wave has pushes, all but four."""
TRICKLE = 8
"""While an alarm is under way so much of everything else is begun at a time: it goes on, slowly."""


class _Use(msgspec.Struct, frozen=True):
    again: bool
    live: bool


class Slots:
    """`each` slots for every channel; one is held from an attempt's start until its result is written."""

    def __init__(self, channels: Iterable[Channel], each: int) -> None:
        self._each = each
        self._for_retries = max(1, each // 2)
        self._for_others = each - each // LIVE_ALONE
        self._held: dict[Channel, dict[AttemptId, _Use]] = {channel: {} for channel in channels}

    def rooms(self, *, aside: bool = False) -> list[Room]:
        """What may be begun now, on the channels where anything may. `aside`: an alarm is under way."""
        rooms = []
        for channel, held in self._held.items():
            free = self._each - len(held)
            if free > 0:
                again = self._for_retries - sum(use.again for use in held.values())
                others = min(free, self._for_others - sum(not use.live for use in held.values()))
                rooms.append(
                    Room(channel, free, max(0, min(free, again)), max(0, min(others, TRICKLE) if aside else others))
                )
        return rooms

    def take(self, parcel: Parcel) -> None:
        self._held[parcel.channel][parcel.attempt_id] = _Use(parcel.attempt_number > 1, parcel.is_live)

    def give_back(self, attempt_ids: Iterable[AttemptId]) -> bool:
        """True when a channel that could begin nothing, nothing again or nothing but live alarms, can now."""
        before = self._full()
        for attempt_id in attempt_ids:
            for held in self._held.values():
                held.pop(attempt_id, None)
        return self._full() < before

    @property
    def held(self) -> int:
        return sum(len(held) for held in self._held.values())

    def _full(self) -> int:
        rooms = self.rooms()
        return 3 * (len(self._held) - len(rooms)) + sum((room.again == 0) + (room.others == 0) for room in rooms)
