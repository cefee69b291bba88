"""Volunteers are 18 or older (DOMAIN §2); only the year of birth is asked for."""

from datetime import datetime
from enum import StrEnum

from backend.foundation.clock import COPENHAGEN
from backend.foundation.problems import bad_field

OLDEST = 110


class WrongAge(StrEnum):
    """Why somebody cannot be a volunteer (yet)."""

    NO_SUCH_YEAR = "no_such_year"
    HAS_TO_CONFIRM = "has_to_confirm"
    UNDER_18 = "under_18"


def is_old_enough(birth_year: int, has_turned_18: bool, now: datetime) -> bool:
    """Certain from the year alone, or in the year somebody turns 18 by their own word. The year is Denmark's."""
    this_year = _this_year(now)
    return birth_year <= this_year - 19 or (birth_year == this_year - 18 and has_turned_18)


def wrong_age(birth_year: int, has_turned_18: bool, now: datetime) -> WrongAge | None:
    """None for somebody old enough, born in a year somebody alive was born in."""
    this_year = _this_year(now)
    if not this_year - OLDEST <= birth_year <= this_year:
        return WrongAge.NO_SUCH_YEAR
    if is_old_enough(birth_year, has_turned_18, now):
        return None
    return WrongAge.HAS_TO_CONFIRM if birth_year == this_year - 18 else WrongAge.UNDER_18


def refuse_under_18(birth_year: int, has_turned_18: bool, now: datetime) -> None:
    """Raises 422 `under-18` or for a year nobody alive was born in."""
    match wrong_age(birth_year, has_turned_18, now):
        case None:
            return
        case WrongAge.NO_SUCH_YEAR:
            this_year = _this_year(now)
            raise bad_field("/birth_year", f"a year between {this_year - OLDEST} and {this_year}")
        case WrongAge.HAS_TO_CONFIRM:
            raise bad_field("/has_turned_18", "true: confirm that you have turned 18", slug="under-18")
        case WrongAge.UNDER_18:
            raise bad_field("/birth_year", "hjerteløbere are 18 or older", slug="under-18")


def _this_year(now: datetime) -> int:
    return now.astimezone(COPENHAGEN).year
