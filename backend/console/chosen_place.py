"""A place that was chosen in the one box or on the map, as a script or a form sends it. Pure."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from backend.api.dispatch_centre.place import AccuracyM, AddressSent, Line, Short, Wgs84
from backend.incidents.incident import PrecisionClass


class Where(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A place that was chosen, in degrees."""

    lat: float
    lon: float
    accuracy_m: AccuracyM | None = None
    text: Line | None = None
    dar_id: UUID | None = None
    floor: Short | None = None
    door: Short | None = None
    door_code: Short | None = None

    @property
    def position(self) -> Wgs84:
        return Wgs84(self.lat, self.lon)

    @property
    def address(self) -> AddressSent | None:
        """None for a point alone: of a case that is under way, what is known of the door stays known.

        How exact it is said to be is what was chosen, in the register's own steps.
        """
        if self.text is None and self.floor is None and self.door is None and self.door_code is None:
            return None
        return AddressSent(
            text=self.text,
            dar_id=self.dar_id,
            floor=self.floor,
            door=self.door,
            door_code=self.door_code,
            precision_class=self._precision,
        )

    @property
    def _precision(self) -> PrecisionClass | None:
        if self.text is None:
            return None
        if self.accuracy_m is not None:
            return PrecisionClass.AREA
        return PrecisionClass.DOOR if self.door else PrecisionClass.ENTRANCE


def where_of(form: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a place as a form has them: what was left empty is not there."""
    return {name: form[name] for name in Where.__struct_fields__ if form.get(name)}
