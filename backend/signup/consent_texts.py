"""What somebody says yes to, word for word. Whoever changes a word changes the version, which each consent keeps."""

import msgspec

from backend.volunteers.volunteer import Language, Purpose

VERSION = "web-2026-11"


class ConsentText(msgspec.Struct, frozen=True):
    """The words beside a box, and those below it."""

    yes: str
    means: str


TEXTS: dict[Language, dict[Purpose, ConsentText]] = {
    Language.DA: {
        Purpose.ALARMS: ConsentText(
            "Jeg vil modtage alarmer",
            "Min telefon må ringe, når der er et formodet hjertestop i nærheden, hele døgnet. Jeg kan altid sige "
            "nej til en alarm, sætte alarmer på pause og vælge stille timer.",
        ),
        Purpose.LOCATION: ConsentText(
            "I må bruge min omtrentlige placering",
            "Kun den seneste, og kun som et felt på cirka 150 meter. Den slettes senest 72 timer efter, at min "
            "telefon sidst meldte sig. Mens jeg er på vej til en patient, bruges min nøjagtige placering.",
        ),
        Purpose.CAMPAIGN_CREDIT: ConsentText(
            "Jeg må tælles med (kun som et tal)",
            "Jeg kom hertil gennem en invitation. Siger jeg ja, er jeg én mere i tallet for den, der har inviteret "
            "mig. Ingen får at vide, at det er mig.",
        ),
        Purpose.RESEARCH: ConsentText(
            "Oplysninger om mine alarmer må bruges til forskning",
            "For at alarmeringen kan blive bedre. Aldrig med mit navn eller mit telefonnummer.",
        ),
    },
    Language.EN: {
        Purpose.ALARMS: ConsentText(
            "I want to receive alarms",
            "My phone may ring when there is a suspected cardiac arrest nearby, day and night. I can always say no "
            "to an alarm, snooze alarms, and choose quiet hours.",
        ),
        Purpose.LOCATION: ConsentText(
            "You may use my approximate location",
            "Only the latest, and only as an area of about 150 metres. It is deleted 72 hours after my phone last "
            "reported, at the latest. While I am on my way to a patient, my exact location is used.",
        ),
        Purpose.CAMPAIGN_CREDIT: ConsentText(
            "I may be counted (only as a number)",
            "I came here by an invitation. If I say yes, I am one more in the number of whoever invited me. Nobody "
            "is told that it is me.",
        ),
        Purpose.RESEARCH: ConsentText(
            "What is known of my alarms may be used for research",
            "So that alerting can get better. Never with my name or my phone number.",
        ),
    },
}


def purposes_for(join_code: str | None) -> tuple[Purpose, ...]:
    """Which boxes there are: being counted is asked only of whoever came by an invitation."""
    return tuple(each for each in Purpose if each is not Purpose.CAMPAIGN_CREDIT or join_code is not None)
