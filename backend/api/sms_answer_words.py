"""The words of the SMS answer page, Danish and English."""

import msgspec

from backend.selection.policy import Role


class Words(msgspec.Struct, frozen=True):
    """Everything the page can say in one language."""

    language: str
    other_language: str
    other_name: str
    title: str
    alarm: str
    mark: dict[str, str]
    away: str
    still: str
    accept: str
    decline: str
    give_up: str
    accepted: str
    changed: str
    seen: str
    role: dict[str, str]
    aed: str
    aed_unknown: str
    cabinet_code: str
    floor: str
    door: str
    entrance: str
    door_code: str
    centre_number: str
    from_centre: str
    coarse: str
    unreadable: str
    map: str
    left_reach: str
    states: dict[str, str]
    refusals: dict[str, str]
    call_112: str
    no_such: str
    no_such_why: str


DANISH = Words(
    language="da",
    other_language="en",
    other_name="English",
    title="Hjerteløber",
    alarm="Alarm: formodet hjertestop",
    mark={"exercise": "ØVELSE", "test": "TEST", "synthetic": "TEST"},
    away="Ca. {} fra dig.",
    still="Alarmen ringer ikke længere, men du kan stadig acceptere.",
    accept="Acceptér",
    decline="Afvis",
    give_up="Jeg kan ikke fortsætte",
    accepted="Du har accepteret",
    changed="Noget er ændret. Her er det nye sted og din opgave.",
    seen="Jeg har set det nye",
    role={
        Role.DIRECT: "Gå direkte til patienten og start hjerte-lunge-redning (HLR).",
        Role.AED: "Hent hjertestarteren først, og gå så til patienten.",
        Role.GUIDE: "Tag imod ambulancen, og vis vej.",
        Role.STANDBY: "Hold dig klar ved stedet.",
    },
    aed="Hjertestarteren",
    aed_unknown="Åbningstiden er ukendt.",
    cabinet_code="Kode til skabet",
    floor="Etage",
    door="Dør",
    entrance="Opgang",
    door_code="Dørkode",
    centre_number="Ring til AMK-vagtcentralen",
    from_centre="Fra AMK-vagtcentralen",
    coarse="Stedet er ikke præcist.",
    unreadable="Adressen kan ikke vises lige nu. Punktet er op til et par hundrede meter fra patienten: gå derhen, se "
    "efter nogen, der vinker, og ring 1-1-2, hvis du ikke finder stedet.",
    map="Vis på kort",
    left_reach="Du er uden for alarmeringsradius. Gå kun, hvis du stadig kan hjælpe.",
    states={
        "declined": "Du har afvist. Tak for svaret.",
        "missed": "Alarmen er slut.",
        "unreachable": "Alarmen er slut.",
        "withdrawn": "Missionen er aflyst",
        "stood_down": "Missionen er aflyst",
        "gave_up": "Du har meldt, at du ikke kan fortsætte. Tak for din hjælp.",
        "finished": "Missionen er slut. Tak for din hjælp.",
    },
    refusals={
        "ended": "Alarmen er slut. Tak, fordi du var klar.",
        "no_place_left": "Der er hjælpere nok på vej. Tak, fordi du var klar.",
        "engaged_elsewhere": "En anden alarm ringer hos dig, eller du er allerede på en anden mission.",
        "already_going": "Du har accepteret. Kan du ikke komme frem, så meld, at du ikke kan fortsætte.",
        "no_aed_to_lose": "Der er ingen hjertestarter til dig.",
    },
    call_112="Er der fare for liv uden for denne alarm, så ring 1-1-2.",
    no_such="Linket virker ikke",
    no_such_why="Det er for gammelt, eller noget af det mangler. Se dine alarmer i appen.",
)
ENGLISH = Words(
    language="en",
    other_language="da",
    other_name="Dansk",
    title="Hjerteløber",
    alarm="Alarm: suspected cardiac arrest",
    mark={"exercise": "EXERCISE", "test": "TEST", "synthetic": "TEST"},
    away="About {} from you.",
    still="The alarm no longer rings, but you can still accept.",
    accept="Accept",
    decline="Decline",
    give_up="I cannot go on",
    accepted="You have accepted",
    changed="Something has changed. Here are the new place and your task.",
    seen="I have seen what is new",
    role={
        Role.DIRECT: "Go straight to the patient and start CPR.",
        Role.AED: "Fetch the defibrillator (AED) first, then go to the patient.",
        Role.GUIDE: "Meet the ambulance and show the way.",
        Role.STANDBY: "Stand by at the place.",
    },
    aed="The defibrillator",
    aed_unknown="Its opening hours are unknown.",
    cabinet_code="Cabinet code",
    floor="Floor",
    door="Door",
    entrance="Entrance",
    door_code="Door code",
    centre_number="Call the dispatch centre",
    from_centre="From the dispatch centre",
    coarse="The place is not exact.",
    unreadable="The address cannot be shown now. The point is up to a few hundred metres from the patient: go there, "
    "look for people waving, and call 1-1-2 if you do not find the place.",
    map="Show on map",
    left_reach="You are outside the alarm's reach. Go only if you can still help.",
    states={
        "declined": "You have declined. Thank you for answering.",
        "missed": "The alarm is over.",
        "unreachable": "The alarm is over.",
        "withdrawn": "The mission is called off",
        "stood_down": "The mission is called off",
        "gave_up": "You have said that you cannot go on. Thank you for your help.",
        "finished": "The mission is over. Thank you for your help.",
    },
    refusals={
        "ended": "The alarm is over. Thank you for being ready.",
        "no_place_left": "Enough helpers are on their way. Thank you for being ready.",
        "engaged_elsewhere": "Another alarm rings on your phone, or you are already on another mission.",
        "already_going": "You have accepted. If you cannot get there, say that you cannot go on.",
        "no_aed_to_lose": "There is no defibrillator for you.",
    },
    call_112="If a life is in danger outside this alarm, call 1-1-2.",
    no_such="This link does not work",
    no_such_why="It is too old, or a part of it is missing. See your alarms in the app.",
)


def words_in(language: str) -> Words:
    return ENGLISH if language == "en" else DANISH
