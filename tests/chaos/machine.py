"""A state machine over the pure core: several alarms in one small town, its people shared."""

from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from backend.aeds.aed import Trouble
from backend.alerts.word import ToCentre, ToVolunteers
from backend.incidents.incident import StandDownReason
from backend.responses.status import GiveUpReason, Status
from tests.chaos import laws, steps
from tests.chaos.drawing import DARK
from tests.chaos.model_level import Model, new_model
from tests.chaos.player import Player, at_once, wish_of
from tests.chaos.steps import AnyStep
from tests.chaos.town import POLICIES, Town

PEOPLE = 12


@cache
def _town(seed: int) -> Town:
    return Town(seed, PEOPLE, boxes=5)


number = st.integers(0, 3)
anybody = st.integers(0, PEOPLE - 1)
reports = st.builds(
    steps.Report,
    case=st.sampled_from(["a", "b", "c"]),
    key=st.sampled_from(["key 1", "key 2", "key 3", "key 4", "key 5"]),
    spot=number,
    policy=st.sampled_from([None, *POLICIES]),
    accuracy_m=st.sampled_from([None, 10.0, 600.0]),
    circumstances=st.sampled_from([(), (), ("trauma",)]),
    exercise=st.sampled_from([False, False, False, True]),
    again=st.booleans(),
)


class Alarms(RuleBasedStateMachine):
    """Arrests are reported, people answer, providers and workers fail, time passes: in any order the promises hold."""

    model: Model
    player: Player

    @initialize(seed=st.integers(0, 7))
    def a_town(self, seed: int) -> None:
        self.model = new_model(_town(seed))
        self.player = Player(self.model, self.model.clock, self.model.post.providers)

    def _do(self, step: AnyStep) -> None:
        at_once(self.player.do(step))

    def _about(self, kind: Any, incident: int, *arguments: Any) -> None:
        """A step about one of the incidents there are."""
        self._do(kind(incident % len(self.model.cases), *arguments))

    def something_was_reported(self) -> bool:
        return bool(self.model.cases)

    @rule(report=reports)
    def an_arrest_is_reported(self, report: steps.Report) -> None:
        before = len(self.model.cases)
        self._do(report)
        self._do(report)
        assert len(self.model.cases) <= before + 1, "2: one request, sent twice, made two incidents"

    @precondition(something_was_reported)
    @rule(incident=number, who=anybody)
    def somebody_accepts(self, incident: int, who: int) -> None:
        self._about(steps.Accept, incident, who)
        before = len(self.model.cases[incident % len(self.model.cases)].journal)
        self._about(steps.Accept, incident, who)
        assert before == len(self.model.cases[incident % len(self.model.cases)].journal), "9: accepted twice"

    @precondition(something_was_reported)
    @rule(incident=number, who=anybody)
    def somebody_declines(self, incident: int, who: int) -> None:
        self._about(steps.Decline, incident, who)

    @precondition(something_was_reported)
    @rule(incident=number, who=anybody, reason=st.sampled_from(GiveUpReason))
    def somebody_gives_up(self, incident: int, who: int, reason: GiveUpReason) -> None:
        self._about(steps.GiveUp, incident, who, reason)

    @precondition(something_was_reported)
    @rule(incident=number, who=anybody, problem=st.sampled_from(Trouble))
    def a_defibrillator_is_lost(self, incident: int, who: int, problem: Trouble) -> None:
        self._about(steps.LoseAed, incident, who, problem)

    @precondition(something_was_reported)
    @rule(incident=number, who=anybody, status=st.sampled_from(Status))
    def somebody_tells_how_it_goes(self, incident: int, who: int, status: Status) -> None:
        self._about(steps.Tell, incident, who, status)

    @precondition(something_was_reported)
    @rule(incident=number, who=anybody, channel=st.sampled_from(["fcm", "sms", "in_app"]))
    def a_phone_shows_it(self, incident: int, who: int, channel: str) -> None:
        self._about(steps.Receipt, incident, who, channel)

    @precondition(something_was_reported)
    @rule(
        incident=number,
        spot=st.none() | number,
        accuracy_m=st.sampled_from([10.0, 600.0]),
        address=st.sampled_from([None, "Torvet 1", "Torvet 2"]),
    )
    def the_place_is_another(
        self, incident: int, spot: int | None, accuracy_m: float | None, address: str | None
    ) -> None:
        self._about(steps.Revise, incident, spot, accuracy_m, address)

    @precondition(something_was_reported)
    @rule(incident=number)
    def the_centre_overrides(self, incident: int) -> None:
        self._about(steps.Override, incident)

    @precondition(something_was_reported)
    @rule(incident=number, into=number)
    def two_are_joined(self, incident: int, into: int) -> None:
        count = len(self.model.cases)
        if incident % count != into % count:
            self._about(steps.Join, incident, into % count)

    @precondition(something_was_reported)
    @rule(incident=number, reason=st.sampled_from(StandDownReason))
    def all_are_stood_down(self, incident: int, reason: StandDownReason) -> None:
        self._about(steps.StandDown, incident, reason)

    @rule(who=anybody, on=st.booleans())
    def somebody_goes_on_or_off_duty(self, who: int, on: bool) -> None:
        self._do(steps.Duty(who, on))

    @rule(channel=st.sampled_from(["fcm", "sms", "in_app"]), on=st.booleans())
    def the_operator_switches(self, channel: str, on: bool) -> None:
        self._do(steps.Switch(channel, on))

    @precondition(something_was_reported)
    @rule(incident=number, who=anybody, reason=st.sampled_from(StandDownReason))
    def one_is_stood_down(self, incident: int, who: int, reason: StandDownReason) -> None:
        self._about(steps.StandDownOne, incident, who, reason)

    @precondition(something_was_reported)
    @rule(incident=number, wish=st.integers(0, 3), count=st.sampled_from([None, 1, 5]), wider=st.booleans())
    def more_are_wished_for(self, incident: int, wish: int, count: int | None, wider: bool) -> None:
        self._about(steps.AskMore, incident, wish, count, wider)
        case = self.model.cases[incident % len(self.model.cases)]
        before = len(case.journal)
        if wish_of(self.model.town.seed, wish) in case.wishes:
            self._about(steps.AskMore, incident, wish, count, wider)
            assert before == len(case.journal), "12: a wish was done twice"

    @precondition(something_was_reported)
    @rule(incident=number, wish=st.integers(4, 9), word=st.sampled_from(ToVolunteers), who=st.none() | anybody)
    def the_centre_says(self, incident: int, wish: int, word: ToVolunteers, who: int | None) -> None:
        self._about(steps.Say, incident, wish, word, who)

    @precondition(something_was_reported)
    @rule(incident=number, who=anybody, wish=st.integers(10, 15), word=st.sampled_from(ToCentre))
    def somebody_on_the_way_says(self, incident: int, who: int, wish: int, word: ToCentre) -> None:
        self._about(steps.Cry, incident, who, wish, word)

    @precondition(something_was_reported)
    @rule(incident=number, who=anybody)
    def somebody_is_let_go(self, incident: int, who: int) -> None:
        self._about(steps.LetGo, incident, who)

    @precondition(something_was_reported)
    @rule(incident=number)
    def it_is_looked_at_and_taken_up(self, incident: int) -> None:
        self._do(steps.Looks())
        self._about(steps.TakeUp, incident)

    @rule(who=anybody)
    def an_app_listens(self, who: int) -> None:
        self._do(steps.Listens(who))

    @rule(seconds=st.sampled_from([0.5, 2, 5, 11, 31, 61, 121, 700, 3_601, 5_401]))
    def time_passes(self, seconds: float) -> None:
        self._do(steps.Pass(float(seconds)))

    @rule(seconds=st.sampled_from([3, 130, 700]))
    def no_worker_is_there(self, seconds: float) -> None:
        self._do(steps.Outage(float(seconds)))

    @rule(channel=st.sampled_from(["fcm", "sms"]), answer=st.sampled_from(DARK), seconds=st.sampled_from([5, 200]))
    def a_provider_fails(self, channel: str, answer: str, seconds: float) -> None:
        self._do(steps.Dark(channel, answer, float(seconds)))

    @rule(started=st.booleans())
    def a_worker_dies(self, started: bool) -> None:
        self._do(steps.Dies(started))

    @invariant()
    def the_promises_hold(self) -> None:
        laws.hold(self.model)
