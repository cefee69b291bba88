"""The journal in words: a sentence from an entry's event and facts, on a timeline and in a replay. Pure."""

from collections.abc import Mapping, Sequence
from string import Formatter

from backend.console.words_events import EventWords
from backend.foundation.journal import Event, Fact


def told(event: str, facts: Mapping[str, Fact], words: EventWords) -> str:
    """The fullest sentence whose facts are there. An event of a newer version is named as it is."""
    if event not in words.events:
        return event
    known = {name: said for name, value in facts.items() if (said := value_of(value, words)) is not None}
    sentences = words.events[Event(event)]
    fitting = next((each for each in sentences if wanted_by(each) <= known.keys()), sentences[-1])
    more = [words.if_true[name] for name, value in facts.items() if value is True and name in words.if_true]
    return ", ".join([fitting.format_map(known), *more])


def wanted_by(sentence: str) -> set[str]:
    """Which facts a sentence needs."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def value_of(value: Fact, words: EventWords) -> str | None:
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
