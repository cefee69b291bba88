"""Send slots: what bounds how much of one worker is under way at a provider.

Each channel has its own, so that a provider that lets every request hang takes none from another. What was tried before
holds at most half of them: however much of it there is, a fresh alarm finds one that is free, or soon will be.
"""

from collections.abc import Iterable

from backend.delivery.claim import Parcel
from backend.delivery.message import Channel
from backend.delivery.queries_claim import Room
from backend.foundation.ids import AttemptId


class Slots:
    """`each` slots for every channel; one is held from an attempt's start until its result is written."""

    def __init__(self, channels: Iterable[Channel], each: int) -> None:
        self._each = each
        self._for_retries = max(1, each // 2)
        self._held: dict[Channel, dict[AttemptId, bool]] = {channel: {} for channel in channels}

    def rooms(self) -> list[Room]:
        """What may be begun now, on the channels where anything may."""
        rooms = []
        for channel, held in self._held.items():
            free = self._each - len(held)
            if free > 0:
                rooms.append(Room(channel, free, max(0, min(free, self._for_retries - sum(held.values())))))
        return rooms

    def take(self, parcel: Parcel) -> None:
        self._held[parcel.channel][parcel.attempt_id] = parcel.attempt_number > 1

    def give_back(self, attempt_ids: Iterable[AttemptId]) -> bool:
        """True when a channel that could begin nothing, or nothing again, can now."""
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
        return 2 * (len(self._held) - len(rooms)) + sum(1 for room in rooms if room.again == 0)
