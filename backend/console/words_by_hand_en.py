"""An alarm by hand in English."""

from backend.addresses.coordinates import How
from backend.addresses.search import What
from backend.api.dispatch_centre.act import OverrideReason
from backend.console.words_by_hand import ByHandWords
from backend.incidents.by_hand import WhyNot
from backend.incidents.incident import Asking, Circumstance
from backend.incidents.raised import Above
from backend.selection.preview import Band

BY_HAND_EN = ByHandWords(
    new_alarm=("Manual alarm", "Manual exercise"),
    banner=("LIVE ALARM – hjerteløbere will be sent", "EXERCISE – only those who take part in exercises are told"),
    send=("Send the alarm now", "Send the EXERCISE now"),
    sent=("The alarm is out", "The exercise is out"),
    to_other=("An exercise instead", "A live alarm instead"),
    box="Where is the patient?",
    box_hint="Address, street, town, postcode or coordinates, such as Nørregade 3B, 2. tv or 55.676 12.568",
    find="Find the place",
    other_place="Another place",
    nothing_found="No place is like that. Try street and town, or coordinates.",
    places_found="{} places: choose with the arrows, then press Enter.",
    will_happen="What sending does",
    bands={
        Band.NOBODY: "No hjerteløbere about",
        Band.FEW: "1-4 hjerteløbere are asked at once",
        Band.SOME: "5-19 hjerteløbere are asked at once",
        Band.MANY: "20 or more hjerteløbere are asked at once",
    },
    nearest="The nearest is no further than {} m away",
    reach="Reach {} m",
    reading="Looking … there is no need to wait.",
    not_read="The preview did not come. The alarm can be sent all the same.",
    second_called="A colleague will be called and may stop the alarm. It goes out at once.",
    above={
        Above.AN_HOUR: "You have raised more manual alarms within an hour than one person does alone.",
        Above.UNCERTAIN: "The place is so uncertain that hjerteløbere cannot find it without help.",
    },
    rough="Uncertain: the patient may be {} m from the point",
    exact="The point is the address's own",
    whats={
        What.COORDINATES: "Coordinates",
        What.ADDRESS: "Address and door",
        What.ENTRANCE: "Address",
        What.STREET: "Street",
        What.POSTCODE: "Postcode",
        What.TOWN: "Town",
    },
    hows={
        How.DEGREES: "read as decimal degrees",
        How.MINUTES: "read as degrees and minutes",
        How.SECONDS: "read as degrees, minutes and seconds",
        How.UTM32: "read as UTM zone 32",
    },
    swapped="longitude and latitude changed places",
    circumstances="Circumstances",
    circumstance={
        Circumstance.TRAUMA: "Trauma",
        Circumstance.DROWNING: "Drowning",
        Circumstance.INTOXICATION: "Intoxication",
        Circumstance.SUICIDE: "Suicide",
        Circumstance.STAFFED_NURSING_HOME: "Nursing home with staff",
        Circumstance.WITNESSED_BY_CREW: "The ambulance is there",
        Circumstance.UNSAFE_SCENE: "Unsafe place",
        Circumstance.CALLER_NOT_WITH_PATIENT: "The caller is not with the patient",
        Circumstance.AGE_UP_TO_7: "A child up to 7 years",
    },
    excluded="With this NOBODY is asked, unless you choose why all the same:",
    out_of_hours="By the rule NOBODY is asked at this time of day, unless you choose why all the same:",
    override="Ask all the same",
    no_override="No, do not ask",
    overrides={
        OverrideReason.SCENE_NOW_SAFE: "The place is safe now",
        OverrideReason.INFORMATION_CORRECTED: "What was told is corrected",
        OverrideReason.CLINICAL_DECISION: "A clinical decision",
        OverrideReason.OTHER: "Another reason",
    },
    case="Case number",
    case_hint="The console's own. Write the dispatch system's where the case has one.",
    door_code="Door code",
    sending="Sending …",
    refused="Not sent: {}",
    no_answer="No answer yet. Press again: it is the same alarm.",
    asking={
        Asking.PENDING: "Hjerteløbere are being chosen.",
        Asking.ASKED: "Hjerteløbere were asked.",
        Asking.NOBODY_IN_REACH: "No hjerteløbere in reach. The incident is open, and looking goes on.",
        Asking.EXCLUDED: "NOBODY was asked: the circumstances rule it out.",
    },
    keys_hint="Arrows choose · Enter goes on · Enter again sends · Esc goes back",
    to_board="To the board",
    called_heading="Manual alarms to confirm",
    called_lead="These alarms were raised manually and go beyond what one person does alone. They are under way: "
    "confirm them, or stop them.",
    nobody_called="No manual alarm waits to be confirmed.",
    raised_by="Raised by {} at {}",
    raised_by_you="You raised it: a colleague has to look at it.",
    see_it="See it on the board",
    confirm="Confirm: it is right",
    stop="Stop it: sent in error",
    confirmed=("Confirmed", "The alarm goes on. The journal says that you looked at it."),
    stopped=("Stopped", "The mission is cancelled, and hjerteløbere are told: sent in error."),
    why_not={
        WhyNot.NOT_CALLED: "Nobody was called to that alarm.",
        WhyNot.SAME_PERSON: "Whoever raised the alarm cannot confirm it. Find a colleague.",
        WhyNot.DECIDED: "It was decided before, or the incident has ended.",
        WhyNot.NOT_VOUCHED_FOR: "You are signed in by the envelope: nobody vouched for who you are. You may stop it, "
        "not confirm it.",
    },
)
