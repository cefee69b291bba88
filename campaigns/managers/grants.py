"""Allowing somebody to look at a campaign's numbers, and withdrawing it."""

from datetime import datetime
from uuid import UUID, uuid4

from backend.public.store import Connection
from campaigns.campaign import queries as campaigns
from campaigns.campaign.begin import CannotBe
from campaigns.campaign.campaign import Campaign
from campaigns.danish_day import day_of
from campaigns.managers import queries, queries_sessions
from campaigns.managers.manager import Grant, GrantId, Manager, ManagerId, normal
from campaigns.modules.module import Part, PartyCode
from campaigns.organisation import queries as organisations
from campaigns.organisation.unit import UnitCode, tree_on

LONGEST_NAME = 80


async def allow(
    connection: Connection,
    email: str,
    name: str,
    campaign: Campaign,
    party_code: str,
    unit: UnitCode | None,
    now: datetime,
    *,
    digest: bool = True,
) -> Grant:
    """Somebody may look as one of a party, at all it sees or at a unit and those below. Again: only `digest` changes.

    Raises CannotBe.
    """
    address = _address(email)
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise CannotBe(f"a name of {len(name)} letters: {LONGEST_NAME} at most that can be printed")
    party = await fitting_party(connection, campaign, party_code, unit, now)
    await queries.insert_manager(connection, Manager(ManagerId(uuid4()), address, name or address))
    manager = await queries.manager_by_email(connection, address)
    assert manager is not None
    if name and name != manager.name:
        await queries.name_manager(connection, manager.id, name)
    for there in await queries.grants_of(connection, manager.id):
        if (there.campaign_id, there.party, there.unit) == (campaign.id, party, unit):
            await queries.wish_digest(connection, there.id, digest=digest)
            return there
    grant = Grant(GrantId(uuid4()), manager.id, campaign.id, party, unit, digest, now)
    await queries.insert_grant(connection, grant)
    return grant


async def withdraw(
    connection: Connection, email: str, campaign: Campaign, party_code: str, unit: UnitCode | None, now: datetime
) -> None:
    """From now on it shows nothing; whoever has nothing left is signed out. Raises CannotBe where it is not allowed."""
    address = _address(email)
    manager = await queries.manager_by_email(connection, address)
    held = [] if manager is None else await queries.grants_of(connection, manager.id)
    fit = [each for each in held if (each.campaign_id, each.party, each.unit) == (campaign.id, party_code, unit)]
    if manager is None or not fit:
        what = f"{party_code} in {campaign.name}" + (f", unit {unit}" if unit else "")
        raise CannotBe(
            f"{address} may not look as {what}: `python -m campaigns managers list {campaign.name}` says who may"
        )
    for grant in fit:
        await queries.withdraw_grant(connection, grant.id, now)
    if len(fit) == len(held):
        await queries_sessions.delete_sessions_of(connection, manager.id)


async def forget(connection: Connection, email: str) -> None:
    """Nothing of a manager is left, what they were allowed and their sign-in included. Raises CannotBe.

    Only after this may somebody else sign in with the same address, once they are allowed to.
    """
    address = _address(email)
    manager = await queries.manager_by_email(connection, address)
    if manager is None:
        raise CannotBe(f"nobody here is called {address}: `python -m campaigns managers list` says who is")
    await queries.delete_manager(connection, manager.id)


async def seeing_units(connection: Connection, campaign_id: UUID) -> set[PartyCode]:
    """The parties that see units and not only the total."""
    return {each.code for each in await campaigns.parties_of(connection, campaign_id) if each.part is Part.OWNER}


async def fitting_party(
    connection: Connection, campaign: Campaign, party_code: str, unit: UnitCode | None, now: datetime
) -> PartyCode:
    """The party, if such a one may be given what lies at and below `unit`. Raises CannotBe."""
    parties = {each.code: each for each in await campaigns.parties_of(connection, campaign.id)}
    party = parties.get(PartyCode(party_code))
    if party is None:
        raise CannotBe(f"{party_code} is no party of {campaign.name}: one of {', '.join(parties)}")
    if unit is None:
        return party.code
    if party.part is not Part.OWNER:
        owner = next(each.code for each in parties.values() if each.part is Part.OWNER)
        raise CannotBe(
            f"{party.code} is {party.part.value} in {campaign.name} and sees the total only: leave the unit out, "
            f"or let it be one of {owner}"
        )
    tree = tree_on(await organisations.history_of(connection, campaign.organisation), day_of(now))
    if unit not in tree.units:
        raise CannotBe(
            f"there is no unit {unit} today: `python -m campaigns campaign show {campaign.name}` lists those there are"
        )
    return party.code


def _address(email: str) -> str:
    address = normal(email)
    if address is None:
        raise CannotBe(f"{email!r} is no e-mail address: one as anna@fmn.example")
    return address
