"""The mobile API as this client reads it: only what it needs, everything else is let pass.

States, roles and reasons are plain text, since a newer server may send values that this client does not know.
"""

from datetime import datetime

import msgspec


class Tokens(msgspec.Struct):
    access_token: str
    refresh_token: str
    volunteer_id: str


class SignedIn(msgspec.Struct):
    status: str
    tokens: Tokens | None = None
    sign_up_token: str | None = None


class SignedUp(msgspec.Struct):
    tokens: Tokens


class Place(msgspec.Struct):
    lat: float
    lon: float
    address: str | None = None


class Aed(msgspec.Struct):
    id: str
    lat: float
    lon: float


class Mission(msgspec.Struct):
    role: str
    place: Place | None = None
    aed: Aed | None = None


class Alert(msgspec.Struct):
    id: str
    state: str
    asked_at: datetime
    rings_until: datetime
    ring_no: int = 1
    revision: int = 0
    reason: str | None = None
    mission: Mission | None = None

    @property
    def shows_address(self) -> bool:
        return self.mission is not None and self.mission.place is not None


class Alerts(msgspec.Struct):
    alerts: list[Alert]


class Problem(msgspec.Struct):
    type: str = "about:blank"
    reason: str | None = None
