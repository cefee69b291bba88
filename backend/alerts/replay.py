"""What an incident's journal adds up to: its state, its alerts, their roles and answers. Pure, from the entries alone.

What happened is told twice, in the tables and in the journal. Whoever replays the one and reads the other knows whether
a change went past the journal.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

import msgspec

from backend.alerts.alert import LET_GO, LIVE, MOVES, Alert, AlertState
from backend.foundation.ids import AedId, AlertId, IncidentId
from backend.foundation.journal import Entry, Event
from backend.incidents.incident import EndReason, Incident, State
from backend.selection.policy import Role


class CannotBe(Exception):
    """The journal tells what cannot have happened: an entry is missing, doubled or false."""


class ReplayedAlert(msgspec.Struct, frozen=True):
    """One volunteer asked, as far as the journal tells. `answered`: said yes or no at least once."""

    id: AlertId
    wave: int
    state: AlertState
    answered: bool = False
    place: int | None = None
    role: Role | None = None
    aed_id: AedId | None = None
    reason: str | None = None


class Replayed(msgspec.Struct, frozen=True):
    """An incident, as far as its journal tells."""

    incident_id: IncidentId
    state: State
    end_reason: EndReason | None
    revision: int
    alerts: Mapping[AlertId, ReplayedAlert]


_MOVED_TO: Mapping[str, AlertState] = {
    Event.ALERT_UNREACHABLE: AlertState.UNREACHABLE,
    Event.ALERT_MISSED: AlertState.MISSED,
    Event.ALERT_WITHDRAWN: AlertState.WITHDRAWN,
    Event.ACCEPTED: AlertState.ACCEPTED,
    Event.DECLINED: AlertState.DECLINED,
    Event.TOO_LATE: AlertState.STOOD_DOWN,
    Event.GAVE_UP: AlertState.GAVE_UP,
    Event.STOOD_DOWN: AlertState.STOOD_DOWN,
    Event.MISSION_ENDED: AlertState.FINISHED,
}
_ANSWERS = frozenset({Event.ACCEPTED, Event.DECLINED, Event.TOO_LATE})


def replay(entries: Iterable[Entry]) -> Replayed:
    """The incident these entries tell of, all of one incident and in order. Raises CannotBe."""
    last = deque(steps(entries), maxlen=1)
    if not last:
        raise CannotBe("nothing is written")
    return last[0]


def steps(entries: Iterable[Entry]) -> Iterator[Replayed]:
    """The incident after each of these entries, as :func:`replay` of all until then has it. Raises CannotBe."""
    told: _Told | None = None
    for number, entry in enumerate(entries, start=1):
        if entry.seq != number:
            raise CannotBe(f"entry {number} has the number {entry.seq}")
        if told is None:
            if entry.event != Event.INCIDENT_OPENED or entry.incident_id is None:
                raise CannotBe(f"begins with {entry.event}")
            told = _Told(IncidentId(entry.incident_id))
        else:
            told.take(entry.event, entry.facts)
        yield Replayed(told.incident_id, told.state, told.end_reason, told.revision, dict(told.alerts))


class _Told:
    """What has been told so far."""

    def __init__(self, incident_id: IncidentId) -> None:
        self.incident_id = incident_id
        self.state = State.OPEN
        self.end_reason: EndReason | None = None
        self.revision = 1
        self.alerts: dict[AlertId, ReplayedAlert] = {}

    def take(self, event: str, facts: Mapping[str, Any]) -> None:
        if event == Event.INCIDENT_OPENED:
            raise CannotBe("opened twice")
        if event == Event.INCIDENT_ENDED:
            self._end(EndReason(facts["reason"]))
        elif event == Event.INCIDENT_REVISED:
            self._revise(int(facts["revision"]))
        elif event == Event.WAVE_ASKED:
            for alert_id in facts["alerts"]:
                self._ring(AlertId(UUID(alert_id)), int(facts["wave"]))
        elif event in _MOVED_TO:
            self._move(event, facts)
        elif event == Event.ROLE_CHANGED:
            self._change_role(facts, Role(facts["role"]), None)
        elif event == Event.AED_ASSIGNED:
            self._change_role(facts, Role.AED, AedId(UUID(facts["aed"])))

    def _end(self, reason: EndReason) -> None:
        if self.state is State.ENDED:
            raise CannotBe("ended twice")
        live = [str(alert.id) for alert in self.alerts.values() if alert.state in LIVE]
        if live:
            raise CannotBe(f"ended while alert {live[0]} rang or went")
        self.state, self.end_reason = State.ENDED, reason

    def _revise(self, revision: int) -> None:
        if revision != self.revision + 1:
            raise CannotBe(f"revision {revision} after {self.revision}")
        self.revision = revision

    def _ring(self, alert_id: AlertId, wave: int) -> None:
        known = self.alerts.get(alert_id)
        if known is not None and known.reason not in LET_GO:
            raise CannotBe(f"alert {alert_id} was asked twice")
        self.alerts[alert_id] = ReplayedAlert(alert_id, wave, AlertState.RINGING)

    def _move(self, event: str, facts: Mapping[str, Any]) -> None:
        to = _MOVED_TO[event]
        alert_id = AlertId(UUID(facts["alert"]))
        if facts.get("carried") and alert_id not in self.alerts:
            # On the way already, from the incident that was joined to this one: never rang here.
            self.alerts[alert_id] = ReplayedAlert(alert_id, 0, AlertState.RINGING)
        alert = self._known(facts)
        if to not in MOVES[alert.state]:
            raise CannotBe(f"alert {alert.id}: {alert.state} -> {to}")
        if event == Event.ACCEPTED:
            alert = msgspec.structs.replace(
                alert, place=int(facts["place"]), role=Role(facts["role"]), aed_id=_aed(facts.get("aed"))
            )
        answered = alert.answered or event in _ANSWERS
        self.alerts[alert.id] = msgspec.structs.replace(alert, state=to, answered=answered, reason=facts.get("reason"))

    def _change_role(self, facts: Mapping[str, Any], role: Role, aed_id: AedId | None) -> None:
        alert = self._known(facts)
        if alert.state is not AlertState.ACCEPTED:
            raise CannotBe(f"alert {alert.id}: another role while {alert.state}")
        self.alerts[alert.id] = msgspec.structs.replace(alert, role=role, aed_id=aed_id)

    def _known(self, facts: Mapping[str, Any]) -> ReplayedAlert:
        alert_id = AlertId(UUID(facts["alert"]))
        if alert_id not in self.alerts:
            raise CannotBe(f"alert {alert_id} was never asked")
        return self.alerts[alert_id]


def _aed(told: Any) -> AedId | None:
    return None if told is None else AedId(UUID(str(told)))


def differences(replayed: Replayed, incident: Incident, alerts: Iterable[Alert]) -> list[str]:
    """Where the tables say something else than the journal; empty: they agree."""
    found: list[str] = []
    for name in ("state", "end_reason", "revision"):
        found += _differs(f"incident {incident.id}", name, getattr(replayed, name), getattr(incident, name))
    kept = {alert.id: alert for alert in alerts}
    found += [f"alert {each} is in the journal alone" for each in replayed.alerts if each not in kept]
    for alert in kept.values():
        told = replayed.alerts.get(alert.id)
        if told is None:
            found.append(f"alert {alert.id} is in its table alone")
            continue
        for name in ("state", "place", "role", "aed_id"):
            found += _differs(f"alert {alert.id}", name, getattr(told, name), getattr(alert, name))
        found += _differs(f"alert {alert.id}", "answered", told.answered, alert.answered_at is not None)
    return found


def _differs(what: str, name: str, journal: object, table: object) -> list[str]:
    return [] if journal == table else [f"{what}: {name} is {journal} in the journal, {table} in its table"]
