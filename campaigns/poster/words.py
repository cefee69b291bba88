"""What every poster says beside the campaign's own words."""

import msgspec

from campaigns.modules.texts import Language


class Words(msgspec.Struct, frozen=True):
    """One language's; `{}` is whoever sees only numbers."""

    service: str
    or_go_to: str
    only_numbers: str
    always_no: str
    call_112: str


WORDS = {
    Language.DA: Words(
        "Hjerteløber",
        "eller gå til",
        "{} ser kun tal: aldrig navne, steder eller svar på en alarm.",
        "Du bestemmer selv, og du kan altid melde dig ud.",
        "Ser du et hjertestop nu: ring 1-1-2",
    ),
    Language.EN: Words(
        "Hjerteløber",
        "or go to",
        "{} see only numbers: never names, places or answers to an alarm.",
        "It is your own choice, and you can leave at any time.",
        "If you see a cardiac arrest now: call 1-1-2",
    ),
}
