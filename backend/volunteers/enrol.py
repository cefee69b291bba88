"""Made by an operator instead of by signing up: staff for drills, and the phone of the synthetic alarm. Never live."""

from datetime import datetime

import msgspec

from backend.foundation.database import Connection, become
from backend.foundation.ids import AddressId, DeviceId, VolunteerId, without_time
from backend.foundation.kinds import Kind
from backend.foundation.problems import Problem
from backend.identity.phone_hash import keyed_hash
from backend.volunteers import queries, queries_consents, queries_devices
from backend.volunteers.age import refuse_under_18
from backend.volunteers.volunteer import Given, Language, NewDevice, Platform, Purpose, Push, Training

CONSENT_VERSION = "operator"
"""Who is enrolled has agreed with the operator, not in the app: the operator keeps that."""

MACHINE, NOBODYS_BIRTH_YEAR = "Syntetisk alarm", 1970
"""Who a synthetic phone with a number is."""


class Member(msgspec.Struct, frozen=True):
    """Somebody of the staff who gave a phone, in E.164, to be drilled with."""

    name: str
    phone: str
    birth_year: int

    def __repr__(self) -> str:
        return "Member(…)"


async def enrol_staff(connection: Connection, phone_hash_key: bytes, member: Member, now: datetime) -> VolunteerId:
    """Ring this phone in exercises from now on, by text message, and by app once signed in with it.

    A live account of the same phone is another one and stays as it is. Raises 409 `phone-has-account` for a phone that
    is on the list already, 422 for somebody under 18.
    """
    refuse_under_18(member.birth_year, has_turned_18=False, now=now)
    volunteer_id = await _insert(connection, Kind.EXERCISE, now)
    phone_hash = keyed_hash(phone_hash_key, member.phone, Kind.EXERCISE)
    if not await queries.insert_person(
        connection, volunteer_id, member.phone, phone_hash, member.name, member.birth_year
    ):
        raise Problem(409, "phone-has-account", "On the list already", "This phone is on the list for exercises.")
    sms_id = AddressId(without_time())
    await queries_devices.insert_sms_address(connection, sms_id, volunteer_id, Kind.EXERCISE, now)
    return volunteer_id


async def enrol_synthetic(
    connection: Connection, phone_hash_key: bytes, phone: str | None, push: Push | None, now: datetime
) -> tuple[VolunteerId, DeviceId]:
    """A phone nobody holds: reached by its own stream and, where the operator has such to spare, by a push address and
    text messages. Raises 409 `phone-has-account` when another synthetic phone has this number."""
    volunteer_id, device_id = await _insert(connection, Kind.SYNTHETIC, now), DeviceId(without_time())
    device = NewDevice(Platform.ANDROID, "1.0.0", Language.DA)
    await queries_devices.insert_device(connection, device_id, volunteer_id, device, now)
    address_id = AddressId(without_time())
    await queries_devices.insert_in_app_address(connection, address_id, volunteer_id, Kind.SYNTHETIC, device_id, now)
    if push is not None:
        await queries_devices.retire_elsewhere(connection, device_id, push, now)
        await queries_devices.upsert_push(
            connection, AddressId(without_time()), volunteer_id, Kind.SYNTHETIC, device_id, push, now
        )
    if phone is not None:
        phone_hash = keyed_hash(phone_hash_key, phone, Kind.SYNTHETIC)
        if not await queries.insert_person(connection, volunteer_id, phone, phone_hash, MACHINE, NOBODYS_BIRTH_YEAR):
            raise Problem(409, "phone-has-account", "Taken", "Another synthetic phone has this number.")
        sms_id = AddressId(without_time())
        await queries_devices.insert_sms_address(connection, sms_id, volunteer_id, Kind.SYNTHETIC, now)
    return volunteer_id, device_id


async def _insert(connection: Connection, kind: Kind, now: datetime) -> VolunteerId:
    assert kind is not Kind.LIVE, "hjerteløbere sign up themselves"
    volunteer_id = VolunteerId(without_time())
    await become(connection, volunteer_id)
    await queries.insert_volunteer(connection, volunteer_id, kind, Training.NONE, ("da",), None, now)
    given = [Given(purpose, CONSENT_VERSION) for purpose in (Purpose.ALARMS, Purpose.LOCATION)]
    await queries_consents.insert_consents(connection, volunteer_id, [without_time() for _ in given], given, now)
    return volunteer_id
