"""How the journal is told, wherever it is: `words_events_da` and `words_events_en` have this form."""

import msgspec

from backend.foundation.journal import Event


class EventWords(msgspec.Struct, frozen=True, kw_only=True):
    """One language. An entry is the first of its event's sentences whose facts are all there, `{name}` by `{name}`.

    `values` says facts that are words of ours; `if_true` is what is added where a fact is so.
    """

    values: dict[str, str]
    if_true: dict[str, str]
    events: dict[Event, tuple[str, ...]]
