"""Days as Danes count them: what a unit's, a code's and a campaign's time is told in."""

from datetime import date, datetime

from backend.public.store import COPENHAGEN, copenhagen_midnight


def day_of(moment: datetime) -> date:
    """The Danish day of an aware moment."""
    return moment.astimezone(COPENHAGEN).date()


def start_of(day: date) -> datetime:
    """Its first moment, in UTC."""
    return copenhagen_midnight(day.year, day.month, day.day)
