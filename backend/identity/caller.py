"""Who is calling, as a handler sees it."""

from enum import StrEnum
from uuid import UUID

import msgspec

from backend.foundation.ids import CentreId, DeviceId, VolunteerId
from backend.foundation.kinds import Kind
from backend.foundation.problems import unauthorised
from backend.identity.tokens import Audience, Claims


class CallerRole(StrEnum):
    """In what capacity somebody calls."""

    VOLUNTEER = "volunteer"
    SIGN_UP = "sign_up"
    DISPATCH = "dispatch"
    STAFF = "staff"  # at the console, which calls the same verbs


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody a guard let in. `subject_id` is a volunteer, a proven code, a client or one of the staff, by
    `role`.
    """

    role: CallerRole
    subject_id: UUID
    kind: Kind = Kind.LIVE
    device: DeviceId | None = None
    centre: CentreId | None = None
    made_for: CentreId | None = None  # the centre a client was made for, where that one's work has moved to `centre`
    acts_for: tuple[CentreId, ...] = ()  # whose incidents it may act on beside its own
    only_stops: frozenset[CentreId] = frozenset()  # of these: where it may see, follow and stand down, nothing more
    scopes: frozenset[str] = frozenset()
    sealed_phone: str | None = None

    @property
    def volunteer_id(self) -> VolunteerId:
        """Only of a volunteer."""
        assert self.role is CallerRole.VOLUNTEER
        return VolunteerId(self.subject_id)

    @property
    def device_id(self) -> DeviceId:
        """Only of a volunteer: which phone is in their hand."""
        assert self.device is not None
        return self.device

    @property
    def centre_id(self) -> CentreId:
        """Only of a dispatch centre's client."""
        assert self.centre is not None
        return self.centre

    @property
    def system_of(self) -> CentreId:
        """Only of a dispatch centre's client: whose system it is, wherever that one's work is now.

        Its case numbers and its heartbeats are that one's: where centres have merged, each system keeps its own.
        """
        return self.made_for or self.centre_id

    @property
    def centres(self) -> tuple[CentreId, ...]:
        """Whose incidents a dispatch centre's client may act on, its own first."""
        return (self.centre_id, *self.acts_for)


def caller_of(claims: Claims) -> Caller:
    """The caller a token names; raises 401 when the token lacks what its audience needs."""
    match claims.audience:
        case Audience.MOBILE if claims.device and claims.kind:
            return Caller(
                role=CallerRole.VOLUNTEER, subject_id=claims.subject, kind=claims.kind, device=DeviceId(claims.device)
            )
        case Audience.DISPATCH if claims.centre and claims.kind:
            return Caller(
                role=CallerRole.DISPATCH,
                subject_id=claims.subject,
                kind=claims.kind,
                centre=CentreId(claims.centre),
                scopes=frozenset(claims.scope.split()),
            )
        case Audience.SIGN_UP if claims.sealed_phone:
            return Caller(role=CallerRole.SIGN_UP, subject_id=claims.subject, sealed_phone=claims.sealed_phone)
        case _:
            raise unauthorised("The access token is not one of ours.")
