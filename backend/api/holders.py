"""Who logged in here lately, by the key they proved: counted by it where their network has used up its log-ins.

A dispatch centre's system shares its address with a whole region's machines. One of those that floods the log-in would
else keep it from its next token, and so from its next report. In this process's memory, as the limits are.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

from backend.api import proofs
from backend.api.limits import Limit
from backend.foundation.clock import Clock
from backend.foundation.problems import Problem
from backend.identity.jose import Unbelievable, header_of
from backend.identity.proofs import KnownKeys

LATELY = timedelta(hours=1)
"""A system that works comes every five minutes."""

_KEPT = 1_000


class Holders:
    """The keys that tokens were given to, each with when that was last."""

    def __init__(self) -> None:
        self._lately: OrderedDict[str, datetime] = OrderedDict()
        self._keys = KnownKeys()  # of its own: what a flood names must not push out the keys of those who report

    def logged_in(self, thumbprint: str, now: datetime) -> None:
        self._lately.pop(thumbprint, None)
        self._lately[thumbprint] = now
        while len(self._lately) > _KEPT:
            self._lately.popitem(last=False)

    def names(self, connection: proofs.Connection, now: datetime) -> bool:
        """Whether the call names one of them; whoever does may still be anybody."""
        try:
            _, thumbprint = self._keys.read(header_of(connection.headers.get("dpop", "")).get("jwk"))
        except Unbelievable:
            return False
        at = self._lately.get(thumbprint)
        return at is not None and now - at < LATELY


def holder_of(connection: proofs.Connection) -> str | None:
    """The key of one of them, where the call proves that its sender holds it. Looked at before anything is verified."""
    holders: Holders = connection.app.state.holders
    clock: Clock = connection.app.state.clock
    if not holders.names(connection, clock.now()):
        return None
    try:
        return proofs.proof_of(connection, Limit.TOKENS, None).thumbprint
    except Problem:
        return None
