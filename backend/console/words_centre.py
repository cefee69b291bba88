"""What the page of a centre's own decisions can say; its words in Danish and English have this form."""

import msgspec

from backend.attention.item import Acknowledges


class CentreWords(msgspec.Struct, frozen=True, kw_only=True):
    """One language. Named fields go into the braces."""

    lead: str
    at_no_centre: str
    first: str
    first_alone: str
    agreed_with: str
    it_is_so: str
    nothing_set: str
    by_hand: str
    by_hand_means: str
    attention: str
    attention_means: dict[Acknowledges, str]
    acknowledges: dict[Acknowledges, str]
    nobody_means: str
    overflow: str
    overflow_lead: str
    nobody_helps: str
    overflow_means: str
    overflow_always: str
    overflow_within: str
    overflow_keeps: str
    overflow_end: str
    overflow_end_means: str
    helps_others: str
    helps_nobody: str
    helps_means: str
    no_neighbour: str
    change: str
    see_first: str
    propose: str
    propose_lead: str
    go_back: str
    wrong_number: str
    wrong_choice: str
    changes: str
    who: str
    what: str
    chosen: str
    since: str
    until: str
    fields: dict[str, str]
    numbers: dict[str, str]
