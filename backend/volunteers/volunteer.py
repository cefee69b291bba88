"""A volunteer: the words for what we know of one."""

from datetime import datetime
from enum import StrEnum

import msgspec

from backend.foundation.ids import DeviceId, VolunteerId
from backend.foundation.kinds import Kind


class State(StrEnum):
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"  # nobody asks them any more; they may take it back until they are erased
    ERASED = "erased"  # a row without a name, for the figures


class Training(StrEnum):
    """The highest somebody has."""

    NONE = "none"
    FIRST_AID = "first_aid"
    HLR = "hlr"
    HLR_AND_AED = "hlr_and_aed"
    HEALTH_PROFESSIONAL = "health_professional"


class Purpose(StrEnum):
    """What a consent is for; each is given and withdrawn on its own."""

    ALARMS = "alarms"
    LOCATION = "location"
    CAMPAIGN_CREDIT = "campaign_credit"
    RESEARCH = "research"


class Language(StrEnum):
    """What the service itself writes; `languages` of a volunteer are what they speak."""

    DA = "da"
    EN = "en"


class Platform(StrEnum):
    ANDROID = "android"
    IOS = "ios"
    WEB = "web"


class PushKind(StrEnum):
    """Kinds of address a phone tells us; `sms` and `in_app` are ours to make."""

    FCM_TOKEN = "fcm_token"  # noqa: S105 - the name of a kind of address
    FCM_FID = "fcm_fid"
    APNS = "apns"
    WEBPUSH = "webpush"


class Permission(StrEnum):
    GRANTED = "granted"
    DENIED = "denied"
    UNKNOWN = "unknown"


class Permissions(msgspec.Struct, frozen=True):
    """What the phone's owner lets the app do."""

    notifications: Permission = Permission.UNKNOWN
    location_always: Permission = Permission.UNKNOWN
    critical_alerts: Permission = Permission.UNKNOWN
    battery_unrestricted: Permission = Permission.UNKNOWN


class Push(msgspec.Struct, frozen=True):
    """Where a push to one app on one phone goes."""

    kind: PushKind
    value: str

    def __repr__(self) -> str:
        return f"Push({self.kind})"


class NewDevice(msgspec.Struct, frozen=True):
    """A phone (or browser) somebody signs in on."""

    platform: Platform
    app_version: str
    language: Language


class Given(msgspec.Struct, frozen=True):
    """A consent somebody gives: to which text."""

    purpose: Purpose
    version: str


class Consent(msgspec.Struct, frozen=True):
    """A consent in force."""

    purpose: Purpose
    version: str
    given_at: datetime


class Person(msgspec.Struct, frozen=True):
    """Whom the row `volunteer_identity` names. Not for a log."""

    phone: str
    name: str
    birth_year: int

    def __repr__(self) -> str:
        return "Person(…)"


class Volunteer(msgspec.Struct, frozen=True):
    """Everything about a volunteer that names nobody. `quiet_week`: [from, to) in minutes since Monday 00:00."""

    id: VolunteerId
    kind: Kind
    state: State
    training: Training
    languages: list[str]
    municipality: str | None
    on_duty: bool
    snoozed_until: datetime | None
    quiet_week: list[tuple[int, int]]
    coarse_position: bool
    created_at: datetime
    withdrawn_at: datetime | None


class Device(msgspec.Struct, frozen=True):
    id: DeviceId
    platform: Platform
    app_version: str
    language: Language
    permissions: Permissions
    last_seen_at: datetime
