"""What can happen, as plain data: a history is a list of these. Incidents, people and spots are numbers."""

import msgspec

from backend.aeds.aed import Trouble
from backend.alerts.word import ToCentre, ToVolunteers
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


class ByHand(Step, frozen=True):
    """Somebody at the console raises an alarm, live or not; the same `page` again is the same request again."""

    case: str
    page: str
    spot: int
    accuracy_m: float | None = None
    circumstances: tuple[str, ...] = ()
    exercise: bool = False
    all_the_same: bool = False


class StandDownOne(Step, frozen=True):
    incident: int
    person: int
    reason: StandDownReason


class AskMore(Step, frozen=True):
    """The same `wish` again asks nobody a second time."""

    incident: int
    wish: int
    count: int | None = None
    wider: bool = False


class Say(Step, frozen=True):
    """The centre tells one of those on the way, or all of them; the same `wish` again tells nobody a second time."""

    incident: int
    wish: int
    word: ToVolunteers
    person: int | None = None


class Cry(Step, frozen=True):
    """Somebody on the way tells the centre; the same `wish` again is the same word again."""

    incident: int
    person: int
    wish: int
    word: ToCentre


class ShowsWord(Step, frozen=True):
    """A phone showed the word of that wish."""

    incident: int
    person: int
    wish: int
    channel: str


class LetGo(Step, frozen=True):
    """Somebody who looks after the service lets go of whom an alarm holds."""

    incident: int
    person: int


class Looks(Step, frozen=True):
    """A worker looks what needs a person, and lends what nobody took up."""


class TakeUp(Step, frozen=True):
    """Somebody takes up what has waited longest about an incident."""

    incident: int


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
    | Duty | Listens | Switch | ByHand | StandDownOne | AskMore | Say | Cry | ShowsWord | LetGo | Looks | TakeUp
    | Pass | Outage | Dark | Dies
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
