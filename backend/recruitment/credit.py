"""What somebody's join code comes to: begun, phone proven, credited when they register, taken back."""

import hashlib
import hmac
from datetime import datetime, timedelta

from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId
from backend.identity.keys import Keys
from backend.recruitment import queries, queries_count
from backend.recruitment.campaign import NOWHERE, ROOT, Besides, Standing
from backend.volunteers.sign_up import Newcomer, Opened, SignedUp
from backend.volunteers.volunteer import Purpose


async def begun(connection: Connection, code: str, now: datetime) -> Standing:
    """Somebody begins to sign up with this code; nobody knows who."""
    standing = await standing_of(connection, code, now)
    if standing is Standing.OPEN:
        await queries.count_begun(connection, code)
    return standing


async def standing_of(connection: Connection, code: str, now: datetime) -> Standing:
    known = await queries.known(connection, code, now)
    if known is None:
        return Standing.UNKNOWN
    return Standing.OPEN if known.counts else Standing.CLOSED


async def proven(
    connection: Connection, keys: Keys, phone: str, code: str, account: VolunteerId | None, now: datetime
) -> None:
    """A phone (E.164) was proven on the way in by this code; `account`: the one it has already.

    Whom this very campaign recruited is new to it once, and never one it found there already.
    """
    known = await queries.known(connection, code, now)
    if known is None or not known.counts:
        return
    if account is not None and await queries.is_member(connection, known.campaign_id, account):
        return
    already = account is not None
    await queries.insert_touch(connection, known.campaign_id, phone_key(keys, phone), code, already, now)


async def credit(
    connection: Connection,
    keys: Keys,
    newcomer: Newcomer,
    opened: Opened | SignedUp,
    code: str | None,
    now: datetime,
) -> bool | None:
    """Somebody has registered. Whether they are counted; None where they named no code.

    Nobody is without the consent `campaign_credit`, nor with a code that is closed or unknown: it is not kept then. Of
    the campaign's codes the one this phone was first proven with gets the credit, this one at the latest.
    """
    if code is None:
        return None
    known = await queries.known(connection, code, now)
    consents = any(given.purpose is Purpose.CAMPAIGN_CREDIT for given in newcomer.consents)
    if known is None or not known.counts or not consents:
        return False
    await proven(connection, keys, newcomer.phone, code, None, now)
    within = timedelta(days=known.credit_days)
    first = await queries.credited_code(connection, known.campaign_id, phone_key(keys, newcomer.phone), within, now)
    area = opened.municipality or NOWHERE
    await queries.insert_member(connection, opened.volunteer_id, known.campaign_id, first or code, area, now)
    return True


async def code_of(connection: Connection, volunteer_id: VolunteerId) -> str | None:
    """The join code somebody is credited to, as long as that is known."""
    return await queries.code_of(connection, volunteer_id)


async def take_back(connection: Connection, volunteer_id: VolunteerId) -> None:
    """Forget by which code somebody came: they took their consent back, or left. That somebody did is counted."""
    await queries_count.remember_members(connection, None, volunteer_id, ROOT)
    await queries_count.remember_one(connection, volunteer_id, Besides.WITHDRAWN.value, ROOT)
    await queries_count.forget_members(connection, None, volunteer_id)


async def forget_phone(connection: Connection, keys: Keys, phone: str) -> None:
    """No campaign knows any more that this phone was proven; that one was is counted."""
    await queries_count.forget_touches_of(connection, phone_key(keys, phone), ROOT)


def phone_key(keys: Keys, phone: str) -> bytes:
    """What a proven phone is known by here."""
    # Another key than that of accounts: the two tables cannot be joined, not even by whoever holds both.
    return hmac.digest(keys.derived("recruitment"), phone.encode(), hashlib.sha256)
