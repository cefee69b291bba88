"""Everything the pages can say: the words of `words_da` and `words_en` have this form."""

import msgspec

from backend.console.cannot import Cannot
from backend.console.reason import Reason
from backend.identity.approval import ApprovalKind, WhyNot
from backend.identity.let_in import NotLetIn
from backend.identity.openid import Failure
from backend.identity.staff import May, StaffRole

Told = tuple[str, str]
"""A heading, and what to do."""


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """One language. `{}` is where a time or a name goes; `trouble` goes by the answer's status."""

    code: str
    other_code: str
    other_name: str
    service: str
    to_content: str
    home: str
    approvals: str
    incidents: str
    change: str
    sign_out: str
    sign_in: str
    sign_in_lead: str
    sign_in_with: str
    no_provider: str
    seat_of: str
    no_seat: str
    make_seat: str
    seat_lead: str
    seat_code: str
    seat_done: Told
    seat_wrong: str
    sealed: str
    sealed_lead: str
    sealed_email: str
    sealed_email_hint: str
    sealed_word: str
    sealed_digits: str
    sealed_go: str
    sealed_wrong: str
    sealed_too_many: str
    sealed_session: str
    onward: Told
    go_on: str
    again: str
    signed_out: Told
    change_lead: str
    change_nobody: str
    change_to: str
    change_pin: str
    change_no_pin: str
    change_wrong: str
    change_other: str
    pin: str
    pin_lead: str
    pin_new: str
    pin_keep: str
    pin_kept: str
    pin_wrong: str
    who: str
    works_at: str
    everywhere: str
    move: str
    until: str
    overtime: str
    roles_heading: str
    no_role: str
    may_heading: str
    needs_fresh: str
    fresh: str
    confirm: str
    confirm_lead: str
    confirm_go: str
    confirm_other: Told
    waiting: str
    nothing_waits: str
    asked_by: str
    asked_by_you: str
    before: str
    approve: str
    refuse: str
    take_back: str
    why_not_yet: dict[WhyNot, str]
    ask_policy: str
    ask_policy_lead: str
    see_draft: str
    policy: str
    ask_freeze: str
    ask_freeze_lead: str
    client: str
    ask_export: str
    ask_export_lead: str
    export_phone: str
    fetch_copy: str
    copy_gone: Told
    copy_everywhere: Told
    ask: str
    asked: Told
    approved: Told
    refused: Told
    taken_back: Told
    cannot_be_done: dict[Cannot, str]
    every_centre: str
    incidents_lead: str
    no_incidents: str
    case: str
    opened: str
    reason: str
    see_address: str
    address_gone: str
    address: str
    address_lead: str
    address_unreadable: str
    position: str
    roles: dict[StaffRole, str]
    mays: dict[May, str]
    kinds: dict[ApprovalKind, str]
    reasons: dict[Reason, str]
    failures: dict[Failure, Told]
    not_let_in: dict[NotLetIn, Told]
    not_here: Told
    denied: Told
    lost: Told
    trouble: dict[int, Told]
