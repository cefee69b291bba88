"""The pages in English."""

from backend.identity.codes import WhyNot
from backend.signup.about import Mistake
from backend.signup.ask import WhyNone
from backend.signup.words import Words
from backend.volunteers.volunteer import Language, Training

ENGLISH = Words(
    language=Language.EN,
    other_language=Language.DA,
    other_name="Dansk",
    title="Become a hjerteløber",
    service="Hjerteløber",
    to_content="Skip to content",
    step="Step {} of 4",
    mistake="Error",
    mistakes="There is something to correct",
    optional="(optional)",
    go_on="Continue",
    back="Back",
    cancel="Stop, and delete what I have written",
    call_112="If you see a cardiac arrest now, call 1-1-2.",
    accessibility="Accessibility statement",
    welcome="Become a hjerteløber",
    lead=(
        "When a heart stops, every minute counts. A hjerteløber gets an alarm on their phone when somebody nearby "
        "has a suspected cardiac arrest, and can be there before the ambulance."
    ),
    to_phone="Go to sign-up",
    does="What a hjerteløber does",
    does_list=(
        "You hurry to the place while the ambulance is on its way.",
        "You give CPR, or you fetch a defibrillator first. The alarm says which.",
        "The ambulance is always sent. You are a help besides it.",
    ),
    expect="What you can expect",
    expect_list=(
        "About half of the alarms are not a cardiac arrest: only 53–60 % turn out to be one.",
        "You may never be called. It depends on where you are.",
        "You can always say no to an alarm, and need not say why.",
        "You have to be 18 or older.",
    ),
    privacy="Your privacy",
    privacy_list=(
        (
            "Whoever invited you sees only numbers. The Danish Defence and the Home Guard (Forsvaret og "
            "Hjemmeværnet) see only numbers: never names, places or answers."
        ),
        "We keep only where your phone is now, and only roughly. Never where you have been.",
        "We do not ask for your CPR number (the Danish person number).",
        "You can leave at any time. Then we delete your name and your number.",
        (
            "While you sign up the page uses one necessary cookie. If you walk away, what you have written is "
            "deleted after 30 minutes."
        ),
    ),
    phone_heading="Begin with your mobile number",
    phone="Mobile number",
    phone_hint=(
        "A Danish number of 8 digits, or a number with its country code, such as +46. We send you a code "
        "by text message."
    ),
    not_a_phone=(
        "Enter a mobile number that can get text messages: 8 digits if Danish, or country code and number of a "
        "country we send codes to."
    ),
    send_code="Send me a code",
    no_code_sent={
        WhyNone.PHONE_HAD_ENOUGH: "So many codes were sent to this number that we wait a little. Try again after {}.",
        WhyNone.NO_TEXT_MESSAGES: "We cannot send text messages at present. Try again later. Your link still works.",
    },
    code_unusable=(
        "The code in your link cannot be used. You can still sign up, but you are not counted for whoever invited you."
    ),
    code_heading="Enter the code from the text message",
    code_sent="We have sent a code of 6 digits to {}. It is good for 5 minutes.",
    code="Code",
    code_hint="6 digits",
    not_six_digits="Enter the 6 digits from the text message.",
    wrong_code={
        WhyNot.WRONG: "The code is not right. Look at the text message, and try again.",
        WhyNot.NO_TRIES_LEFT: "The code was tried six times and no longer works. Have a new code sent below.",
        WhyNot.NO_LONGER_GOOD: "The code is no longer good. Have a new code sent below.",
    },
    new_code_sent="A code is on its way. An older one works too, as long as it is good.",
    no_code="No text message?",
    no_code_why=(
        "It can take a few minutes. If the number is wrong, correct it; else you can have a new code. "
        "If none comes then either, try again in an hour: only so many codes are sent at a time."
    ),
    new_code="Send a new code",
    other_phone="Correct the number",
    about="About you",
    name="Your name",
    birth_year="Year of birth",
    birth_year_hint="Four digits, such as 1990. Hjerteløbere are 18 or older.",
    turned_18="I have turned 18",
    home="Where do you live?",
    home_hint_both=(
        "Choose your municipality, or enter your postcode. Only the municipality is kept. You can also leave it out."
    ),
    home_hint="You can choose your municipality, or leave it out.",
    municipality="Municipality",
    no_municipality="Not chosen",
    postcode="Postcode",
    training="What have you been taught?",
    training_hint="Choose the highest. You can change it later.",
    trainings={
        Training.NONE: "No course yet",
        Training.FIRST_AID: "First aid",
        Training.HLR: "CPR",
        Training.HLR_AND_AED: "CPR and use of a defibrillator",
        Training.HEALTH_PROFESSIONAL: "Health professional",
    },
    wrong={
        Mistake.NO_NAME: "Enter your name: 1 to 100 characters.",
        Mistake.NOT_A_YEAR: "Enter your year of birth with four digits, such as 1990.",
        Mistake.UNDER_18: "Hjerteløbere are 18 or older. You are very welcome once you are.",
        Mistake.HAS_TO_CONFIRM: "Tick the box if you have turned 18. If not, you are welcome once you have.",
        Mistake.MUNICIPALITY_AND_POSTCODE: "Choose a municipality or enter a postcode, not both.",
        Mistake.NO_SUCH_MUNICIPALITY: "Choose a municipality on the list.",
        Mistake.NO_SUCH_POSTCODE: (
            "We do not know this postcode. Enter a Danish postcode of four digits, or choose a municipality."
        ),
        Mistake.SEVERAL_MUNICIPALITIES: (
            "The postcode lies in several municipalities. Delete it, and choose your municipality on the list."
        ),
        Mistake.NO_TRAINING: "Choose what is true of you.",
    },
    consents="What do you say yes to?",
    consents_lead="Each yes is your own choice, and you can take it back at any time.",
    consents_needed=(
        "Without a yes to alarms you are not alerted. Without a yes to location we do not know whether you are near."
    ),
    sign_up="Sign me up",
    done="Thank you, you are signed up",
    done_lead="Your account has been made.",
    app_heading="One step is missing: the app",
    app="Get the app, and sign in with the same mobile number. Only once the app is connected can you be alerted.",
    get_app="Get the app",
    no_app_heading="There is no app yet",
    no_app=(
        "So we cannot alert you yet, and we promise no alarms. When the app comes, you sign in with the same mobile "
        "number."
    ),
    no_alarms="You have not said yes to alarms, so nobody alerts you. You can say yes later, in the app.",
    no_location=(
        "You have not said yes to location, so we do not know whether you are near an alarm. You can say yes later, "
        "in the app."
    ),
    credited="You are counted for whoever invited you, only as a number.",
    not_credited="You are not counted for whoever invited you. That changes nothing for you.",
    already="Thank you, you are a hjerteløber already",
    already_lead="Your mobile number has an account already. We have changed nothing: one person has one account.",
    already_app="You use the app as before. On a new phone you sign in with the same mobile number.",
    leave="You can leave at any time: in the app, or on this page with your mobile number.",
    to_leave="I want to leave",
    leaving="Do you want to leave?",
    leaving_means=(
        "We delete your name, your mobile number, your year of birth and your location at once, and nobody "
        "alerts you any more. If you are on a mission, others are asked instead. It cannot be "
        "undone, but you can always sign up again."
    ),
    leave_now="Delete my account",
    not_now="We cannot delete your account right now. Try again in a little while.",
    left="You have left",
    left_why="Your account is deleted. Thank you for having been with us.",
    again="Begin again",
    over="The sign-up has run out",
    over_why=(
        "More than 30 minutes have gone by since your last step, or the sign-up was begun in another browser. What "
        "you wrote is deleted, and nothing is kept of you. The page needs the browser to accept one necessary "
        "cookie."
    ),
    cancelled="The sign-up has been stopped",
    cancelled_why="What you wrote is deleted.",
    trouble={
        400: ("The page could not be read", "The browser sent something we cannot read. Go back, and try again."),
        403: ("It came from elsewhere", "The form was sent from another site. Begin here instead."),
        404: ("No such page", "There is nothing at this address."),
        413: ("That was too much", "More was sent than we can take. Write less, and try again."),
        415: ("The page could not be read", "It has to be sent as an ordinary form."),
        422: ("The address is not right", "Something stands in the address twice, or is missing. Begin again."),
        429: ("Wait a moment", "Many visits come from your network just now. Try again in a while. Nothing is lost."),
        500: ("Something went wrong on our side", "Nothing is half kept. Try again in a while."),
        503: ("We cannot answer just now", "Alarms come first. Try again in a while. Nothing is lost."),
    },
)
