"""How far away somebody was, as their dispatch centre may know it: to the metre it would name the cell they were in."""

from backend.foundation.journal import Fact

STEP_M = 100


def rounded_m(metres: int) -> int:
    """Up to the next hundred. What is expected of somebody goes by it too."""
    return -(-metres // STEP_M) * STEP_M


def facts_for_a_centre(facts: dict[str, Fact]) -> dict[str, Fact]:
    """What a journal entry says, for a stream or a webhook: each distance as the incident itself shows it."""
    metres = facts.get("metres")
    match metres:
        case int():
            return facts | {"metres": rounded_m(metres)}
        case list():
            return facts | {"metres": [rounded_m(each) for each in metres if isinstance(each, int)]}
        case _:
            return facts
