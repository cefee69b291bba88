"""Playing a history: each step is defined here once, and interpreted by whatever level is given.

A level is the model (plain dictionaries around the production decisions) or the real verbs on a real PostgreSQL.
"""

import zlib
from collections.abc import Awaitable, Coroutine
from datetime import UTC, datetime, timedelta
from inspect import isawaitable
from typing import Any, Protocol, TypeVar, assert_never
from uuid import UUID

from backend.delivery.outcome import LATE, Accepted, Ambiguous, NotSent, Outcome, Rejected, Verdict
from backend.foundation.clock import SetClock
from backend.foundation.timers import Timer
from tests.chaos import steps
from tests.chaos.steps import AnyStep, History

T = TypeVar("T")
START = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
"""When the first town's day begins."""
LEASE = timedelta(seconds=2)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_STEP = timedelta(milliseconds=1)
_ROUNDS = 20_000

BY_CHANCE: tuple[tuple[float, str], ...] = (
    (0.05, "ambiguous"),
    (0.02, "busy"),
    (0.02, "refused"),
    (0.015, "unregistered"),
    (0.005, "mismatch"),
    (0.01, "late"),
    (0.01, "no_connection"),
)
OUTCOMES: dict[str, Outcome] = {
    "accepted": Accepted("r"),
    "ambiguous": Ambiguous("503"),
    "busy": Rejected("429", retry_after_s=3.0),
    "refused": Rejected("INVALID_ARGUMENT"),
    "unregistered": Rejected("UNREGISTERED", Verdict.RETIRE),
    "mismatch": Rejected("SENDER_ID_MISMATCH", Verdict.QUARANTINE),
    "late": NotSent(LATE),
    "no_connection": NotSent("no_connection"),
}


def day_of(town: int) -> datetime:
    """Noon of a town's own day: what providers said in one must not count in another."""
    return START + timedelta(days=town % 997)


def wish_of(town: int, number: int) -> UUID:
    """The id of a wish or a word: the same in every level, and no other town's."""
    return UUID(int=(1 << 64) + town * 1_000_000 + number)


class Providers:
    """What providers answer: by chance, but the same to the same attempt in every level; or darkness for a while."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._dark: dict[str, tuple[str, datetime]] = {}

    def darken(self, channel: str, answer: str, until: datetime) -> None:
        self._dark[channel] = (answer, until)

    def answer(self, person: int, channel: str, what: str, queued_at: datetime, attempt: int, now: datetime) -> Outcome:
        """To the `attempt`-th request of one delivery."""
        dark = self._dark.get(channel)
        if dark is not None and now < dark[1]:
            return OUTCOMES[dark[0]]
        key = f"{self._seed} {person} {channel} {what} {queued_at} {attempt}".encode()
        chance = zlib.crc32(key) / 2**32
        for share, answer in BY_CHANCE:
            if chance < share:
                return OUTCOMES[answer]
            chance -= share
        return OUTCOMES["accepted"]


class Level(Protocol):
    """One of the two: what it says about a step is compared, and what it has become."""

    def report(self, step: steps.Report) -> str | Awaitable[str]: ...
    def revise(self, step: steps.Revise) -> str | Awaitable[str]: ...
    def override(self, step: steps.Override) -> str | Awaitable[str]: ...
    def end(self, step: steps.StandDown | steps.Close) -> str | Awaitable[str]: ...
    def join(self, step: steps.Join) -> str | Awaitable[str]: ...
    def receipt(self, step: steps.Receipt) -> str | Awaitable[str]: ...
    def accept(self, step: steps.Accept) -> str | Awaitable[str]: ...
    def decline(self, step: steps.Decline) -> str | Awaitable[str]: ...
    def give_up(self, step: steps.GiveUp) -> str | Awaitable[str]: ...
    def lose_aed(self, step: steps.LoseAed) -> str | Awaitable[str]: ...
    def tell(self, step: steps.Tell) -> str | Awaitable[str]: ...
    def duty(self, step: steps.Duty) -> str | Awaitable[str]: ...
    def listens(self, step: steps.Listens) -> str | Awaitable[str]: ...
    def switch(self, step: steps.Switch) -> str | Awaitable[str]: ...
    def by_hand(self, step: steps.ByHand) -> str | Awaitable[str]: ...
    def stand_down_one(self, step: steps.StandDownOne) -> str | Awaitable[str]: ...
    def ask_more(self, step: steps.AskMore) -> str | Awaitable[str]: ...
    def say(self, step: steps.Say) -> str | Awaitable[str]: ...
    def cry(self, step: steps.Cry) -> str | Awaitable[str]: ...
    def shows_word(self, step: steps.ShowsWord) -> str | Awaitable[str]: ...
    def let_go(self, step: steps.LetGo) -> str | Awaitable[str]: ...
    def looks(self, step: steps.Looks) -> str | Awaitable[str]: ...
    def take_up(self, step: steps.TakeUp) -> str | Awaitable[str]: ...
    def next_due(self) -> Awaitable[datetime | None] | datetime | None: ...
    def work(self, dies: str | None) -> Awaitable[str | None] | str | None: ...
    def timers_due(self) -> list[Timer] | Awaitable[list[Timer]]: ...
    def look(self, timer: Timer) -> Awaitable[None] | None: ...


VERBS: dict[type[AnyStep], str] = {
    steps.Report: "report",
    steps.Revise: "revise",
    steps.Override: "override",
    steps.StandDown: "end",
    steps.Close: "end",
    steps.Join: "join",
    steps.Receipt: "receipt",
    steps.Accept: "accept",
    steps.Decline: "decline",
    steps.GiveUp: "give_up",
    steps.LoseAed: "lose_aed",
    steps.Tell: "tell",
    steps.Duty: "duty",
    steps.Listens: "listens",
    steps.Switch: "switch",
    steps.ByHand: "by_hand",
    steps.StandDownOne: "stand_down_one",
    steps.AskMore: "ask_more",
    steps.Say: "say",
    steps.Cry: "cry",
    steps.ShowsWord: "shows_word",
    steps.LetGo: "let_go",
    steps.Looks: "looks",
    steps.TakeUp: "take_up",
}
"""What a level does about a step; the others are the weather."""


async def said(answer: T | Awaitable[T]) -> T:
    return await answer if isawaitable(answer) else answer


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """Run what never waits."""
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    raise AssertionError("the model never waits")


class Player:
    """Plays steps on a level, with a clock that it alone moves. `deaths`: which rounds a worker did not survive."""

    def __init__(self, level: Level, clock: SetClock, providers: Providers) -> None:
        self.level = level
        self.clock = clock
        self.providers = providers
        self._dies: str | None = None
        self._round = 0
        self.deaths: dict[int, str] = {}

    async def do(self, step: AnyStep, deaths: dict[int, str] | None = None) -> str:
        """One step; gives what it was answered. `deaths` are those another level saw in it, by round."""
        self.clock.advance(_STEP)
        self._round, self.deaths = 0, dict(deaths or {})
        verb = VERBS.get(type(step))
        if verb is not None:
            return await said(getattr(self.level, verb)(step))
        assert isinstance(step, steps.Pass | steps.Outage | steps.Dark | steps.Dies)
        return await self._weather(step)

    async def _weather(self, step: steps.Pass | steps.Outage | steps.Dark | steps.Dies) -> str:
        match step:
            case steps.Pass(seconds):
                await self._pass(self.clock.now() + timedelta(seconds=seconds))
            case steps.Outage(seconds):
                self.clock.advance(timedelta(seconds=seconds))
            case steps.Dark(channel, answer, seconds):
                self.providers.darken(channel, answer, self.clock.now() + timedelta(seconds=seconds))
            case steps.Dies(started):
                self._dies = "started" if started else "claimed"
            case _:
                assert_never(step)
        return ""

    async def _pass(self, until: datetime) -> None:
        for _ in range(_ROUNDS):
            due = await said(self.level.next_due())
            if due is None or due > until:
                break
            self.clock.advance(max(timedelta(0), due - self.clock.now()))
            await self.round()
        else:
            raise AssertionError("there is always something due: a worker would spin")
        self.clock.advance(until - self.clock.now())

    async def round(self) -> None:
        """What a worker does about all that is due now."""
        dies = self.deaths.get(self._round) or self._dies
        died = await said(self.level.work(dies))
        if died is not None:
            self.deaths[self._round] = died
            self._dies = None
        self._round += 1
        for timer in await said(self.level.timers_due()):
            await said(self.level.look(timer))


async def play(history: History, player: Player) -> list[str]:
    """The whole of it; gives what each step was answered."""
    return [await player.do(step) for step in history.steps]
