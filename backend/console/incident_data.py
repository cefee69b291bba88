"""One incident's data, for its page's script and whoever draws it."""

from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from backend.console.by_script import DATA
from backend.console.incident import IncidentSeen
from backend.console.incident_read import see_incident
from backend.console.visit import AnyRequest
from backend.console.who import here_of, must_be_signed_in
from backend.foundation.database import Database
from backend.identity.staff import May
from backend.regions.find import Borders


@get(DATA + "/haendelser/{incident_id:uuid}", guards=[must_be_signed_in], opt={"may": May.FOLLOW, "by_itself": True})
async def read_one(
    request: AnyRequest,
    incident_id: FromPath[UUID],
    database: NamedDependency[Database],
    borders: NamedDependency[Borders],
) -> IncidentSeen:
    """See one incident

    Who was asked and why, who was not and why, when they are expected, the two clocks, its channels and its journal.
    That somebody saw where the patient is is written down once.
    """
    return await see_incident(database, here_of(request), incident_id, borders, request.app.state.roads)


routes = (read_one,)
