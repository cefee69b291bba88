"""Drawing a history: chance proposes what could happen next, the model says how things stand."""

import random
from collections.abc import Callable
from typing import TypeVar

import msgspec

from backend.aeds.aed import Trouble
from backend.alerts.alert import Alert, AlertState
from backend.alerts.word import ToCentre, ToVolunteers
from backend.incidents.incident import StandDownReason
from backend.responses.status import GiveUpReason, Status
from tests.chaos import laws, steps
from tests.chaos.model_level import Model, new_model
from tests.chaos.model_store import Case
from tests.chaos.player import Player, at_once
from tests.chaos.steps import AnyStep, History
from tests.chaos.town import POLICIES, Town

_PASSES = (0.5, 2, 2, 4, 6, 11, 31, 61, 125, 240)
DARK = ("ambiguous", "ambiguous", "busy", "refused", "unregistered", "mismatch", "no_connection")
_LONG = (700, 3_700, 5_500)
Wished = TypeVar("Wished", steps.AskMore, steps.Say, steps.Cry)


class Drawing:
    """The next step of a history, by chance and by how the model stands."""

    def __init__(self, model: Model, rng: random.Random) -> None:
        self._model = model
        self._rng = rng
        self._reports: list[steps.Report] = []
        self._pages: list[steps.ByHand] = []
        self._wished: list[steps.AskMore | steps.Say | steps.Cry] = []
        self._kinds: list[tuple[int, Callable[[], AnyStep | None]]] = [
            (6, self._report),
            (22, self._passes),
            (14, self._receipt),
            (14, self._accept),
            (7, self._decline),
            (4, self._give_up),
            (4, self._lose_aed),
            (7, self._tell),
            (5, self._revise),
            (2, self._override),
            (3, self._end),
            (3, self._join),
            (3, self._duty),
            (4, self._listens),
            (3, self._dark),
            (3, self._dies),
            (1, self._outage),
            (1, self._switch),
            (3, self._by_hand),
            (3, self._stand_down_one),
            (3, self._ask_more),
            (5, self._say),
            (5, self._cry),
            (4, self._shows_word),
            (2, self._let_go),
            (7, self._looks),
            (4, self._take_up),
        ]

    def next(self) -> AnyStep:
        if not self._model.cases:
            return self._report()
        while True:
            (draw,) = self._rng.choices([d for _, d in self._kinds], [w for w, _ in self._kinds])
            step = draw()
            if step is not None:
                return step

    def _report(self) -> steps.Report:
        rng = self._rng
        if self._reports and rng.random() < 0.35:
            return rng.choice(self._reports)  # the same request again
        old = [r.case for r in self._reports]
        case = rng.choice(old) if old and rng.random() < 0.3 else f"case {self._model.town.seed} {len(old)}"
        report = steps.Report(
            case=case,
            key=f"key {self._model.town.seed} {len(self._reports)}",
            spot=rng.randrange(len(self._model.town.spots)),
            policy=rng.choice([None, *POLICIES]),
            accuracy_m=rng.choice((None, 10.0, 10.0, 10.0, 600.0)),
            circumstances=("trauma",) if rng.random() < 0.1 else (),
            exercise=rng.random() < 0.1,
            again=rng.random() < 0.5,
        )
        self._reports.append(report)
        return report

    def _by_hand(self) -> steps.ByHand:
        rng, seed = self._rng, self._model.town.seed
        if self._pages and rng.random() < 0.4:
            again = rng.choice(self._pages)  # the same request again, or another place on the same page
            return again if rng.random() < 0.7 else msgspec.structs.replace(again, spot=rng.randrange(4))
        old = [r.case for r in self._reports] + [page.case for page in self._pages]
        case = rng.choice(old) if old and rng.random() < 0.3 else f"hand {seed} {len(self._pages)}"
        excluded = rng.random() < 0.3
        page = steps.ByHand(
            case=case,
            page=f"page {seed} {len(self._pages)}",
            spot=rng.randrange(len(self._model.town.spots)),
            accuracy_m=rng.choice((None, None, 10.0, 600.0)),
            circumstances=("trauma",) if excluded else (),
            exercise=rng.random() < 0.15,
            all_the_same=excluded and rng.random() < 0.6,
        )
        self._pages.append(page)
        return page

    def _wish(self) -> int:
        return len(self._wished)

    def _again(self, of: type[Wished]) -> Wished | None:
        """Mostly a new wish; sometimes one that came before, as after a lost answer."""
        before = [each for each in self._wished if isinstance(each, of)]
        return self._rng.choice(before) if before and self._rng.random() < 0.25 else None

    def _kept(self, wish: Wished) -> Wished:
        self._wished.append(wish)
        return wish

    def _ask_more(self) -> AnyStep | None:
        case = self._open()
        if (again := self._again(steps.AskMore)) is not None or case is None:
            return again
        count, wider = self._rng.choice((None, 1, 3)), self._rng.random() < 0.4
        return self._kept(steps.AskMore(case.number, self._wish(), count, wider))

    def _say(self) -> AnyStep | None:
        one = self._one(AlertState.ACCEPTED)
        if (again := self._again(steps.Say)) is not None or one is None:
            return again
        to = one[1] if self._rng.random() < 0.5 else None
        return self._kept(steps.Say(one[0], self._wish(), self._rng.choice(list(ToVolunteers)), to))

    def _cry(self) -> AnyStep | None:
        one = self._one(AlertState.ACCEPTED)
        if (again := self._again(steps.Cry)) is not None or one is None:
            return again
        return self._kept(steps.Cry(*one, self._wish(), self._rng.choice(list(ToCentre))))

    def _shows_word(self) -> AnyStep | None:
        said = [each for each in self._wished if isinstance(each, steps.Say)]
        if not said:
            return None
        word = self._rng.choice(said)
        one = self._one(AlertState.ACCEPTED) if word.person is None else (word.incident, word.person)
        if one is None:
            return None
        return steps.ShowsWord(*one, word.wish, self._rng.choice(("fcm", "in_app", "sms")))

    def _stand_down_one(self) -> AnyStep | None:
        one = self._one(AlertState.RINGING, AlertState.ACCEPTED)
        return None if one is None else steps.StandDownOne(*one, self._rng.choice(list(StandDownReason)))

    def _let_go(self) -> AnyStep | None:
        one = self._one(AlertState.ACCEPTED, AlertState.RINGING)
        return None if one is None else steps.LetGo(*one)

    def _looks(self) -> AnyStep:
        return steps.Looks()

    def _take_up(self) -> AnyStep | None:
        cases = [self._model.by_id[i.incident_id] for i in self._model.items if i.waits and i.incident_id is not None]
        case = self._rng.choice(cases) if cases else self._open()
        return None if case is None else steps.TakeUp(case.number)

    def _passes(self) -> steps.Pass:
        return steps.Pass(float(self._rng.choice(_LONG if self._rng.random() < 0.05 else _PASSES)))

    def _outage(self) -> steps.Outage:
        return steps.Outage(float(self._rng.choice((3, 30, 130, 400, 4_000))))

    def _dark(self) -> steps.Dark:
        rng = self._rng
        return steps.Dark(rng.choice(("fcm", "fcm", "sms")), rng.choice(DARK), float(rng.choice((5, 30, 200))))

    def _switch(self) -> steps.Switch:
        off = self._model.post.off
        if off and self._rng.random() < 0.6:
            return steps.Switch(self._rng.choice(sorted(off)), on=True)
        return steps.Switch(self._rng.choice(("fcm", "fcm", "sms", "in_app")), on=False)

    def _dies(self) -> steps.Dies:
        return steps.Dies(self._rng.random() < 0.7)

    def _open(self) -> Case | None:
        cases = [case for case in self._model.cases if case.is_open]
        if self._rng.random() < 0.1:
            cases = self._model.cases
        return self._rng.choice(cases) if cases else None

    def _one(self, *states: AlertState) -> tuple[int, int] | None:
        """Somebody asked: mostly one whose alert is in such a state, sometimes anybody."""
        pairs: list[tuple[Case, Alert]] = [(c, a) for c in self._model.cases for a in c.alerts.values()]
        fitting = [(c, a) for c, a in pairs if a.state in states]
        if not pairs or (not fitting and self._rng.random() < 0.7):
            return None
        case, alert = self._rng.choice(pairs if not fitting or self._rng.random() < 0.1 else fitting)
        return case.number, self._model.town.number_of[alert.volunteer_id]

    def _receipt(self) -> AnyStep | None:
        one = self._one(AlertState.RINGING, AlertState.ACCEPTED)
        return (
            None
            if one is None
            else steps.Receipt(*one, channel=self._rng.choice(("fcm", "in_app", "sms")), ago_s=self._ago())
        )

    def _ago(self) -> float:
        return float(self._rng.choice((0, 0, 0, 2, 30, 500)))

    def _accept(self) -> AnyStep | None:
        late = (AlertState.RINGING, AlertState.DECLINED, AlertState.MISSED, AlertState.UNREACHABLE)
        one = self._one(AlertState.RINGING) if self._rng.random() < 0.7 else self._one(*late)
        return None if one is None else steps.Accept(*one)

    def _decline(self) -> AnyStep | None:
        one = self._one(AlertState.RINGING)
        return None if one is None else steps.Decline(*one)

    def _give_up(self) -> AnyStep | None:
        one = self._one(AlertState.ACCEPTED)
        return None if one is None else steps.GiveUp(*one, reason=self._rng.choice(list(GiveUpReason)))

    def _lose_aed(self) -> AnyStep | None:
        one = self._one(AlertState.ACCEPTED)
        return None if one is None else steps.LoseAed(*one, problem=self._rng.choice(list(Trouble)))

    def _tell(self) -> AnyStep | None:
        one = self._one(AlertState.ACCEPTED)
        return None if one is None else steps.Tell(*one, status=self._rng.choice(list(Status)), ago_s=self._ago())

    def _revise(self) -> AnyStep | None:
        case, rng = self._open(), self._rng
        if case is None:
            return None
        spot = rng.randrange(len(self._model.town.spots)) if rng.random() < 0.7 else None
        address = f"Torvet {rng.randrange(3)}" if rng.random() < 0.5 else None
        accuracy_m = rng.choice((None, 10.0, 600.0))
        if spot is None and address is None and accuracy_m is None:
            return None
        return steps.Revise(case.number, spot, accuracy_m, address)

    def _override(self) -> AnyStep | None:
        case = self._open()
        return None if case is None else steps.Override(case.number)

    def _end(self) -> AnyStep | None:
        case = self._open()
        if case is None or (case.is_open and self._rng.random() < 0.4):
            return None
        if self._rng.random() < 0.3:
            return steps.Close(case.number)
        return steps.StandDown(case.number, self._rng.choice(list(StandDownReason)))

    def _join(self) -> AnyStep | None:
        marked = [case for case in self._model.cases if case.twins]
        if not marked:
            return None
        case = self._rng.choice(marked)
        return steps.Join(case.number, self._rng.choice(sorted(case.twins)))

    def _duty(self) -> AnyStep:
        person = self._rng.randrange(len(self._model.town.people))
        if self._model.post.on_duty[person] and self._rng.random() < 0.4:
            return steps.Duty(person, on=True, snooze_s=float(self._rng.choice((20, 600))))
        return steps.Duty(person, on=not self._model.post.on_duty[person])

    def _listens(self) -> AnyStep | None:
        one = self._one(AlertState.RINGING)
        return None if one is None else steps.Listens(one[1])


def draw(seed: int, length: int) -> History:
    """A history of so many steps, in which the model's laws hold; the last minutes let everything fall due."""
    rng = random.Random(f"history {seed}")
    people, boxes = rng.choice((6, 12, 25, 40)), rng.choice((0, 2, 6, 12))
    model = new_model(Town(seed, people, boxes))
    player = Player(model, model.clock, model.post.providers)
    drawing, done = Drawing(model, rng), []
    for number in range(length):
        step: AnyStep = drawing.next() if number < length - 1 else steps.Pass(400.0)
        done.append(step)
        at_once(player.do(step))
        laws.hold(model)
    return History(seed, people, boxes, tuple(done))
