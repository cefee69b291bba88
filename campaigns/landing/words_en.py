"""The pages in English."""

from campaigns.campaign.codes import Standing
from campaigns.landing.words import Words
from campaigns.modules.texts import Language

_STILL = "You can still sign up, but you will not be counted for anybody."

ENGLISH = Words(
    language=Language.EN,
    other_language=Language.DA,
    other_name="Dansk",
    service="Hjerteløber",
    to_content="Skip to content",
    call_112="If you see a cardiac arrest now, call 1-1-2.",
    accessibility="Accessibility statement",
    heading="Become a hjerteløber",
    lead=(
        "When a heart stops, every minute counts. A hjerteløber gets an alarm on their phone when somebody nearby "
        "has a suspected cardiac arrest, and can be there before the ambulance."
    ),
    sign_up="Sign up",
    does="What a hjerteløber does",
    does_list=(
        "You get an alarm on your phone when somebody nearby has a suspected cardiac arrest.",
        "You hurry to the place while the ambulance is on its way. It is always sent.",
        "You give CPR, or you fetch a defibrillator first. The alarm says which.",
    ),
    expect="What you can expect",
    expect_list=(
        "About half of the alarms are not a cardiac arrest: only 53–60 % turn out to be one.",
        "You may never be called. It depends on where you are.",
        "You can always say no to an alarm, and need not say why.",
        "You have to be 18 or older.",
    ),
    privacy="Your privacy",
    only_numbers="{} see only numbers: never names, places or answers to an alarm.",
    only_numbers_of_whoever="Whoever invited you sees only numbers: never names, places or answers to an alarm.",
    least="A number below {} is not shown, so it cannot point at anybody.",
    privacy_list=(
        "You give your name and mobile number in the sign-up, which is elsewhere. They never come here.",
        "This page uses no cookies and does not know who you are. It counts how many came, and not who.",
        "You can leave at any time.",
    ),
    next="Ready?",
    next_what="Signing up takes a few minutes. You need your mobile: it gets a code by text message.",
    not_counted={
        Standing.CLOSED: f"The code in your link is closed. {_STILL}",
        Standing.OVER: f"The campaign is over. {_STILL}",
        Standing.EARLY: f"The campaign has not begun yet. {_STILL}",
        Standing.FOREIGN: f"The code in your link does not belong to this campaign. {_STILL}",
        Standing.UNKNOWN: f"We do not know the code in your link. {_STILL}",
        Standing.MISTYPED: (
            f"The code is mistyped: its letters do not fit together. Look at the poster, and try again. {_STILL}"
        ),
    },
    is_test="This is a test. It is counted apart, and sign-up is not told the code.",
    made_up="This campaign is made up. It shows how things work, and its numbers are not real.",
    several="Who invited you?",
    trouble={
        400: ("That did not work", "We could not read what was sent. You can sign up directly."),
        404: ("There is no such page", "See whether the address is right. You can also sign up directly."),
        500: ("Something went wrong here", "Try again in a while. You can also sign up directly."),
    },
)
