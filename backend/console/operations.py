"""What the operations pages have in common: where they stand, who may open which, and how a moment is written."""

from datetime import datetime
from functools import partial
from typing import Any

import msgspec
from litestar.response import Response

from backend.console.live_page import show_live
from backend.console.visit import AnyRequest, words_of
from backend.console.who import here_of
from backend.console.words_operations import OperationsWords
from backend.console.words_operations_da import OPERATIONS_DA
from backend.console.words_operations_en import OPERATIONS_EN
from backend.foundation.clock import COPENHAGEN
from backend.identity.staff import May

OPERATIONS = "/konsol/drift"
HELD, AEDS = f"{OPERATIONS}/optaget", f"{OPERATIONS}/hjertestartere"
POLICIES, CENTRE = f"{OPERATIONS}/regler", f"{OPERATIONS}/centralen"
REACH, RETENTION, SYNTHETIC = f"{OPERATIONS}/kan-naas", f"{OPERATIONS}/sletning", f"{OPERATIONS}/proevealarmer"


class Page(msgspec.Struct, frozen=True):
    """One operations page: its address, the word it goes by, and what it takes to open it."""

    address: str
    word: str
    may: May = May.OPERATE


PAGES = (
    Page(OPERATIONS, "health"),
    Page(HELD, "held"),
    Page(AEDS, "aeds"),
    Page(REACH, "reach"),
    Page(RETENTION, "retention"),
    Page(SYNTHETIC, "synthetic"),
    Page(POLICIES, "policies", May.CHANGE_POLICY),
    Page(CENTRE, "centre", May.CHANGE_POLICY),
)


def operations_words_of(request: AnyRequest) -> OperationsWords:
    return OPERATIONS_EN if words_of(request).code == "en" else OPERATIONS_DA


def show_operations(
    request: AnyRequest, template: str, sentence: str, *, wrong: bool, status: int = 200, **values: Any
) -> Response[str]:
    """A page with what is to be known first at its top. `wrong`: whether that wants somebody to do something."""
    here = here_of(request)
    said = operations_words_of(request)
    return show_live(
        request,
        template,
        status=status,
        o=said,
        pages=[(each.address, getattr(said, each.word)) for each in PAGES if each.may in here.allowed],
        sentence=sentence,
        wrong=wrong,
        at=moment(here.now),
        kind="live",
        now=here.now.isoformat(),
        may=sorted(each.value for each in here.allowed),
        moment=moment,
        whence=partial(whence, said),
        **values,
    )


def whence(said: OperationsWords, told: str) -> str:
    """Who or what something comes from: the system, two of the staff by their approval, or as an operator wrote it."""
    approval = told.removeprefix("approval ")
    return said.of_ours.get(told, told) if approval == told else said.two_people.format(approval[-8:].upper())


def moment(at: datetime) -> str:
    """`21.11. 12.00`, as it is read in Denmark."""
    return f"{at.astimezone(COPENHAGEN):%d.%m. %H.%M}"


def percent(share: float) -> str:
    """With one decimal and a comma; never 100 where anything is missing, nor 0 where there is anything."""
    tenths = round(share * 1000)
    tenths = 999 if tenths == 1000 and share < 1 else 1 if tenths == 0 and share > 0 else tenths
    return f"{tenths // 10},{tenths % 10} %"
