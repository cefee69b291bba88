"""What every provider's channel does."""

from datetime import datetime
from typing import Protocol

from backend.delivery.claim import Parcel
from backend.delivery.message import Channel
from backend.delivery.outcome import Outcome


class ProviderChannel(Protocol):
    """One way out of here."""

    @property
    def channel(self) -> Channel: ...

    async def send(self, parcel: Parcel, wire_by: float, now: datetime) -> Outcome:
        """One request, on the wire by `wire_by` (monotonic clock) or not at all. A network's faults are outcomes."""
        ...

    async def ready(self) -> None:
        """Wait until there are credentials to send with; needs :meth:`keep_warm` beside it."""
        ...

    async def keep_warm(self) -> None:
        """Keep connection and credentials ready, so that no alarm waits for them; runs until cancelled."""
        ...
