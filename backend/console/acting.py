"""Whoever sits at the console, as the dispatch contract's verbs know a caller: they act by the same functions."""

from backend.console.who import Here
from backend.foundation.kinds import Kind
from backend.foundation.problems import forbidden
from backend.identity.caller import Caller, CallerRole


def caller_at(here: Here, kind: Kind = Kind.LIVE) -> Caller:
    """Of the session's centre, or of the one its work has moved to; with what that one was lent. Raises 403 at none."""
    if not here.centres or not here.roles:
        raise forbidden("Choose first at which centre you work.")
    own, *lent = here.centres
    return Caller(
        role=CallerRole.STAFF,
        subject_id=here.staff.id,
        kind=kind,
        centre=own,
        acts_for=tuple(lent),
        only_stops=here.only_stops,
    )
