"""Signing up: a proven phone, a person of 18 or older, and what they consent to."""

from datetime import datetime

import msgspec

from backend.foundation.database import Connection, become
from backend.foundation.ids import DeviceId, VolunteerId, without_time
from backend.foundation.kinds import Kind
from backend.foundation.problems import Problem
from backend.identity.keys import PhoneHashKey
from backend.identity.phone_hash import keyed_hash, old_hash
from backend.volunteers import devices, queries, queries_consents
from backend.volunteers.age import refuse_under_18
from backend.volunteers.consents import refuse_doubles
from backend.volunteers.home import home_municipality
from backend.volunteers.volunteer import Given, NewDevice, Training


class Newcomer(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody says of themselves. `phone` is E.164 and proven by a code."""

    phone: str
    name: str
    birth_year: int
    has_turned_18: bool = False
    training: Training
    languages: tuple[str, ...]
    municipality: str | None = None
    postcode: str | None = None
    consents: tuple[Given, ...] = ()
    kind: Kind = Kind.LIVE

    def __repr__(self) -> str:
        return "Newcomer(…)"


class Opened(msgspec.Struct, frozen=True):
    """A new account, and the municipality its owner named."""

    volunteer_id: VolunteerId
    municipality: str | None


class SignedUp(msgspec.Struct, frozen=True):
    """A new account and the device it was made on. `municipality` as in :class:`Opened`."""

    volunteer_id: VolunteerId
    device_id: DeviceId
    kind: Kind
    municipality: str | None


async def sign_up(
    connection: Connection, phone_hash_key: PhoneHashKey | bytes, newcomer: Newcomer, device: NewDevice, now: datetime
) -> SignedUp:
    """Make the account and sign it in on `device`. Raises as :func:`open_account`."""
    opened = await open_account(connection, phone_hash_key, newcomer, now)
    device_id = await devices.sign_in(connection, opened.volunteer_id, newcomer.kind, device, now)
    return SignedUp(opened.volunteer_id, device_id, newcomer.kind, opened.municipality)


async def open_account(
    connection: Connection, phone_hash_key: PhoneHashKey | bytes, newcomer: Newcomer, now: datetime
) -> Opened:
    """Make the account alone. Without a device it has no address, so nobody rings it until its owner signs in.

    Raises 422 for what cannot be, 409 `phone-has-account` when the phone has one.
    """
    refuse_under_18(newcomer.birth_year, newcomer.has_turned_18, now)
    refuse_doubles(newcomer.consents)
    municipality = await home_municipality(connection, newcomer.municipality, newcomer.postcode, now)
    volunteer_id = VolunteerId(without_time())
    await become(connection, volunteer_id)
    await queries.insert_volunteer(
        connection, volunteer_id, newcomer.kind, newcomer.training, newcomer.languages, municipality, now
    )
    phone_hash = keyed_hash(phone_hash_key, newcomer.phone, newcomer.kind)
    old = old_hash(phone_hash_key, newcomer.phone, newcomer.kind)
    taken = old is not None and await queries.of_phone(connection, old) is not None
    if taken or not await queries.insert_person(
        connection, volunteer_id, newcomer.phone, phone_hash, newcomer.name, newcomer.birth_year
    ):
        raise Problem(409, "phone-has-account", "Already signed up", "This phone has an account: sign in instead.")
    await queries_consents.insert_consents(
        connection, volunteer_id, [without_time() for _ in newcomer.consents], newcomer.consents, now
    )
    return Opened(volunteer_id, municipality)
