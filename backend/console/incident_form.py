"""What is typed into an incident's forms, as the dispatch contract's own wire types. Pure.

What is wrong is refused as a Problem that names the field and never repeats what was typed: it may be an address.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar
from uuid import UUID, uuid5

import msgspec

from backend.api.dispatch_centre.act import Revision
from backend.api.dispatch_centre.place import AddressSent, Wgs84
from backend.foundation.problems import bad_field

MOST_ACCURACY_M = 1_000_000
MOST_REVISIONS = 2**31 - 1
ADDRESS_FIELDS = {
    "address": "text",
    "dar_id": "dar_id",
    "floor": "floor",
    "door": "door",
    "entrance": "entrance",
    "door_code": "door_code",
}
LONGEST = {"address": 200, "dar_id": 36, "floor": 40, "door": 40, "entrance": 40, "door_code": 40}

Choice = TypeVar("Choice", bound=StrEnum)


def revision_of(form: Mapping[str, str]) -> Revision:
    """What is new: fields left empty stay as they are. Raises 422 that names the field; nothing at all is no revision.

    An accuracy of its own changes the old place's; a place needs both degrees. `based_on`: what the page showed.
    """
    lat, lon = (_number(form, field, 180) for field in ("lat", "lon"))
    if (lat is None) != (lon is None):
        raise bad_field("/lat" if lat is None else "/lon", "degrees, both of them")
    accuracy_m = _number(form, "accuracy", MOST_ACCURACY_M)
    if accuracy_m is not None and accuracy_m < 0:
        raise bad_field("/accuracy", "metres, not below 0")
    address = _address(form)
    if lat is None and accuracy_m is None and address is None:
        raise bad_field("", "at least one field")
    return Revision(None if lat is None or lon is None else Wgs84(lat, lon), accuracy_m, address, _based_on(form))


def is_whole(address: AddressSent) -> bool:
    """Another address, in place of the one before; else a floor or a door's code that is added to it.

    Whoever hears the code on the telephone types that alone, and those on the way must not lose the street by it.
    """
    return address.text is not None or address.dar_id is not None


def chosen(form: Mapping[str, str], field: str, of: type[Choice]) -> Choice:
    """Raises 422 for nothing chosen, and for what is on no list."""
    try:
        return of(form.get(field, ""))
    except ValueError:
        raise bad_field(f"/{field}", f"one of: {', '.join(of)}") from None


def id_in(form: Mapping[str, str], field: str) -> UUID:
    try:
        return UUID(form.get(field, ""))
    except ValueError:
        raise bad_field(f"/{field}", "an id") from None


def meant(form: Mapping[str, str], what: str) -> UUID:
    """The wish's id: of the page's and of what was chosen. The form sent twice is one wish; whoever goes back and
    chooses another word means another one."""
    return uuid5(id_in(form, "request"), what)


def _number(form: Mapping[str, str], field: str, most: float) -> float | None:
    """With a comma or a point; None for an empty field."""
    typed = form.get(field, "").strip().replace(",", ".")
    if not typed:
        return None
    try:
        number = float(typed)
    except ValueError:
        number = most + 1
    if not abs(number) <= most:  # so that no number at all is refused, too
        raise bad_field(f"/{field}", "a number, such as 55.6761")
    return number


def _based_on(form: Mapping[str, str]) -> int | None:
    number = _number(form, "based_on", MOST_REVISIONS)
    if number is not None and number < 1:
        raise bad_field("/based_on", "the number of the revision that was looked at")
    return None if number is None else int(number)


def _address(form: Mapping[str, str]) -> AddressSent | None:
    typed = {name: form.get(name, "").strip() for name in ADDRESS_FIELDS}
    for name, value in typed.items():
        if len(value) > LONGEST[name]:
            raise bad_field(f"/{name}", f"at most {LONGEST[name]} characters")
    if not any(typed.values()):
        return None
    try:
        return msgspec.convert({ADDRESS_FIELDS[name]: value for name, value in typed.items() if value}, AddressSent)
    except msgspec.ValidationError:
        raise bad_field("/dar_id", "an id") from None
