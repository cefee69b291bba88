"""The words decisions are made of: what is known, what can happen, what follows. All values, nothing is done here."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from backend.aeds.aed import Trouble
from backend.alerts.alert import Alert, AlertState
from backend.alerts.word import ToVolunteers
from backend.foundation.ids import AedId, AlertId, IncidentId, VolunteerId
from backend.foundation.journal import Event as Journal
from backend.foundation.journal import Fact
from backend.incidents.incident import Asking, EndReason, Incident, StandDownReason
from backend.incidents.record import NO_SIGN_OF_LIFE
from backend.selection.policy import Policy

STAND_DOWN = "stand_down"
REVISION = "revision"
WORD = "word"
GO_DIRECT = "go_direct"
"""Why somebody on the way by a defibrillator is told to go straight: nobody else does."""


class NotAsked(Exception):
    """Somebody answered for an incident they were never asked for."""


class State(msgspec.Struct, frozen=True):
    """Everything a decision may look at: the incident under its lock, its alerts, and what delivery knows of them."""

    incident_id: IncidentId
    asking: Asking
    policy: Policy
    revision: int
    last_event_at: datetime
    centre_asked_at: datetime | None
    end_reason: EndReason | None
    alerts: tuple[Alert, ...]
    opened_at: datetime
    reach_step: int = 0  # how often asking was widened
    reach_since: datetime | None = None  # at this place, this far, in spite of what excluded it; None: the opening
    wanted: int = 0  # how many are to be asked at a time; 0: nobody was looked for yet
    lacking: int = 0  # of these not asked at the last look, only because they rang or ran elsewhere
    wished: int = 0  # how many the centre asked for by hand, beside those the policy asks in total
    uncertain_m: int = 0  # how far off the patient's position may be where it is too coarse to be exact
    unreached: frozenset[AlertId] = frozenset()  # no channel accepted, none can any more
    unaccepted: frozenset[AlertId] = frozenset()  # their ringing is over, and no channel has accepted it
    untried: frozenset[AlertId] = frozenset()  # of these: nothing was ever tried
    received: frozenset[AlertId] = frozenset()  # the phone said it showed it
    in_hand: frozenset[AlertId] = frozenset()  # on the way with the defibrillator picked up
    unheard: Mapping[AlertId, datetime] = {}  # on the way and told of a change then, but no phone has said so since

    @property
    def asking_since(self) -> datetime:
        """As of when it asks as it asks now: here, and this far."""
        return self.reach_since or self.opened_at

    @property
    def reach_m(self) -> int:
        return reach_of(self.policy, self.reach_step, self.uncertain_m)

    def alert_of(self, volunteer_id: VolunteerId) -> Alert:
        for alert in self.alerts:
            if alert.volunteer_id == volunteer_id:
                return alert
        raise NotAsked


def reach_of(policy: Policy, step: int, uncertain_m: int) -> int:
    """How far people are looked for, in metres, after `step` widenings.

    A patient who may be anywhere in a circle is reached from around it; no circle makes the reach more than double.
    """
    reach_m = policy.reach_at(step)
    return reach_m + min(uncertain_m, reach_m)


def uncertain_m(incident: Incident) -> int:
    """How far off the patient's position may be, in metres; 0 where it counts as exact."""
    return round(incident.accuracy_m or 0) if incident.coarse else 0


class FetchableAed(msgspec.Struct, frozen=True):
    """A free defibrillator on one volunteer's way: `way_m` through it to the patient, `detour_m` more than direct."""

    aed_id: AedId
    open: bool  # at this minute; unknown is not open
    way_m: float
    detour_m: float
    reliability: float = 1.0  # 1 where nobody ever stood before it in vain, less after


# --- what can happen -----------------------------------------------------------------------------------------------


class Accept(msgspec.Struct, frozen=True):
    volunteer_id: VolunteerId
    aeds: Sequence[FetchableAed]  # free defibrillators on the way, at this minute
    engaged_elsewhere: bool
    direct_m: float | None = None  # from where this person was last, straight to the patient


class Decline(msgspec.Struct, frozen=True):
    volunteer_id: VolunteerId


class GiveUp(msgspec.Struct, frozen=True):
    volunteer_id: VolunteerId
    reason: str


class LoseAed(msgspec.Struct, frozen=True):
    volunteer_id: VolunteerId
    problem: Trouble
    aeds: Sequence[FetchableAed]
    direct_m: float | None = None
    which: AedId | None = None  # None: the one this person was sent by last


class Finish(msgspec.Struct, frozen=True):
    volunteer_id: VolunteerId
    reason: str


class Afresh(msgspec.Struct, frozen=True):
    """How far somebody is from the place as it is known now, how far they have to go, and whether water is between."""

    metres: int
    way_m: int
    over_water: bool = False


class Revise(msgspec.Struct, frozen=True):
    """The place or address is another one. `moved`: the place; then who is how far from it, as far as that is known."""

    moved: bool = False
    afresh: Mapping[VolunteerId, Afresh] = {}
    nearest: Sequence[int] = ()  # metres of those who could be asked there and were not, nearest first


class End(msgspec.Struct, frozen=True):
    reason: EndReason


class Tick(msgspec.Struct, frozen=True):
    """Time has passed, or delivery learned something."""


class StandDownOne(msgspec.Struct, frozen=True):
    """The centre needs one of them no more, or wants them not to go on."""

    volunteer_id: VolunteerId
    reason: StandDownReason


class AskMore(msgspec.Struct, frozen=True):
    """The centre wants more to come. `count`: None: as many as the policy asks at once. `request`: which wish it is."""

    count: int | None
    wider: bool
    request: UUID


class Say(msgspec.Struct, frozen=True):
    """A word from the centre to somebody on the way; `to` None: to all of them."""

    word: ToVolunteers
    word_id: UUID
    to: VolunteerId | None = None


Event = Accept | Decline | GiveUp | LoseAed | Finish | Revise | End | Tick | StandDownOne | AskMore | Say


# --- what follows --------------------------------------------------------------------------------------------------


class MoveAlert(msgspec.Struct, frozen=True):
    """The alert as it is from now on."""

    alert: Alert


class StartMission(msgspec.Struct, frozen=True):
    """From ringing (or free) to on a mission; fails when another alarm got there first."""

    volunteer_id: VolunteerId


class Release(msgspec.Struct, frozen=True):
    """Free for other incidents."""

    volunteer_id: VolunteerId


class ReserveAed(msgspec.Struct, frozen=True):
    """Fails when another alarm took it first."""

    volunteer_id: VolunteerId
    aed_id: AedId


class FreeAed(msgspec.Struct, frozen=True):
    volunteer_id: VolunteerId


class ReportAed(msgspec.Struct, frozen=True):
    """Somebody stood before it in vain: it loses its reservation and is not offered."""

    aed_id: AedId
    problem: Trouble


class StopMessages(msgspec.Struct, frozen=True):
    alert_id: AlertId


class Tell(msgspec.Struct, frozen=True):
    """A message about the alert: stand_down or revision, and why; or a word, and which."""

    alert: Alert
    what: str
    reason: str | None
    word_id: UUID | None = None


class Ask(msgspec.Struct, frozen=True):
    """Ask so many more within `reach_m`. `beside`: as many as stand beside them; together they are what is wanted from
    now on. None: what is wanted stays."""

    count: int
    reach_m: int
    beside: int | None = None


class Widen(msgspec.Struct, frozen=True):
    """From now on people are looked for further away."""

    step: int
    reach_m: int


class Wish(msgspec.Struct, frozen=True):
    """So many more than the policy asks in total may be asked: a person wants them."""

    more: int


class AskCentre(msgspec.Struct, frozen=True):
    """An hour without an event: is this still going on?"""


class EndIncident(msgspec.Struct, frozen=True):
    reason: EndReason


class Write(msgspec.Struct, frozen=True):
    """A line in the journal about one alert."""

    event: Journal
    alert: Alert
    facts: dict[str, Fact]


class Note(msgspec.Struct, frozen=True):
    """A line in the journal about the incident as a whole."""

    event: Journal
    facts: dict[str, Fact]


Effect = (
    MoveAlert
    | StartMission
    | Release
    | ReserveAed
    | FreeAed
    | ReportAed
    | StopMessages
    | Tell
    | Ask
    | Widen
    | Wish
    | AskCentre
    | EndIncident
    | Write
    | Note
)


class AnswerKind(StrEnum):
    """What whoever caused the event is told."""

    DONE = "done"
    ENDED = "ended"
    ENGAGED_ELSEWHERE = "engaged_elsewhere"
    NO_PLACE_LEFT = "no_place_left"
    ALREADY_GOING = "already_going"
    NO_AED_TO_LOSE = "no_aed_to_lose"
    NOT_GOING = "not_going"  # a centre's wish about somebody who neither rings nor goes
    EXCLUDED = "excluded"
    NOBODY_MORE = "nobody_more"  # the policy asks nobody more, or a yes would find no place


class Answer(msgspec.Struct, frozen=True):
    kind: AnswerKind
    reason: str | None = None


class Decision(msgspec.Struct, frozen=True):
    effects: tuple[Effect, ...]
    answer: Answer


def after(state: State, effects: Iterable[Effect], now: datetime) -> State:
    """The state once `effects` are written, as far as later decisions look at it."""
    effects = list(effects)
    changed = {effect.alert.id: effect.alert for effect in effects if isinstance(effect, MoveAlert)}
    alive = any(isinstance(effect, Write | Note) and effect.event not in NO_SIGN_OF_LIFE for effect in effects)
    asked = any(isinstance(effect, AskCentre) for effect in effects)
    ended = next((effect.reason for effect in effects if isinstance(effect, EndIncident)), state.end_reason)
    wider = next((effect.step for effect in effects if isinstance(effect, Widen)), None)
    told = {e.alert.id: now for e in effects if isinstance(e, Tell) and e.what == REVISION and _is_going(e.alert)}
    return msgspec.structs.replace(
        state,
        alerts=tuple(changed.get(alert.id, alert) for alert in state.alerts),
        last_event_at=now if alive else state.last_event_at,
        centre_asked_at=now if asked else None if alive else state.centre_asked_at,
        end_reason=ended,
        reach_step=state.reach_step if wider is None else wider,
        reach_since=state.reach_since if wider is None else now,
        wished=state.wished + sum(effect.more for effect in effects if isinstance(effect, Wish)),
        unheard={**state.unheard, **told},
        # Whoever is sent by another one has not got that one in hand.
        in_hand=state.in_hand - {a.id for a in state.alerts if changed.get(a.id, a).aed_id != a.aed_id},
    )


def _is_going(alert: Alert) -> bool:
    return alert.state is AlertState.ACCEPTED
