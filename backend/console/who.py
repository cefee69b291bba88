"""Who sits there: the session of the cookie, what they may do where, and the actor of all they do."""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from urllib.parse import urlencode

import msgspec
from litestar.handlers.base import BaseRouteHandler

from backend.api.problem_answers import DATABASE_AWAY
from backend.console.frame import BY_ITSELF
from backend.console.visit import COOKIE, HOME, AnyConnection, AnyRequest
from backend.foundation.database import Actor, Connection, Database, Lane, Role, enter
from backend.foundation.ids import CentreId
from backend.foundation.problems import forbidden
from backend.identity import queries_staff, staff_session
from backend.identity.approval import Decider
from backend.identity.shift import How, Session, has_ended
from backend.identity.staff import STEP_UP, Granted, May, Staff, StaffRole, may, roles_at
from backend.incidents import queries as incidents
from backend.regions.access import Access

NOBODY_YET = Actor(Role.API)


class NotSignedIn(Exception):
    """Somebody who has to sign in first; `til`: the page they came for."""

    def __init__(self, til: str) -> None:
        super().__init__("not signed in")
        self.til = til


class NotFresh(Exception):
    """Somebody who has to prove anew who they are; `til`: the page to go on with."""

    def __init__(self, til: str) -> None:
        super().__init__("not fresh")
        self.til = til


class Here(msgspec.Struct, frozen=True):
    """Whoever is signed in at this browser, in the roles they have at the session's centre.

    `centres`: whose incidents they see: that centre's, or those of the one its work has moved to, and what is lent;
    `lent_since`: of these, which are lent by agreement, to be seen, followed and stood down, and since when.
    `overtime`: the shift is over, and an alarm is under way.
    """

    staff: Staff
    session: Session
    granted: list[Granted]
    roles: frozenset[StaffRole]
    centres: tuple[CentreId, ...]
    token: str
    now: datetime
    overtime: bool
    lent_since: Mapping[CentreId, datetime] = {}

    @property
    def only_stops(self) -> frozenset[CentreId]:
        return frozenset(self.lent_since)

    @property
    def decides_for(self) -> CentreId | None:
        """Where they change what is the centre's own. None at none, and where the session's has moved to another."""
        own = self.session.centre_id
        return own if self.roles and self.centres[:1] == (own,) else None

    @property
    def allowed(self) -> Set[May]:
        return may(self.roles)

    @property
    def own_centres(self) -> tuple[CentreId, ...]:
        """All but what is lent by agreement: whose past and whose addresses they may see, too."""
        return tuple(each for each in self.centres if each not in self.only_stops)

    @property
    def actor(self) -> Actor:
        """What every transaction of theirs acts as: for the session's centre as long as they have a role there."""
        return Actor(Role.API, self.session.centre_id if self.roles else None, self.staff.id)

    @property
    def is_fresh(self) -> bool:
        return self.session.is_fresh(self.now)

    @property
    def is_vouched_for(self) -> bool:
        """Not whoever came in by an envelope: they said themselves who they are, and so are nobody's second person."""
        return self.session.how is not How.SEALED

    def must(self, what: May, til: str) -> None:
        """Raises 403 for whoever may not, NotFresh for whoever has to prove first that it is still they."""
        if what not in self.allowed:
            raise forbidden("This needs another role.")
        if what in STEP_UP and not self.is_fresh:
            raise NotFresh(til)

    def decider(self, centre_id: CentreId | None) -> Decider:
        """Where a request belongs: what concerns every centre wants a role that holds at every one."""
        roles = roles_at(self.granted, centre_id, self.session.began_at, self.now)
        return Decider(self.staff.id, may(roles), self.is_vouched_for)

    def __repr__(self) -> str:
        return f"Here({self.staff.id})"


async def must_be_signed_in(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """A guard: leaves who it is where `here_of` finds them. Raises NotSignedIn, and as :meth:`Here.must` does.

    What a page needs stands in its route's `opt`, as `may`; `then`: the page to go on with once they are fresh;
    `by_itself`: a script calls it with nobody at the screen, so it is no sign that anybody still works there; nor is
    a page that was fetched anew by itself, which says so in its address.
    """
    token = connection.cookies.get(COOKIE)
    state = connection.app.state
    uses = not handler.opt.get("by_itself", False) and BY_ITSELF not in connection.query_params
    here = await who_is(state.database, state.access.now, token, state.clock.now(), uses=uses) if token else None
    til = connection.url.path
    if here is None:
        query = connection.scope["query_string"].decode("latin-1")
        got = connection.scope.get("method") == "GET"
        raise NotSignedIn(til + (f"?{query}" if query else "") if got else HOME)
    connection.scope["user"] = here
    if (what := handler.opt.get("may")) is not None:
        here.must(what, handler.opt.get("then", til))


def here_of(request: AnyRequest) -> Here:
    """Whom the guard let in."""
    here: Here = request.scope["user"]
    return here


async def still_here(database: Database, access: Access, here: Here, now: datetime) -> bool:
    """Whether a session goes on, in the roles and for the centres it had: of a stream, which outlasts its request.

    While the database cannot be asked it does: who follows an alarm is not sent away for that.
    """
    try:
        found = await who_is(database, access, here.token, now, uses=False)
    except DATABASE_AWAY:
        return True
    return found is not None and (found.roles, found.centres, found.only_stops) == (
        here.roles,
        here.centres,
        here.only_stops,
    )


async def who_is(database: Database, access: Access, token: str, now: datetime, *, uses: bool = True) -> Here | None:
    """None for a secret that is unknown, or whose shift is over with no alarm under way: that one ends now."""
    async with database.acting_as(NOBODY_YET, Lane.REST) as connection:
        session = await staff_session.find(connection, token)
        if session is None:
            return None
        over = now >= session.expires_at
        centres = () if session.centre_id is None else access.centres_of(session.centre_id, now)
        lent = {} if session.centre_id is None else access.lent_since(session.centre_id, now)
        since = await alarm_since(connection, centres) if over else None
        if has_ended(session, now, since):
            await staff_session.end(connection, session)
            return None
        if uses:
            await staff_session.use(connection, session, now)
        staff = await queries_staff.read_staff(connection, session.staff_id)
        granted = await queries_staff.granted_to(connection, session.staff_id)
        if staff is None or not any(each.holds_for_a_shift(session.began_at, now) for each in granted):
            return None  # withdrawn: at once, alarm or not, since that is what withdrawing is for
        roles = roles_at(granted, session.centre_id, session.began_at, now)
        return Here(staff, session, granted, roles, centres, token, now, over, lent)


async def alarm_since(connection: Connection, centres: Sequence[CentreId]) -> datetime | None:
    """When the first alarm began that is under way at any of these centres; the last of them is entered then."""
    found = []
    for centre_id in centres:
        await enter(connection, centre_id)
        found.append(await incidents.open_since(connection, centre_id))
    return min((since for since in found if since is not None), default=None)


def with_til(address: str, til: str) -> str:
    """An address that leads on to a page of ours."""
    return address if til == HOME else f"{address}?{urlencode({'til': til})}"
