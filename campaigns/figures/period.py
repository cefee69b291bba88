"""Which days figures are told of: whole weeks, as an address names them."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from campaigns.organisation.read import parse_day

WEEK = timedelta(days=7)
SUNDAY = 6


class Preset(StrEnum):
    WHOLE = "hele"
    FOUR_WEEKS = "4-uger"
    TWELVE_WEEKS = "12-uger"


WEEKS = {Preset.FOUR_WEEKS: 4, Preset.TWELVE_WEEKS: 12}


class Period(msgspec.Struct, frozen=True):
    """From the day `since` to the day `until`, both among them; whole weeks, but for a campaign's first and last."""

    since: date
    until: date
    preset: Preset | None = None

    @property
    def day_before(self) -> date:
        return self.since - timedelta(days=1)

    def week_ends(self) -> list[date]:
        """The last day of each of its weeks; the last may be a week that goes on."""
        first = week_end(self.since)
        ends = [first + n * WEEK for n in range((self.until - first).days // 7 + 1)] if first <= self.until else []
        return ends if ends and ends[-1] == self.until else [*ends, self.until]

    def query(self) -> dict[str, str]:
        """As an address says it."""
        if self.preset is Preset.WHOLE:
            return {}
        if self.preset is not None:
            return {"periode": self.preset.value}
        return {"fra": self.since.isoformat(), "til": self.until.isoformat()}


class WrongPeriod(Exception):
    """What was asked for is no period; in Danish, and what would be right."""


def week_end(day: date) -> date:
    """The Sunday of a day's week."""
    return day + timedelta(days=SUNDAY - day.weekday())


def week_start(day: date) -> date:
    return day - timedelta(days=day.weekday())


def period_in(query: Mapping[str, str], first: date, last: date) -> Period:
    """The period an address asks for (`periode`, or `fra` and `til`), of a campaign told of from `first` to `last`.

    Days in the middle of a week are taken as the whole week. Raises WrongPeriod.
    """
    last = max(first, last)
    wanted = query.get("periode", "")
    since, until = query.get("fra", "").strip(), query.get("til", "").strip()
    if since or until:
        return _between(since, until, first, last)
    if wanted not in ("", *Preset):
        raise WrongPeriod(f"»{wanted[:40]}« er ikke en periode: vælg {', '.join(Preset)}, eller en dag i fra og til.")
    preset = Preset(wanted or Preset.WHOLE)
    if preset is Preset.WHOLE:
        return Period(first, last, preset)
    ends = last if last.weekday() == SUNDAY else week_end(last) - WEEK
    if ends < first:
        return Period(first, last, preset)
    return Period(max(first, ends - WEEKS[preset] * WEEK + timedelta(days=1)), ends, preset)


def _between(since: str, until: str, first: date, last: date) -> Period:
    days = {name: parse_day(said) if said else None for name, said in (("fra", since), ("til", until))}
    for name, said in (("fra", since), ("til", until)):
        if said and days[name] is None:
            raise WrongPeriod(f"»{said[:40]}« i {name} er ikke en dag: skriv den som 2027-01-31 eller 31-01-2027.")
    begins, ends = days["fra"] or first, days["til"] or last
    if since and until and begins > ends:
        raise WrongPeriod(f"Perioden slutter {_said(ends)}, før den begynder {_said(begins)}: byt om på de to dage.")
    if begins > last or ends < first:
        raise WrongPeriod(f"Der er kun tal fra {_said(first)} til {_said(last)}: vælg dage derimellem.")
    # Clamped before they are rounded: the end of time has no week.
    return Period(max(first, week_start(max(begins, first))), min(last, week_end(min(ends, last))))


def _said(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"
