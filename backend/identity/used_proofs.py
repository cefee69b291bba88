"""A proof works once, in whichever process it comes: what was used is remembered as long as it could be believed."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never
from uuid import UUID

from backend.foundation.database import Connection
from backend.foundation.problems import Problem, unauthorised
from backend.identity import queries_proofs as queries
from backend.identity.proofs import FRESH, Proof, proof_repeated

OFF_FOR = timedelta(minutes=10)
"""For so long after it was last seen a clock counts as off: a client's renewals of its token show it twice in that."""


class Use(StrEnum):
    """What became of a proof, and of whom it came from. Repeated in the database's function."""

    TAKEN = "taken"
    REPEATED = "repeated"
    FROZEN = "frozen"
    DISABLED = "disabled"


REFUSED_FOR = timedelta(minutes=1)
"""For so long a refusal stands by itself: about what a database that cannot be asked takes, far from a token's life."""


class Refusals:
    """Whom this process heard to be frozen or let out, for when the database cannot be asked again: who floods us must
    not get in because it is a flood."""

    def __init__(self) -> None:
        self._heard: dict[UUID, tuple[Use, datetime]] = {}

    def hear(self, client: UUID, use: Use, now: datetime) -> None:
        """What the database said of a client."""
        if use in (Use.FROZEN, Use.DISABLED):
            self._heard[client] = (use, now)
        elif use is Use.TAKEN:
            self._heard.pop(client, None)

    def of(self, client: UUID, now: datetime) -> Use:
        """What stands of it, unasked: TAKEN where nothing does."""
        use, at = self._heard.get(client, (Use.TAKEN, now))
        return use if now - at <= REFUSED_FOR else Use.TAKEN


def told_ahead_s(proof: Proof) -> float | None:
    """How far a clock is off, where that is worth telling operations."""
    return proof.ahead_s if abs(proof.ahead_s) > FRESH.total_seconds() else None


def refuse_unless_taken(use: Use) -> None:
    """Raises a Problem for whatever is not a first use by a client that may call."""
    match use:
        case Use.TAKEN:
            return
        case Use.REPEATED:
            raise proof_repeated()
        case Use.FROZEN:
            raise frozen()
        case Use.DISABLED:
            raise unauthorised("This client has been let out: ask the operator.")
        case _:
            assert_never(use)


def frozen() -> Problem:
    return Problem(
        403,
        "client-frozen",
        "This client is frozen",
        "Two people of the operator have frozen it: nothing it sends is carried out. Call the operator now.",
    )


async def remove_old(connection: Connection, now: datetime) -> int:
    """Housekeeping: forget what nobody would believe any more; gives how many."""
    return await queries.delete_before(connection, now)
