"""The model as a level: what each step comes to in plain dictionaries."""

from datetime import datetime
from uuid import UUID

import msgspec

from backend.alerts import duplicates
from backend.alerts.alarm import excluded_by, is_coarse
from backend.alerts.alert import LIVE, AlertState, moved
from backend.alerts.apply import LOOK_AGAIN
from backend.alerts.decision import (
    WORD,
    Afresh,
    Ask,
    End,
    Event,
    Revise,
    State,
    Tell,
    Tick,
)
from backend.alerts.due import still_asked, to_ask_at_a_new_place
from backend.alerts.joining import carried_over
from backend.alerts.revise import _believed, _says_no_more
from backend.foundation import ids
from backend.foundation.clock import SetClock
from backend.foundation.ids import AedId, CentreId, IncidentId
from backend.foundation.journal import Event as Journal
from backend.foundation.journal import Happening
from backend.foundation.kinds import Kind
from backend.foundation.timers import Timer
from backend.incidents import by_hand
from backend.incidents.cases import JUST_ENDED
from backend.incidents.incident import Address, Asking, Circumstance, EndReason, Incident, Place, PlaceOnMap
from backend.incidents.incident import Report as Reported
from backend.incidents.incident import State as IncidentState
from backend.incidents.raised import UNTIL_DECIDED
from backend.incidents.words import Words, contradicts, reconciled, stood_after
from backend.locations.cells import metres_between
from backend.selection.rank import rank
from tests.chaos import steps
from tests.chaos.model_console import Console
from tests.chaos.model_phones import who
from tests.chaos.model_store import Case, Where
from tests.chaos.player import NEVER, Providers, day_of
from tests.chaos.town import POLICIES, Town

CENTRE = CentreId(UUID(int=1))


class Model(Console):
    """Everything that can happen, in plain dictionaries."""

    def __init__(self, town: Town, clock: SetClock, providers: Providers) -> None:
        super().__init__(town, clock, providers)
        self.keys: dict[str, tuple[steps.Report, int]] = {}
        self.acknowledged: dict[str, int] = {}
        self._latest: dict[tuple[Kind, str], Case] = {}
        self._by_hand: dict[steps.ByHand, int] = {}
        self._raised_by_hand: list[datetime] = []
        self.items = []
        self.grants = []

    # --- dispatch systems ----------------------------------------------------------------------------------------

    def report(self, step: steps.Report) -> str:
        kept = self.keys.get(step.key)
        if kept is not None:
            if kept[0] != step:
                return "idempotency-key-reused"
            self.acknowledged[step.key] = kept[1]
            return str(kept[1])
        number = self._open_or_revise(step, by_a_system=True)
        if number is None:
            return "case-ended"
        self.keys[step.key] = (step, number)
        self.acknowledged[step.key] = number
        return str(number)

    def by_hand(self, step: steps.ByHand) -> str:
        """As a report that means it, and what stands beside it; the same page with the same on it is one alarm."""
        if step in self._by_hand:
            return str(self._by_hand[step])
        before, case = len(self.cases), step.case
        report = steps.Report(
            case, step.page, step.spot, None, step.accuracy_m, step.circumstances, step.exercise, again=True
        )
        number = self._open_or_revise(report, by_a_system=False)
        assert number is not None, "whoever sends by hand means it"
        self._by_hand[step] = number
        if len(self.cases) > before:
            self._beside(self.cases[number], step)
        return str(number)

    def _beside(self, case: Case, step: steps.ByHand) -> None:
        if step.all_the_same and case.incident.exclusions:
            self.override(steps.Override(case.number))
        if case.incident.kind is not Kind.LIVE:
            return
        self._raised_by_hand.append(self.now)
        in_the_hour = sum(at > self.now - by_hand.WITHIN for at in self._raised_by_hand)
        if by_hand.above(UNTIL_DECIDED, in_the_hour, step.accuracy_m):
            self.record(case, [Happening(Journal.SECOND_PERSON_ASKED, {})])

    def _open_or_revise(self, step: steps.Report, *, by_a_system: bool) -> int | None:
        kind = Kind.EXERCISE if step.exercise else Kind.LIVE
        latest = self._latest.get((kind, step.case))
        if latest is not None and latest.is_open:
            where = Where(step.spot, step.accuracy_m, latest.where.address)
            if by_a_system:
                self._told_again(latest, where)
            else:
                self._revise(latest, where)
            return latest.number
        if latest is not None and not step.again:
            assert latest.incident.ended_at is not None
            if self.now - latest.incident.ended_at <= JUST_ENDED:
                return None
        case = self._raise(step, kind, None if latest is None else latest.incident.id)
        self._latest[kind, step.case] = case
        if by_a_system:
            case.told = Words(self._place(case.where), self._place(case.where))
        return case.number

    def _told_again(self, case: Case, where: Where) -> None:
        """What the system has not changed since its last words takes back nothing that others have corrected."""
        before, point = case.told, self._place(where)
        if before is None:
            said = msgspec.structs.replace(point, address=Address())
            self._revise(case, where, Words(said, point))
            return
        said = msgspec.structs.replace(point, address=before.place.address)
        place = reconciled(self._place(case.where), before, said)
        kept = place if contradicts(said, place) else None
        spot = self.town.spots.index((place.lat, place.lon))
        words = Words(said, stood_after(place, before, said), kept)
        self._revise(case, Where(spot, place.accuracy_m, place.address.text), words)
        if kept is not None and kept != before.kept:
            self.record(case, [Happening(Journal.PLACE_KEPT)])

    def _place(self, where: Where) -> Place:
        return Place(*self.town.spots[where.spot], where.accuracy_m, Address(text=where.address))

    def _raise(self, step: steps.Report, kind: Kind, linked_to: IncidentId | None) -> Case:
        where, now, policy = Where(step.spot, step.accuracy_m, None), self.now, POLICIES[step.policy or "dk-2026"]
        place = self._place(where)
        circumstances = tuple(Circumstance(c) for c in step.circumstances)
        reported = Reported(step.case, PlaceOnMap(place, 0, None, None), circumstances)
        against = excluded_by(policy, reported, now)
        incident = Incident(
            id=IncidentId(ids.in_order()), kind=kind, centre_id=CENTRE, case_number=step.case,
            state=IncidentState.OPEN, asking=Asking.EXCLUDED if against else Asking.PENDING, opened_at=now,
            last_event_at=now, centre_asked_at=None, ended_at=None, end_reason=None, next_seq=1, revision=1, policy={},
            municipality=None, region=None, accuracy_m=where.accuracy_m, coarse=is_coarse(place, policy),
            exclusions=tuple(against), override_reason=None, linked_to=linked_to,
        )  # fmt: skip
        case = Case(len(self.cases), incident, where, policy)
        self.cases.append(case)
        self.by_id[incident.id] = case
        self.record(case, [Happening(Journal.INCIDENT_OPENED, {"policy": f"{policy.name} {policy.version}"})])
        self._compare(case)
        self.timers.set(incident.id, duplicates.COMPARE, now + duplicates.COMPARED_AGAIN_AFTER)
        if against:
            self.promise(self.load(case))
        else:
            self._ask_safely(case, Ask(policy.at_once, self.load(case).reach_m, beside=0))
        return case

    def _compare(self, case: Case) -> None:
        spot = self.town.spots[case.where.spot]
        near = [
            other
            for other in self.cases
            if other is not case
            and other.is_open
            and other.number not in case.twins
            and other.incident.kind is case.incident.kind
            and other.incident.opened_at >= self.now - duplicates.WITHIN
            and round(metres_between(*spot, *self.town.spots[other.where.spot])) <= duplicates.WITHIN_M
        ]
        for other in near:
            case.twins.add(other.number)
            other.twins.add(case.number)
        if near:
            self.record(case, [Happening(Journal.POSSIBLE_DUPLICATE, {})])

    def _ask_safely(self, case: Case, asking: Ask) -> None:
        self.apply(case, [asking])
        self.promise(self.load(case))

    def revise(self, step: steps.Revise) -> str:
        case = self.cases[step.incident]
        if not case.is_open:
            return "incident-ended"
        known = case.where
        moved = step.spot is not None
        accuracy_m = step.accuracy_m if moved or step.accuracy_m is not None else known.accuracy_m
        address = known.address if step.address is None else step.address
        where = Where(known.spot if step.spot is None else step.spot, accuracy_m, address)
        self._revise(case, where, Words(self._as_told(case, step), self._place(where)))
        return ""

    def _as_told(self, case: Case, step: steps.Revise) -> Place:
        """The whole place in the words of the system that revises it."""
        stands = msgspec.structs.replace(self._place(case.where), address=Address())
        last = stands if case.told is None else case.told.place
        point = (last.lat, last.lon) if step.spot is None else self.town.spots[step.spot]
        accuracy_m = last.accuracy_m if step.spot is None and step.accuracy_m is None else step.accuracy_m
        return Place(*point, accuracy_m, last.address if step.address is None else Address(text=step.address))

    def _revise(self, case: Case, where: Where, words: Words | None = None) -> None:
        known, wanted = case.where, self._place(where)
        if _says_no_more(self._place(where), self._place(known), case.policy):
            where = Where(known.spot, known.accuracy_m, where.address)
        if words is not None:
            case.told = _believed(words, wanted, self._place(where))
        if where == known:
            return
        incident, coarse = case.incident, is_coarse(self._place(where), case.policy)
        case.where = where
        case.changes(revision=incident.revision + 1, accuracy_m=where.accuracy_m, coarse=coarse)
        if where.spot != known.spot:
            case.changes(reach_since=self.now)
            self.timers.set(incident.id, duplicates.COMPARE, self.now)
        self.record(case, [Happening(Journal.INCIDENT_REVISED, {"revision": case.incident.revision, "coarse": coarse})])
        self.take(case, lambda state: self._measured(case, state) if where.spot != known.spot else Revise())

    def _measured(self, case: Case, state: State) -> Event:
        count, asked = state.policy.at_once, {who for who, alert in case.alerts.items() if not alert.let_go}
        ranking = rank(self.candidates(case, state.reach_m), state.reach_m, count, asked)
        afresh = {}
        for alert in state.alerts:
            if alert.state in LIVE:
                person = self.town.number_of[alert.volunteer_id]
                metres = round(self.town.metres[case.where.spot][person])
                fetches = alert.state is AlertState.ACCEPTED and alert.aed_id and alert.id not in state.in_hand
                way_m = self._way_by(case, person, alert.aed_id) if fetches and alert.aed_id else metres
                afresh[alert.volunteer_id] = Afresh(metres, way_m)
        return Revise(True, afresh, [c.metres for c in ranking.chosen])

    def _way_by(self, case: Case, person: int, aed: AedId) -> int:
        return round(self.town.way_by(case.where.spot, person, self.box_of[aed]))

    def override(self, step: steps.Override) -> str:
        case = self.cases[step.incident]
        incident = case.incident
        if not case.is_open:
            return "incident-ended"
        if incident.override_reason is not None:
            return ""
        if not incident.exclusions:
            return "not-excluded"
        case.changes(exclusions=(), override_reason="scene_now_safe", asking=Asking.PENDING, reach_since=self.now)
        self.record(case, [Happening(Journal.EXCLUSION_OVERRIDDEN, {})])
        self._ask_whom_it_lacks(case)
        return ""

    def end(self, step: steps.StandDown | steps.Close) -> str:
        case = self.cases[step.incident]
        reason = EndReason(step.reason.value) if isinstance(step, steps.StandDown) else EndReason.CLOSED
        self.take(case, lambda _: End(reason))
        return " ".join(map(str, self.post.tally(a.id for a in case.alerts.values())))

    def join(self, step: steps.Join) -> str:
        ending, kept = self.cases[step.incident], self.cases[step.into]
        if ending.incident.end_reason is EndReason.JOINED and ending.incident.linked_to == kept.incident.id:
            return ""
        if kept.number not in ending.twins:
            return "not-a-duplicate"
        if not ending.is_open or not kept.is_open:
            return "incident-ended"
        self._join(ending, kept)
        return ""

    def _join(self, ending: Case, kept: Case) -> None:
        now = self.now
        carried = carried_over(self.load(ending), self.load(kept), kept.incident, now)
        self.post.stop([each.old.id for each in carried], now)
        gone, come, told = [], [], []
        for each in carried:
            person = each.old.volunteer_id
            self._move(ending, moved(each.old, AlertState.STOOD_DOWN, now, EndReason.JOINED.value))
            self.engaged[person] = (kept.incident.id, "mission")
            for aed, (holder, _) in list(self.reserved.items()):
                if holder == person:
                    self.reserved[aed] = (person, kept.incident.id)
            kept.alerts[person] = each.new
            self.case_of_alert[each.new.id] = kept
            told.append(Tell(each.new, "revision", None))
            gone.append(Happening(Journal.STOOD_DOWN, who(each.old) | {"reason": EndReason.JOINED.value}))
            aed_told = None if each.new.aed_id is None else str(each.new.aed_id)
            facts = {"place": each.new.place, "role": each.new.role, "aed": aed_told, "carried": True}
            come.append(Happening(Journal.ACCEPTED, who(each.new) | facts))
            come.append(Happening(Journal.ADDRESS_DISCLOSED, who(each.new) | {"revision": kept.incident.revision}))
        self.queue(kept, told)
        self.record(ending, [Happening(Journal.JOINED, {"into": str(kept.incident.id)}), *gone])
        self.record(kept, [Happening(Journal.JOINED, {"from": str(ending.incident.id)}), *come])
        ending.changes(linked_to=kept.incident.id)
        self.take(ending, lambda _: End(EndReason.JOINED))
        self.promise(self.load(kept))
        self._ask_whom_it_lacks(kept)
        told_before = []
        for each in carried:
            known = kept.mission_told.setdefault(each.new.id, set())
            new = ending.mission_told.get(each.old.id, set()) - known
            known |= new
            told_before += [Happening(Journal.STATUS, who(each.new) | {"status": status.value}) for status in new]
        self.record(kept, told_before)
        for each in carried:
            words = self.carry_words(ending, kept, each.old, each.new)
            self.queue(kept, [Tell(each.new, WORD, word.word, wish) for wish, word in words])

    def _ask_whom_it_lacks(self, case: Case) -> None:
        state = self.load(case)
        count = to_ask_at_a_new_place(state)
        if count:
            if not state.alerts:
                case.changes(asking=Asking.PENDING)
            self._ask_safely(case, Ask(count, state.reach_m, beside=still_asked(state, self.now)))
        elif case.incident.asking is Asking.PENDING:
            case.changes(asking=Asking.ASKED)

    # --- the worker ----------------------------------------------------------------------------------------------

    def work(self, dies: str | None) -> str | None:
        return self.post.work(dies, self.now)

    def next_due(self) -> datetime | None:
        soonest = min([self.post.next_due(self.now), *self.timers.rows.values()])
        return None if soonest == NEVER else soonest

    def timers_due(self) -> list[Timer]:
        now = self.now
        due = [Timer(s, reason, at) for (s, reason), at in self.timers.rows.items() if at <= now]
        return sorted(due, key=lambda t: (t.due_at, self.name_of(t)))

    def name_of(self, timer: Timer) -> tuple[int, int, str]:
        """A timer's place among others due at the same moment: by incident, then by person."""
        if timer.reason in (LOOK_AGAIN, duplicates.COMPARE):
            return self.by_id[IncidentId(timer.subject_id)].number, -1, timer.reason
        case = self.case_of_alert[timer.subject_id]  # type: ignore[index]
        person = next(a.volunteer_id for a in case.alerts.values() if a.id == timer.subject_id)
        return case.number, self.town.number_of[person], timer.reason

    def look(self, timer: Timer) -> None:
        key = (timer.subject_id, timer.reason)
        if self.timers.rows.get(key) != timer.due_at:
            return
        del self.timers.rows[key]
        case = self.case_of_alert.get(timer.subject_id) or self.by_id[IncidentId(timer.subject_id)]  # type: ignore[call-overload]
        if timer.reason != duplicates.COMPARE:
            self.take(case, lambda _: Tick())
        elif case.is_open:
            self._compare(case)


def new_model(town: Town) -> Model:
    """A model of a town on its day, with a clock and providers of its own."""
    return Model(town, SetClock(day_of(town.seed)), Providers(town.seed))
