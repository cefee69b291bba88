"""The model's console: a centre's wishes, words both ways, and what needs a person, in plain dictionaries."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec

from backend.alerts.alert import Alert, AlertState
from backend.alerts.decision import Answer, AnswerKind, AskMore, Event, Finish, Say, StandDownOne, Tick
from backend.alerts.held import RELEASED
from backend.alerts.on_request import addressed
from backend.attention.item import Agreement, By, Item, Need, Rule
from backend.attention.look import SAID_WITHIN
from backend.attention.needs import Facts, Running, Said, changes, needs, to_lend
from backend.foundation.ids import CentreId, VolunteerId
from backend.foundation.journal import Event as Journal
from backend.foundation.journal import Happening
from backend.incidents.incident import EndReason
from backend.responses.words import AT_MOST, SAME_WORD_AGAIN_AFTER
from tests.chaos import steps
from tests.chaos.model_phones import NOBODY, Phones, who
from tests.chaos.model_store import Case, Word
from tests.chaos.player import wish_of

NEIGHBOUR = CentreId(UUID(int=2))
AGREED = Agreement(NEIGHBOUR, timedelta(seconds=60), 0, 0, timedelta(minutes=30))
"""What the centre of all towns has agreed on."""
_SLUGS = {
    AnswerKind.ENDED: "incident-ended",
    AnswerKind.NOT_GOING: "not-going",
    AnswerKind.EXCLUDED: "excluded",
    AnswerKind.NOBODY_MORE: "nobody-more",
}
_SECOND = (Journal.SECOND_PERSON_ASKED, Journal.SECOND_PERSON_DECIDED)
_WENT = frozenset({AlertState.ACCEPTED, AlertState.FINISHED})
NOTHING_WAITS = "nothing waits"


class Console(Phones):
    """What whoever sits at the centre wishes and hears."""

    items: list[Item]
    grants: list[tuple[datetime, datetime]]

    # --- wishes --------------------------------------------------------------------------------------------------

    def stand_down_one(self, step: steps.StandDownOne) -> str:
        found = self._alert(step.incident, step.person)
        if found is None:
            return "not-found"
        case, alert = found
        answer = self.take(case, lambda _: StandDownOne(alert.volunteer_id, step.reason))
        tally = " ".join(map(str, self.post.tally([alert.id])))
        return _refused(answer) or f"{tally} {answer.reason or step.reason.value}"

    def ask_more(self, step: steps.AskMore) -> str:
        case, wish = self.cases[step.incident], wish_of(self.town.seed, step.wish)
        if wish in case.wishes:
            return ""
        refused = _refused(self.take(case, lambda _: AskMore(step.count, step.wider, wish)))
        if not refused:
            case.wishes.add(wish)
        return refused

    def say(self, step: steps.Say) -> str:
        case, wish = self.cases[step.incident], wish_of(self.town.seed, step.wish)
        if wish in case.wishes:
            return ""
        to: VolunteerId | None = None
        if step.person is not None:
            found = self._alert(step.incident, step.person)
            if found is None:
                return "not-found"
            to = found[1].volunteer_id
        event = Say(step.word, wish, to)
        told = addressed(self.load(case), event)
        refused = _refused(self.take(case, lambda _: event))
        if not refused:
            case.wishes.add(wish)
            for alert in told:
                case.words.setdefault(alert.id, {})[wish] = Word(True, step.word.value, self.now)
        return refused

    def let_go(self, step: steps.LetGo) -> str:
        found = self._alert(step.incident, step.person)
        if found is None:
            return NOBODY
        case, alert = found
        if self.engaged.get(alert.volunteer_id, (None,))[0] != case.incident.id:
            return "True"
        going = alert.state is AlertState.ACCEPTED
        event: Event = Finish(alert.volunteer_id, RELEASED) if going else Tick()
        self.take(case, lambda _: event)
        return str(self.engaged.get(alert.volunteer_id, (None,))[0] != case.incident.id)

    # --- words from the way --------------------------------------------------------------------------------------

    def cry(self, step: steps.Cry) -> str:
        found = self._alert(step.incident, step.person)
        if found is None:
            return NOBODY
        case, alert = found
        wish, words = wish_of(self.town.seed, step.wish), case.words.setdefault(alert.id, {})
        if wish in words:
            return ""
        if alert.state is not AlertState.ACCEPTED:
            return "not-on-mission" if alert.place is None and alert.ended_at is None else "alert-ended"
        before = [each for each in words.values() if not each.from_centre]
        if any(each.word == step.word and self.now < each.said_at + SAME_WORD_AGAIN_AFTER for each in before):
            return ""
        if len(before) >= AT_MOST:
            return "too-many"
        words[wish] = Word(False, step.word.value, self.now)
        case.alerts[alert.volunteer_id] = msgspec.structs.replace(alert, last_sign_at=self.now)
        self.record(case, [Happening(Journal.SAID, who(alert) | {"word": step.word.value})])
        return ""

    def shows_word(self, step: steps.ShowsWord) -> str:
        found = self._alert(step.incident, step.person)
        if found is None:
            return NOBODY
        return str(self.post.receive(found[1].id, step.channel, self.now, wish_of(self.town.seed, step.wish)))

    def carry_words(self, ending: Case, kept: Case, old: Alert, new: Alert) -> list[tuple[UUID, Word]]:
        """Of somebody who goes on for another incident; gives what no phone of theirs has shown yet."""
        unseen = []
        known = kept.words.setdefault(new.id, {})
        for wish, word in ending.words.get(old.id, {}).items():
            if wish not in known:
                known[wish] = word
                event = Journal.TOLD if word.from_centre else Journal.SAID
                self.record(kept, [Happening(event, who(new) | {"word": word.word, "carried": True})])
                kept.wishes |= {wish} if word.from_centre else set()
            shown = any(m.word == str(wish) and m.received for m in self.post.of_subject.get(old.id, ()))
            if word.from_centre and not shown:
                unseen.append((wish, word))
        return unseen

    # --- what needs a person -------------------------------------------------------------------------------------

    def looks(self, _step: steps.Looks) -> str:
        now = self.now
        facts = Facts(running=[_running(case) for case in self.cases if case.is_open], said=list(self._said()))
        found = changes(needs(facts, Rule(), now), [item for item in self.items if item.over_at is None])
        self.items = [
            msgspec.structs.replace(item, over_at=now) if item.id in found.over else item for item in self.items
        ]
        for need in found.raised:
            self._sounds(need)
        waiting = [item for item in self.items if item.over_at is None]
        for agreement, item in to_lend(waiting, [AGREED], now):
            until = now + agreement.lends_for
            if not any(begun < until and now < over for begun, over in self.grants):
                assert item.incident_id is not None
                self.grants.append((now, until))
                self.record(self.by_id[item.incident_id], [Happening(Journal.LENT, {})])
        return ""

    def _sounds(self, need: Need) -> None:
        assert need.incident_id is not None
        case = self.by_id[need.incident_id]
        if not case.is_open and case.incident.end_reason is not EndReason.JOINED:
            return
        self.items.append(
            Item(
                uuid4(), case.incident.centre_id, need.kind, need.what, need.subject, need.incident_id, need.detail,
                self.now, None, None, None, None,
            )
        )  # fmt: skip
        self.record(case, [Happening(Journal.ATTENTION_NEEDED, {"needs": need.what.value})])

    def take_up(self, step: steps.TakeUp) -> str:
        case = self.cases[step.incident]
        waiting = [item for item in self.items if item.incident_id == case.incident.id and item.waits]
        if not waiting:
            return NOTHING_WAITS
        item = min(waiting, key=lambda each: (each.raised_at, each.what.value, each.subject))
        taken = msgspec.structs.replace(
            item, acknowledged_at=self.now, acknowledged_by=By.STAFF, acknowledged_by_id=uuid4()
        )
        self.items[self.items.index(item)] = taken
        self.record(case, [Happening(Journal.ATTENTION_TAKEN, {"needs": item.what.value})])
        return item.what.value

    def _said(self) -> Iterator[Said]:
        since = self.now - SAID_WITHIN
        found = [
            (word.said_at, wish.bytes, case.incident.ended_at or datetime.max.replace(tzinfo=word.said_at.tzinfo),
             Said(wish, case.incident.id, alert.kind, alert.pseudonym, word.word))
            for case in self.cases
            if case.is_open or case.incident.end_reason is EndReason.JOINED
            for alert in case.alerts.values()
            for wish, word in case.words.get(alert.id, {}).items()
            if not word.from_centre and word.said_at > since
        ]  # fmt: skip
        for *_, said in sorted(found, key=lambda each: each[:3]):
            yield said


def _running(case: Case) -> Running:
    alerts, incident = case.alerts.values(), case.incident
    second = [happening.event for _, happening in case.journal if happening.event in _SECOND]
    return Running(
        id=incident.id,
        kind=incident.kind,
        asking=incident.asking,
        opened_at=incident.opened_at,
        asked_at=min((alert.asked_at for alert in alerts), default=None),
        somebody_goes=any(alert.state in _WENT for alert in alerts),
        left_at=max((alert.ended_at for alert in alerts if alert.place is not None and alert.ended_at), default=None),
        centre_asked_at=incident.centre_asked_at,
        flagged=None,
        second_person_called=second[-1:] == [Journal.SECOND_PERSON_ASKED],
    )


def _refused(answer: Answer) -> str:
    return _SLUGS.get(answer.kind, "")
