"""Why something that two people agreed on is not done."""

from enum import StrEnum


class Cannot(StrEnum):
    """Why what was asked for is not possible, or no longer."""

    CHANGED_SINCE = "changed_since"  # whoever asked saw something else
    AT_THE_SAME_MOMENT = "at_the_same_moment"  # as another change
    NOT_OURS = "not_ours"  # no system, neighbour or agreement of the centre's, or it is so already
    POLICY_UNKNOWN = "policy_unknown"
    POLICY_WAITS = "policy_waits"  # a later one has been agreed on
    POLICY_NOT_SERVED = "policy_not_served"
    NOT_BUILT = "not_built"


class CannotBeDone(Exception):
    """What was asked for is not possible, or no longer; `what`: which one is meant, by its name or code."""

    def __init__(self, why: Cannot, what: str = "–") -> None:
        super().__init__(why, what)
        self.why, self.what = why, what
