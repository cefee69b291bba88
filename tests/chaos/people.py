"""How people and dispatch centres behave in a simulated Denmark, by the numbers of the field (DOMAIN 1–3)."""

import heapq
import math
import random
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from backend.aeds.aed import Trouble
from backend.alerts.alert import AlertState
from backend.delivery.message import What
from backend.foundation.ids import AlertId
from backend.incidents.incident import StandDownReason
from backend.responses.status import GiveUpReason, Status
from backend.selection.policy import Role
from tests.chaos import laws, steps
from tests.chaos.drawing import DARK
from tests.chaos.model_level import Model
from tests.chaos.model_store import Case
from tests.chaos.player import Player, at_once
from tests.chaos.steps import AnyStep

ACCEPTS = 62_711 / 177_866
"""Share of alerts that were accepted, 1 Sep 2017 to 31 Dec 2022."""
ACCEPTS_SPREAD = 0.08  # from alarm to alarm: night and day, town and country; ours
DECLINES = 0.30  # ours; who does neither is silent
ANSWER_MEDIAN_S, ANSWER_SIGMA = 40.0, math.log(74 / 23) / (2 * 1.2816)  # median 40, p10 23, p90 74 s
SHOWS = 0.92  # phones that send a receipt; ours
METRES_A_SECOND, ROAD = 2.3, 1.24
DEFIBRILLATOR_FAILS = 0.181
TRUE_ARREST = 0.565
FOLLOWS_AT_ONCE = 0.06  # another arrest in the same town within minutes; ours, far too many on purpose
LOOKED_AT_EVERY = 16  # events: then every promise is looked at, and when all is over


class Alarm(msgspec.Struct):
    """What is kept of one incident for the figures: `willing` of `deciding` people said yes while it was open."""

    share: float
    deciding: int = 0
    willing: int = 0


class Episode:
    """One arrest, sometimes several at a time, from the report until all is over and nothing waits."""

    def __init__(self, model: Model, rng: random.Random, name: str) -> None:
        self.model = model
        self.player = Player(model, model.clock, model.post.providers)
        self.alarms: list[Alarm] = []
        self._rng = rng
        self._name = name
        self._plans: list[tuple[datetime, int, Callable[[], AnyStep | None]]] = []
        self._planned = 0
        self._reacts: set[AlertId] = set()
        self._travels: set[AlertId] = set()
        self._no_worker_until = model.now
        self.events = 0

    # --- time ----------------------------------------------------------------------------------------------------

    def plan(self, after_s: float, step: Callable[[], AnyStep | None]) -> None:
        self._planned += 1
        moment = self.model.now + timedelta(seconds=round(after_s, 3))
        heapq.heappush(self._plans, (moment, self._planned, step))

    def play(self) -> None:
        """Everything that follows, in the order of its time."""
        model, clock = self.model, self.model.clock
        while True:
            due = model.next_due()
            if due is not None:
                due = max(due, self._no_worker_until)
            planned = self._plans[0][0] if self._plans else None
            if due is None and planned is None:
                return
            if planned is None or (due is not None and due <= planned):
                assert due is not None
                clock.advance(max(timedelta(0), due - clock.now()))
                at_once(self.player.round())
            else:
                clock.advance(max(timedelta(0), planned - clock.now()))
                step = heapq.heappop(self._plans)[2]()
                if step is not None:
                    at_once(self.player.do(step))
            self.events += 1
            self._people_react()
            if self.events % LOOKED_AT_EVERY == 0:
                laws.hold(model)

    # --- a dispatch centre ---------------------------------------------------------------------------------------

    def arrest(self, policy: str | None, spot: int, after_s: float) -> None:
        """Somebody collapses: reported, perhaps twice, perhaps better known a moment later; and it ends."""
        rng, number = self._rng, len(self.alarms)
        share = min(0.9, max(0.02, rng.gauss(ACCEPTS, ACCEPTS_SPREAD)))
        self.alarms.append(Alarm(share))
        coarse = rng.random() < 0.1
        report = steps.Report(
            f"{self._name} {number}", f"key {self._name} {number}", spot, policy, 900.0 if coarse else 10.0
        )
        self.plan(after_s, lambda: report)
        if rng.random() < 0.1:
            self.plan(after_s + 2, lambda: report)  # no answer came: the same request again
        if coarse or rng.random() < 0.03:
            other = rng.randrange(len(self.model.town.spots))
            self.plan(after_s + 20, lambda: self._if_open(number, steps.Revise(number, other, 10.0, "Torvet 3")))
        reason = StandDownReason.AMBULANCE_ARRIVED if rng.random() < TRUE_ARREST else StandDownReason.NOT_CARDIAC_ARREST
        mean_s = 540 if reason is StandDownReason.AMBULANCE_ARRIVED else 400
        if rng.random() < 0.98:  # else nobody closes it
            self.plan(
                after_s + max(120, rng.gauss(mean_s, 150)),
                lambda: self._if_open(number, steps.StandDown(number, reason)),
            )
        self._faults(after_s)

    def _if_open(self, number: int, step: AnyStep) -> AnyStep | None:
        return step if number < len(self.model.cases) else None

    def _faults(self, after_s: float) -> None:
        rng = self._rng
        if rng.random() < 0.08:
            started = rng.random() < 0.6
            self.plan(after_s + rng.choice((-0.001, 0, 5, 20)), lambda: steps.Dies(started))
        if rng.random() < 0.03:
            dark = steps.Dark(rng.choice(("fcm", "fcm", "sms")), rng.choice(DARK), rng.choice((5, 30, 120)))
            self.plan(after_s, lambda: dark)
        if rng.random() < 0.015:
            self.plan(after_s + rng.choice((0, 1, 30)), lambda: self._nobody_works(rng.choice((2, 20, 150, 600))))

    def _nobody_works(self, seconds: float) -> None:
        self._no_worker_until = self.model.now + timedelta(seconds=seconds)

    # --- phones --------------------------------------------------------------------------------------------------

    def _people_react(self) -> None:
        model = self.model
        taken, model.post.taken = model.post.taken, []
        for delivery in taken:
            message = delivery.message
            if message.what is What.STAND_DOWN:
                continue
            case = model.case_of_alert[AlertId(message.subject)]
            if self._rng.random() < SHOWS:
                self._later(1, steps.Receipt(case.number, message.person, delivery.channel.value))
            if message.what is What.RING and message.subject not in self._reacts:
                self._reacts.add(AlertId(message.subject))
                self._decides(case, message.person)
        for case in model.cases:
            if case.is_open:
                self._those_who_go(case)

    def _later(self, mean_s: float, step: AnyStep) -> None:
        self.plan(self._rng.uniform(0.3, 1.7) * mean_s, lambda: step)
        if self._rng.random() < 0.02:
            self.plan(2 * mean_s, lambda: step)  # the phone had no answer

    def _decides(self, case: Case, person: int) -> None:
        rng, alarm = self._rng, self.alarms[case.number]
        delay_s = rng.lognormvariate(math.log(ANSWER_MEDIAN_S), ANSWER_SIGMA)
        chance = rng.random()
        willing = chance < alarm.share

        def answers() -> AnyStep | None:
            alert = case.alerts[self.model.town.people[person].id]
            if not case.is_open or alert.state is not AlertState.RINGING:
                return None
            alarm.deciding += 1
            alarm.willing += willing
            if willing:
                return steps.Accept(case.number, person)
            return steps.Decline(case.number, person) if chance < alarm.share + DECLINES else None

        self.plan(delay_s, answers)
        if willing and rng.random() < 0.05:
            self.plan(delay_s + 3, lambda: steps.Accept(case.number, person))  # the phone had no answer

    def _those_who_go(self, case: Case) -> None:
        for alert in case.alerts.values():
            if alert.state is AlertState.ACCEPTED and alert.id not in self._travels:
                self._travels.add(alert.id)
                self._travel(case, self.model.town.number_of[alert.volunteer_id], alert.way_m or alert.metres)
                if alert.role is Role.AED:
                    self._fetch(case, self.model.town.number_of[alert.volunteer_id], alert.way_m or alert.metres)

    def _travel(self, case: Case, person: int, way_m: int) -> None:
        rng, number = self._rng, case.number
        there_s = way_m * ROAD / METRES_A_SECOND
        if rng.random() < 0.04:
            self.plan(rng.uniform(5, 200), lambda: steps.GiveUp(number, person, GiveUpReason.CANNOT_GET_THERE))
        self._later(10, steps.Tell(number, person, Status.EN_ROUTE))
        self.plan(there_s, lambda: steps.Tell(number, person, Status.ON_SCENE))
        if rng.random() < 0.9:
            self.plan(there_s + 900, lambda: steps.Tell(number, person, Status.FINISHED))

    def _fetch(self, case: Case, person: int, way_m: int) -> None:
        number, half_s = case.number, way_m * ROAD / METRES_A_SECOND / 2
        if self._rng.random() < DEFIBRILLATOR_FAILS:
            self.plan(half_s, lambda: steps.LoseAed(number, person, self._rng.choice(list(Trouble))))
        else:
            self.plan(half_s, lambda: steps.Tell(number, person, Status.AED_PICKED_UP))
