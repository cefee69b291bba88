"""Sending a one-time code by text message to a phone that may be nobody's."""

from datetime import datetime
from uuid import UUID

from backend.delivery.enqueue import enqueue
from backend.delivery.message import NewMessage, What
from backend.foundation.database import Connection
from backend.foundation.kinds import Kind


async def send_code(
    connection: Connection, code_id: UUID, code: str, phone: str, language: str, expires_at: datetime, now: datetime
) -> bool:
    """Queue the message; False when no text messages go out: then the caller undoes what it did for the code.

    The content holds the code only until the message is settled; delivery blanks it then.
    """
    message = NewMessage(
        what=What.CODE,
        subject_id=code_id,
        kind=Kind.LIVE,
        volunteer_id=None,
        bare_phone=phone,
        content={"code": code, "language": language},
        expires_at=expires_at,
    )
    [enqueued] = await enqueue(connection, [message], 0.0, now)
    return enqueued.deliveries > 0
