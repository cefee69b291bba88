"""What a volunteer is told when an answer does not count."""

from typing import assert_never

from backend.alerts.decision import Answer, AnswerKind
from backend.foundation.problems import Problem


def ended(reason: str) -> Problem:
    """410: the alarm is over, and why."""
    return Problem(410, "alert-ended", "The alarm is over", "This alarm has ended; thank you.", reason=reason)


def refusal_of(answer: Answer) -> Problem | None:
    """What a volunteer is told when an answer does not count; None when it does."""
    match answer.kind:
        case AnswerKind.DONE:
            return None
        case AnswerKind.ENDED:
            return ended(answer.reason or "ended")
        case AnswerKind.NO_PLACE_LEFT:
            return Problem(
                409,
                "no-place-left",
                "Enough are going",
                "Thank you: enough hjerteløbere are on their way.",
                reason=answer.reason,
            )
        case AnswerKind.ENGAGED_ELSEWHERE:
            return Problem(
                409,
                "engaged-elsewhere",
                "You are needed elsewhere",
                "Another alarm rings on your phone, or you are on its mission.",
            )
        case AnswerKind.ALREADY_GOING:
            return Problem(
                409,
                "already-going",
                "You have accepted",
                "You are on this mission: give up with a reason if you cannot go on.",
            )
        case AnswerKind.NO_AED_TO_LOSE:
            return Problem(409, "no-aed", "No defibrillator is yours", "You were not sent by way of a defibrillator.")
        case AnswerKind.NOT_GOING | AnswerKind.EXCLUDED | AnswerKind.NOBODY_MORE:
            raise AssertionError("only a centre's wish is answered so")
        case _:
            assert_never(answer.kind)
