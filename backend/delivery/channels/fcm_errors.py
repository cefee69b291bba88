"""What FCM's answers mean to us. FCM's own code counts where there is one; a bare HTTP status condemns nobody."""

from datetime import datetime
from typing import Any

import msgspec

from backend.delivery.channels.http import Answer, retry_after_s
from backend.delivery.outcome import Accepted, Ambiguous, Outcome, Rejected, Verdict

UNAUTHENTICATED = "UNAUTHENTICATED"
_FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
_QUOTA_PATIENCE_S = 60.0  # Google's advice where it sends no Retry-After
_NEW_TOKEN_PATIENCE_S = 0.5


class _Taken(msgspec.Struct):
    name: str


_taken = msgspec.json.Decoder(_Taken).decode


def outcome_of(answer: Answer, now: datetime) -> Outcome:
    """The outcome an answer to messages:send stands for."""
    if answer.status == 200:
        try:
            return Accepted(_taken(answer.body).name.rpartition("/")[2])
        except (msgspec.DecodeError, UnicodeDecodeError):
            return Ambiguous("unreadable_answer")  # a proxy's own page with status 200 proves nothing
    error = _members(answer.body).get("error")
    code = _fcm_code(error)
    match code:
        case "UNREGISTERED":
            return Rejected(code, Verdict.RETIRE)
        case "SENDER_ID_MISMATCH":
            return Rejected(code, Verdict.QUARANTINE)
        case "QUOTA_EXCEEDED":
            return Rejected(code, retry_after_s=retry_after_s(answer, now, _QUOTA_PATIENCE_S))
        case "THIRD_PARTY_AUTH_ERROR" | "APNS_AUTH_ERROR" | "INVALID_ARGUMENT":
            return Rejected(code)  # ours to repair: neither the address's fault nor cured by trying again
        case _:
            return _by_status(answer, code or _status_name(error), now)


def _by_status(answer: Answer, code: str | None, now: datetime) -> Outcome:
    if answer.status >= 500 or answer.status == 408:
        return Ambiguous(code or f"HTTP_{answer.status}", retry_after_s(answer, now))
    if answer.status == 429:
        return Rejected(code or "HTTP_429", retry_after_s=retry_after_s(answer, now, _QUOTA_PATIENCE_S))
    if answer.status == 401:
        return Rejected(UNAUTHENTICATED, retry_after_s=_NEW_TOKEN_PATIENCE_S)
    return Rejected(code or f"HTTP_{answer.status}")


def _members(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}


def _fcm_code(error: object) -> str | None:
    details = error.get("details") if isinstance(error, dict) else None
    for detail in details if isinstance(details, list) else []:
        if isinstance(detail, dict) and detail.get("@type") == _FCM_ERROR and isinstance(detail.get("errorCode"), str):
            return str(detail["errorCode"])
    return None


def _status_name(error: object) -> str | None:
    status = error.get("status") if isinstance(error, dict) else None
    return status if isinstance(status, str) else None
