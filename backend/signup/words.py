"""Everything the pages can say: the words of `words_da` and `words_en` have this form."""

import msgspec

from backend.identity.codes import WhyNot
from backend.signup.about import Mistake
from backend.signup.ask import WhyNone
from backend.volunteers.volunteer import Language, Training


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """One language. `{}` is where a number, a time or a step goes; `trouble` goes by the answer's status."""

    language: Language
    other_language: Language
    other_name: str
    title: str
    service: str
    to_content: str
    step: str
    mistake: str
    mistakes: str
    optional: str
    go_on: str
    back: str
    cancel: str
    call_112: str
    accessibility: str
    welcome: str
    lead: str
    to_phone: str
    does: str
    does_list: tuple[str, ...]
    expect: str
    expect_list: tuple[str, ...]
    privacy: str
    privacy_list: tuple[str, ...]
    phone_heading: str
    phone: str
    phone_hint: str
    not_a_phone: str
    send_code: str
    no_code_sent: dict[WhyNone, str]
    code_unusable: str
    code_heading: str
    code_sent: str
    code: str
    code_hint: str
    not_six_digits: str
    wrong_code: dict[WhyNot, str]
    new_code_sent: str
    no_code: str
    no_code_why: str
    new_code: str
    other_phone: str
    about: str
    name: str
    birth_year: str
    birth_year_hint: str
    turned_18: str
    home: str
    home_hint_both: str
    home_hint: str
    municipality: str
    no_municipality: str
    postcode: str
    training: str
    training_hint: str
    trainings: dict[Training, str]
    wrong: dict[Mistake, str]
    consents: str
    consents_lead: str
    consents_needed: str
    sign_up: str
    done: str
    done_lead: str
    app_heading: str
    app: str
    get_app: str
    no_app_heading: str
    no_app: str
    no_alarms: str
    no_location: str
    credited: str
    not_credited: str
    already: str
    already_lead: str
    already_app: str
    leave: str
    to_leave: str
    leaving: str
    leaving_means: str
    leave_now: str
    not_now: str
    left: str
    left_why: str
    again: str
    over: str
    over_why: str
    cancelled: str
    cancelled_why: str
    trouble: dict[int, tuple[str, str]]
