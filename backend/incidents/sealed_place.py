"""A patient's place as it is kept: sealed under the incident's own data key, opened by whoever has the key ring.

Where it cannot be opened (its key is not in the key file, say) the incident goes on: people are asked around the middle
of its cell of resolution 9, which is kept in the clear, and are told that the exact place cannot be shown.
"""

from uuid import UUID

import msgspec
import structlog

from backend.foundation.ids import IncidentId
from backend.foundation.telemetry import unreadable_total
from backend.identity.data_keys import DataKey, KeyRing, Sealed, Unreadable, WrappedKey
from backend.incidents.incident import Address, Place
from backend.incidents.words import Words, WordsOf
from backend.locations.cells import centre_of

CELL_RADIUS_M = 220.0
"""No point of a cell of resolution 9 in Denmark is further from its middle."""

_log = structlog.get_logger()


class SealedPlace(msgspec.Struct, frozen=True):
    """What a row of incident_place holds, and its row of data_key: none of it says anything by itself."""

    point: bytes
    address: bytes
    told: bytes | None
    key: WrappedKey


def seal_place(ring: KeyRing, incident_id: IncidentId, place: Place, words: WordsOf) -> SealedPlace:
    """Under a new key: whoever kept the old one cannot read what was corrected since.

    `words`: where each dispatch system last said that it is.
    """
    key, wrapped = ring.new_key(incident_id)
    return SealedPlace(
        key.seal(Sealed.POINT, msgspec.json.encode((place.lat, place.lon))),
        key.seal(Sealed.ADDRESS, msgspec.json.encode(place.address)),
        key.seal(Sealed.TOLD, msgspec.json.encode(words)) if words else None,
        wrapped,
    )


def open_point(
    ring: KeyRing, incident_id: IncidentId, point: bytes, key: WrappedKey | None, cell_r9: int
) -> tuple[float, float]:
    """Where the patient is; the middle of the cell where that cannot be opened."""
    try:
        return _point(_opened(ring, incident_id, key), point)
    except Unreadable as why:
        _tell(incident_id, why)
        return centre_of(cell_r9)


def open_place(
    ring: KeyRing,
    incident_id: IncidentId,
    point: bytes,
    address: bytes,
    key: WrappedKey | None,
    cell_r9: int,
    accuracy_m: float | None,
) -> Place:
    """The place; where it cannot be opened its cell stands in for it, without an address and marked as unreadable."""
    try:
        opened = _opened(ring, incident_id, key)
        return Place(*_point(opened, point), accuracy_m, _address(opened, address))
    except Unreadable as why:
        _tell(incident_id, why)
        return Place(*centre_of(cell_r9), max(accuracy_m or 0.0, CELL_RADIUS_M), Address(), readable=False)


def open_words(ring: KeyRing, incident_id: IncidentId, told: bytes | None, key: WrappedKey | None) -> dict[UUID, Words]:
    """Where each dispatch system last said that it is; of none where it cannot be opened: then all they say is news."""
    if told is None:
        return {}
    try:
        return msgspec.json.decode(_opened(ring, incident_id, key).open(Sealed.TOLD, told), type=dict[UUID, Words])
    except (Unreadable, msgspec.ValidationError):
        return {}


def _opened(ring: KeyRing, incident_id: IncidentId, key: WrappedKey | None) -> DataKey:
    if key is None:
        raise Unreadable("its data key is gone")
    return ring.unwrap(incident_id, key)


def _point(key: DataKey, point: bytes) -> tuple[float, float]:
    return msgspec.json.decode(key.open(Sealed.POINT, point), type=tuple[float, float])


def _address(key: DataKey, address: bytes) -> Address:
    told = key.open(Sealed.ADDRESS, address)
    try:
        return msgspec.json.decode(told, type=Address)
    except msgspec.ValidationError:  # which would quote it
        raise Unreadable("its address is in a newer version's words: both are running") from None


def _tell(incident_id: IncidentId, why: Unreadable) -> None:
    unreadable_total.labels("place").inc()
    _log.error("place_unreadable", incident=str(incident_id), why=str(why))
