"""What the outside saw of a run: what it was acknowledged, what providers took, what was broken on purpose.

The checker holds the tables and the journal against it. A scenario fills in what it has; empty says nothing.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec


class Reported(msgspec.Struct, frozen=True):
    """One report of a dispatch system, however often it was sent. `incident_id` None: never acknowledged."""

    key: str
    case_number: str
    incident_id: UUID | None
    acknowledged_at: datetime | None = None
    status: int = 0


class StoodDown(msgspec.Struct, frozen=True):
    """An acknowledged stand-down, with its tally."""

    incident_id: UUID
    asked_at: datetime
    acknowledged_at: datetime
    sent: int
    stopped: int
    late: int


class Answered(msgspec.Struct, frozen=True):
    """What a phone said about an alert and what it was told: accept, decline, give_up, or a status' own word."""

    alert_id: UUID
    verb: str
    status: int
    asked_at: datetime
    answered_at: datetime


class Away(msgspec.Struct, frozen=True):
    """Nobody may ask this volunteer from when going was acknowledged until coming back was first said."""

    volunteer_id: UUID
    why: str
    since: datetime
    until: datetime | None


class Kill(msgspec.Struct, frozen=True):
    """A process ended by SIGKILL, from outside or at a crash point."""

    process: str
    at: datetime
    step: str | None = None


class Freeze(msgspec.Struct, frozen=True):
    """A process between SIGSTOP and SIGCONT."""

    process: str
    since: datetime
    until: datetime


class Arrival(msgspec.Struct, frozen=True):
    """What a stand-in took, by its own record: a push (message_id, alert_id) or a text (delivery_id)."""

    provider: str
    arrived_at: datetime
    to: str
    what: str | None = None
    kind: str | None = None
    alert_id: UUID | None = None
    message_id: UUID | None = None
    delivery_id: UUID | None = None


class Records(msgspec.Struct):
    """`in_transit` is how much later than sent a request may reach a stand-in: what a proxy before it delays."""

    reports: list[Reported] = []
    stand_downs: list[StoodDown] = []
    answers: list[Answered] = []
    away: list[Away] = []
    kills: list[Kill] = []
    freezes: list[Freeze] = []
    arrivals: list[Arrival] | None = None  # None: nobody looked
    in_transit: timedelta = timedelta(seconds=0.3)
    sealed: bool = True  # a sealer ran, and had the time to come to the end


def read_arrivals(fcm_log: Path | None, sms_log: Path | None) -> list[Arrival]:
    """Everything both stand-ins wrote down; a last line cut off by a kill is left out."""
    pushes = [_push(line) for line in _lines(fcm_log)]
    return pushes + [_text(line) for line in _lines(sms_log)]


def pushed(entries: list[dict[str, Any]]) -> list[Arrival]:
    """As read_arrivals, from entries of a stand-in's GET /log that were decoded already."""
    return [_push(entry) for entry in entries]


def texted(entries: list[dict[str, Any]]) -> list[Arrival]:
    return [_text(entry) for entry in entries]


def _lines(log: Path | None) -> list[dict[str, Any]]:
    if log is None or not log.exists():
        return []
    whole = log.read_bytes().rpartition(b"\n")[0]
    return [msgspec.json.decode(line) for line in whole.splitlines()]


def _push(entry: dict[str, Any]) -> Arrival:
    data = entry["data"]
    return Arrival(
        provider="fcm",
        arrived_at=datetime.fromisoformat(entry["arrived_at"]),
        to=str(entry["to"]),
        what=data["what"],
        kind=data["kind"],
        alert_id=UUID(data["alert_id"]),
        message_id=UUID(data["message_id"]),
    )


def _text(entry: dict[str, Any]) -> Arrival:
    return Arrival(
        provider="sms",
        arrived_at=datetime.fromisoformat(entry["arrived_at"]),
        to=str(entry["to"]),
        delivery_id=UUID(entry["reference"]),
    )
