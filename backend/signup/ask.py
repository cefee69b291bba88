"""Asking for a code: the first step, and asking again."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

import msgspec

from backend.delivery.code_by_text import NoTextMessages, code_by_text
from backend.foundation.database import Connection
from backend.identity import codes
from backend.identity.caps import Caps
from backend.identity.keys import Keys
from backend.volunteers.volunteer import Language

SENT_ALREADY = timedelta(seconds=10)
"""A button pressed twice sends one code."""

LATER_S = 600


class WhyNone(StrEnum):
    """Why no code goes out."""

    PHONE_HAD_ENOUGH = "phone_had_enough"
    NO_TEXT_MESSAGES = "no_text_messages"


class NoCode(msgspec.Struct, frozen=True):
    why: WhyNone
    retry_after_s: int


class Sent(StrEnum):
    """There is a code to enter."""

    NOW = "now"
    A_MOMENT_AGO = "a_moment_ago"  # the button was pressed twice: nothing new has begun


async def ask_for_code(
    connection: Connection, keys: Keys, limits: Caps, phone: str, language: Language, host: str, now: datetime
) -> NoCode | Sent:
    """Have a code sent to `phone` (E.164), unless one went out a moment ago. Raises as :func:`code_by_text`.

    The work is the same whether the phone has an account or not.
    """
    if await codes.sent_since(connection, keys, phone, now - SENT_ALREADY):
        return Sent.A_MOMENT_AGO
    savepoint = connection.transaction()
    await savepoint.start()
    issued = await code_by_text(connection, keys, limits, phone, language.value, host, now)
    match issued:
        case codes.TooMany(retry_after_s):
            await savepoint.rollback()
            return NoCode(WhyNone.PHONE_HAD_ENOUGH, retry_after_s)
        case NoTextMessages():
            await savepoint.rollback()  # a code nobody gets must not count for the phone
            return NoCode(WhyNone.NO_TEXT_MESSAGES, LATER_S)
        case codes.Issued():
            await savepoint.commit()
            return Sent.NOW
        case _:
            assert_never(issued)
