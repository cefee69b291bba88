"""The model's phones: what answers, receipts and words from the way come to in plain dictionaries."""

from datetime import timedelta

import msgspec

from backend.alerts.alert import Alert, AlertState
from backend.alerts.decision import (
    Accept,
    Decline,
    Event,
    Finish,
    GiveUp,
    LoseAed,
)
from backend.foundation.journal import Event as Journal
from backend.foundation.journal import Fact, Happening
from backend.responses.status import Status, is_taken
from tests.chaos import steps
from tests.chaos.model_store import Case, Store

NOBODY = "not asked"


class Phones(Store):
    """What whoever was asked says."""

    def _alert(self, incident: int, person: int) -> tuple[Case, Alert] | None:
        case = self.cases[incident]
        alert = case.alerts.get(self.town.people[person].id)
        return None if alert is None else (case, alert)

    def receipt(self, step: steps.Receipt) -> str:
        found = self._alert(step.incident, step.person)
        return NOBODY if found is None else str(self._received(found[1], step))

    def _received(self, alert: Alert, step: steps.Receipt) -> bool:
        return self.post.receive(alert.id, step.channel, self.now - timedelta(seconds=step.ago_s))

    def accept(self, step: steps.Accept) -> str:
        found = self._alert(step.incident, step.person)
        if found is None:
            return NOBODY
        case, alert = found
        engaged = self.engaged.get(alert.volunteer_id)
        event = Accept(
            alert.volunteer_id,
            self.fetchable(case, step.person),
            engaged is not None and engaged[0] != case.incident.id,
            self.town.metres[case.where.spot][step.person],
        )
        return self._answered(case, event)

    def _answered(self, case: Case, event: Event) -> str:
        answer = self.take(case, lambda _: event)
        return f"{answer.kind} {answer.reason}"

    def decline(self, step: steps.Decline) -> str:
        found = self._alert(step.incident, step.person)
        return NOBODY if found is None else self._answered(found[0], Decline(found[1].volunteer_id))

    def give_up(self, step: steps.GiveUp) -> str:
        found = self._alert(step.incident, step.person)
        return NOBODY if found is None else self._answered(found[0], GiveUp(found[1].volunteer_id, step.reason.value))

    def lose_aed(self, step: steps.LoseAed) -> str:
        found = self._alert(step.incident, step.person)
        if found is None:
            return NOBODY
        case, alert = found
        direct_m = self.town.metres[case.where.spot][step.person]
        aeds = self.fetchable(case, step.person)
        return self._answered(case, LoseAed(alert.volunteer_id, step.problem, aeds, direct_m, alert.aed_id))

    def tell(self, step: steps.Tell) -> str:
        found = self._alert(step.incident, step.person)
        if found is None:
            return NOBODY
        case, alert = found
        told = case.mission_told.setdefault(alert.id, set())
        if step.status in told:
            if alert.state is AlertState.ACCEPTED:
                self._take_aed(alert, step.status)
            return ""
        if alert.place is None:
            return "not-on-mission"
        if not is_taken(self.now - timedelta(seconds=step.ago_s), alert.ended_at, self.now):
            return "alert-ended"
        told.add(step.status)
        if alert.state is AlertState.ACCEPTED:
            there = step.status in (Status.ON_SCENE, Status.WITH_PATIENT)
            arrived_at = alert.arrived_at or (self.now if there else None)
            alert = msgspec.structs.replace(alert, last_sign_at=self.now, arrived_at=arrived_at)
            case.alerts[alert.volunteer_id] = alert
        self._take_aed(alert, step.status)
        self.record(case, [Happening(Journal.STATUS, who(alert) | {"status": step.status.value})])
        if step.status is Status.FINISHED and alert.state is AlertState.ACCEPTED:
            self.take(case, lambda _: Finish(alert.volunteer_id, Status.FINISHED.value))
        return ""

    def _take_aed(self, alert: Alert, status: Status) -> None:
        if status is Status.AED_PICKED_UP and alert.aed_id is not None:
            problems = self.condition.get(alert.aed_id, ("", self.now, 0))[2]
            self.condition[alert.aed_id] = ("picked_up", self.now, problems)

    def duty(self, step: steps.Duty) -> str:
        who = self.town.people[step.person].id
        engaged = self.engaged.get(who)
        if (not step.on or step.snooze_s) and engaged is not None:
            case = self.by_id[engaged[0]]
            if case.alerts[who].state is AlertState.RINGING:
                self._answered(case, Decline(who))
        self.post.on_duty[step.person] = step.on
        self.post.snoozed_until[step.person] = self.now + timedelta(seconds=step.snooze_s)
        return ""

    def listens(self, step: steps.Listens) -> str:
        who = self.town.people[step.person].id
        engaged = self.engaged.get(who)
        ringing = [] if engaged is None else [self.by_id[engaged[0]].alerts[who]]
        subjects = [alert.id for alert in ringing if alert.state is AlertState.RINGING]
        return str(self.post.written_to_socket(subjects, self.now))

    def switch(self, step: steps.Switch) -> str:
        self.post.switch(step.channel, on=step.on)
        return ""


def who(alert: Alert) -> dict[str, Fact]:
    return {"alert": str(alert.id), "volunteer": alert.pseudonym}
