"""One incident's page, and the same part of it that changes, for the page's script."""

from typing import Any
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from backend.alerts.word import ToVolunteers
from backend.api.dispatch_centre.act import OverrideReason
from backend.console.board import Stage
from backend.console.incident import Asked, IncidentSeen
from backend.console.incident_read import read_incident
from backend.console.incident_timeline import told
from backend.console.live_page import board_words_of, show_live
from backend.console.map_from import map_from
from backend.console.reason import Reason
from backend.console.visit import INCIDENTS, AnyRequest, words_of
from backend.console.who import here_of, must_be_signed_in
from backend.console.words_attention import ATTENTION_DA, ATTENTION_EN
from backend.console.words_incident import IncidentWords
from backend.console.words_incident_da import INCIDENT_DA
from backend.console.words_incident_en import INCIDENT_EN
from backend.foundation.clock import COPENHAGEN
from backend.foundation.database import Database, Lane
from backend.foundation.ids import without_time
from backend.identity.staff import May
from backend.incidents.incident import Asking, StandDownReason, State
from backend.regions.find import Borders

ONE = INCIDENTS + "/{incident_id:uuid}"
GOING = frozenset({Stage.ACCEPTED, Stage.EN_ROUTE, Stage.ON_SCENE, Stage.WITH_PATIENT})


def incident_words(request: AnyRequest) -> IncidentWords:
    return INCIDENT_EN if words_of(request).code == "en" else INCIDENT_DA


@get(ONE, guards=[must_be_signed_in], opt={"may": May.FOLLOW})
async def incident_page(
    request: AnyRequest,
    incident_id: FromPath[UUID],
    database: NamedDependency[Database],
    borders: NamedDependency[Borders],
) -> Response[str]:
    """One incident"""
    return await page_of(request, incident_id, database, borders)


@get(ONE + "/dele", guards=[must_be_signed_in], opt={"may": May.FOLLOW, "by_itself": True})
async def incident_parts(
    request: AnyRequest,
    incident_id: FromPath[UUID],
    database: NamedDependency[Database],
    borders: NamedDependency[Borders],
) -> Response[str]:
    """What of it changes"""
    return await page_of(request, incident_id, database, borders, template="incident_parts.html")


async def page_of(
    request: AnyRequest,
    incident_id: UUID,
    database: Database,
    borders: Borders,
    *,
    template: str = "incident.html",
    says: str = "",
    status: int = 200,
) -> Response[str]:
    """`says`: why what was asked for was not done. Raises 404 for an incident that is not theirs."""
    here = here_of(request)
    async with database.acting_as(here.actor, Lane.REST) as connection:
        seen = await read_incident(connection, here, incident_id, borders, here.now)
    words, attention = incident_words(request), ATTENTION_EN if words_of(request).code == "en" else ATTENTION_DA
    running = seen.state is State.OPEN
    may_act = running and May.ACT in here.allowed
    return show_live(
        request,
        template,
        attention,
        status,
        seen=seen,
        i=words,
        a=attention,
        says=says,
        clock=_clock,
        age=_age,
        rough=_rough,
        seconds=lambda taken: f"{taken:.1f}".replace(".", "," if words_of(request).code == "da" else "."),
        value=lambda each: words.values.get(str(each), str(each)),
        state_of=lambda each: _state(request, each),
        excluded=", ".join(words.values.get(each, each) for each in seen.excluded_by),
        going=[each for each in seen.asked if each.stage in GOING],
        others=[each for each in seen.asked if each.stage not in GOING],
        clocks=_two_clocks(seen),
        lines=[(_clock(step.at), step.event, told(step, words)) for step in seen.timeline],
        may_act=may_act,
        may_change=may_act and seen.may_change,
        may_override=may_act and seen.may_change and seen.asking is Asking.EXCLUDED,
        may_read=running and seen.may_change and May.READ_ADDRESS in here.allowed,
        down_reasons=list(StandDownReason),
        to_say=list(ToVolunteers),
        override_reasons=list(OverrideReason),
        glass_reasons=list(Reason),
        request_id=without_time,
        here_is=f"{INCIDENTS}/{incident_id}",
        kind=seen.board.kind.value,
        at=_clock(here.now),
        now=here.now.isoformat(),
        ground=map_from(request.app.state.settings),
        may=sorted(each.value for each in here.allowed),
    )


def _two_clocks(seen: IncidentSeen) -> dict[str, float | None]:
    """Seconds from the report."""
    moments = {"push": seen.clocks.first_push_accepted_at, "receipt": seen.clocks.first_receipt_at}
    began = seen.clocks.reported_at
    return {name: None if at is None else (at - began).total_seconds() for name, at in moments.items()}


def _state(request: AnyRequest, each: Asked) -> str:
    words = board_words_of(request)
    return words.states[each.state.value] if each.stage is Stage.OVER else words.stages[each.stage]


def _clock(at: Any) -> str:
    return f"{at.astimezone(COPENHAGEN):%H.%M.%S}"


def _age(seconds: float) -> str:
    """As the script says it: 0.07, 12.40, 1 t 05."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    return f"{minutes}.{rest:02}" if minutes < 60 else f"{minutes // 60} t {minutes % 60:02}"


def _rough(seconds: int) -> str:
    """40 s, 12 min, 3 t, 2 d."""
    for least, unit, name in ((172_800, 86_400, "d"), (3_600, 3_600, "t"), (60, 60, "min")):
        if seconds >= least:
            return f"{round(seconds / unit)} {name}"
    return f"{max(0, seconds)} s"


routes = (incident_page, incident_parts)
