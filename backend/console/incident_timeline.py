"""The journal in words: a line of the timeline from an entry's event and facts. Pure."""

from collections.abc import Sequence
from string import Formatter

from backend.console.incident import Step
from backend.console.words_incident import IncidentWords
from backend.foundation.journal import Event, Fact


def told(step: Step, words: IncidentWords) -> str:
    """The fullest sentence whose facts are there. An event of a newer version is named as it is."""
    if step.event not in words.events:
        return step.event
    facts = {name: said for name, value in step.facts.items() if (said := value_of(value, words)) is not None}
    sentences = words.events[Event(step.event)]
    fitting = next((each for each in sentences if wanted_by(each) <= facts.keys()), sentences[-1])
    more = [words.if_true[name] for name, value in step.facts.items() if value is True and name in words.if_true]
    return ", ".join([fitting.format_map(facts), *more])


def wanted_by(sentence: str) -> set[str]:
    """Which facts a sentence needs."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def value_of(value: Fact, words: IncidentWords) -> str | None:
    """A fact as it is said; None for nothing: an empty list says nothing either."""
    match value:
        case None | bool() | dict():
            return None
        case str():
            return words.values.get(value, value)
        case int() | float():
            return str(value)
        case Sequence():
            return ", ".join(words.values.get(str(each), str(each)) for each in value) or None
