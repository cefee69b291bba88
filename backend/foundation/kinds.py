"""The four kinds of alarm, which may never meet."""

from enum import StrEnum


class Kind(StrEnum):
    """Carried by incident, volunteer, address and message in composite foreign keys, so that nothing crosses."""

    LIVE = "live"
    EXERCISE = "exercise"  # a drill: own devices, own people
    TEST = "test"  # a dispatch system's trial: no real phones
    SYNTHETIC = "synthetic"  # the machine's own minute-by-minute alarm
