"""What a volunteer can see and change of their own account."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import msgspec
import structlog

from backend.foundation.database import Connection, become
from backend.foundation.ids import VolunteerId
from backend.foundation.kinds import Kind
from backend.foundation.problems import Problem, unauthorised
from backend.foundation.telemetry import unreadable_total
from backend.identity.data_keys import Unreadable
from backend.identity.keys import PhoneHashKey
from backend.identity.phone_hash import keyed_hash, old_hash
from backend.identity.ring import ring_of
from backend.volunteers import queries
from backend.volunteers.active import hold
from backend.volunteers.home import home_municipality
from backend.volunteers.queries import Account
from backend.volunteers.sealed_person import seal_name
from backend.volunteers.volunteer import Language, Person, Training, Volunteer

_log = structlog.get_logger()


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """None leaves a value as it is. A home is changed by municipality or postcode, or dropped by `no_home`."""

    name: str | None = None
    training: Training | None = None
    languages: Sequence[str] | None = None
    municipality: str | None = None
    postcode: str | None = None
    no_home: bool = False
    coarse_position: bool | None = None

    def __repr__(self) -> str:
        return "Change(…)"


async def has_account(connection: Connection, phone_hash_key: PhoneHashKey | bytes, phone: str) -> bool:
    """Whether a phone in E.164 that nobody has proven has an account of a person, live or for exercises.

    The same statements and hashes for every phone, and the transaction acts for nobody: whoever asks learns nothing.
    """
    kinds, made_by = (Kind.LIVE, Kind.EXERCISE), (keyed_hash, old_hash)
    hashes = [made(phone_hash_key, phone, kind) for kind in kinds for made in made_by]
    found = [await queries.of_phone(connection, each) for each in hashes if each is not None]
    return any(each is not None for each in found)


async def find_account(
    connection: Connection, phone_hash_key: PhoneHashKey | bytes, phone: str, kind: Kind = Kind.LIVE
) -> Account | None:
    """The account of this kind that a phone in E.164 has, if any; the transaction acts for its owner from then on.

    So only of a phone that whoever asks has proven.
    """
    volunteer_id = await queries.of_phone(connection, keyed_hash(phone_hash_key, phone, kind))
    old = old_hash(phone_hash_key, phone, kind)
    if volunteer_id is None and old is not None:
        volunteer_id = await queries.of_phone(connection, old)
    if volunteer_id is None:
        return None
    await become(connection, volunteer_id)
    return await queries.account(connection, volunteer_id)


async def read(connection: Connection, volunteer_id: VolunteerId) -> tuple[Volunteer, Person]:
    """Raises 401 for somebody who withdrew, 503 `unreadable` where this process lacks the key to name and phone."""
    row = await queries.read_volunteer(connection, volunteer_id)
    person = await person_of(connection, volunteer_id)
    if row is None or person is None:
        raise unauthorised("This account is no longer there: sign up again.")
    volunteer = Volunteer(
        id=row.id,
        kind=row.kind,
        state=row.state,
        training=row.training,
        languages=row.languages,
        municipality=row.municipality,
        on_duty=row.on_duty,
        snoozed_until=row.snoozed_until,
        quiet_week=list(zip(row.quiet_from, row.quiet_to, strict=True)),
        coarse_position=row.coarse_position,
        created_at=row.created_at,
        withdrawn_at=row.withdrawn_at,
    )
    return volunteer, person


async def person_of(connection: Connection, volunteer_id: VolunteerId) -> Person | None:
    """Name and phone; None once they are erased. Raises 503 as :func:`read`."""
    with _told_when_unreadable():
        return await queries.read_person(connection, volunteer_id)


async def change(connection: Connection, volunteer_id: VolunteerId, wanted: Change, now: datetime) -> None:
    """Raises 422 for an unknown municipality or postcode, 401 for somebody who withdrew, 503 as :func:`read`."""
    await hold(connection, volunteer_id)
    if wanted.name is not None:
        with _told_when_unreadable():
            key = await queries.read_key(connection, volunteer_id)
            sealed = seal_name(ring_of(connection), volunteer_id, wanted.name, key)
        await queries.update_name(connection, volunteer_id, sealed)
    await queries.update_profile(connection, volunteer_id, wanted.training, wanted.languages, wanted.coarse_position)
    home = await home_municipality(connection, wanted.municipality, wanted.postcode, now)
    if home is not None or wanted.no_home:
        await queries.update_municipality(connection, volunteer_id, home)


async def language_of(connection: Connection, volunteer_id: VolunteerId) -> Language:
    """What their phone, the last one seen, is set to; Danish for somebody without one."""
    row = await queries.language_of(connection, volunteer_id)
    return row.language if row else Language.DA


@contextmanager
def _told_when_unreadable() -> Iterator[None]:
    try:
        yield
    except Unreadable as why:
        unreadable_total.labels("person").inc()
        _log.error("person_unreadable", why=str(why))
        raise Problem(
            503,
            "unreadable",
            "Cannot be read now",
            "Name and phone are there and this server lacks the key to them, which is ours to mend. Alarms go on.",
        ) from None
