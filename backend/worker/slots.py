"""Send slots: what bounds how much of one worker is under way at a provider.

Each channel has its own, so that a provider that lets every request hang takes none from another. What was tried before
holds at most half of them, and an eighth is for live alarms alone: however much there is of anything else, a fresh
alarm finds one that is free, or soon will be.
"""

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from backend.delivery.claim import Parcel
from backend.delivery.message import FIRST_OTHER, LAST_LIVE, Channel
from backend.delivery.queries_claim import Room
from backend.foundation.ids import AttemptId

LIVE_ALONE = 8
"""One of so many slots; of the usual 256 thirty-two, more than a wave has pushes."""
TRICKLE = 8
"""While an alarm is under way so much of everything else is begun at a time: it goes on, slowly."""


class _Use(msgspec.Struct, frozen=True):
    again: bool
    live: bool


class Came(msgspec.Struct, frozen=True):
    """What slots that came back are good for, which could not be begun before."""

    live: bool
    others: bool


class Slots:
    """So many `slots` for each channel; one is held from an attempt's start until its result is written."""

    def __init__(self, slots: Mapping[Channel, int]) -> None:
        self._slots = slots
        self._held: dict[Channel, dict[AttemptId, _Use]] = {channel: {} for channel in slots}
        self._kept: dict[Channel, Room] = {}

    def for_live(self) -> list[Room]:
        """What may be begun of live alarms now, on the channels where anything may; what is kept is somebody else's."""
        rooms = []
        for channel in self._held:
            kept = self._kept.get(channel)
            free = self._free(channel) - (kept.free if kept else 0)
            again = self._again(channel) - (kept.again if kept else 0)
            if free > 0:
                rooms.append(Room(channel, free, max(0, min(free, again)), last=LAST_LIVE))
        return rooms

    def for_others(self, *, aside: bool = False) -> list[Room]:
        """The same of everything else. `aside`: an alarm is under way."""
        rooms = []
        for channel, held in self._held.items():
            others = self._slots[channel] - self._slots[channel] // LIVE_ALONE
            free = min(self._free(channel), others - sum(not use.live for use in held.values()))
            free = min(free, TRICKLE) if aside else free
            again = self._again(channel) - self._for_retries(channel) // LIVE_ALONE
            if free > 0:
                rooms.append(Room(channel, free, max(0, min(free, again)), first=FIRST_OTHER))
        return rooms

    @contextlib.contextmanager
    def keep(self, rooms: Sequence[Room]) -> Iterator[None]:
        """These are about to be taken: until they are, or are not, no live alarm counts on them."""
        self._kept = {room.channel: room for room in rooms}
        try:
            yield
        finally:
            self._kept = {}

    def take(self, parcel: Parcel) -> None:
        self._held[parcel.channel][parcel.attempt_id] = _Use(parcel.attempt_number > 1, parcel.is_live)

    def give_back(self, attempt_ids: Iterable[AttemptId]) -> Came:
        """For whom a channel that could begin nothing, or nothing again, can now."""
        live, others = self._full()
        for attempt_id in attempt_ids:
            for held in self._held.values():
                held.pop(attempt_id, None)
        live_now, others_now = self._full()
        return Came(live_now < live, others_now < others)

    @property
    def held(self) -> int:
        return sum(len(held) for held in self._held.values())

    def _free(self, channel: Channel) -> int:
        return self._slots[channel] - len(self._held[channel])

    def _for_retries(self, channel: Channel) -> int:
        return max(1, self._slots[channel] // 2)

    def _again(self, channel: Channel) -> int:
        return self._for_retries(channel) - sum(use.again for use in self._held[channel].values())

    def _full(self) -> tuple[int, int]:
        """On how many channels nothing, and nothing again, can be begun: of live alarms, and of everything else."""
        live = sum((self._free(channel) <= 0) + (self._again(channel) <= 0) for channel in self._held)
        open_to_others = self.for_others()
        closed = len(self._held) - len(open_to_others)
        return live, 2 * closed + sum(room.again == 0 for room in open_to_others)
