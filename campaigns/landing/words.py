"""Everything the pages can say by themselves: the words of `words_da` and `words_en` have this form."""

import msgspec

from campaigns.campaign.codes import Standing
from campaigns.modules.texts import Language


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """One language. `{}` is where whoever sees numbers, or the least number told, goes; `trouble` goes by status."""

    language: Language
    other_language: Language
    other_name: str
    service: str
    to_content: str
    call_112: str
    accessibility: str
    heading: str
    lead: str
    sign_up: str
    does: str
    does_list: tuple[str, ...]
    expect: str
    expect_list: tuple[str, ...]
    privacy: str
    only_numbers: str
    only_numbers_of_whoever: str
    least: str
    privacy_list: tuple[str, ...]
    next: str
    next_what: str
    not_counted: dict[Standing, str]
    is_test: str
    made_up: str
    several: str
    trouble: dict[int, tuple[str, str]]
