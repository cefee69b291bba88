"""What the console's own scripts call: JSON below /konsol/data, refused by problems, changed by who has the word."""

from litestar.handlers.base import BaseRouteHandler

from backend.console.visit import CONFIRM, SIGN_IN, AnyConnection
from backend.foundation.problems import Problem, forbidden
from backend.identity.staff_session import form_word

DATA = "/konsol/data"
WORD_HEADER = "X-Konsol-Ord"
"""As the hidden field of every form: what no other site knows."""


def not_signed_in() -> Problem:
    """In place of the page that a browser is led to: the script leads there when its work allows."""
    return Problem(401, "unauthorised", "Not signed in", f"Sign in at {SIGN_IN}, and the page goes on.", link=SIGN_IN)


def not_fresh() -> Problem:
    return Problem(403, "not-fresh", "Prove that it is you", f"Prove at {CONFIRM} that it is still you.", link=CONFIRM)


def must_bring_the_word(connection: AnyConnection, _: BaseRouteHandler) -> None:
    """A guard of whatever a script changes, behind `must_be_signed_in`. Raises 403 without the session's word."""
    if connection.headers.get(WORD_HEADER) != form_word(connection.scope["user"].token):
        raise forbidden("The call is not of this session.")
