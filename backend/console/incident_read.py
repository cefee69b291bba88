"""Reading one incident for its page: in one transaction, in as many round trips however many were asked."""

from datetime import datetime
from uuid import UUID

from backend.alerts import queries as alert_queries
from backend.alerts.arrival import arrival_of
from backend.api.dispatch_centre.attention import WATCHED_WITHIN
from backend.attention import queries as attention
from backend.attention.item import Needs
from backend.console.board_read import Fetched, defibrillators_about, read_boards
from backend.console.incident import (
    Duplicate,
    IncidentSeen,
    asked_of,
    channels_of,
    clocks_of,
    marked,
    not_asked_of,
    not_told,
    reachable_of,
    timeline_of,
    waves_of,
)
from backend.console.who import Here
from backend.delivery import queries_rings
from backend.foundation import journal
from backend.foundation.database import Connection, enter
from backend.foundation.ids import CentreId, IncidentId
from backend.foundation.kinds import Kind
from backend.foundation.problems import not_found
from backend.incidents import queries
from backend.incidents.incident import Incident, Place
from backend.regions.find import Borders
from backend.selection import queries_looked_at

MOST_STEPS = 300
MOST_LOOKED_AT = 2_000
SHOWN = (Kind.LIVE, Kind.EXERCISE)


async def own(connection: Connection, here: Here, incident_id: UUID) -> Incident:
    """One of the centres they act for, which is entered from here on; 404 for anybody else's, and for a machine's.

    And for what had ended at a neighbour's before it was lent by agreement.
    """
    for centre_id in here.centres:
        await enter(connection, centre_id)
        found = await queries.one_of_centre(connection, centre_id, IncidentId(incident_id))
        if found is not None and found.kind in SHOWN and not _was_over(found, here):
            return found
    raise not_found("incident")


def _was_over(incident: Incident, here: Here) -> bool:
    since = here.lent_since.get(incident.centre_id)
    return since is not None and incident.ended_at is not None and incident.ended_at < since


async def read_incident(
    connection: Connection, here: Here, incident_id: UUID, borders: Borders, now: datetime
) -> IncidentSeen:
    """Everything its page shows. That somebody saw where the patient is is written down, once. Raises 404 as `own`."""
    incident = await own(connection, here, incident_id)
    places: list[Place] = []
    fetched: Fetched = {}
    read, *_ = await read_boards(connection, here, incident.centre_id, [incident], places, fetched, borders, now)
    alerts = await alert_queries.of_incident(connection, incident.id)
    looked_at = await queries_looked_at.looked_at(connection, incident.id, MOST_LOOKED_AT)
    rings = await queries_rings.rings(connection, [each.id for each in alerts])
    entries = await journal.newest_of_incident(connection, incident.id, MOST_STEPS)
    asked = asked_of(read.seen.volunteers, {each.pseudonym: arrival_of(each) for each in alerts}, now)
    return marked(
        IncidentSeen(
            at=now,
            mark="",
            board=read.board,
            defibrillators=await defibrillators_about(connection, places, fetched, now),
            state=incident.state,
            ended_at=incident.ended_at,
            end_reason=incident.end_reason,
            linked_to=incident.linked_to,
            may_change=incident.centre_id not in here.only_stops,
            asking=incident.asking,
            excluded_by=list(incident.exclusions),
            policy=read.seen.policy,
            coarse=incident.coarse,
            clocks=clocks_of(incident.opened_at, rings),
            asked=asked,
            not_told=not_told(asked),
            waves=waves_of(entries),
            not_asked=not_asked_of(incident.id, looked_at, asked, read.areas),
            reachable=reachable_of(looked_at, asked),
            channels=channels_of(rings, await _down(connection, incident.centre_id, now)),
            duplicates=await _duplicates(connection, read.seen.possible_duplicates),
            timeline=timeline_of(entries),
        )
    )


async def _down(connection: Connection, centre_id: CentreId, now: datetime) -> dict[str, str] | None:
    """Which channels are down, and why, as a worker last saw it; None where none has looked lately."""
    looked_at = await attention.looked_at(connection)
    if looked_at is None or now - looked_at > WATCHED_WITHIN:
        return None
    found = [each.detail for each in await attention.not_over(connection, centre_id) if each.what is Needs.CHANNEL_DOWN]
    return {detail["channel"]: detail["why"] for detail in found}


async def _duplicates(connection: Connection, others: list[UUID]) -> list[Duplicate]:
    """The centre's own by their case numbers; of another one's only that there is one."""
    if not others:
        return []
    known = {each.id: each for each in await queries.by_ids(connection, [IncidentId(each) for each in others])}
    return [Duplicate(each, known[each].case_number if each in known else None) for each in map(IncidentId, others)]
