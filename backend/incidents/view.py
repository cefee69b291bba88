"""The noun: somebody was shown something that not everybody may see."""

from enum import StrEnum
from uuid import UUID

import msgspec

from backend.foundation.ids import CentreId, DeviceId, IncidentId
from backend.foundation.kinds import Kind


class What(StrEnum):
    """What was shown."""

    ADDRESS = "address"  # where the patient is
    CANDIDATES = "candidates"  # those looked at, as pins of areas
    PREVIEW = "preview"  # how many would be asked somewhere, in bands
    POSITION = "position"  # one person's
    NAME = "name"  # an acceptor's


class ViewerKind(StrEnum):
    """Whose eyes."""

    VOLUNTEER = "volunteer"
    DISPATCH = "dispatch"
    STAFF = "staff"
    OPERATOR = "operator"


class Viewer(msgspec.Struct, frozen=True):
    """Who looks. `id`: a volunteer, a dispatch system's client, one of the staff; it is the transaction's person."""

    kind: ViewerKind
    id: UUID
    device_id: DeviceId | None = None


class View(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is shown. Without an incident it is a preview, and `case_number` says what it was asked for."""

    what: What
    kind: Kind
    centre_id: CentreId
    incident_id: IncidentId | None = None
    about_id: UUID | None = None
    case_number: str | None = None
