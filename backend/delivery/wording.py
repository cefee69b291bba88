"""The fixed words of pushes and text messages, Danish and English. No name, no address, no place.

Some reasons of a revision have words of their own: what has changed then is not the place but what one is to do.
"""

from datetime import datetime

import msgspec

from backend.delivery.message import Content, What
from backend.foundation.kinds import Kind


class Words(msgspec.Struct, frozen=True):
    title: str
    body: str


_MARK = {
    "da": {Kind.EXERCISE: "ØVELSE: ", Kind.TEST: "TEST: ", Kind.SYNTHETIC: "TEST: "},
    "en": {Kind.EXERCISE: "EXERCISE: ", Kind.TEST: "TEST: ", Kind.SYNTHETIC: "TEST: "},
}
_PUSH = {
    "da": {
        What.RING: Words("Alarm: formodet hjertestop", "{near}Åbn appen for at acceptere eller afvise."),
        What.STAND_DOWN: Words("Missionen er aflyst", "{why}Tak, fordi du var klar."),
        What.REVISION: Words("Nyt sted", "Stedet er ændret. Åbn appen for at se det."),
        What.WORD: Words("Besked fra AMK-vagtcentralen", "{word}"),
        What.TEST_ALARM: Words("Testalarm", "Din telefon kan modtage alarmer. Du skal ikke gøre noget."),
        What.NOTICE: Words("Nyt fra Hjerteløber", "Åbn appen for at læse det."),
    },
    "en": {
        What.RING: Words("Alarm: suspected cardiac arrest", "{near}Open the app to accept or decline."),
        What.STAND_DOWN: Words("The mission is called off", "{why}Thank you for being ready."),
        What.REVISION: Words("New place", "The place has changed. Open the app to see it."),
        What.WORD: Words("A word from the dispatch centre", "{word}"),
        What.TEST_ALARM: Words("Test alarm", "Your phone can receive alarms. There is nothing to do."),
        What.NOTICE: Words("News from Hjerteløber", "Open the app to read it."),
    },
}
_SMS = {
    "da": {
        What.RING: "ALARM: formodet hjertestop{distance}. Kan du hjælpe? Svar her: {link}",
        What.STAND_DOWN: "Missionen er aflyst{reason}. Tak, fordi du var klar.",
        What.REVISION: "Stedet er ændret. Se det nye her: {link}",
        What.WORD: "Fra AMK-vagtcentralen: {word}",
        What.CODE: "{code} er din kode til Hjerteløber. Den gælder i {minutes} min. Giv den ikke til nogen.",
        What.TEST_ALARM: "Testalarm: din telefon kan modtage alarmer som SMS. Du skal ikke gøre noget.",
        What.NOTICE: "Nyt fra Hjerteløber: åbn appen for at læse det.",
    },
    "en": {
        What.RING: "ALARM: suspected cardiac arrest{distance}. Can you help? Answer here: {link}",
        What.STAND_DOWN: "The mission is called off{reason}. Thank you for being ready.",
        What.REVISION: "The place has changed. See the new one here: {link}",
        What.WORD: "From the dispatch centre: {word}",
        What.CODE: "{code} is your code for Hjerteløber. It is valid for {minutes} min. Do not give it to anybody.",
        What.TEST_ALARM: "Test alarm: your phone can receive alarms by SMS. There is nothing to do.",
        What.NOTICE: "News from Hjerteløber: open the app to read it.",
    },
}
GO_DIRECT = "go_direct"
"""Why a revision was told: nobody goes straight to the patient, so whoever was to fetch a defibrillator does."""

_PUSH_BECAUSE = {
    "da": {
        GO_DIRECT: Words("Gå direkte til patienten", "Du skal ikke hente hjertestarteren. Åbn appen for at se stedet."),
    },
    "en": {
        GO_DIRECT: Words("Go straight to the patient", "Do not fetch the defibrillator. Open the app to see where."),
    },
}
_SMS_BECAUSE = {
    "da": {GO_DIRECT: "Gå direkte til patienten. Du skal ikke hente hjertestarteren. Se stedet her: {link}"},
    "en": {GO_DIRECT: "Go straight to the patient; do not fetch the defibrillator. See the place here: {link}"},
}
WORDS = {
    "da": {
        "door_open": "Døren er åben.",
        "somebody_meets_you": "Der står nogen og tager imod dig.",
        "wait_outside": "Vent udenfor, og gå ikke ind.",
        "call_us": "Ring til os. Nummeret står i appen.",
    },
    "en": {
        "door_open": "The door is open.",
        "somebody_meets_you": "Somebody is waiting for you outside.",
        "wait_outside": "Wait outside; do not go in.",
        "call_us": "Call us. The number is in the app.",
    },
}
"""What a dispatch centre says by one tap."""

REASONS = {
    "da": {
        "ambulance_arrived": "ambulancen er fremme",
        "not_cardiac_arrest": "ikke hjertestop",
        "unsafe_place": "usikkert sted",
        "wrong_address": "forkert adresse",
        "enough_helpers": "hjælpere nok",
        "sent_in_error": "sendt ved en fejl",
        "closed": "indsatsen er slut",
        "timed_out": "tiden er udløbet",
        "joined": "samme hjertestop er meldt to gange",
        "out_of_reach": "stedet er et andet, og du kan ikke nå frem",
        "nearer_ones_asked": "nogen tættere på er spurgt",
        "no_answer": "intet svar",
        "outage": "alarmen nåede ikke ud på grund af en fejl",
        "no_channel_accepted": "din telefon kunne ikke nås",
    },
    "en": {
        "ambulance_arrived": "the ambulance has arrived",
        "not_cardiac_arrest": "not a cardiac arrest",
        "unsafe_place": "unsafe place",
        "wrong_address": "wrong address",
        "enough_helpers": "enough helpers",
        "sent_in_error": "sent in error",
        "closed": "the mission is over",
        "timed_out": "the time is over",
        "joined": "the same arrest was reported twice",
        "out_of_reach": "the place is another one, and you cannot get there in time",
        "nearer_ones_asked": "somebody nearer was asked",
        "no_answer": "no answer",
        "outage": "the alarm did not get out because of a fault",
        "no_channel_accepted": "your phone could not be reached",
    },
}
"""Why an alarm ended, in words: all but what somebody gave up for, which they know."""


def push_words(what: What, kind: Kind, language: str, content: Content) -> Words:
    """What a phone shows by itself; a code never goes by push."""
    speech = _language(language)
    words = _PUSH[speech][what]
    if what is What.REVISION:
        words = _PUSH_BECAUSE[speech].get(str(content.get("reason", "")), words)
    near = _distance(speech, content)
    why = _reason(speech, content)
    body = words.body.format(
        near=f"{_capital(near)}. " if near else "", why=f"{_capital(why)}. " if why else "", word=_word(speech, content)
    )
    return Words(_MARK[speech].get(kind, "") + words.title, body)


def sms_text(
    what: What, kind: Kind, language: str, content: Content, link: str | None, expires_at: datetime, now: datetime
) -> str:
    """The whole text message; Danish letters are in the GSM alphabet, so an alarm is one part."""
    speech = _language(language)
    near, why = _distance(speech, content), _reason(speech, content)
    words = _SMS[speech][what]
    if what is What.REVISION:
        words = _SMS_BECAUSE[speech].get(str(content.get("reason", "")), words)
    return _MARK[speech].get(kind, "") + words.format(
        distance=f" {near}" if near else "",
        reason=f": {why}" if why else "",
        link=link or "",
        code=content.get("code", ""),
        word=_word(speech, content),
        minutes=max(1, round((expires_at - now).total_seconds() / 60)),
    )


def _language(language: str) -> str:
    return "en" if language == "en" else "da"


def _distance(language: str, content: Content) -> str:
    metres = content.get("coarse_distance_m")
    if not isinstance(metres, int):
        return ""
    far = distance_words(language, metres)
    return f"ca. {far} fra dig" if language == "da" else f"about {far} from you"


def distance_words(language: str, metres: int) -> str:
    """`400 m`, `1,5 km` in Danish, `1.5 km` in English."""
    if metres < 1000:
        return f"{metres} m"
    kilometres = f"{metres / 1000:.1f}".removesuffix(".0")
    return f"{kilometres.replace('.', ',') if language == 'da' else kilometres} km"


def _reason(language: str, content: Content) -> str:
    return REASONS[language].get(str(content.get("reason", "")), "")


def _word(language: str, content: Content) -> str:
    return WORDS[language].get(str(content.get("word", "")), "")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
