"""A person's name and phone as they are kept: sealed under a data key of theirs."""

import msgspec

from backend.foundation.ids import VolunteerId
from backend.identity.data_keys import KeyRing, Sealed, Unreadable, WrappedKey


class SealedPerson(msgspec.Struct, frozen=True):
    """What rows of volunteer_identity and data_key hold of somebody: none of it says anything by itself."""

    phone: bytes
    name: bytes
    key: WrappedKey


def seal_person(ring: KeyRing, volunteer_id: VolunteerId, phone: str, name: str) -> SealedPerson:
    """Under a new key. Raises Unreadable for a process without a data key file."""
    key, wrapped = ring.new_key(volunteer_id)
    return SealedPerson(key.seal(Sealed.PHONE, phone.encode()), key.seal(Sealed.NAME, name.encode()), wrapped)


def open_person(
    ring: KeyRing, volunteer_id: VolunteerId, name: bytes, phone: bytes, key: WrappedKey | None
) -> tuple[str, str]:
    """Name and phone; raises Unreadable where the key is missing."""
    if key is None:
        raise Unreadable("the person's data key is gone")
    opened = ring.unwrap(volunteer_id, key)
    return opened.open(Sealed.NAME, name).decode(), opened.open(Sealed.PHONE, phone).decode()


def open_phone(ring: KeyRing, volunteer_id: VolunteerId, phone: bytes, key: WrappedKey | None) -> str:
    """The phone alone; raises as :func:`open_person`."""
    if key is None:
        raise Unreadable("the person's data key is gone")
    return ring.unwrap(volunteer_id, key).open(Sealed.PHONE, phone).decode()


def seal_name(ring: KeyRing, volunteer_id: VolunteerId, name: str, key: WrappedKey | None) -> bytes:
    """Another name under the key that is there; raises as :func:`open_person`."""
    if key is None:
        raise Unreadable("the person's data key is gone")
    return ring.unwrap(volunteer_id, key).seal(Sealed.NAME, name.encode())
