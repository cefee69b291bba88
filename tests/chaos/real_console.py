"""The real console: whoever sits at the centre calls its functions, and a worker looks what needs a person."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import msgspec

from backend.alerts import held
from backend.alerts.apply import Contended
from backend.api.dispatch_centre import wishes
from backend.api.dispatch_centre.act import OverrideReason
from backend.attention import acknowledge
from backend.attention.item import By
from backend.attention.look import Lookout
from backend.console.by_hand import ByHand, Where, raise_alarm
from backend.console.who import Here
from backend.delivery import receipts
from backend.delivery.message import Channel
from backend.foundation.database import Actor, Connection, Lane, Role
from backend.foundation.ids import AlertId, IncidentId, VolunteerId
from backend.foundation.kinds import Kind
from backend.foundation.problems import Problem
from backend.identity.shift import How, Session
from backend.identity.staff import SessionId, Staff, StaffId, StaffRole
from backend.incidents import keys
from backend.incidents.incident import Circumstance
from backend.responses import words
from backend.selection.candidate import pseudonym_of
from tests.chaos import steps
from tests.chaos.model_console import NOTHING_WAITS
from tests.chaos.model_level import CENTRE
from tests.chaos.model_phones import NOBODY
from tests.chaos.player import wish_of
from tests.chaos.real_level import Real


class AtTheConsole(Real):
    """As the real level, and somebody sits at the centre."""

    @property
    def here(self) -> Here:
        staff, now = StaffId(UUID(int=(1 << 65) + self.town.seed)), self.now
        session = Session(
            SessionId(staff), staff, CENTRE, None, How.OPENID, now, now, now + timedelta(hours=12), now, has_pin=False
        )
        roles = frozenset({StaffRole.VAGTHAVENDE})
        return Here(Staff(staff, "vera@amk.example", "Vera"), session, [], roles, (CENTRE,), "", now, overtime=False)

    def _by_hand(self, step: steps.ByHand) -> tuple[Kind, ByHand]:
        lat, lon = self.town.spots[step.spot]
        return Kind.EXERCISE if step.exercise else Kind.LIVE, ByHand(
            key=step.page,
            where=Where(lat=lat, lon=lon, accuracy_m=step.accuracy_m),
            case_number=step.case,
            circumstances=[Circumstance(each) for each in step.circumstances],
            override=OverrideReason.SCENE_NOW_SAFE if step.all_the_same else None,
        )

    def key_of(self, step: steps.ByHand) -> str:
        """As it is kept."""
        return f"{step.page} {keys.digest(msgspec.json.encode(self._by_hand(step))).hex()[:16]}"

    async def by_hand(self, step: steps.ByHand) -> str:
        kind, sent = self._by_hand(step)

        async def work() -> str:
            raised = await raise_alarm(self.database, self.here, kind, sent, self.borders, self.now)
            incident_id = IncidentId(raised.id)
            if incident_id not in self.incidents:
                self.incidents.append(incident_id)
            return str(self.incidents.index(incident_id))

        return await self._problem_or("by_hand", work)

    def _name(self, incident: int, person: int) -> str:
        return pseudonym_of(self.incidents[incident], self.town.people[person].id)

    async def stand_down_one(self, step: steps.StandDownOne) -> str:
        wish = wishes.StandDownOne(self._name(step.incident, step.person), step.reason)
        try:
            told = await self._act("stand_down_one", wishes.stand_down_one, step.incident, wish)
        except Problem as refused:
            return refused.slug
        return f"{told.sent} {told.stopped} {told.late} {told.reason}"

    async def ask_more(self, step: steps.AskMore) -> str:
        wish = wishes.AskMore(wish_of(self.town.seed, step.wish), step.count, step.wider)
        return await self._acted("ask_more", wishes.ask_more, step.incident, wish)

    async def say(self, step: steps.Say) -> str:
        to = None if step.person is None else self._name(step.incident, step.person)
        wish = wishes.WordToVolunteers(wish_of(self.town.seed, step.wish), step.word, to)
        return await self._acted("say", wishes.tell_word, step.incident, wish)

    async def cry(self, step: steps.Cry) -> str:
        async def verb(c: Connection, actor: Actor, alert: AlertId, who: VolunteerId) -> None:
            await words.say(c, actor, alert, who, step.word, wish_of(self.town.seed, step.wish), self.now)

        return await self._phone("cry", step, verb, lambda _: "")

    async def shows_word(self, step: steps.ShowsWord) -> str:
        async def verb(c: Connection, _: Actor, alert: AlertId, who: VolunteerId) -> bool:
            wish = wish_of(self.town.seed, step.wish)
            return await receipts.receive(c, alert, who, Channel(step.channel), self.now, self.now, None, wish)

        return await self._phone("shows_word", step, verb, str)

    async def let_go(self, step: steps.LetGo) -> str:
        asked = await self._asked(step.incident, step.person)
        if asked is None:
            return NOBODY
        actor = self.here.actor

        async def work() -> str:
            async def lets(c: Connection) -> bool:
                return await held.let_go(c, actor, CENTRE, asked[0], self.now)

            return str(await self.database.in_transaction(actor, Lane.ALERTS, lets, again_on=(Contended,)))

        return await self._problem_or("let_go", work)

    async def looks(self, _step: steps.Looks) -> str:
        async def work() -> None:
            await Lookout(self.database, self.clock).round()

        await self.once("looks", work)
        return ""

    async def take_up(self, step: steps.TakeUp) -> str:
        item = await self.owner.fetchrow(
            """
            SELECT id, what FROM attention.item WHERE incident_id = $1 AND over_at IS NULL AND acknowledged_at IS NULL
            ORDER BY raised_at, what, subject LIMIT 1
            """,
            self.incidents[step.incident],
        )
        if item is None:
            return NOTHING_WAITS
        actor = Actor(Role.API, CENTRE, self.here.staff.id)
        takes = partial(acknowledge.acknowledge, actor=actor, centre_id=CENTRE, item_id=item["id"], by=By.STAFF)

        async def work() -> None:
            async def in_one(c: Connection) -> None:
                await takes(c, by_id=self.here.staff.id, now=self.now)

            await self.database.in_transaction(actor, Lane.REST, in_one)

        await self.once("take_up", work)
        return str(item["what"])
