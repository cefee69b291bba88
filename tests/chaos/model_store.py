"""The model: plain dictionaries around the production decisions. What is pure in production is called, not copied."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, assert_never
from uuid import UUID

import msgspec

from backend.aeds.aed import Condition
from backend.aeds.queries import LOCKED_FOR
from backend.alerts.alert import MOVES, Alert, AlertState
from backend.alerts.apply import LOOK_AGAIN, _content, _told_until
from backend.alerts.choose import _alert, content_of
from backend.alerts.decide import decide
from backend.alerts.decision import (
    Answer,
    Ask,
    AskCentre,
    Effect,
    EndIncident,
    Event,
    FetchableAed,
    FreeAed,
    MoveAlert,
    Note,
    Release,
    ReportAed,
    ReserveAed,
    StartMission,
    State,
    StopMessages,
    Tell,
    Widen,
    Wish,
    Write,
    after,
)
from backend.alerts.due import next_look
from backend.delivery.message import NewMessage, What
from backend.foundation.clock import SetClock
from backend.foundation.ids import AedId, AlertId, IncidentId, VolunteerId
from backend.foundation.journal import Event as Journal
from backend.foundation.journal import Happening
from backend.foundation.kinds import Kind
from backend.incidents.incident import Asking, Incident
from backend.incidents.incident import State as IncidentState
from backend.incidents.record import NO_SIGN_OF_LIFE
from backend.incidents.words import Words
from backend.responses.status import Status
from backend.selection.candidate import BUSY, Candidate, FromPlace, Verdict, lot_of
from backend.selection.policy import Policy
from backend.selection.rank import rank
from tests.chaos.model_post import Post, Timers
from tests.chaos.player import Providers
from tests.chaos.town import Town


class Broken(AssertionError):
    """A promise was broken; the message is a sentence."""


class Where(msgspec.Struct, frozen=True):
    """Where the patient is: a spot of the town, how exactly, and the address."""

    spot: int
    accuracy_m: float | None
    address: str | None


class Word(msgspec.Struct, frozen=True):
    """What was said by one tap."""

    from_centre: bool
    word: str
    said_at: datetime


class Case:
    """An incident and everything written about it."""

    __slots__ = (
        "alerts", "incident", "journal", "last_wave", "mission_told", "number", "policy", "told", "twins", "waves",
        "where", "wishes", "words",
    )  # fmt: skip

    def __init__(self, number: int, incident: Incident, where: Where, policy: Policy) -> None:
        self.number = number
        self.incident = incident
        self.where = where
        self.told: Words | None = None  # by the dispatch system, in its own words
        self.policy = policy
        self.alerts: dict[VolunteerId, Alert] = {}
        self.journal: list[tuple[datetime, Happening]] = []
        self.last_wave = 0
        self.waves: list[tuple[datetime, list[Alert]]] = []
        self.twins: set[int] = set()
        self.mission_told: dict[AlertId, set[Status]] = {}
        self.wishes: set[UUID] = set()  # those that were done
        self.words: dict[AlertId, dict[UUID, Word]] = {}

    @property
    def is_open(self) -> bool:
        return self.incident.state is IncidentState.OPEN

    def changes(self, **fields: Any) -> None:
        self.incident = msgspec.structs.replace(self.incident, **fields)


class Store:
    """One town's incidents, engagements, reservations, defibrillators and timers."""

    def __init__(self, town: Town, clock: SetClock, providers: Providers) -> None:
        self.town = town
        self.clock = clock
        self.timers = Timers()
        self.post = Post(town, self.timers, providers)
        self.cases: list[Case] = []
        self.by_id: dict[IncidentId, Case] = {}
        self.case_of_alert: dict[AlertId, Case] = {}
        self.engaged: dict[VolunteerId, tuple[IncidentId, str]] = {}
        self.reserved: dict[AedId, tuple[VolunteerId, IncidentId]] = {}
        self.condition: dict[AedId, tuple[str, datetime, int]] = {}
        self.box_of = {box.id: number for number, box in enumerate(town.boxes)}

    @property
    def now(self) -> datetime:
        return self.clock.now()

    # --- deciding ------------------------------------------------------------------------------------------------

    def load(self, case: Case) -> State:
        """Everything a decision may look at."""
        incident, post, now = case.incident, self.post, self.now
        alerts = tuple(sorted(case.alerts.values(), key=lambda a: (a.wave, a.metres, a.id.bytes)))
        ringing = [a.id for a in alerts if a.state is AlertState.RINGING]
        going = [a for a in alerts if a.state is AlertState.ACCEPTED]
        received = frozenset(a.id for a in alerts if post.received(a.id, a.asked_at))
        unreached = frozenset(a for a in ringing if post.unreached(a, now)) - received
        unanswered = any(a.state in (AlertState.RINGING, AlertState.MISSED) for a in alerts)
        over = (a.id for a in case.alerts.values() if a.state is AlertState.RINGING and a.rings_until <= now)
        unaccepted = frozenset(a for a in over if post.unaccepted(a)) - received
        unheard = {a.id: post.unheard(a.id) for a in going}
        return State(
            incident_id=incident.id,
            asking=incident.asking,
            policy=case.policy,
            revision=incident.revision,
            last_event_at=incident.last_event_at,
            centre_asked_at=incident.centre_asked_at,
            end_reason=incident.end_reason if incident.state is IncidentState.ENDED else None,
            alerts=alerts,
            opened_at=incident.opened_at,
            reach_step=incident.reach_step,
            reach_since=incident.reach_since,
            wanted=incident.wanted,
            lacking=incident.lacking,
            wished=incident.wished,
            uncertain_m=round(incident.accuracy_m or 0) if incident.coarse else 0,
            unreached=unreached,
            unaccepted=unaccepted,
            untried=frozenset(a for a in unaccepted if post.untried(a)),
            received=received if unanswered else frozenset(),
            in_hand=frozenset(a.id for a in going if a.aed_id is not None and self._is_picked_up(a.aed_id)),
            unheard={alert: since for alert, since in unheard.items() if since is not None},
        )

    def _is_picked_up(self, aed_id: AedId) -> bool:
        return self.condition.get(aed_id, ("",))[0] == Condition.PICKED_UP

    def take(self, case: Case, event_of: Callable[[State], Event]) -> Answer:
        """As production's: decide, write, promise the next look."""
        state = self.load(case)
        decision = decide(state, event_of(state), self.now)
        asked, lacking = self.apply(case, decision.effects)
        then = after(state, decision.effects, self.now)
        again = {a.id for a in asked}
        then = msgspec.structs.replace(then, alerts=tuple(a for a in then.alerts if a.id not in again) + asked)
        if lacking is not None:
            asking = Asking.ASKED if then.alerts else Asking.NOBODY_IN_REACH
            then = msgspec.structs.replace(then, asking=asking, lacking=lacking)
        self.promise(then)
        return decision.answer

    def promise(self, state: State) -> None:
        look = next_look(state, self.now)
        if look is not None:
            self.timers.set(state.incident_id, LOOK_AGAIN, look)

    # --- writing -------------------------------------------------------------------------------------------------

    def apply(self, case: Case, effects: Sequence[Effect]) -> tuple[tuple[Alert, ...], int | None]:
        """Write effects in order; gives whom they asked, and how many were busy elsewhere."""
        now, post = self.now, self.post
        post.stop([e.alert_id for e in effects if isinstance(e, StopMessages)], now)
        asked: tuple[Alert, ...] = ()
        lacking: int | None = None
        happenings: list[Happening] = []
        freed: list[VolunteerId] = []
        tells: list[Tell] = []
        for effect in effects:
            if isinstance(effect, Ask):
                wave, lacking, happening = self.ask(case, effect)
                asked += wave
                happenings += happening
            elif isinstance(effect, Release):
                freed.append(effect.volunteer_id)
            elif isinstance(effect, Tell):
                tells.append(effect)
            else:
                happenings += self._write(case, effect)
        for volunteer in freed:
            if self.engaged.get(volunteer, (None,))[0] == case.incident.id:
                del self.engaged[volunteer]
        self.queue(case, tells)
        self.record(case, happenings)
        return asked, lacking

    def _write(  # noqa: C901 - one short case for each effect there is
        self, case: Case, effect: Effect
    ) -> list[Happening]:
        now = self.now
        match effect:
            case MoveAlert(alert):
                self._move(case, alert)
            case StartMission(volunteer):
                if self.engaged.get(volunteer, (case.incident.id,))[0] != case.incident.id:
                    raise Broken(f"{volunteer} is sent on a mission while another incident has them")
                self.engaged[volunteer] = (case.incident.id, "mission")
            case ReserveAed(volunteer, aed):
                if self.reserved.get(aed, (volunteer,))[0] != volunteer or not self._is_there(aed):
                    raise Broken(f"defibrillator {aed} is given to a second volunteer, or is not there")
                if any(who == volunteer and which != aed for which, (who, _) in self.reserved.items()):
                    raise Broken(f"{volunteer} is given a second defibrillator")
                self.reserved[aed] = (volunteer, case.incident.id)
            case FreeAed(volunteer):
                for aed in [which for which, (who, _) in self.reserved.items() if who == volunteer]:
                    del self.reserved[aed]
            case ReportAed(aed, problem):
                self.reserved.pop(aed, None)
                self.condition[aed] = (problem.value, now, 1 + self.condition.get(aed, ("", now, 0))[2])
            case AskCentre():
                case.changes(centre_asked_at=now)
                return [Happening(Journal.CENTRE_ASKED, {})]
            case Widen(step, reach_m):
                case.changes(reach_step=step, reach_since=now)
                return [Happening(Journal.REACH_WIDENED, {"step": step, "reach_m": reach_m})]
            case Wish(more):
                case.changes(wished=case.incident.wished + more)
            case EndIncident(reason):
                case.changes(state=IncidentState.ENDED, end_reason=reason, ended_at=now)
                self.timers.forget(case.incident.id)
                return [Happening(Journal.INCIDENT_ENDED, {"reason": reason.value})]
            case Write(event, alert, facts):
                return [Happening(event, {"alert": str(alert.id), "volunteer": alert.pseudonym, **facts})]
            case Note(event, facts):
                return [Happening(event, facts)]
            case Ask() | Release() | StopMessages() | Tell():
                pass
            case _:
                assert_never(effect)
        return []

    def _move(self, case: Case, alert: Alert) -> None:
        before = case.alerts[alert.volunteer_id]
        if alert.id != before.id or (alert.state is not before.state and alert.state not in MOVES[before.state]):
            raise Broken(f"alert {before.id} goes from {before.state} to {alert.state}")
        case.alerts[alert.volunteer_id] = alert

    def record(self, case: Case, happenings: Sequence[Happening]) -> None:
        if happenings:
            case.journal += [(self.now, happening) for happening in happenings]
            if any(h.event not in NO_SIGN_OF_LIFE for h in happenings):
                case.changes(last_event_at=self.now, centre_asked_at=None)

    def queue(self, case: Case, tells: Iterable[Tell]) -> None:
        now = self.now
        messages = [
            NewMessage(
                What(tell.what),
                tell.alert.id,
                tell.alert.kind,
                tell.alert.volunteer_id,
                None,
                _content(tell, case.incident),
                _told_until(tell.alert, now),
            )
            for tell in tells
        ]
        if messages:
            self.post.enqueue(messages, case.policy.second_channel_s, now)

    # --- choosing ------------------------------------------------------------------------------------------------

    def candidates(self, case: Case, reach_m: int) -> list[Candidate]:
        """Everybody in the cells that a reach touches, with what stands against asking them."""
        spot, incident, town = case.where.spot, case.incident, self.town
        found = []
        for number in town.near(spot, reach_m):
            person = town.people[number]
            if person.kind is incident.kind and self.post.on_duty[number]:
                found.append(
                    Candidate(
                        person.id,
                        round(town.metres[spot][number]),
                        0,
                        FromPlace.LIVE,
                        self._obstacle(number, person.id),
                        lot_of(incident.id, person.id),
                        cell=0,  # the model has no cells: its town knows the metres
                    )
                )
        return found

    def _obstacle(self, number: int, person: VolunteerId) -> Verdict | None:
        engaged = self.engaged.get(person)
        if engaged is not None:
            return Verdict.RINGING_ELSEWHERE if engaged[1] == "ringing" else Verdict.ON_MISSION_ELSEWHERE
        if self.post.snoozed_until[number] > self.now:
            return Verdict.SNOOZED
        return None if "healthy" in self.post.health[number].values() else Verdict.NO_ADDRESS

    def ask(self, case: Case, asking: Ask) -> tuple[tuple[Alert, ...], int, list[Happening]]:
        """One wave, or a look that found nobody more."""
        incident, now, earlier = case.incident, self.now, bool(case.alerts)
        let_go = {a.volunteer_id: a for a in case.alerts.values() if a.let_go}
        asked_already = set(case.alerts) - set(let_go)
        ranking = rank(self.candidates(case, asking.reach_m), asking.reach_m, asking.count, asked_already)
        for chosen in ranking.chosen:
            if chosen.obstacle is not None or chosen.metres > asking.reach_m or chosen.volunteer_id in asked_already:
                raise Broken(f"7: {chosen.volunteer_id} is asked: {chosen.obstacle}, {chosen.metres} m")
        wave = 1 + case.last_wave
        alerts = tuple(
            _alert(incident, candidate, wave, case.policy, let_go.get(candidate.volunteer_id), now)
            for candidate in ranking.chosen
        )
        self.post.stop([a.id for a in alerts if a.ring_no > 1], now)
        for alert in alerts:
            self.engaged[alert.volunteer_id] = (incident.id, "ringing")
            case.alerts[alert.volunteer_id] = alert
            self.case_of_alert[alert.id] = case
        rings = [
            NewMessage(
                What.RING, a.id, a.kind, a.volunteer_id, None, content_of(a, incident.revision, None), a.rings_until
            )
            for a in alerts
        ]
        if rings:
            self.post.enqueue(rings, case.policy.second_channel_s, now)
            case.waves.append((now, list(alerts)))
        is_one = bool(alerts) or (wave == 1 and not earlier)
        if is_one and (alerts or ranking.passed_over):
            case.last_wave = wave
        busy = sum(verdict in BUSY and c.metres <= asking.reach_m for c, verdict in ranking.passed_over)
        lacking = min(asking.count - len(alerts), busy)
        if asking.beside is not None:
            case.changes(wanted=asking.beside + len(alerts) + lacking)
        case.changes(lacking=lacking)
        if alerts or not earlier or incident.asking is Asking.PENDING:
            case.changes(asking=Asking.ASKED if alerts or earlier else Asking.NOBODY_IN_REACH)
        if not is_one:
            return alerts, lacking, []
        facts: dict[str, Any] = {"wave": wave, "alerts": [str(a.id) for a in alerts], "asked": len(alerts)}
        return alerts, lacking, [Happening(Journal.WAVE_ASKED, facts)]

    # --- defibrillators ------------------------------------------------------------------------------------------

    def _is_there(self, aed: AedId) -> bool:
        condition = self.condition.get(aed)
        if condition is None or condition[0] == Condition.IN_PLACE:
            return True
        return condition[0] == Condition.LOCKED and condition[1] <= self.now - LOCKED_FOR

    def fetchable(self, case: Case, person: int) -> list[FetchableAed]:
        """Free defibrillators on somebody's way; of live incidents only."""
        found: list[FetchableAed] = []
        if case.incident.kind is not Kind.LIVE:
            return found
        for box, way_m, detour_m in self.town.ways(case.where.spot, person):
            aed = self.town.boxes[box].id
            if aed not in self.reserved and self._is_there(aed):
                problems = self.condition.get(aed, ("", self.now, 0))[2]
                found.append(self.town.fetchable(box, way_m, detour_m, problems))
        return found
