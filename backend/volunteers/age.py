"""Volunteers are 18 or older (DOMAIN §2); only the year of birth is asked for."""

from datetime import datetime

from backend.foundation.clock import COPENHAGEN
from backend.foundation.problems import bad_field

OLDEST = 110


def is_old_enough(birth_year: int, has_turned_18: bool, now: datetime) -> bool:
    """Certain from the year alone, or in the year somebody turns 18 by their own word. The year is Denmark's."""
    this_year = now.astimezone(COPENHAGEN).year
    return birth_year <= this_year - 19 or (birth_year == this_year - 18 and has_turned_18)


def refuse_under_18(birth_year: int, has_turned_18: bool, now: datetime) -> None:
    """Raises 422 `under-18` or for a year nobody alive was born in."""
    this_year = now.astimezone(COPENHAGEN).year
    if not this_year - OLDEST <= birth_year <= this_year:
        raise bad_field("/birth_year", f"a year between {this_year - OLDEST} and {this_year}")
    if is_old_enough(birth_year, has_turned_18, now):
        return
    if birth_year == this_year - 18:
        raise bad_field("/has_turned_18", "true: confirm that you have turned 18", slug="under-18")
    raise bad_field("/birth_year", "hjerteløbere are 18 or older", slug="under-18")
