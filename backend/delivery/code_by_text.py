"""Having a one-time code sent by text message: the one way, for the app and for the pages.

Known and unknown numbers, and those whose code is held back (`identity.caps`), cost the same statements and the same
hashes, and whoever asks is given the same answer. A message that is held back is queued with its time over: no worker
claims it, and the chore that forgets unused codes forgets it. No guess at its code is right.
"""

from datetime import datetime

from backend.delivery.send_code import send_code
from backend.foundation.database import Connection
from backend.foundation.problems import bad_field
from backend.foundation.telemetry import codes_held_back_total
from backend.identity import caps, codes
from backend.identity.caps import HOME_PREFIX, Asked, Caps, Held
from backend.identity.codes import Issued, TooMany
from backend.identity.keys import Keys
from backend.volunteers.profile import has_account

_HELD_BACK = {held: codes_held_back_total.labels(held.value) for held in Held}
"""Each is shown as 0 from the start: the first one held back is to be seen as a rise."""


class NoTextMessages:
    """None go out at present; nothing was counted."""


def price_for(limits: Caps, phone: str) -> int:
    """What a code to this number costs, in øre. Raises 422 for a country that is not served."""
    price = limits.price_of(phone)
    if price is None:
        raise bad_field("/phone", "a number of a country this service sends codes to", slug="country-not-served")
    return price


async def code_by_text(
    connection: Connection, keys: Keys, limits: Caps, phone: str, language: str, host: str, now: datetime
) -> Issued | TooMany | NoTextMessages:
    """Issue a code for `phone` (E.164) and have it sent, or appear to. Raises 422 for a country that is not served.

    `host` is the caller's address. Of everything but `Issued` the caller undoes what this did in its transaction.
    """
    price = price_for(limits, phone)
    # Both are looked up, also where the first would do: whoever is not looked up further would be known by that.
    has_one = await has_account(connection, keys.phone_hash_key, phone)
    answered = await codes.answered_lately(connection, keys, phone, now)
    proven = answered or has_one
    abroad = not phone.startswith(f"+{HOME_PREFIX}")
    asked = Asked(caps.network_bucket(keys, host), price, proven, abroad)
    held = caps.held(await caps.read(connection, asked.network, now), limits, asked)
    issued = await codes.issue(connection, keys, phone, now, asked.buckets, sent=held is None)
    if isinstance(issued, TooMany):
        return issued
    until = now if held else issued.expires_at
    if not await send_code(connection, issued.id, issued.code, phone, language, until, now):
        return NoTextMessages()
    await caps.count(connection, asked, held, now)
    if held:
        _HELD_BACK[held].inc()
    return issued
