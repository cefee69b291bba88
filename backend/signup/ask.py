"""Asking for a code: the first step, and asking again."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
import structlog

from backend.delivery.send_code import send_code
from backend.foundation.database import Connection
from backend.foundation.telemetry import sign_up_codes_held_back_total
from backend.identity import codes
from backend.identity.keys import Keys
from backend.signup import caps
from backend.signup.caps import Cap, Caps
from backend.volunteers.volunteer import Language

SENT_ALREADY = timedelta(seconds=10)
"""A button pressed twice sends one code."""

CAP_LASTS_S = 600  # the hour slides: some of it is free again soon

_HELD_BACK = {cap: sign_up_codes_held_back_total.labels(cap.value) for cap in Cap}
"""Each is shown as 0 from the start: the first one held back is to be seen as a rise."""

log = structlog.get_logger()


class WhyNone(StrEnum):
    """Why no code goes out."""

    PHONE_HAD_ENOUGH = "phone_had_enough"
    NETWORK_HAD_ENOUGH = "network_had_enough"
    ALL_HAD_ENOUGH = "all_had_enough"
    NO_TEXT_MESSAGES = "no_text_messages"


class NoCode(msgspec.Struct, frozen=True):
    why: WhyNone
    retry_after_s: int


class Sent(StrEnum):
    """There is a code to enter."""

    NOW = "now"
    A_MOMENT_AGO = "a_moment_ago"  # the button was pressed twice: nothing new has begun


async def ask_for_code(
    connection: Connection, keys: Keys, limits: Caps, phone: str, language: Language, network: str, now: datetime
) -> NoCode | Sent:
    """Have a code sent to `phone` (E.164), unless one went out a moment ago.

    The work is the same whether the phone has an account or not.
    """
    if await codes.sent_since(connection, keys, phone, now - SENT_ALREADY):
        return Sent.A_MOMENT_AGO
    if cap := await caps.reached(connection, keys, limits, network, now):
        _HELD_BACK[cap].inc()
        log.warning("sign_up_code_held_back", cap=cap.value)
        return NoCode(WhyNone.ALL_HAD_ENOUGH if cap is Cap.ALL else WhyNone.NETWORK_HAD_ENOUGH, CAP_LASTS_S)
    savepoint = connection.transaction()
    await savepoint.start()
    issued = await codes.issue(connection, keys, phone, now)
    if isinstance(issued, codes.TooMany):
        await savepoint.rollback()
        return NoCode(WhyNone.PHONE_HAD_ENOUGH, issued.retry_after_s)
    if not await send_code(connection, issued.id, issued.code, phone, language.value, issued.expires_at, now):
        await savepoint.rollback()  # a code nobody gets must not count for the phone
        return NoCode(WhyNone.NO_TEXT_MESSAGES, CAP_LASTS_S)
    await savepoint.commit()
    await caps.count(connection, keys, network, now)
    return Sent.NOW
