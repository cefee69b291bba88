"""In what capacity somebody can call, as the matrix counts them."""

from enum import StrEnum

from backend.foundation.kinds import Kind
from backend.identity.clients import scopes_of
from backend.identity.staff import StaffRole


class Role(StrEnum):
    """The matrix's columns; the value is what a heading says."""

    STRANGER = "a stranger"
    NEWCOMER = "a proven phone"
    VOLUNTEER = "a hjerteløber"
    READER = "a centre that reads"
    REPORTER = "a centre"
    EXERCISER = "a centre in exercises"
    VISITATOR = "a visitator"
    TEKNISK_DISPONENT = "a teknisk disponent"
    VAGTHAVENDE = "a vagthavende"
    AMK_LAEGE = "an AMK-læge"
    DRIFTSANSVARLIG = "a driftsansvarlig"
    REVISOR = "a revisor"
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
    Role.VISITATOR: "Sundhedsfaglig visitator, signed in to the console at one centre: follows and acts.",
    Role.TEKNISK_DISPONENT: "Signed in at one centre: follows.",
    Role.VAGTHAVENDE: "Leads the room: follows, acts, breaks the glass of an address, freezes a system with a second.",
    Role.AMK_LAEGE: "The doctor on duty: as a vagthavende, and changes policies with a second.",
    Role.DRIFTSANSVARLIG: "Runs the service: policies, exports and systems, each with a second; sees no patient.",
    Role.REVISOR: "Signs in and does nothing: the page to read what was done is still to come.",
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
STAFF = {Role[each.name]: each for each in StaffRole}
OF_CAMPAIGNS = frozenset({Role.PARTY, Role.UNIT_PARTY, Role.MANAGER, Role.UNIT_MANAGER})
