"""The noun: a person's copy of everything that is held about them, as machines read it.

The names and their meaning are documented in docs/export.md; a section is added, never renamed, within a `schema`.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

SCHEMA = "hjerteloeber/person-export/1"


class Account(msgspec.Struct, frozen=True):
    """`quiet_week`: pairs of minutes since Monday 00:00, Danish time."""

    volunteer_id: UUID
    kind: str
    state: str
    created_at: datetime
    withdrawn_at: datetime | None
    training: str
    languages: list[str]
    municipality: str | None
    on_duty: bool
    snoozed_until: datetime | None
    quiet_from: list[int]
    quiet_to: list[int]
    coarse_position: bool
    last_seen_at: datetime | None


class Identity(msgspec.Struct, frozen=True):
    """Who they are; not for a log."""

    phone: str
    name: str
    birth_year: int

    def __repr__(self) -> str:
        return "Identity(…)"


class ConsentGiven(msgspec.Struct, frozen=True):
    """Every one there ever was. `withdrawn_at` null: in force."""

    purpose: str
    version: str
    given_at: datetime
    withdrawn_at: datetime | None


class OwnDevice(msgspec.Struct, frozen=True):
    device_id: UUID
    platform: str
    app_version: str
    language: str
    permissions: dict[str, str]
    last_seen_at: datetime


class OwnAddress(msgspec.Struct, frozen=True):
    """A way to reach them: its kind and how it does. The value is the provider's, not theirs, and a secret."""

    address_id: UUID
    channel: str
    health: str
    device_id: UUID | None
    created_at: datetime
    changed_at: datetime
    last_receipt_at: datetime | None


class LogIn(msgspec.Struct, frozen=True):
    """A refresh token, by what it was for. Only its hash is kept, and that is no use to anybody."""

    device_id: UUID
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class CodeSent(msgspec.Struct, frozen=True):
    """A code to this phone, of the last day."""

    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


class KeptPlace(msgspec.Struct, frozen=True):
    """`what`: live, home or work. An H3 cell, and its middle in degrees; when it was measured or set, and seen last."""

    what: str
    cell: int
    coarse: bool | None
    accuracy_m: float | None
    since: datetime
    seen_at: datetime | None
    lat: float = 0.0
    lon: float = 0.0


class ExactPlace(msgspec.Struct, frozen=True):
    """While they are on a mission."""

    incident_id: UUID
    lat: float
    lon: float
    accuracy_m: float | None
    measured_at: datetime


class Engaged(msgspec.Struct, frozen=True):
    incident_id: UUID
    state: str
    since: datetime


class FetchedAed(msgspec.Struct, frozen=True):
    aed_id: UUID
    incident_id: UUID
    reserved_at: datetime


class OwnAlert(msgspec.Struct, frozen=True):
    """An alarm they were asked for. `pseudonym`: what the dispatch centre called them in it; `place`: 1 for the
    first to accept; `left_reach`: whether they were further away by then than it reached.
    """

    alert_id: UUID
    incident_id: UUID
    centre_id: UUID
    kind: str
    pseudonym: str
    wave: int
    metres: int
    position_age_s: int | None
    state: str
    reason: str | None
    asked_at: datetime
    rings_until: datetime
    answered_at: datetime | None
    place: int | None
    left_reach: bool
    role: str | None
    aed_id: UUID | None
    way_m: int | None
    arrived_at: datetime | None
    ended_at: datetime | None
    last_sign_at: datetime


class Told(msgspec.Struct, frozen=True):
    """What they told on a mission."""

    alert_id: UUID
    status: str
    happened_at: datetime
    received_at: datetime


class Word(msgspec.Struct, frozen=True):
    """What they and a dispatch centre said to each other by one tap."""

    alert_id: UUID
    from_centre: bool
    word: str
    said_at: datetime


class Message(msgspec.Struct, frozen=True):
    """What was sent to them, by each way: attempts, how each ended, and when the app showed it."""

    message_id: UUID
    what: str
    created_at: datetime
    expires_at: datetime
    stopped_at: datetime | None
    content: dict[str, str | int]
    channel: str | None
    delivery_state: str | None
    settled_at: datetime | None
    started_at: datetime | None
    outcome: str | None
    shown_at: datetime | None
    received_at: datetime | None


class LookedAt(msgspec.Struct, frozen=True):
    """An alarm for which they were looked at, asked or not, and why not."""

    incident_id: UUID
    wave: int
    metres: int
    age_s: int | None
    from_place: str
    verdict: str


class Membership(msgspec.Struct, frozen=True):
    """By which join code they came, as long as they consent to that."""

    campaign_id: UUID
    code: str
    area: str
    stage: str
    answered: bool
    registered_at: datetime


class Proven(msgspec.Struct, frozen=True):
    """That this phone was proven by way of a join code."""

    campaign_id: UUID
    code: str
    proven_at: datetime


class Written(msgspec.Struct, frozen=True):
    """A journal entry that is about them or that they caused."""

    at: datetime
    event: str
    incident_id: UUID | None
    facts: dict[str, Any]


class Viewed(msgspec.Struct, frozen=True):
    """Somebody was shown where they were, or their name; or they were shown an address. `viewer`: who, by kind."""

    at: datetime
    what: str
    viewer: str
    by_themselves: bool
    incident_id: UUID | None
    centre_id: UUID


class PersonExport(msgspec.Struct, frozen=True, kw_only=True):
    """Everything, by section. `schema` names this form; `made_at` is when it was put together."""

    schema: str = SCHEMA
    made_at: datetime
    account: Account
    identity: Identity | None
    consents: list[ConsentGiven]
    devices: list[OwnDevice]
    addresses: list[OwnAddress]
    log_ins: list[LogIn]
    codes_sent: list[CodeSent]
    places: list[KeptPlace]
    exact_place: ExactPlace | None
    engaged: Engaged | None
    fetches: list[FetchedAed]
    alerts: list[OwnAlert]
    told: list[Told]
    words: list[Word]
    messages: list[Message]
    looked_at: list[LookedAt]
    campaign: Membership | None
    campaign_proven: list[Proven]
    journal: list[Written]
    views: list[Viewed]

    def __repr__(self) -> str:
        return "PersonExport(…)"
