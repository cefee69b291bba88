"""What an address asks for, read by hand so that each refusal names its parameter."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

import msgspec

from backend.public.contract import FieldError, Problem, bad_field, not_found
from campaigns.figures.period import Period, WrongPeriod
from campaigns.figures.view import NoSuchUnit, NotYours, View
from campaigns.organisation.read import parse_code
from campaigns.organisation.unit import UnitCode


class Form(StrEnum):
    JSON = "json"
    CSV = "csv"


class Ask(msgspec.Struct, frozen=True):
    """`unit` None: the whole campaign."""

    since: date | None
    until: date | None
    unit: str | None
    form: Form

    def period(self, view: View) -> Period:
        """Whole weeks that hold the days asked for. Raises Problem."""
        query = {"fra": self.since, "til": self.until}
        try:
            return view.period({name: day.isoformat() for name, day in query.items() if day is not None})
        except WrongPeriod:
            first, last = view.campaign.since, max(view.campaign.since, view.told_until or view.campaign.since)
            field = "query:from" if self.since is not None else "query:to"
            raise bad_field(field, f"numbers are told from {first} to {last}: a day among them") from None

    def unit_in(self, view: View) -> UnitCode | None:
        """Raises Problem: the same for a unit that is not theirs as for none at all."""
        if self.unit is None:
            return None
        code = parse_code(self.unit)
        try:
            return view.unit(code or "").code
        except (NotYours, NoSuchUnit):
            raise not_found("unit") from None


def read(query: Mapping[str, str], *known: str) -> Ask:
    """Raises Problem with everything that is wrong."""
    errors = [FieldError(f"query:{name[:40]}", _unknown(known)) for name in query if name not in known]
    days: dict[str, date] = {}
    for name in ("from", "to"):
        if said := query.get(name):
            try:
                days[name] = date.fromisoformat(said)
            except ValueError:
                errors.append(FieldError(f"query:{name}", "a day as 2027-01-31"))
    since, until = days.get("from"), days.get("to")
    if since and until and since > until:
        errors.append(FieldError("query:to", f"a day not before `from`, which is {since}"))
    form = query.get("format", Form.JSON)
    if form not in tuple(Form):
        errors.append(FieldError("query:format", "one of: json, csv"))
    if errors:
        detail = "; ".join(f"{each.field}: {each.problem}" for each in errors)
        raise Problem(422, "invalid-request", "The request cannot be used as it is", detail, errors=errors)
    return Ask(since, until, query.get("unit") or None, Form(form))


def _unknown(known: tuple[str, ...]) -> str:
    return f"is not known here; known are: {', '.join(known)}" if known else "is not known here; none is"
