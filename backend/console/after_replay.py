"""One incident's course once more, from its journal: a slider where there are scripts, links where there are none."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Response

from backend.aftercare import queries
from backend.alerts import queries as alerts
from backend.console.after_pages import AFTER, after_words_of, centres_for, name_of, show_after
from backend.console.after_said import clock_said, course_said, day_said, lasted, standing_said, step_said
from backend.console.incident_read import SHOWN
from backend.console.live_page import event_words_of
from backend.console.replayed import Replay, replay_of
from backend.console.visit import AnyRequest
from backend.console.who import here_of, must_be_signed_in
from backend.console.words_after import AfterWords
from backend.console.words_events import EventWords
from backend.foundation import journal
from backend.foundation.database import Connection, Database, Lane, enter
from backend.foundation.ids import CentreId, IncidentId
from backend.foundation.problems import not_found
from backend.identity.staff import May
from backend.incidents import queries as incidents
from backend.incidents.incident import Incident, State
from backend.incidents.view import View, Viewer, ViewerKind, What
from backend.incidents.viewed import write_down_without_harm

AtStep = Annotated[
    int, QueryParameter(name="skridt", ge=1, le=100_000, description="Which step; one after the last is the last")
]


@get(AFTER + "/{incident_id:uuid}", guards=[must_be_signed_in], opt={"may": May.LOOK_BACK})
async def replay_page(
    request: AnyRequest, incident_id: FromPath[UUID], database: NamedDependency[Database], step: AtStep = 1
) -> Response[str]:
    """An incident's course, step by step. That somebody looked is written down"""
    here, words = here_of(request), after_words_of(request)
    async with database.acting_as(here.actor, Lane.REST) as connection:
        incident = await _own(connection, await centres_for(connection, here), IncidentId(incident_id))
        entries = await journal.of_incident(connection, incident.id)
        asked = await alerts.of_incident(connection, incident.id)
        erased = set(await queries.erased_of(connection, incident.id))
        kept = await queries.kept_of(connection, incident.id)
        view = View(what=What.CANDIDATES, kind=incident.kind, centre_id=incident.centre_id, incident_id=incident.id)
        await write_down_without_harm(connection, Viewer(ViewerKind.STAFF, here.staff.id), [view], here.now, once=True)
    replay = replay_of(entries, {each.id: each.pseudonym for each in asked}, erased)
    return show_after(
        request,
        "replay.html",
        incident.kind,
        name=name_of(incident, here, words),
        opened=day_said(incident.opened_at),
        incident_id=incident.id,
        kept=kept,
        erased=len(erased),
        over=incident.state is State.ENDED,
        may_follow=May.FOLLOW in here.allowed and incident.centre_id in here.centres and incident.kind in SHOWN,
        step=min(step, max(1, len(replay.steps))),
        shown=_shown(replay, words, event_words_of(request)),
        contradicts_at=replay.contradicts_at,
    )


async def _own(connection: Connection, centres: Sequence[CentreId], incident_id: IncidentId) -> Incident:
    """Raises 404 for one of a centre they may not look back on. Its centre is entered then."""
    for centre_id in centres:
        await enter(connection, centre_id)
        found = await incidents.one_of_centre(connection, centre_id, incident_id)
        if found is not None:
            return found
    raise not_found("incident")


def _shown(replay: Replay, words: AfterWords, events: EventWords) -> dict[str, Any]:
    """All that is shown at any step: so that a slider needs no server, and a page of one step no script."""
    began = replay.steps[0].at if replay.steps else None
    return {
        "steps": [
            {
                "at": clock_said(each.at),
                "after": words.after_the_report.format(lasted(each.at - (began or each.at))),
                "said": step_said(each, words, events),
            }
            for each in replay.steps
        ],
        "course": [[each.since, course_said(each, words, events)] for each in replay.course],
        "people": [
            {
                "name": each.pseudonym or words.erased,
                "standings": [[stands.since, *standing_said(stands, words, events)] for stands in each.standings],
            }
            for each in replay.people
        ],
    }


routes = (replay_page,)
