"""Figures as a file that Excel opens in Denmark by a double click: semicolons, decimal commas, a mark before the first
letter that says UTF-8. In whichever language its headings are. Pure."""

from collections.abc import Sequence

from backend.aftercare.figure import Figure, Known, Nothing, Unknown
from backend.aftercare.monthly import UNITS, Measure, Row, Unit
from backend.console.words_after import AfterWords
from backend.foundation.kinds import Kind

BYTE_ORDER_MARK = "\ufeff"
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_of(rows: Sequence[Row], group: str, kind: Kind, words: AfterWords) -> bytes:
    """A line for each row; each says which kind it counts. `group`: what a row is of."""
    heads = [words.month, group, words.kind, *(_head(each, words) for each in Measure), words.left_out]
    lines = [heads]
    for row in rows:
        counted = [_cell(row.figures[each], UNITS[each], words) for each in Measure]
        lines.append(
            [f"{row.month:%Y-%m}", row.group.name, words.kinds[kind], *counted, str(sum(row.left_out.values()))]
        )
    text = "".join(";".join(map(_quoted, line)) + "\r\n" for line in lines)
    return (BYTE_ORDER_MARK + text).encode()


def _head(measure: Measure, words: AfterWords) -> str:
    in_seconds = UNITS[measure] is Unit.SECONDS
    return f"{words.measures[measure]} ({words.seconds_unit})" if in_seconds else words.measures[measure]


def _cell(figure: Figure, unit: Unit, words: AfterWords) -> str:
    match figure:
        case Unknown(n, m):
            return words.unknown.format(n, m)
        case Nothing():
            return words.nothing
        case Known(value, _):
            number = (
                f"{value:.3f}" if unit is Unit.SHARE else f"{value:.1f}" if unit is Unit.AVERAGE else f"{value:.0f}"
            )
            return number.replace(".", ",")


def _quoted(cell: str) -> str:
    """A name is no formula, whatever it begins with."""
    harmless = f"'{cell}" if cell.startswith(_BEGINS_A_FORMULA) else cell
    return '"' + harmless.replace('"', '""') + '"' if any(each in harmless for each in ';"\r\n') else harmless
