"""What is said where something needs a person, in Danish and in English; it goes to the scripts as it is."""

import msgspec

from backend.attention.item import Needs


class AttentionWords(msgspec.Struct, frozen=True, kw_only=True):
    """One language."""

    acknowledge: str
    sounds: str
    quiet: str
    not_taken: str
    sound_is_on: str
    sound_is_off: str
    sound_off: str
    sound_blocked: str
    try_sound: str
    attention_needs: dict[str, str]
    attention_words: dict[str, str]
    channels: dict[str, str]
    channel_why: dict[str, str]


ATTENTION_DA = AttentionWords(
    acknowledge="Kvittér",
    sounds="ringer",
    quiet="kvitteret",
    not_taken="Kvitteringen nåede ikke frem. Prøv igen.",
    sound_is_on="Lyd til",
    sound_is_off="Lyd fra",
    sound_off="Lyden er slået fra: du hører ikke, når noget kræver dig.",
    sound_blocked="Browseren spærrer for lyden. Klik et sted på siden, så ringer den, når noget kræver dig.",
    try_sound="Prøv lyden",
    attention_needs={
        Needs.NEW_ALARM: "Ny alarm",
        Needs.NOBODY_ACCEPTED: "Ingen er på vej",
        Needs.WORD: "Besked fra en hjerteløber",
        Needs.FLAGGED: "Én af usædvanligt mange alarmer: se på den",
        Needs.SECOND_PERSON: "Manuel alarm: en kollega skal bekræfte eller stoppe den",
        Needs.STILL_GOING: "En time uden nyt: er den stadig i gang?",
        Needs.CHANNEL_DOWN: "En kanal er nede",
        Needs.FEED_SILENT: "Disponeringssystemet er tavst",
        Needs.HANDOVER_RECEIVED: "Hændelser overdraget fra en anden AMK-vagtcentral: du kan se, følge og aflyse dem",
        "stream_stale": "Denne skærm er afskåret fra serveren",
        "not_watched": "Alarmer går måske ikke ud: overvågningen kører ikke. Ring til den driftsansvarlige",
    },
    attention_words={"unsafe": "utryg", "door_locked": "døren er låst", "cannot_find": "finder ikke stedet"},
    channels={"fcm": "Push", "sms": "SMS", "in_app": "Appens egen forbindelse"},
    channel_why={"fails": "beskeder går ikke ud", "switched_off": "slået fra"},
)
ATTENTION_EN = AttentionWords(
    acknowledge="Acknowledge",
    sounds="sounding",
    quiet="acknowledged",
    not_taken="The acknowledgement did not get through. Try again.",
    sound_is_on="Sound on",
    sound_is_off="Sound off",
    sound_off="The sound is off: you will not hear when something needs you.",
    sound_blocked="The browser blocks the sound. Click anywhere on the page, and it sounds when something needs you.",
    try_sound="Try the sound",
    attention_needs={
        Needs.NEW_ALARM: "New alarm",
        Needs.NOBODY_ACCEPTED: "Nobody is on the way",
        Needs.WORD: "A word from a volunteer responder",
        Needs.FLAGGED: "One of unusually many alarms: look at it",
        Needs.SECOND_PERSON: "Manual alarm: a second person confirms or stops it",
        Needs.STILL_GOING: "An hour without news: is it still going on?",
        Needs.CHANNEL_DOWN: "A channel is down",
        Needs.FEED_SILENT: "The dispatch system is silent",
        Needs.HANDOVER_RECEIVED: "Incidents handed over by another centre: you can see, follow and stand them down",
        "stream_stale": "This screen is cut off from the server",
        "not_watched": "Alarms may not go out: no worker is running. Call whoever runs the service",
    },
    attention_words={
        "unsafe": "feels unsafe",
        "door_locked": "the door is locked",
        "cannot_find": "cannot find the place",
    },
    channels={"fcm": "Push", "sms": "SMS", "in_app": "The app's own connection"},
    channel_why={"fails": "messages do not go out", "switched_off": "switched off"},
)
