"""The real verbs on a real PostgreSQL as a level: dispatch systems call routes' functions, phones and workers verbs."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import msgspec

from backend.alerts import queries as alert_queries
from backend.alerts.alert import AlertState
from backend.alerts.apply import Contended
from backend.alerts.decision import Answer
from backend.alerts.look_again import look_again
from backend.api.dispatch_centre import act
from backend.api.dispatch_centre import report as reporting
from backend.api.dispatch_centre.place import AddressSent, Wgs84
from backend.delivery import claim, in_app, receipts, settle, switches
from backend.delivery.message import Channel
from backend.delivery.queries_claim import Claim, Room
from backend.foundation.clock import SetClock
from backend.foundation.database import Actor, Connection, Database, Lane, Role
from backend.foundation.ids import AlertId, IncidentId, VolunteerId
from backend.foundation.kinds import Kind
from backend.foundation.problems import Problem
from backend.foundation.timers import Timer
from backend.identity.caller import Caller, CallerRole
from backend.incidents.incident import Circumstance
from backend.locations.availability import set_available
from backend.regions.find import Borders
from backend.responses import answer, tell
from backend.responses.step_back import step_back
from backend.volunteers.duty import set_duty
from tests.chaos import steps
from tests.chaos.model_level import CENTRE
from tests.chaos.model_phones import NOBODY
from tests.chaos.player import LEASE, Providers
from tests.chaos.town import Town
from tests.chaos.woken import Woken

T = TypeVar("T")
WORKER = Actor(Role.WORKER)
CLIENT = UUID(int=7)
ROOMS = [Room(Channel.FCM, 500, 500), Room(Channel.SMS, 500, 500)]


class _Request:
    """What a route's function reads of a request: its body."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def body(self) -> bytes:
        return self._body


class Real:
    """One town in a database that others may live in too, far away."""

    def __init__(
        self, database: Database, owner: asyncpg.Connection, town: Town, clock: SetClock, providers: Providers
    ) -> None:
        self.database = database
        self.owner = owner  # a connection of its own that nobody cuts: looks, and lets leases run out
        self.town = town
        self.clock = clock
        self.providers = providers
        self.borders = Borders([])
        self.incidents: list[IncidentId] = []
        self.dead: list[tuple[datetime, list[Claim]]] = []
        self.woken = Woken()

    @property
    def now(self) -> datetime:
        return self.clock.now()

    async def once(self, what: str, work: Callable[[], Awaitable[T]]) -> T:  # noqa: ARG002 - for who overrides it
        """Do a caller's work; where connections are cut, as often as the caller's contract says."""
        return await work()

    # --- dispatch systems ----------------------------------------------------------------------------------------

    def _centre(self, exercise: bool = False) -> Caller:
        kind = Kind.EXERCISE if exercise else Kind.LIVE
        subject = UUID(int=CLIENT.int + exercise)
        return Caller(role=CallerRole.DISPATCH, subject_id=subject, kind=kind, centre=CENTRE)

    async def _kind(self, number: int) -> bool:
        kind = await self.owner.fetchval("SELECT kind FROM incidents.incident WHERE id = $1", self.incidents[number])
        return bool(kind == "exercise")

    async def _problem_or(self, what: str, work: Callable[[], Awaitable[str]]) -> str:
        try:
            return await self.once(what, work)
        except Problem as problem:
            return problem.slug

    async def report(self, step: steps.Report) -> str:
        data = reporting.Report(
            case_number=step.case,
            position=Wgs84(*self.town.spots[step.spot]),
            accuracy_m=step.accuracy_m,
            policy=step.policy,
            circumstances=[Circumstance(c) for c in step.circumstances],
            again=step.again,
        )

        async def work() -> str:
            response = await reporting.report.fn(
                _Request(msgspec.json.encode(step)),
                data,
                step.key,
                self._centre(step.exercise),
                self.database,
                self.clock,
                self.borders,
            )
            incident_id = IncidentId(UUID(response.headers["Location"].rsplit("/", 1)[1]))
            if incident_id not in self.incidents:
                self.incidents.append(incident_id)
            return str(self.incidents.index(incident_id))

        return await self._problem_or("report", work)

    async def _act(self, what: str, route: Any, number: int, data: object = None) -> Any:
        caller = self._centre(await self._kind(number))
        arguments: list[object] = [self.incidents[number]]
        if data is not None:
            arguments.append(data)
        arguments += [caller, self.database, self.clock]
        if route is act.revise:
            arguments.append(self.borders)
        return await self.once(what, lambda: route.fn(*arguments))

    async def revise(self, step: steps.Revise) -> str:
        position = None if step.spot is None else Wgs84(*self.town.spots[step.spot])
        address = None if step.address is None else AddressSent(text=step.address)
        return await self._acted("revise", act.revise, step.incident, act.Revision(position, step.accuracy_m, address))

    async def _acted(self, what: str, route: Any, number: int, data: object = None) -> str:
        try:
            await self._act(what, route, number, data)
        except Problem as problem:
            return problem.slug
        return ""

    async def override(self, step: steps.Override) -> str:
        return await self._acted(
            "override", act.override, step.incident, act.Override(act.OverrideReason.SCENE_NOW_SAFE)
        )

    async def end(self, step: steps.StandDown | steps.Close) -> str:
        if isinstance(step, steps.StandDown):
            stopped = await self._act("stand_down", act.stand_down, step.incident, act.StandDown(step.reason))
        else:
            stopped = await self._act("close", act.close, step.incident)
        return f"{stopped.sent} {stopped.stopped} {stopped.late}"

    async def join(self, step: steps.Join) -> str:
        return await self._acted("join", act.join, step.incident, act.Join(self.incidents[step.into]))

    # --- phones --------------------------------------------------------------------------------------------------

    async def _asked(self, incident: int, person: int) -> tuple[AlertId, VolunteerId] | None:
        who = self.town.people[person].id
        alert = await self.owner.fetchval(
            "SELECT id FROM alerts.alert WHERE incident_id = $1 AND volunteer_id = $2", self.incidents[incident], who
        )
        return None if alert is None else (alert, who)

    async def _phone(
        self,
        what: str,
        step: Any,
        verb: Callable[[Connection, Actor, AlertId, VolunteerId], Awaitable[T]],
        answered: Callable[[T], str],
    ) -> str:
        asked = await self._asked(step.incident, step.person)
        if asked is None:
            return NOBODY
        actor = Actor(Role.API, person_id=asked[1])

        async def work() -> str:
            said = await self.database.in_transaction(
                actor, Lane.ANSWERS, lambda c: verb(c, actor, *asked), again_on=(Contended,)
            )
            return answered(said)

        return await self._problem_or(what, work)

    async def receipt(self, step: steps.Receipt) -> str:
        async def verb(c: Connection, _: Actor, alert: AlertId, who: VolunteerId) -> bool:
            shown_at = self.now - timedelta(seconds=step.ago_s)
            return await receipts.receive(c, alert, who, Channel(step.channel), shown_at, self.now)

        return await self._phone("receipt", step, verb, str)

    async def accept(self, step: steps.Accept) -> str:
        async def verb(c: Connection, actor: Actor, alert: AlertId, who: VolunteerId) -> Answer:
            return await answer.accept(c, actor, alert, who, self.now)

        return await self._phone("accept", step, verb, _words)

    async def decline(self, step: steps.Decline) -> str:
        async def verb(c: Connection, actor: Actor, alert: AlertId, who: VolunteerId) -> Answer:
            return await answer.decline(c, actor, alert, who, self.now)

        return await self._phone("decline", step, verb, _words)

    async def give_up(self, step: steps.GiveUp) -> str:
        async def verb(c: Connection, actor: Actor, alert: AlertId, who: VolunteerId) -> Answer:
            return await answer.give_up(c, actor, alert, who, step.reason, self.now)

        return await self._phone("give_up", step, verb, _words)

    async def lose_aed(self, step: steps.LoseAed) -> str:
        asked = await self._asked(step.incident, step.person)
        which = asked and await self.owner.fetchval("SELECT aed_id FROM alerts.alert WHERE id = $1", asked[0])

        async def verb(c: Connection, actor: Actor, alert: AlertId, who: VolunteerId) -> Answer:
            return await answer.lose_aed(c, actor, alert, who, step.problem, self.now, which)

        return await self._phone("lose_aed", step, verb, _words)

    async def tell(self, step: steps.Tell) -> str:
        async def verb(c: Connection, actor: Actor, alert: AlertId, who: VolunteerId) -> None:
            await tell.tell_status(
                c, actor, alert, who, step.status, self.now - timedelta(seconds=step.ago_s), self.now
            )

        return await self._phone("tell", step, verb, lambda _: "")

    async def duty(self, step: steps.Duty) -> str:
        who = self.town.people[step.person].id
        actor = Actor(Role.API, person_id=who)

        snoozed_until = self.now + timedelta(seconds=step.snooze_s) if step.snooze_s else None

        async def work() -> None:
            async with self.database.acting_as(actor, Lane.REST) as c:
                if not step.on or snoozed_until is not None:
                    await step_back(c, actor, who, self.now)
                await set_duty(c, who, step.on, snoozed_until, [], self.now)
                await set_available(c, who, step.on)

        await self.once("duty", work)
        return ""

    async def listens(self, step: steps.Listens) -> str:
        who = self.town.people[step.person].id

        async def work() -> str:
            async with self.database.acting_as(Actor(Role.API, person_id=who), Lane.ANSWERS) as c:
                seen = await alert_queries.of_volunteer(c, who, self.now - LEASE * 100_000)
                ringing = [alert.id for alert in seen if alert.state is AlertState.RINGING]
                return str(await in_app.written_to_socket(c, who, ringing, self.now))

        return await self.once("listens", work)

    async def switch(self, step: steps.Switch) -> str:
        async def work() -> None:
            async with self.database.acting_as(Actor(Role.OWNER), Lane.REST) as c:
                operator, channel = Actor(Role.OWNER), Channel(step.channel)
                await switches.switch(c, operator, channel, "chaos", self.now, on=step.on, all_off=True)

        await self.once("switch", work)
        return ""

    # --- the worker ----------------------------------------------------------------------------------------------

    async def next_due(self) -> datetime | None:
        soonest = await self.owner.fetchval(
            """
            SELECT least((SELECT min(due_at) FROM foundation.timer), (
              SELECT min(CASE WHEN NOT s.enabled THEN $1 WHEN d.channel = 'in_app' THEN d.expires_at
                              ELSE least(d.next_at, d.expires_at) END)
              FROM delivery.delivery d JOIN delivery.channel_switch s ON s.channel = d.channel
              WHERE d.state = 'queued'))
            """,
            self.now,
        )
        moments = [until for until, _ in self.dead] + ([] if soonest is None else [soonest])
        return min(moments, default=None)

    async def _working(self, what: str, work: Callable[[Connection], Awaitable[T]]) -> T:
        async def whole() -> T:
            async with self.database.acting_as(WORKER, Lane.ALERTS) as connection:
                return await work(connection)

        return await self.once(what, whole)

    async def work(self, dies: str | None) -> str | None:
        """One round of a worker: recover, end what is late, claim, start, send, settle."""
        now = self.now
        for over in [each for each in self.dead if each[0] <= now]:
            self.dead.remove(over)
            await self._let_run_out([each for _, rest in self.dead for each in rest], "1 hour")
            await self._working("recover", lambda c: settle.recover(c, now))
            await self._let_run_out([each for _, rest in self.dead for each in rest], "-1 second")
        await self._working("end_the_late", lambda c: settle.end_the_late(c, now))
        served = [Channel.FCM, Channel.SMS]
        await self._working("end_unserved", lambda c: settle.end_unserved(c, served, now))
        claims = await self._working("claim", lambda c: claim.claim(c, ROOMS, now))
        if not claims:
            return None
        await self.woken.go_on(self.database, claims, now)
        await self.woken.begin_too_late(self.database, claims, now)
        if dies == "claimed":
            await self._killed(claims)
            return dies
        parcels = await self._working("start", lambda c: claim.start(c, claims, now))
        await self.woken.word_of_one_before(self.database, parcels, now)
        if dies == "started":
            if parcels:
                self.woken.parcels += parcels
                await self._killed(claims)
            return dies
        reports = [settle.report_on(parcel, self._send(parcel), 5) for parcel in parcels]
        await self._working("settle", lambda c: settle.settle(c, reports, now))
        return None

    def _send(self, parcel: claim.Parcel) -> Any:
        assert parcel.volunteer_id is not None
        person = self.town.number_of[parcel.volunteer_id]
        queued_at, attempt = parcel.queued_at, parcel.attempt_number
        return self.providers.answer(person, parcel.channel.value, parcel.what.value, queued_at, attempt, self.now)

    async def _killed(self, claims: list[Claim]) -> None:
        """Whoever held these is no more: their leases run out, which a sweep of ours sees after their time."""
        self.dead.append((self.now + LEASE, claims))
        self.woken.claims += claims
        await self._let_run_out(claims, "-1 second")

    async def _let_run_out(self, claims: list[Claim], after: str) -> None:
        await self.owner.execute(
            """
            UPDATE delivery.delivery SET lease_until = clock_timestamp() + $2::text::interval
            WHERE id = ANY($1) AND state = 'leased'
            """,
            [each.id for each in claims],
            after,
        )

    async def timers_due(self) -> list[Timer]:
        due = [
            Timer(row["subject_id"], row["reason"], row["due_at"])
            for row in await self.owner.fetch("SELECT * FROM foundation.timer WHERE due_at <= $1", self.now)
        ]
        alerts = [t.subject_id for t in due]
        rows = await self.owner.fetch(
            "SELECT id, incident_id, volunteer_id FROM alerts.alert WHERE id = ANY($1)", alerts
        )
        of = {row["id"]: (row["incident_id"], self.town.number_of[row["volunteer_id"]]) for row in rows}

        def name_of(timer: Timer) -> tuple[datetime, int, int, str]:
            incident, person = of.get(timer.subject_id, (timer.subject_id, -1))
            return timer.due_at, self.incidents.index(incident), person, timer.reason

        return sorted(due, key=name_of)

    async def look(self, timer: Timer) -> None:
        await self.once("look", lambda: look_again(self.database, timer, self.clock))

    async def chose_too_slowly(self) -> bool:
        """Whether a choice ran out of its half second: on a crowded machine that is a true history, and another one."""
        return bool(
            await self.owner.fetchval(
                """
                SELECT EXISTS (SELECT 1 FROM foundation.journal_entry
                  WHERE incident_id = ANY($1) AND event = 'choosing_failed')
                """,
                self.incidents,
            )
        )

    async def clear(self) -> None:
        """Leave nothing behind that would ring or fall due in another town's time."""
        for row in await self.owner.fetch("SELECT id, kind FROM incidents.incident WHERE state = 'open'"):
            caller = self._centre(row["kind"] == "exercise")
            await act.close.fn(row["id"], caller, self.database, self.clock)
        await self.owner.execute("DELETE FROM foundation.timer")
        await self.owner.execute("UPDATE delivery.channel_switch SET enabled = true")
        await self.owner.execute(
            """
            UPDATE delivery.delivery SET state = 'stopped', lease_until = NULL, settled_at = $1
            WHERE state IN ('queued', 'leased')
            """,
            self.now,
        )


def _words(answer: Answer) -> str:
    return f"{answer.kind} {answer.reason}"
