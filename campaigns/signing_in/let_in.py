"""Who gets in: whom the provider vouches for, and somebody allowed."""

from backend.public.openid import Vouched
from backend.public.store import Connection
from campaigns.managers import queries
from campaigns.managers.manager import Manager, normal
from campaigns.signing_in.trouble import CannotSignIn, Trouble


async def let_in(connection: Connection, vouched: Vouched, *, silence_is_yes: bool) -> Manager:
    """The manager somebody is. Raises CannotSignIn.

    Whoever signed in before is known by issuer and subject, whatever their address is now; whoever is new by an address
    that the provider says is theirs, which from then on means them and nobody else. `silence_is_yes`: an address is
    theirs also where the provider does not say so; never where it says the opposite.
    """
    manager = await queries.manager_by_subject(connection, vouched.issuer, vouched.subject)
    if manager is None:
        manager = await _new(connection, vouched, silence_is_yes=silence_is_yes)
    if not await queries.grants_of(connection, manager.id):
        raise CannotSignIn(Trouble.NOT_ALLOWED)
    if manager.subject is None:
        await queries.bind_manager(connection, manager.id, vouched.issuer, vouched.subject)
    return manager


async def _new(connection: Connection, vouched: Vouched, *, silence_is_yes: bool) -> Manager:
    theirs = silence_is_yes if vouched.verified is None else vouched.verified
    email = None if vouched.email is None else normal(vouched.email)
    if email is None or not theirs:
        raise CannotSignIn(Trouble.UNVERIFIED)
    manager = await queries.manager_by_email(connection, email)
    if manager is None:
        raise CannotSignIn(Trouble.NOT_ALLOWED)
    if manager.subject is not None:
        raise CannotSignIn(Trouble.SOMEBODY_ELSE)
    return manager
