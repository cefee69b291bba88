"""Proving the phone: the code from the text message, and what it opens."""

import re
from datetime import datetime

import msgspec
import structlog

from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId
from backend.identity import codes
from backend.identity.codes import WhyNot
from backend.identity.keys import Keys
from backend.recruitment import credit
from backend.signup.session import SignUp, Step
from backend.volunteers.devices import devices_of
from backend.volunteers.profile import find_account

log = structlog.get_logger()


def digits_of(text: str) -> str | None:
    """The six digits of a code as people type or paste it, or None where there are not six."""
    digits = re.sub(r"[\s\-.]", "", text)
    return digits if re.fullmatch(r"[0-9]{6}", digits) else None


async def prove(connection: Connection, keys: Keys, sign_up: SignUp, code: str, now: datetime) -> SignUp | WhyNot:
    """How it goes on with the right code. A wrong one counts as a try: the caller has to commit all the same."""
    if await codes.check(connection, keys, sign_up.phone, code, now) is None:
        return await codes.why_not(connection, keys, sign_up.phone, now)
    account = await find_account(connection, keys.phone_hash_key, sign_up.phone)
    account_id = None if account is None else account.volunteer_id
    if sign_up.join_code is not None:
        await credit.proven(connection, keys, sign_up.phone, sign_up.join_code, account_id, now)
    log.info("sign_up_phone_proven", already=account_id is not None, join_code_given=sign_up.join_code is not None)
    if account_id is not None:
        return await already(connection, sign_up, account_id)
    return msgspec.structs.replace(sign_up, step=Step.ABOUT)


async def already(connection: Connection, sign_up: SignUp, account: VolunteerId) -> SignUp:
    """The phone has an account: one person, one account. What was typed is forgotten."""
    connected = bool(await devices_of(connection, account))
    return SignUp(step=Step.ALREADY, join_code=sign_up.join_code, account=account, connected=connected)
