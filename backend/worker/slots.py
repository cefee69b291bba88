"""Send slots: what bounds how much of one worker is under way at a provider.

Each channel has its own, so that a provider that lets every request hang takes none from another. Live alarms have as
many of their own as everything else has together: however much there is of a drill, and however slowly what came of it
is written, no alarm waits for one of its slots. What was tried before holds at most half of either.
"""

from collections.abc import Iterable

import msgspec

from backend.delivery.claim import Parcel
from backend.delivery.message import FIRST_OTHER, LAST_LIVE, Channel, Urgency
from backend.delivery.queries_claim import Room
from backend.foundation.ids import AttemptId

TRICKLE = 8
"""While an alarm is under way so much of everything else is begun at a time: it goes on, slowly."""


class Urgencies(msgspec.Struct, frozen=True):
    """From the first to the last of them."""

    first: Urgency
    last: Urgency


LIVE = Urgencies(Urgency.LIVE_ALARM, LAST_LIVE)
OTHERS = Urgencies(FIRST_OTHER, Urgency.NOTICE)


class Slots:
    """`each` for every channel, of messages `whose` urgency is this; one is held from an attempt's start until its
    result is written."""

    def __init__(self, channels: Iterable[Channel], each: int, whose: Urgencies) -> None:
        self._each = each
        self._for_retries = max(1, each // 2)
        self._whose = whose
        self._again: dict[Channel, dict[AttemptId, bool]] = {channel: {} for channel in channels}

    def rooms(self, *, at_most: int | None = None) -> list[Room]:
        """What may be begun now, on the channels where anything may."""
        rooms = []
        for channel, held in self._again.items():
            free = self._each - len(held)
            free = free if at_most is None else min(free, at_most)
            again = self._for_retries - sum(held.values())
            if free > 0:
                whose = self._whose
                rooms.append(Room(channel, free, max(0, min(free, again)), whose.first, whose.last))
        return rooms

    def take(self, parcel: Parcel) -> None:
        self._again[parcel.channel][parcel.attempt_id] = parcel.attempt_number > 1

    def give_back(self, attempt_ids: Iterable[AttemptId]) -> bool:
        """True when a channel that could begin nothing, or nothing again, can now."""
        before = self._full()
        for attempt_id in attempt_ids:
            for held in self._again.values():
                held.pop(attempt_id, None)
        return self._full() < before

    @property
    def held(self) -> int:
        return sum(len(held) for held in self._again.values())

    def _full(self) -> int:
        rooms = self.rooms()
        return 2 * (len(self._again) - len(rooms)) + sum(room.again == 0 for room in rooms)
