"""What people do, drawn so that the same seed gives the same people. Pure.

Figures: answer delay median 40 s, p10 23, p90 74; 35.26 % accept; 2.3 m/s (1.4–4.0) on foot, bike and by car mixed
(Jonsson 2020); road ÷ straight line 1.24; 18.1 % of AEDs failed a field check. What no source states is ours: ††.
"""

import math
import random
from dataclasses import dataclass

ACCEPT_MEAN = 0.352574
# Independent answers would give ≥ 2 acceptors of 20 in 99.8 % of alarms; seen were 98 %. A beta distribution of
# this concentration over alarms gives that ††.
ALARM_CONCENTRATION = 18.0
DELAY_MEDIAN_S = 40.0
DELAY_SIGMA = 0.456  # ln(74/40) / 1.2816 and ln(40/23) / 1.2816 are 0.480 and 0.432; the middle
WALK_MEAN_M_S, WALK_SLOWEST_M_S, WALK_FASTEST_M_S = 2.3, 1.4, 4.0
ROAD_FACTOR = 1.24
AED_FAILS = 0.181
SAYS_NO = 0.5  # †† of those who do not accept, how many decline in words; the others stay silent
GIVES_UP = 0.06  # †† of those under way
RECEIPT_S = (0.2, 1.5)  # a phone wakes, fetches and shows: not sped up, since a machine does it
DEAF_TO_PUSH = 0.05  # †† a killed app, a revoked permission: FCM says yes and the phone shows nothing


@dataclass(frozen=True)
class Temper:
    """How this person will behave in this alarm."""

    answer_s: float
    answer: str  # accept, decline or silence
    speed_m_s: float
    gives_up_at: float | None  # share of the way after which they cannot go on
    give_up_reason: str
    aed_problem: str | None  # what they find at the first AED
    stays_s: float  # with the patient


def alarm_mood(seed: int, alarm_no: int) -> float:
    """How likely anybody accepts in the n-th alarm: alarms differ (night, weather, the news), with the known mean."""
    draw = random.Random(f"mood {seed} {alarm_no}")
    return draw.betavariate(ACCEPT_MEAN * ALARM_CONCENTRATION, (1 - ACCEPT_MEAN) * ALARM_CONCENTRATION)


def temper(seed: int, phone: str, alarm_no: int) -> Temper:
    """What the owner of `phone` does in the n-th alarm this simulator hears of."""
    draw = random.Random(f"temper {seed} {phone} {alarm_no}")
    comes = draw.random() < alarm_mood(seed, alarm_no)
    answer = "accept" if comes else ("decline" if draw.random() < SAYS_NO else "silence")
    return Temper(
        answer_s=answer_delay(draw),
        answer=answer,
        speed_m_s=walking_speed(draw),
        gives_up_at=draw.uniform(0.1, 0.8) if draw.random() < GIVES_UP else None,
        give_up_reason=draw.choice(["cannot_get_there", "unsafe", "unwell", "other"]),
        aed_problem=draw.choice(["not_there", "locked", "dead"]) if draw.random() < AED_FAILS else None,
        stays_s=draw.uniform(180, 600),
    )


def answer_delay(draw: random.Random) -> float:
    """Seconds from the ring to the answer."""
    return draw.lognormvariate(math.log(DELAY_MEDIAN_S), DELAY_SIGMA)


def walking_speed(draw: random.Random) -> float:
    """Metres a second along the road: a triangle between the slowest and the fastest with the known mean."""
    # mean of a triangle = (low + high + mode) / 3
    mode = 3 * WALK_MEAN_M_S - WALK_SLOWEST_M_S - WALK_FASTEST_M_S
    return draw.triangular(WALK_SLOWEST_M_S, WALK_FASTEST_M_S, mode)


def receipt_delay(seed: int, phone: str) -> float:
    return random.Random(f"receipt {seed} {phone}").uniform(*RECEIPT_S)


def is_deaf_to_push(seed: int, phone: str) -> bool:
    return random.Random(f"deaf {seed} {phone}").random() < DEAF_TO_PUSH
