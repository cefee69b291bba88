"""Who of those a provider vouches for gets in: somebody who was granted a role, and from then on that account alone."""

from datetime import datetime
from enum import StrEnum

from backend.foundation.database import Connection, become
from backend.identity import queries_staff as queries
from backend.identity.openid import Vouched
from backend.identity.staff import Granted, Staff, StaffId, address


class NotLetIn(StrEnum):
    """Why somebody the provider knows stays outside."""

    UNVERIFIED = "unverified"  # the provider does not vouch for the address
    NOT_GRANTED = "not_granted"  # nobody gave them a role, or what they had is over
    SOMEBODY_ELSE = "somebody_else"  # the address was another account's before


async def let_in(
    connection: Connection, vouched: Vouched, now: datetime, *, silence_is_yes: bool
) -> tuple[Staff, list[Granted]] | NotLetIn:
    """Who it is and all they were granted; from here on the transaction acts for them.

    Whoever signed in before is known by issuer and subject, whatever their address is now; whoever is new by an address
    that the provider says is theirs. `silence_is_yes`: an address is theirs also where the provider does not say so;
    never where it says the opposite.
    """
    staff_id = await queries.staff_of_subject(connection, vouched.issuer, vouched.subject)
    if staff_id is None:
        found = await _newly(connection, vouched, silence_is_yes=silence_is_yes)
        if isinstance(found, NotLetIn):
            return found
        staff_id = found
    await become(connection, staff_id)
    staff = await queries.read_staff(connection, staff_id)
    granted = await queries.granted_to(connection, staff_id)
    if staff is None or not any(each.holds(now) for each in granted):
        return NotLetIn.NOT_GRANTED
    if staff.subject is None:
        bound = await queries.bind(connection, staff_id, vouched.issuer, vouched.subject)
        return (staff, granted) if bound else NotLetIn.SOMEBODY_ELSE
    if (staff.issuer, staff.subject) != (vouched.issuer, vouched.subject):
        return NotLetIn.SOMEBODY_ELSE
    return staff, granted


async def _newly(connection: Connection, vouched: Vouched, *, silence_is_yes: bool) -> StaffId | NotLetIn:
    theirs = silence_is_yes if vouched.verified is None else vouched.verified
    email = None if vouched.email is None else address(vouched.email)
    if email is None or not theirs:
        return NotLetIn.UNVERIFIED
    return await queries.staff_of_email(connection, email) or NotLetIn.NOT_GRANTED
