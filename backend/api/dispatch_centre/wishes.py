"""Wishes about a running incident: one stood down, more asked, a word to those on the way."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from backend.alerts import wishes
from backend.alerts.apply import Contended
from backend.alerts.decision import Answer, AnswerKind
from backend.alerts.word import ToVolunteers
from backend.api.contract import answers
from backend.api.dispatch_centre.act import settled
from backend.api.dispatch_centre.read import actor_of, may_change, own_incident
from backend.api.dispatch_centre.view import Incident, view
from backend.api.guards import dispatch
from backend.api.limits import Limit
from backend.foundation.clock import Clock
from backend.foundation.database import Connection, Database, Lane
from backend.foundation.ids import AlertId
from backend.foundation.problems import Problem
from backend.identity.caller import Caller
from backend.incidents.incident import StandDownReason
from backend.responses import words

Pseudonym = Annotated[str, Meta(max_length=64)]


class StandDownOne(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`pseudonym`: as the incident's `volunteers` has it."""

    pseudonym: Pseudonym
    reason: StandDownReason


class StoppedOne(msgspec.Struct, frozen=True):
    """What had become of the ring. `reason`: the one that holds and was told: the first counts."""

    sent: int
    stopped: int
    late: int
    reason: str


class AskMore(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`id`: made by the caller; the same one again asks nobody a second time. `count`: null: as many as the policy asks
    at once. `wider`: by the policy's next step further away, where it has one."""

    id: UUID
    count: Annotated[int, Meta(ge=1, le=50)] | None = None
    wider: bool = False


class WordToVolunteers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`id`: made by the caller; the same one again tells nobody a second time. `pseudonym`: null: all on the way."""

    id: UUID
    word: ToVolunteers
    pseudonym: Pseudonym | None = None


@post(
    "/dispatch/v1/incidents/{incident_id:uuid}/stand-down-one",
    guards=[dispatch("incidents:write", Limit.NEVER)],
    status_code=200,
    opt=answers({409: "This hjerteløber neither rings nor goes"}),
)
async def stand_down_one(
    incident_id: FromPath[UUID],
    data: JSONBody[StandDownOne],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> StoppedOne:
    """Stand one hjerteløber down

    They are told why; the others go on, and nobody is asked instead. When the answer comes, no ring to this one starts
    any more. Doing it again gives the same answer.
    """
    return await stand_down_one_own(database, caller, incident_id, data, clock)


@post(
    "/dispatch/v1/incidents/{incident_id:uuid}/ask-more",
    guards=[dispatch("incidents:write", Limit.NEVER)],
    status_code=200,
    opt=answers({409: "The incident has ended or is excluded, or as many go as may"}),
)
async def ask_more(
    incident_id: FromPath[UUID],
    data: JSONBody[AskMore],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Incident:
    """Ask more hjerteløbere, now

    A further wave beside those asked already, also beyond what the policy asks in total. How many may accept holds.
    """
    return await ask_more_own(database, caller, incident_id, data, clock)


@post(
    "/dispatch/v1/incidents/{incident_id:uuid}/words",
    guards=[dispatch("incidents:write", Limit.NEVER)],
    status_code=200,
    opt=answers({409: "The incident has ended, or nobody meant is on the way"}),
)
async def tell_word(
    incident_id: FromPath[UUID],
    data: JSONBody[WordToVolunteers],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Incident:
    """Tell those on the way something by one tap

    One of them or all, on every channel they have. No free text. `volunteers[].words` says whose phone has shown it.
    """
    return await tell_word_own(database, caller, incident_id, data, clock)


async def stand_down_one_own(
    database: Database, caller: Caller, incident_id: UUID, data: StandDownOne, clock: Clock
) -> StoppedOne:
    """As the route says, for a dispatch system or for somebody at the console."""
    actor = actor_of(caller)

    async def work(connection: Connection) -> tuple[AlertId, Answer]:
        incident = await own_incident(connection, caller, incident_id)
        return await wishes.stand_down_one(connection, actor, incident.id, data.pseudonym, data.reason, clock.now())

    alert_id, answer = await database.in_transaction(actor, Lane.ALERTS, work, again_on=(Contended,))
    _refuse(answer)
    tally = await settled(database, actor, [alert_id], clock)
    return StoppedOne(tally.sent, tally.stopped, tally.late, answer.reason or data.reason.value)


async def ask_more_own(database: Database, caller: Caller, incident_id: UUID, data: AskMore, clock: Clock) -> Incident:
    """As the route says."""
    actor = actor_of(caller)

    async def work(connection: Connection) -> tuple[Answer, Incident]:
        incident = await own_incident(connection, caller, incident_id)
        may_change(caller, incident)
        answer = await wishes.ask_more(
            connection, actor, incident.id, data.count, data.id, clock.now(), wider=data.wider
        )
        return answer, await view(connection, await own_incident(connection, caller, incident_id))

    answer, seen = await database.in_transaction(actor, Lane.ALERTS, work, again_on=(Contended,))
    _refuse(answer)
    return seen


async def tell_word_own(
    database: Database, caller: Caller, incident_id: UUID, data: WordToVolunteers, clock: Clock
) -> Incident:
    """As the route says."""
    actor = actor_of(caller)

    async def work(connection: Connection) -> tuple[Answer, Incident]:
        incident = await own_incident(connection, caller, incident_id)
        may_change(caller, incident)
        answer = await words.tell(connection, actor, incident.id, data.word, data.id, data.pseudonym, clock.now())
        return answer, await view(connection, await own_incident(connection, caller, incident_id))

    answer, seen = await database.in_transaction(actor, Lane.ALERTS, work, again_on=(Contended,))
    _refuse(answer)
    return seen


def _refuse(answer: Answer) -> None:
    """Raises a 409 problem for a wish that cannot be done; a refused one has written nothing."""
    match answer.kind:
        case AnswerKind.ENDED:
            detail = "Report the case anew."
            raise Problem(409, "incident-ended", "The incident has ended", detail, reason=answer.reason)
        case AnswerKind.NOT_GOING:
            raise Problem(
                409,
                "not-going",
                "Not on the way",
                "Nobody who is meant rings or goes any more.",
                reason=answer.reason,
            )
        case AnswerKind.EXCLUDED:
            raise Problem(
                409, "excluded", "The incident is excluded", "Its circumstances speak against asking: override first."
            )
        case AnswerKind.NOBODY_MORE:
            raise Problem(409, "nobody-more", "As many go as may", "By the policy one more yes would find no place.")
        case _:
            pass


routes = (stand_down_one, ask_more, tell_word)
