"""A centre's own decisions in English."""

from backend.attention.item import Acknowledges
from backend.console.words_centre import CentreWords

CENTRE_EN = CentreWords(
    lead="What the centre itself decides about how it is called, and who helps. One asks for a change and another "
    "approves it; from that moment it holds. Nothing here delays an alarm: it goes out at once.",
    at_no_centre="You work at no dispatch centre at the moment, so there is nothing to decide here.",
    first="{acknowledges} acknowledges new alarms. With nobody on the way after {nobody_after_s} s it sounds. {helps}",
    first_alone="No other centre helps by itself.",
    agreed_with="{names} helps if nobody acknowledges.",
    it_is_so="As it is now",
    nothing_set="The centre has chosen nothing, so it is the system's own number.",
    by_hand="Alarms raised by hand",
    by_hand_means="If one person raises more than {an_hour} live alarms within an hour, or the place may be more than "
    "{uncertain_m} m off, a second person is called. The alarm goes out at once; the second person may confirm "
    "or stop it.",
    attention="Who acknowledges",
    attention_means={
        Acknowledges.SYSTEM: "The dispatch system acknowledges by reporting: a new alarm does not sound at the "
        "console.",
        Acknowledges.CONSOLE: "Each new alarm sounds at the centre's consoles until somebody has acknowledged it.",
    },
    acknowledges={
        Acknowledges.SYSTEM: "The dispatch system",
        Acknowledges.CONSOLE: "The console",
    },
    nobody_means="If no hjerteløber is on the way {nobody_after_s} s after they were asked, it sounds at all "
    "consoles of the "
    "centre until somebody has acknowledged it. The board says so at the same moment.",
    overflow="Help from another centre",
    overflow_lead="Without an agreement nobody helps. Time counts from when something about a live incident calls you.",
    nobody_helps="There is no agreement: no other centre is let in, however long it takes.",
    overflow_means="If nobody has acknowledged after {after_s} s, {to} is let in to the centre's incidents for "
    "{lends_for_min} min. They may see, follow and stand them down, nothing else.",
    overflow_always="It holds day and night.",
    overflow_within="It holds from {from_hour} to {to_hour} o'clock.",
    overflow_keeps="The incidents stay yours, it goes on sounding at your consoles, and the access ends by itself.",
    overflow_end="End the agreement",
    overflow_end_means="{to} is no longer let in when nobody acknowledges. What is lent already goes on to its end.",
    helps_others="Whom you help",
    helps_nobody="No other centre has an agreement about your help.",
    helps_means="If nobody at {whose} has acknowledged after {after_s} s, you are let in to their incidents for "
    "{lends_for_min} min. You may see, follow and stand them down, nothing else. It sounds at your consoles "
    "when it happens.",
    no_neighbour="There is no other dispatch centre to agree with.",
    change="Change",
    see_first="See what will happen",
    propose="Ask for it",
    propose_lead="Another person who may change policies has to approve it under Approvals. It holds from then on.",
    go_back="Back without changing anything",
    wrong_number="{field}: type a whole number from {lowest} to {highest}. Nothing is changed.",
    wrong_choice="{field}: choose one of the list. Nothing is changed.",
    changes="As it has been",
    who="Decided by",
    what="What",
    chosen="Chosen",
    since="From",
    until="Until",
    fields={
        "an_hour": "Live alarms one person raises alone within an hour",
        "uncertain_m": "How uncertain the place may be, in metres",
        "acknowledges": "Who acknowledges new alarms",
        "nobody_after_s": "Seconds with nobody on the way before it sounds",
        "to": "Dispatch centre that helps",
        "after_s": "Seconds without acknowledgement",
        "from_hour": "From (hour, 0–23)",
        "to_hour": "To (hour, 0–23; the same as from: day and night)",
        "lends_for_min": "Minutes the access lasts each time",
    },
    numbers={
        "by_hand": "{an_hour} an hour, {uncertain_m} m",
        "attention": "{acknowledges}; {nobody_after_s} s",
        "overflow": "{to}: after {after_s} s, for {lends_for_min} min, {from_hour}–{to_hour} o'clock",
    },
)
