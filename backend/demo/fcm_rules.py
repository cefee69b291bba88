"""FCM's rules for a v1 message, as far as its documentation states them: what Google would refuse is refused here."""

import re
from typing import Any

import msgspec

MAX_PAYLOAD_BYTES = 4096
MAX_TTL_S = 28 * 24 * 3600
MAX_COLLAPSE_ID_BYTES = 64
_DURATION = re.compile(r"(\d+)(\.\d{1,9})?s")
_RESERVED = re.compile(r"from|message_type|google\..*|gcm\..*")


class Violation(Exception):
    """The first rule a message breaks: which field, and why."""

    def __init__(self, field: str, description: str) -> None:
        super().__init__(f"{field}: {description}")
        self.field = field
        self.description = description


class _Wire(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Google's JSON knows no unknown field."""


class Options(_Wire):
    analytics_label: str | None = None
    image: str | None = None
    link: str | None = None


class Notification(_Wire):
    title: str | None = None
    body: str | None = None
    image: str | None = None


class Android(_Wire):
    collapse_key: str | None = None
    priority: str | None = None
    ttl: str | None = None
    restricted_package_name: str | None = None
    data: dict[str, str] | None = None
    notification: dict[str, Any] | None = None
    fcm_options: Options | None = None
    direct_boot_ok: bool | None = None
    bandwidth_constrained_ok: bool | None = None
    restricted_satellite_ok: bool | None = None


class Apns(_Wire):
    headers: dict[str, str] | None = None
    payload: dict[str, Any] | None = None
    fcm_options: Options | None = None
    live_activity_token: str | None = None


class Webpush(_Wire):
    headers: dict[str, str] | None = None
    data: dict[str, str] | None = None
    notification: dict[str, Any] | None = None
    fcm_options: Options | None = None


class Message(_Wire):
    """google.firebase.fcm.v1.Message."""

    data: dict[str, str] | None = None
    notification: Notification | None = None
    android: Android | None = None
    webpush: Webpush | None = None
    apns: Apns | None = None
    fcm_options: Options | None = None
    token: str | None = None
    fid: str | None = None
    topic: str | None = None
    condition: str | None = None


class Send(_Wire):
    """The body of messages:send."""

    message: Message
    validate_only: bool = False


def read(body: bytes) -> Send:
    """The request as Google would read it. Raises Violation for the first rule it breaks."""
    try:
        send = msgspec.json.decode(body, type=Send)
    except msgspec.DecodeError as wrong:
        raise Violation("message", str(wrong)) from None
    _check_target(send.message)
    _check_data(send.message)
    if send.message.android is not None:
        _check_android(send.message.android)
    if send.message.apns is not None:
        _check_apple(send.message, send.message.apns)
    return send


def target(message: Message) -> str:
    """Where it goes; :func:`read` has made sure that there is exactly one."""
    return message.token or message.fid or message.topic or message.condition or ""


def _check_target(message: Message) -> None:
    given = [t for t in (message.token, message.fid, message.topic, message.condition) if t is not None]
    if len(given) != 1:
        raise Violation("message", "Exactly one of token, fid, topic or condition must be set.")
    if not given[0] or given[0].split() != [given[0]]:
        raise Violation("message.token", "The registration token is not a valid FCM registration token")


def _check_data(message: Message) -> None:
    for name in message.data or {}:
        if _RESERVED.fullmatch(name):
            raise Violation(f"message.data[{name}]", "Invalid data payload key")
    payload = msgspec.json.encode(msgspec.structs.replace(message, token=None, fid=None))
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise Violation("message", "Message too big")


def _check_android(android: Android) -> None:
    if android.priority is not None and android.priority.upper() not in ("HIGH", "NORMAL"):
        raise Violation("message.android.priority", "Invalid value")
    if android.ttl is not None:
        duration = _DURATION.fullmatch(android.ttl)
        if duration is None or int(duration.group(1)) > MAX_TTL_S:
            raise Violation("message.android.ttl", "Invalid duration")


def _check_apple(message: Message, apns: Apns) -> None:
    headers = {name.lower(): value for name, value in (apns.headers or {}).items()}
    aps = (apns.payload or {}).get("aps", {})
    if len(headers.get("apns-collapse-id", "").encode()) > MAX_COLLAPSE_ID_BYTES:
        raise Violation("message.apns.headers", "apns-collapse-id is too long")
    if headers.get("apns-expiration", "0").isdigit() is False:
        raise Violation("message.apns.headers", "apns-expiration is not a time")
    shows = message.notification is not None or any(aps.get(name) for name in ("alert", "sound", "badge"))
    if headers.get("apns-priority") == "10" and not shows:
        raise Violation("message.apns.headers", "apns-priority 10 is not for a message that shows nothing")
