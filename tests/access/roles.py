"""In what capacity somebody can call, as the matrix counts them."""

from enum import StrEnum

from backend.foundation.kinds import Kind
from backend.identity.clients import scopes_of


class Role(StrEnum):
    """The matrix's columns; the value is what a heading says."""

    STRANGER = "a stranger"
    NEWCOMER = "a proven phone"
    VOLUNTEER = "a hjerteløber"
    READER = "a centre that reads"
    REPORTER = "a centre"
    EXERCISER = "a centre in exercises"
    PARTY = "a party's programme"
    UNIT_PARTY = "a unit's programme"
    MANAGER = "a manager"
    UNIT_MANAGER = "a unit's manager"


WHO = {
    Role.STRANGER: "Anybody on the internet, with no credential or with one that is none.",
    Role.NEWCOMER: "Somebody who has proven a phone by a code and has no account yet: a sign-up token, 30 minutes.",
    Role.VOLUNTEER: "A signed-in phone of a hjerteløber: an access token of at most 10 minutes.",
    Role.READER: "A dispatch centre's system let in to read only (`client add --read-only`).",
    Role.REPORTER: "A dispatch centre's system, live: reads and reports for its one centre.",
    Role.EXERCISER: "A dispatch centre's system of kind exercise: a scope of its own, and never a live row.",
    Role.PARTY: "A programme of a campaign's owner with a token for the whole campaign.",
    Role.UNIT_PARTY: "A programme with a token for one unit of a campaign.",
    Role.MANAGER: "Somebody signed in at their organisation's provider whom the campaign's owner let see all of it.",
    Role.UNIT_MANAGER: "Somebody signed in who was let see one unit.",
}

SCOPES = {
    Role.READER: frozenset(scopes_of(Kind.LIVE, read_only=True)),
    Role.REPORTER: frozenset(scopes_of(Kind.LIVE)),
    Role.EXERCISER: frozenset(scopes_of(Kind.EXERCISE)),
}
"""What a dispatch centre's client of this role can ask for, as `client add` gives it."""

KINDS = {Role.READER: Kind.LIVE, Role.REPORTER: Kind.LIVE, Role.EXERCISER: Kind.EXERCISE}
OF_CAMPAIGNS = frozenset({Role.PARTY, Role.UNIT_PARTY, Role.MANAGER, Role.UNIT_MANAGER})
