"""Reading where the patient is: two coordinate systems, one place; of an impossible one, what was probably meant."""

from datetime import datetime
from typing import Annotated, assert_never
from uuid import UUID

import msgspec
from msgspec import Meta

from backend.foundation.problems import FieldError, Problem
from backend.incidents.incident import Address, Place, PlaceOnMap, PrecisionClass
from backend.locations.cells import res9_of
from backend.regions.find import Borders
from backend.regions.projection import UTM32, to_wgs84

IMPOSSIBLE_BEYOND_M = 300_000
"""Further than this from every Danish area is no place a Danish dispatch centre can mean."""


class Wgs84(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="system", tag="WGS84"):
    """Degrees, north and east positive."""

    lat: float
    lon: float


class Utm32(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="system", tag=UTM32):
    """Metres in ETRS89 / UTM zone 32N."""

    easting: float
    northing: float


Position = Wgs84 | Utm32
AccuracyM = Annotated[float, Meta(ge=0, le=1_000_000, description="Radius in metres; left out when it is not known")]
Line = Annotated[str, Meta(min_length=1, max_length=200)]
Short = Annotated[str, Meta(min_length=1, max_length=40)]


class AddressSent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a volunteer needs to reach the patient's side; shown to nobody before they have accepted."""

    text: Line | None = None
    dar_id: UUID | None = None
    floor: Short | None = None
    door: Short | None = None
    entrance: Short | None = None
    door_code: Short | None = None
    precision_class: PrecisionClass | None = None

    def address(self) -> Address:
        return msgspec.convert(msgspec.to_builtins(self), Address)

    def added_to(self, known: Address) -> Address:
        """The known one, with what is told here in place of what it says of that."""
        told = {name: value for name, value in msgspec.to_builtins(self).items() if value is not None}
        return msgspec.convert(msgspec.to_builtins(known) | told, Address)


def placed(
    position: Position, accuracy_m: float | None, address: Address, borders: Borders, now: datetime
) -> PlaceOnMap:
    """The place meant. Outside every region is fine; raises a 422 problem only for an impossible place."""
    match position:
        case Wgs84(lat, lon):
            in_range = -90 <= lat <= 90 and -180 <= lon <= 180
            return _possible((lat, lon) if in_range else None, (lat, lon, "WGS84"), accuracy_m, address, borders, now)
        case Utm32(easting, northing):
            degrees = to_wgs84(easting, northing)
            return _possible(degrees, (easting, northing, UTM32), accuracy_m, address, borders, now)
        case _:
            assert_never(position)


def revised_place(
    known: Place,
    position: Position | None,
    accuracy_m: float | None,
    address: AddressSent | None,
    borders: Borders,
    opened_at: datetime,
    *,
    adds: bool = False,
) -> PlaceOnMap:
    """The place with what is known better now, by the borders of the incident's opening. Raises as `placed`.

    A new position without a radius has none. An address replaces the whole one before, unless it only `adds` to it.
    """
    radius_m = accuracy_m if position is not None or accuracy_m is not None else known.accuracy_m
    wanted = known.address
    if address is not None:
        wanted = address.added_to(known.address) if adds else address.address()
    return placed(position or Wgs84(known.lat, known.lon), radius_m, wanted, borders, opened_at)


def _possible(
    degrees: tuple[float, float] | None,
    sent: tuple[float, float, str],
    accuracy_m: float | None,
    address: Address,
    borders: Borders,
    now: datetime,
) -> PlaceOnMap:
    if degrees is None or borders.metres_from_denmark(*degrees) > IMPOSSIBLE_BEYOND_M:
        likely = borders.likely_correction(*sent)
        far = f"The position is more than {IMPOSSIBLE_BEYOND_M // 1000} km from Denmark"
        raise Problem(
            422,
            "impossible-place",
            "No Danish dispatch centre can mean this place",
            f"{far}: {likely}." if likely else f"{far}.",
            errors=[FieldError("/position", likely or "a place in or near Denmark")],
        )
    found = borders.place_of(*degrees, now)
    return PlaceOnMap(Place(*degrees, accuracy_m, address), res9_of(*degrees), found.region, found.municipality)
