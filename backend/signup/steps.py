"""Which page belongs to which step, and how a page finds out whose it is."""

from datetime import datetime

from litestar.response import Response

from backend.foundation.database import Actor, Connection, Role
from backend.identity.keys import Keys
from backend.signup import session
from backend.signup.session import SignUp, Step
from backend.signup.visit import Visit, go, show, words_in

WELCOME, CODE, ABOUT = "/tilmelding", "/tilmelding/kode", "/tilmelding/om-dig"
CONSENTS, DONE, LEAVE = "/tilmelding/samtykke", "/tilmelding/faerdig", "/tilmelding/meld-ud"
CANCEL, CANCELLED = "/tilmelding/afbryd", "/tilmelding/afbrudt"
PAGE_OF = {
    Step.CODE: CODE,
    Step.ABOUT: ABOUT,
    Step.CONSENTS: CONSENTS,
    Step.DONE: DONE,
    Step.ALREADY: DONE,
    Step.LEFT: DONE,
}
API = Actor(Role.API)


async def find(connection: Connection, keys: Keys, visit: Visit, now: datetime, *steps: Step) -> SignUp | Response[str]:
    """Who is on one of `steps`; else the page to see instead: that of their step, or that nobody is on the way."""
    found = None if visit.token is None else await session.find(connection, keys, visit.token, now)
    if found is None:
        words = words_in(visit.language)
        return show(visit, "trouble.html", 410, heading=words.over, why=words.over_why)
    return found if found.step in steps else go(visit.at(PAGE_OF[found.step]))


async def keep(connection: Connection, keys: Keys, visit: Visit, sign_up: SignUp, now: datetime) -> None:
    """Where whoever was found is now."""
    assert visit.token is not None, "whoever was found brought it"
    await session.keep(connection, keys, visit.token, sign_up, now)
