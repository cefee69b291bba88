"""What can happen, as plain data: a history is a list of these. Incidents, people and spots are numbers."""

import msgspec

from backend.aeds.aed import Trouble
from backend.incidents.incident import StandDownReason
from backend.responses.status import GiveUpReason, Status


class Step(msgspec.Struct, frozen=True, tag=True):
    """One thing that happens; time moves on a little before each."""


class Report(Step, frozen=True):
    """A dispatch system reports an arrest; the same `key` again is the same request again."""

    case: str
    key: str
    spot: int
    policy: str | None = None
    accuracy_m: float | None = 10.0
    circumstances: tuple[str, ...] = ()
    exercise: bool = False
    again: bool = False


class Revise(Step, frozen=True):
    incident: int
    spot: int | None
    accuracy_m: float | None
    address: str | None


class Override(Step, frozen=True):
    incident: int


class StandDown(Step, frozen=True):
    incident: int
    reason: StandDownReason


class Close(Step, frozen=True):
    incident: int


class Join(Step, frozen=True):
    incident: int
    into: int


class Receipt(Step, frozen=True):
    """The phone showed it `ago_s` before it could say so."""

    incident: int
    person: int
    channel: str
    ago_s: float = 0.0


class Accept(Step, frozen=True):
    incident: int
    person: int


class Decline(Step, frozen=True):
    incident: int
    person: int


class GiveUp(Step, frozen=True):
    incident: int
    person: int
    reason: GiveUpReason


class LoseAed(Step, frozen=True):
    """The phone names which: then telling it again does no harm."""

    incident: int
    person: int
    problem: Trouble


class Tell(Step, frozen=True):
    """How it goes; it happened `ago_s` before the phone could say so."""

    incident: int
    person: int
    status: Status
    ago_s: float = 0.0


class Duty(Step, frozen=True):
    """On duty again, or off: then what rings is declined. Perhaps not for a while (`snooze_s`)."""

    person: int
    on: bool
    snooze_s: float = 0.0


class Listens(Step, frozen=True):
    """The app's stream is open at this moment: what waits in-app is written to it."""

    person: int


class Switch(Step, frozen=True):
    """The operator switches a channel off, or on again."""

    channel: str
    on: bool


class Pass(Step, frozen=True):
    """Time passes, with a worker at work."""

    seconds: float


class Outage(Step, frozen=True):
    """Time passes, and no worker is there; when it is back it finds what is left."""

    seconds: float


class Dark(Step, frozen=True):
    """For so long a provider answers everything with this: ambiguous, busy, refused, unregistered."""

    channel: str
    answer: str
    seconds: float


class Dies(Step, frozen=True):
    """The worker of the next round is killed: before it started what it had claimed, or before it settled it."""

    started: bool


AnyStep = (
    Report | Revise | Override | StandDown | Close | Join | Receipt | Accept | Decline | GiveUp | LoseAed | Tell
    | Duty | Listens | Switch | Pass | Outage | Dark | Dies
)  # fmt: skip


class History(msgspec.Struct, frozen=True):
    """A town's seed and size, and what happens in it."""

    seed: int
    people: int
    boxes: int
    steps: tuple[AnyStep, ...]

    def text(self) -> str:
        """As it can be pasted into a test."""
        return msgspec.json.encode(self).decode()
