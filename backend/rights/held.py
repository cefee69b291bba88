"""Which table holds what about a person: where their copy has it, or why not. A test compares it with the catalog."""

IN_THE_COPY = {
    "volunteers.volunteer": "account",
    "volunteers.volunteer_identity": "identity",
    "volunteers.consent": "consents",
    "volunteers.device": "devices",
    "volunteers.address": "addresses",
    "volunteers.engagement": "engaged",
    "identity.refresh_token": "log_ins",
    "identity.one_time_code": "codes_sent",
    "locations.position": "places",
    "locations.fixed_place": "places",
    "locations.mission_position": "exact_place",
    "aeds.reservation": "fetches",
    "alerts.alert": "alerts",
    "responses.status": "told",
    "responses.word": "words",
    "delivery.message": "messages",
    "delivery.delivery": "messages",
    "delivery.attempt": "messages",
    "delivery.attempt_result": "messages",
    "delivery.receipt": "messages",
    "selection.candidate": "looked_at",
    "recruitment.member": "campaign",
    "recruitment.touch": "campaign_proven",
    "foundation.journal_entry": "journal",
    "incidents.viewed": "views",
}
"""Table → section of the copy."""

NOT_IN_THE_COPY = {
    "volunteers.data_key": "the key their phone and name are sealed with; opened, they are in `identity`",
    "delivery.answer_link": "the hash of a secret sent to them, for four hours; what it was used for is in `told`",
    "delivery.bare_address": "a number before there is a person, for five minutes, found by no person",
    "signup.session": "what somebody types before they sign up, sealed by their browser's key, for 30 min",
    "foundation.journal_seal": "digests of records; which ones are theirs stands in the records",
    "foundation.timer": "when to look again at an incident or an alert that is in `alerts`",
}
"""Table → why it is left out."""
