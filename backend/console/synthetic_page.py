"""Operations: how the machine's own alarm came through."""

from collections.abc import Sequence
from datetime import datetime

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Response

from backend.alerts import synthetic_history
from backend.alerts.synthetic_history import SILENT_AFTER, Round
from backend.console.operations import SYNTHETIC, moment, operations_words_of, show_operations
from backend.console.visit import AnyRequest
from backend.console.who import here_of, must_be_signed_in
from backend.console.words_operations import OperationsWords
from backend.foundation.clock import COPENHAGEN
from backend.foundation.database import Database
from backend.foundation.problems import Problem
from backend.identity.staff import May


@get(SYNTHETIC, guards=[must_be_signed_in], opt={"may": May.OPERATE})
async def synthetic_page(request: AnyRequest, database: NamedDependency[Database]) -> Response[str]:
    """The last hour's synthetic alarms: which came through, how fast, and where the others stopped"""
    said, now = operations_words_of(request), here_of(request).now
    try:
        async with database.statistics() as connection:
            rounds = await synthetic_history.rounds(connection, now)
    except Problem:
        return _show(request, said.no_figures_now, [], wrong=False)
    return _show(request, first_sentence(said, rounds, now), rounds, wrong=not is_well(rounds, now))


def is_well(rounds: Sequence[Round], now: datetime) -> bool:
    """One came lately, and the newest that is over came through."""
    over = [each for each in rounds if not each.under_way]
    return bool(rounds) and now - rounds[0].opened_at <= SILENT_AFTER and all(each.well for each in over[:1])


def first_sentence(said: OperationsWords, rounds: Sequence[Round], now: datetime) -> str:
    if not rounds:
        return said.synthetic_none
    if now - rounds[0].opened_at > SILENT_AFTER:
        return said.synthetic_silent.format(moment(rounds[0].opened_at))
    over = [each for each in rounds if not each.under_way]
    well = sum(each.well for each in over)
    if over and over[0].missing is not None:
        return said.synthetic_failed.format(moment(over[0].opened_at), said.legs[over[0].missing], well, len(over))
    return said.synthetic_fine.format(well, len(over))


def _show(request: AnyRequest, sentence: str, rounds: Sequence[Round], *, wrong: bool) -> Response[str]:
    return show_operations(
        request,
        "operations_synthetic.html",
        sentence,
        wrong=wrong,
        rounds=rounds,
        clock=lambda at: f"{at.astimezone(COPENHAGEN):%H.%M.%S}",
        seconds=seconds,
    )


def seconds(long: float | None) -> str:
    return "–" if long is None else f"{long:.1f}".replace(".", ",")


routes = (synthetic_page,)
