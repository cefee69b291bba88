"""What is said where somebody acts by script: standing down, and a better place. In Danish and in English."""

import msgspec

from backend.addresses.coordinates import How
from backend.addresses.search import What
from backend.console.words_by_hand_da import BY_HAND_DA
from backend.console.words_by_hand_en import BY_HAND_EN
from backend.console.words_events_da import VALUES_DA
from backend.console.words_events_en import VALUES_EN
from backend.console.words_incident_da import INCIDENT_DA
from backend.console.words_incident_en import INCIDENT_EN
from backend.incidents.incident import StandDownReason


class ActingWords(msgspec.Struct, frozen=True, kw_only=True):
    """One language. `{}` is where a number, a name or a place goes. `refusals`: by the end of a problem's type."""

    all_down: str
    all_down_of: str
    all_down_lead: str
    all_down_choose: str
    all_down_done: str
    all_down_over: str
    reason: str
    reasons: dict[str, str]
    leave: str
    undo: str
    acting: str
    unanswered: str
    not_done: str
    refusals: dict[str, str]
    other_incidents: str
    better_place: str
    better_lead: str
    box: str
    box_hint: str
    find: str
    nothing_found: str
    places_found: str
    whats: dict[What, str]
    hows: dict[How, str]
    swapped: str
    begin_moving: str
    moves: str
    moves_by: str
    stays: str
    directions: dict[str, str]
    accuracy_m: str
    accuracy_was: str
    accuracy_was_unknown: str
    new_address: str
    same_address: str
    move_keys: str
    send_place: str
    overtaken: str
    place_sent: str
    place_no_better: str


_DIRECTIONS_DA = dict(
    zip(
        ("n", "ne", "e", "se", "s", "sw", "w", "nw"),
        ("nord", "nordøst", "øst", "sydøst", "syd", "sydvest", "vest", "nordvest"),
        strict=True,
    )
)
_DIRECTIONS_EN = dict(
    zip(
        ("n", "ne", "e", "se", "s", "sw", "w", "nw"),
        ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"),
        strict=True,
    )
)

ACTING_DA = ActingWords(
    all_down="Aflys for alle",
    all_down_of="Aflys for alle: {}",
    all_down_lead=INCIDENT_DA.all_down_lead,
    all_down_choose="Vælg grunden med et tal, og tryk Enter.",
    all_down_done="Aflyst: {}",
    all_down_over="Hændelsen er slut.",
    reason=INCIDENT_DA.reason,
    reasons={each.value: VALUES_DA[each.value] for each in StandDownReason},
    leave="Luk",
    undo="Fortryd",
    acting="Sender …",
    unanswered="Intet svar. Tryk igen: det sker kun én gang.",
    not_done=INCIDENT_DA.not_done,
    refusals=INCIDENT_DA.refused,
    other_incidents="Åbne hændelser",
    better_place="Ret stedet",
    better_lead="Alle på vej får det nye sted straks.",
    box=BY_HAND_DA.box,
    box_hint="Adresse, vej, by eller koordinater. Intet sendes, før du har set, hvad det ændrer.",
    find=BY_HAND_DA.find,
    nothing_found=BY_HAND_DA.nothing_found,
    places_found=BY_HAND_DA.places_found,
    whats=BY_HAND_DA.whats,
    hows=BY_HAND_DA.hows,
    swapped=BY_HAND_DA.swapped,
    begin_moving="Flyt punktet",
    moves_by="flytter stedet {} m",
    moves="Stedet flyttes {} m mod {}",
    stays="Punktet er ikke flyttet",
    directions=_DIRECTIONS_DA,
    accuracy_m=INCIDENT_DA.accuracy,
    accuracy_was="Før: ± {} m",
    accuracy_was_unknown="Før: ukendt",
    new_address="Adressen bliver: {}. Den erstatter hele den gamle, også dørkoden.",
    same_address="Adressen ændres ikke.",
    move_keys="Træk eller klik på kortet. Piletaster flytter 5 m, med Skift 50 m.",
    send_place="Send rettelsen",
    overtaken="Stedet er rettet imens (rettelse {}): se det nye sted, og begynd igen.",
    place_sent="Sendt: rettelse {}",
    place_no_better="Intet sendt: det kendte sted er lige så godt eller bedre.",
)
ACTING_EN = ActingWords(
    all_down="Stand everybody down",
    all_down_of="Stand everybody down: {}",
    all_down_lead=INCIDENT_EN.all_down_lead,
    all_down_choose="Choose the reason by its number, and press Enter.",
    all_down_done="Stood down: {}",
    all_down_over="The incident has ended.",
    reason=INCIDENT_EN.reason,
    reasons={each.value: VALUES_EN[each.value] for each in StandDownReason},
    leave="Close",
    undo="Undo",
    acting="Sending …",
    unanswered="No answer. Press again: it happens only once.",
    not_done=INCIDENT_EN.not_done,
    refusals=INCIDENT_EN.refused,
    other_incidents="Open incidents",
    better_place="Revise the place",
    better_lead="Everybody on the way is told at once.",
    box=BY_HAND_EN.box,
    box_hint="Address, street, town or coordinates. Nothing is sent before you have seen what it changes.",
    find=BY_HAND_EN.find,
    nothing_found=BY_HAND_EN.nothing_found,
    places_found=BY_HAND_EN.places_found,
    whats=BY_HAND_EN.whats,
    hows=BY_HAND_EN.hows,
    swapped=BY_HAND_EN.swapped,
    begin_moving="Move the point",
    moves_by="moves the place {} m",
    moves="The place moves {} m to the {}",
    stays="The point has not moved",
    directions=_DIRECTIONS_EN,
    accuracy_m=INCIDENT_EN.accuracy,
    accuracy_was="Before: ± {} m",
    accuracy_was_unknown="Before: unknown",
    new_address="The address becomes: {}. It replaces the whole old one, the door code too.",
    same_address="The address stays as it is.",
    move_keys="Drag or click on the map. Arrow keys move 5 m, with Shift 50 m.",
    send_place="Send the revision",
    overtaken="The place was revised meanwhile (revision {}): look at the new one, and begin again.",
    place_sent="Sent: revision {}",
    place_no_better="Nothing sent: the known place is as good or better.",
)
