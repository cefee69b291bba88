"""What can be sent, by which channels, and the states one sending can be in."""

from datetime import datetime
from enum import IntEnum, StrEnum
from uuid import UUID

import msgspec

from backend.foundation.ids import MessageId, VolunteerId
from backend.foundation.kinds import Kind

DELIVERIES = "hjerteloeber_deliveries"
"""NOTIFY channel that wakes workers: a hint; their poll is the guarantee."""

Content = dict[str, str | int]
"""What a message says: distances, reasons, numbers of rings; never a person or a place. A code only until settled."""


class What(StrEnum):
    """The kinds of message."""

    RING = "ring"
    STAND_DOWN = "stand_down"
    REVISION = "revision"  # the place or address is another one
    WORD = "word"  # one the centre says to somebody on the way
    CODE = "code"  # proves a phone at sign-up and sign-in
    TEST_ALARM = "test_alarm"  # one's own
    NOTICE = "notice"  # everything that is no alarm


class Channel(StrEnum):
    """The ways a message can take."""

    FCM = "fcm"
    SMS = "sms"
    IN_APP = "in_app"  # the app's own stream; settled by the API process that writes to it


class DeliveryState(StrEnum):
    """The life of one message to one address."""

    QUEUED = "queued"
    LEASED = "leased"  # a worker has it until its lease is over
    ACCEPTED = "accepted"  # a provider took it
    REJECTED = "rejected"  # no provider will take it
    EXPIRED = "expired"
    STOPPED = "stopped"
    NOT_NEEDED = "not_needed"  # another way brought a receipt first


LEGAL_MOVES: dict[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.QUEUED: frozenset(
        {
            DeliveryState.LEASED,
            DeliveryState.ACCEPTED,  # in_app only
            DeliveryState.REJECTED,  # its channel was switched off
            DeliveryState.EXPIRED,
            DeliveryState.STOPPED,
            DeliveryState.NOT_NEEDED,
        }
    ),
    DeliveryState.LEASED: frozenset(
        {
            DeliveryState.QUEUED,  # to be tried again
            DeliveryState.ACCEPTED,
            DeliveryState.REJECTED,
            DeliveryState.EXPIRED,
            DeliveryState.STOPPED,
            DeliveryState.NOT_NEEDED,
        }
    ),
    DeliveryState.ACCEPTED: frozenset(),
    DeliveryState.REJECTED: frozenset(),
    DeliveryState.EXPIRED: frozenset(),
    DeliveryState.STOPPED: frozenset(),
    DeliveryState.NOT_NEEDED: frozenset(),
}


class Urgency(IntEnum):
    """What a worker takes first. An exercise, a trial or the machine's own alarm never makes a patient wait."""

    LIVE_ALARM = 0  # a ring, or word that the place is another one: somebody is on the way to nobody
    LIVE_STAND_DOWN = 1
    NOT_LIVE = 2
    ASKED_FOR = 3  # somebody looks at a screen and waits
    NOTICE = 4


LAST_LIVE = Urgency.LIVE_STAND_DOWN
"""What is as urgent as this or more is about a live alarm."""
FIRST_OTHER = Urgency.NOT_LIVE


def urgency(what: What, kind: Kind) -> Urgency:
    """How urgent such a message is."""
    live = kind is Kind.LIVE
    match what:
        case What.RING | What.REVISION | What.WORD:
            return Urgency.LIVE_ALARM if live else Urgency.NOT_LIVE
        case What.STAND_DOWN:
            return Urgency.LIVE_STAND_DOWN if live else Urgency.NOT_LIVE
        case What.CODE | What.TEST_ALARM:
            return Urgency.ASKED_FOR
        case What.NOTICE:
            return Urgency.NOTICE


class NewMessage(msgspec.Struct, frozen=True):
    """A message to a volunteer's addresses or, before there is a volunteer, to a bare phone number."""

    what: What
    subject_id: UUID  # the alert, the code, the test alarm
    kind: Kind
    volunteer_id: VolunteerId | None
    bare_phone: str | None
    content: Content
    expires_at: datetime


class Enqueued(msgspec.Struct, frozen=True):
    """What became of a new message; no deliveries means that nothing reaches this person."""

    subject_id: UUID
    message_id: MessageId
    deliveries: int
