"""Steps and figures in words and numbers, as people read them. Pure."""

from datetime import date, datetime, timedelta

from backend.aftercare.figure import Figure, Known, Nothing, Unknown
from backend.aftercare.monthly import Row, Unit
from backend.alerts.alert import NO_ANSWER, NO_CHANNEL_ACCEPTED, OUTAGE
from backend.console.events_told import told
from backend.console.replayed import Course, Standing, Step
from backend.console.words_after import AfterWords
from backend.console.words_events import EventWords
from backend.foundation.clock import COPENHAGEN
from backend.incidents.incident import State

_SAYS_NO_MORE = frozenset({NO_ANSWER, OUTAGE, NO_CHANNEL_ACCEPTED})
"""Reasons for not having answered: that is what the state says already."""


def step_said(step: Step, words: AfterWords, events: EventWords) -> str:
    """One entry as a sentence, as the incident's own page has it."""
    who = {} if step.alert is None else {"volunteer": step.pseudonym or words.erased}
    return told(step.event, {**step.facts, **who}, events)


def standing_said(standing: Standing | None, words: AfterWords, events: EventWords) -> tuple[str, str]:
    """State with its reason, and task; empty before they are asked."""
    if standing is None:
        return "", ""
    state = words.states[standing.state]
    if standing.reason is not None and standing.reason in events.values.keys() - _SAYS_NO_MORE:
        state += f": {events.values[standing.reason]}"
    return state, "" if standing.role is None else events.values.get(standing.role, standing.role)


def course_said(course: Course, words: AfterWords, events: EventWords) -> str:
    over = course.state is State.ENDED and course.end_reason is not None
    said = words.course_ended.format(events.values[str(course.end_reason)]) if over else words.course_open
    return said if course.revision == 1 else f"{said} · {words.revision.format(course.revision)}"


def clock_said(at: datetime) -> str:
    return f"{at.astimezone(COPENHAGEN):%H.%M.%S}"


def day_said(at: datetime) -> str:
    return f"{at.astimezone(COPENHAGEN):%d.%m.%Y %H.%M.%S}"


def lasted(took: timedelta) -> str:
    """0.07, 12.40, 1.02.05: minutes and seconds, from an hour on with hours before them."""
    seconds = max(0, int(took.total_seconds()))
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}.{minutes:02}.{seconds % 60:02}" if hours else f"{minutes}.{seconds % 60:02}"


def figure_said(figure: Figure, unit: Unit, words: AfterWords) -> str:
    """In a table. Whatever is unknown is no number."""
    match figure:
        case Unknown(n, m):
            return words.unknown.format(n, m)
        case Nothing():
            return words.nothing
        case Known(value, _):
            return number_said(value, unit, words)


def number_said(value: float, unit: Unit, words: AfterWords) -> str:
    match unit:
        case Unit.COUNT:
            return str(round(value))
        case Unit.AVERAGE:
            return f"{value:.1f}".replace(".", words.decimal)
        case Unit.SHARE:
            return f"{value * 100:.0f} %"
        case Unit.SECONDS:
            minutes, seconds = divmod(round(value), 60)
            return words.minutes.format(minutes, seconds)


def month_said(month: date, words: AfterWords) -> str:
    return f"{words.months[month.month - 1]} {month.year}"


def left_out_said(row: Row, words: AfterWords) -> str:
    return ", ".join(f"{count} {words.left_out_because[why]}" for why, count in sorted(row.left_out.items())) or "0"
