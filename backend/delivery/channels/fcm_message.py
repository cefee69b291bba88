"""One push as FCM's v1 JSON, correct for the phone it goes to. firebase-admin's types do the checking of shapes."""

import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from firebase_admin import messaging

from backend.delivery.claim import Parcel
from backend.delivery.message import Channel, What
from backend.delivery.wording import push_words
from backend.foundation.ids import AttemptId, DeliveryId, MessageId
from backend.foundation.kinds import Kind

MAX_BYTES = 4096
# What of a message's content may leave this service. Everything else stays, whoever put it there.
_MAY_TRAVEL = ("ring_no", "coarse_distance_m", "reason", "revision", "word", "word_id")


# A new place is told as loudly as the alarm: somebody is running to the old one.
_SOUNDS_AS_AN_ALARM = frozenset({What.RING, What.TEST_ALARM, What.REVISION})


MOULDS_KEPT = 1_000  # a second of a drill needs some dozens
# What stands for everything of one push's own while a mould is made: made up, and in no message.
_AN_ALERT, _A_MESSAGE = UUID("6d6f756c-6465-4d61-8aaa-616e616c6572"), UUID("6d6f756c-6465-4d61-8bbb-6d6573736167")
_A_PHONE = "mould-for-a-phone-6d6f756c"
_PLACES = {str(_AN_ALERT): 0, _AN_ALERT.hex: 1, str(_A_MESSAGE): 2, _A_MESSAGE.hex: 3, f'"{_A_PHONE}"': 4}
_PLACE = re.compile("(" + "|".join(_PLACES) + ")")


class TooBig(Exception):
    """FCM takes 4,096 bytes."""


def encode(parcel: Parcel, now: datetime, *, validate_only: bool = False) -> bytes:
    """The body of messages:send. Raises TooBig, and ValueError where firebase-admin finds a shape wrong.

    Pushes that say the same differ in what they are about and whom they go to: that much is put into a body which was
    made and checked once.
    """
    mould = _moulded(
        parcel.what,
        parcel.kind,
        parcel.platform,
        parcel.address_kind,
        parcel.language,
        tuple((name, parcel.content[name]) for name in _MAY_TRAVEL if name in parcel.content),
        parcel.expires_at,
        int(_left(parcel.expires_at, now).total_seconds()),
    )
    ids = [spelling for each in (parcel.subject_id, parcel.message_id) for spelling in (str(each), each.hex)]
    own = (*ids, msgspec.json.encode(parcel.to).decode())
    encoded = "".join([piece if isinstance(piece, str) else own[piece] for piece in mould])
    return (f'{{"message":{encoded},"validate_only":true}}' if validate_only else f'{{"message":{encoded}}}').encode()


@lru_cache(maxsize=MOULDS_KEPT)
def _moulded(
    what: What,
    kind: Kind,
    platform: str | None,
    address_kind: str,
    language: str,
    said: tuple[tuple[str, str | int], ...],
    expires_at: datetime,
    left_s: int,
) -> list[str | int]:
    """Such a push in pieces, with a number for each place that something of its own goes to."""
    stand_in = Parcel(
        attempt_id=AttemptId(_AN_ALERT),
        delivery_id=DeliveryId(_AN_ALERT),
        fence=1,
        attempt_number=1,
        message_id=MessageId(_A_MESSAGE),
        channel=Channel.FCM,
        address_id=None,
        address_kind=address_kind,
        to=_A_PHONE,
        platform=platform,
        language=language,
        what=what,
        kind=kind,
        subject_id=_AN_ALERT,
        volunteer_id=None,
        content=dict(said),
        queued_at=expires_at,
        expires_at=expires_at,
        link_token=None,
    )
    # Built for an installation id, since a token is on its way out; then addressed to what this phone has.
    encoded: dict[str, Any] = msgspec.json.decode(str(message(stand_in, expires_at - timedelta(seconds=left_s))))
    del encoded["fid"]
    size = len(msgspec.json.encode(encoded))
    if size > MAX_BYTES:
        raise TooBig(f"{size} bytes")
    encoded["fid" if address_kind == "fcm_fid" else "token"] = _A_PHONE
    return [_PLACES.get(piece, piece) for piece in _PLACE.split(msgspec.json.encode(encoded).decode())]


def message(parcel: Parcel, now: datetime) -> messaging.Message:
    """The push, with a stand-in for whom it goes to."""
    left = _left(parcel.expires_at, now)
    urgent = parcel.what is not What.NOTICE  # high priority for what shows nothing gets a sender demoted
    return messaging.Message(
        fid="-",
        data=data(parcel),
        android=_android(parcel, left, urgent=urgent) if parcel.platform in ("android", None) else None,
        apns=_apple(parcel, urgent=urgent) if parcel.platform in ("ios", None) else None,
        webpush=_web(parcel, left, urgent=urgent) if parcel.platform == "web" else None,
    )


def _left(expires_at: datetime, now: datetime) -> timedelta:
    return max(timedelta(seconds=1), expires_at - now)


def data(parcel: Parcel) -> dict[str, str]:
    """What the app reads: ids, enums, metres. The address is fetched after accepting."""
    travelling = {name: str(parcel.content[name]) for name in _MAY_TRAVEL if name in parcel.content}
    if parcel.what is What.RING:
        travelling["rings_until"] = parcel.expires_at.isoformat().replace("+00:00", "Z")
    if parcel.what in _SOUNDS_AS_AN_ALARM:
        travelling["sound"] = "alarm"
    return {
        "what": parcel.what.value,
        "alert_id": str(parcel.subject_id),
        "kind": parcel.kind.value,
        "message_id": str(parcel.message_id),
    } | travelling


def _collapses_by(parcel: Parcel) -> UUID:
    """An alert is shown once, as it is now; a word must not take the place of a new one that waits beside it."""
    return parcel.message_id if parcel.what is What.WORD else parcel.subject_id


def _android(parcel: Parcel, left: timedelta, *, urgent: bool) -> messaging.AndroidConfig:
    """Data only: the app shows the alarm itself, on its alarm channel, also before the first unlocking."""
    return messaging.AndroidConfig(
        collapse_key=str(_collapses_by(parcel)),
        priority="high" if urgent else "normal",
        ttl=timedelta(seconds=int(left.total_seconds())),
        direct_boot_ok=True,
    )


def _apple(parcel: Parcel, *, urgent: bool) -> messaging.APNSConfig:
    """Visible, since an Apple device gets no urgent push that shows nothing."""
    words = push_words(parcel.what, parcel.kind, parcel.language, parcel.content)
    aps = messaging.Aps(
        alert=messaging.ApsAlert(title=words.title, body=words.body),
        sound="alarm.caf" if parcel.what in _SOUNDS_AS_AN_ALARM else "default",
        thread_id=str(parcel.subject_id),
        custom_data={"interruption-level": "time-sensitive" if urgent else "passive"},
    )
    headers = {
        "apns-push-type": "alert",
        "apns-priority": "10" if urgent else "5",
        "apns-collapse-id": str(_collapses_by(parcel)),
        "apns-expiration": str(int(parcel.expires_at.timestamp())),
    }
    return messaging.APNSConfig(headers=headers, payload=messaging.APNSPayload(aps=aps))


def _web(parcel: Parcel, left: timedelta, *, urgent: bool) -> messaging.WebpushConfig:
    """The browser's service worker shows it; a topic has 32 characters at most, which a bare uuid just has."""
    return messaging.WebpushConfig(
        headers={
            "TTL": str(int(left.total_seconds())),
            "Urgency": "high" if urgent else "low",
            "Topic": _collapses_by(parcel).hex,
        }
    )
