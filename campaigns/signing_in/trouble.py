"""What can go wrong on the way to being signed in, and how that is told."""

from enum import StrEnum

import msgspec

from backend.public.openid import Failure, NotVouched


class Trouble(StrEnum):
    """Why somebody was not let in."""

    AWAY = "away"  # the provider does not answer, or says that it cannot just now
    BUSY = "busy"  # so many come back at once that the provider is asked no more
    NONSENSE = "nonsense"  # its answer is none that may be believed
    CLOCK = "clock"  # by its clock or ours the answer is too old, or from the future
    DENIED = "denied"  # whoever was asked there said no
    LOST = "lost"  # began in another browser or too long ago, or the answer was used before
    UNVERIFIED = "unverified"  # the provider does not vouch for the address
    NOT_ALLOWED = "not allowed"  # nobody has allowed them to look
    SOMEBODY_ELSE = "somebody else"  # the address was another account's before
    ELSEWHERE = "elsewhere"  # a form that no page of ours sent
    STORE_AWAY = "store away"  # our own database


class CannotSignIn(Exception):
    """Ends the way, with the reason and nothing else: nothing of it is anybody's."""

    def __init__(self, why: Trouble) -> None:
        super().__init__(why.value)
        self.why = why


def why_of(error: CannotSignIn | NotVouched) -> Trouble:
    """Of what the provider made of it, in the pages' words. Freshness is nothing a manager is asked for."""
    if isinstance(error, CannotSignIn):
        return error.why
    return Trouble.NONSENSE if error.why is Failure.NOT_FRESH else Trouble(error.why.value)


class NotSignedIn(Exception):
    """Somebody who has to sign in first; `til`: the page they came for."""

    def __init__(self, til: str) -> None:
        super().__init__("not signed in")
        self.til = til


class Told(msgspec.Struct, frozen=True):
    """How a page says it. `again`: whether trying again at once may help."""

    status: int
    heading: str
    why: str
    again: bool


TOLD = {
    Trouble.AWAY: Told(
        503,
        "Log ind svarer ikke",
        "Din organisations log ind kan ikke nås lige nu. Prøv igen om et par minutter. Bliver det ved, så sig det til "
        "din egen it-support.",
        again=True,
    ),
    Trouble.BUSY: Told(
        503,
        "Mange logger ind lige nu",
        "Vi kunne ikke spørge din organisations log ind med det samme. Prøv igen om et øjeblik.",
        again=True,
    ),
    Trouble.NONSENSE: Told(
        502,
        "Svaret fra log ind kan ikke bruges",
        "Din organisations log ind svarede på en måde, vi ikke kan stole på. Prøv igen. Sker det igen, så sig til den, "
        "der driver tjenesten, at log ind skal ses efter.",
        again=True,
    ),
    Trouble.CLOCK: Told(
        502,
        "Urene går ikke ens",
        "Svaret fra din organisations log ind er for gammelt eller kommer fra fremtiden: et ur går forkert, hos os "
        "eller hos dem. Prøv igen. Sker det igen, så sig det til den, der driver tjenesten.",
        again=True,
    ),
    Trouble.DENIED: Told(
        403,
        "Du blev ikke logget ind",
        "Du sagde nej, eller din organisations log ind gjorde. Vil du se tallene, så log ind igen og sig ja.",
        again=True,
    ),
    Trouble.LOST: Told(
        400,
        "Begynd forfra",
        "Log ind blev begyndt et andet sted, for længe siden, eller er brugt én gang. Log ind igen fra denne side. "
        "Bliver det ved, så tillad cookies for denne adresse.",
        again=True,
    ),
    Trouble.UNVERIFIED: Told(
        403,
        "Din e-mailadresse er ikke bekræftet",
        "Din organisations log ind siger ikke, at e-mailadressen er din. Få den bekræftet hos din egen it-support, og "
        "log ind igen.",
        again=True,
    ),
    Trouble.NOT_ALLOWED: Told(
        403,
        "Du har ikke adgang til nogen tal",
        "Du er den, du siger, men ingen har givet din e-mailadresse adgang. Bed den, der står for kampagnen, om det: "
        "de skal bruge præcis den adresse, din organisations log ind kender dig under.",
        again=True,
    ),
    Trouble.SOMEBODY_ELSE: Told(
        403,
        "Adressen er en andens",
        "En anden konto har før logget ind med denne e-mailadresse, så adgangen følger ikke med. Bed den, der "
        "driver tjenesten, om at glemme den gamle og give dig din egen.",
        again=False,
    ),
    Trouble.ELSEWHERE: Told(
        403,
        "Det kom ikke fra vores side",
        "Formularen blev sendt fra et andet sted, så intet er gjort. Åbn siden igen her, og prøv en gang til.",
        again=True,
    ),
    Trouble.STORE_AWAY: Told(
        503,
        "Noget er nede hos os",
        "Vi kan ikke slå noget op lige nu. Prøv igen om et par minutter.",
        again=True,
    ),
}

NOT_THERE = Told(404, "Siden findes ikke", "Se efter, om adressen er skrevet rigtigt.", again=False)
UNREADABLE = Told(400, "Det gik ikke", "Vi kunne ikke læse det, der blev sendt. Gå tilbage, og prøv igen.", again=False)
BROKEN = Told(500, "Noget gik galt hos os", "Prøv igen om lidt.", again=False)
ONWARD = Told(200, "Log ind", "Du sendes videre til din organisations log ind.", again=False)
SIGNED_OUT = Told(
    200,
    "Du er logget ud",
    "Her er du logget ud. Er det en computer, andre bruger, så log også ud hos din organisation, og luk vinduet.",
    again=True,
)


def told_of(status: int) -> Told:
    """For whatever has no better words: by its status alone, so it repeats nothing."""
    if status == 404:
        return NOT_THERE
    return BROKEN if status >= 500 else msgspec.structs.replace(UNREADABLE, status=status)
