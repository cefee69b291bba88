"""What issue 6 wants, line by line, and what was measured of it: the table at the end of a run of everything.

The bounds stand beside the figures, where they are measured; here stands which figures are a line's, so that a line
nobody measured is told as well.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from tests.performance.figures import Figure, Run, number
from tests.performance.in_memory import IN_MEMORY
from tests.performance.selection_figures import MILLION, TEN_MILLIONS


class Line(msgspec.Struct, frozen=True):
    """One line and its figures: called one of `names`, `of` this (with `…`: beginning so), `beside` that."""

    bench: str
    what: str
    aim: str
    names: tuple[str, ...]
    of: str = ""
    beside: str = ""
    size: int | None = None

    def has(self, figure: Figure) -> bool:
        """Whether it is one of this line's."""
        return (
            figure.name in self.names
            and (not self.of or figure.of == self.of or (self.of.endswith("…") and figure.of.startswith(self.of[:-1])))
            and (figure.beside or "").startswith(self.beside)
            and self.size in (None, figure.size)
        )


_TIMES = ("p50", "p99")
LINES = (
    Line("selection", "as brute force has it", "100 %", ("right",), of="ours…"),
    Line("selection", "in PostgreSQL, 1M, beside PostGIS", "p50 ≤ 1.0, p99 ≤ 0.9", _TIMES, "ours", "PostGIS", MILLION),
    Line("selection", "in PostgreSQL, 10M, beside PostGIS", "p50, p99 ≤ 0.9", _TIMES, "ours", "PostGIS", TEN_MILLIONS),
    Line("selection", "in memory, 1M, beside PostGIS", "≤ 0.4", _TIMES, IN_MEMORY, "PostGIS", MILLION),
    Line("selection", "in memory, 10M, beside PostGIS", "≤ 0.2", _TIMES, IN_MEMORY, "PostGIS", TEN_MILLIONS),
    Line("selection", "in memory, beside Redis", "≤ 0.5", _TIMES, IN_MEMORY, "Redis"),
    Line(
        "selection",
        "under 10,000 reports a second",
        "p50 ≤ 1.2, p99 ≤ 1.8",
        _TIMES,
        "ours, under 10,000 reports a second",
        "itself idle",
    ),
    Line("ingest", "single, beside an upsert a request", "≥ 5", ("reports a second",), "ours", "one upsert"),
    Line("ingest", "single, beside pgbench", "≥ 2.2", ("reports a second",), "ours", "pgbench"),
    Line("ingest", "processor, beside an upsert a request", "≤ 0.4", ("processor a report",), "ours", "one upsert"),
    Line("ingest", "processor, beside bare ASGI", "≤ 2", ("processor a report",), "ours", "bare ASGI"),
    Line(
        "ingest", "a hundred at once, beside Redis", "≥ 0.8", ("reports a second",), "ours, a hundred at once", "Redis"
    ),
    Line("ingest", "processor, beside single", "≤ 0.06", ("processor a report",), "ours, a hundred at once", "ours"),
    Line("ingest", "WAL a report", "≤ 300 B", ("WAL a report",)),
    Line("ingest", "HOT", "≥ 70 %", ("HOT updates",)),
    Line(
        "alert",
        "1M, 2,000 reports a second",
        "p50 ≤ 120 ms, p99 ≤ 300 ms",
        _TIMES,
        "2,000 reports a second",
        size=MILLION,
    ),
    Line("alert", "growth 100k → 10M", "≤ 1.3", ("p50 grown",), "idle", "idle at 100,000", TEN_MILLIONS),
    Line("fanout", "beside a bare client", "≥ 0.85", ("pushes a second",), "ours", "aiohttp"),
    Line("fanout", "processor, beside firebase-admin", "≤ 0.15", ("processor a push",), "ours", "firebase-admin"),
    Line("fanout", "live alarms beside a drill", "p99 ≤ 1.2", ("live alarm p99",)),
    Line("memory", "a process at 1M", "≤ 350 MB", ("resident",), size=MILLION),
    Line("start", "cold", "≤ 15 s", ("start",), of="cold", size=20_000),
    Line("start", "warm", "≤ 4 s", ("start",), of="warm", size=20_000),
    Line("campaign", "alarms beside a minute of television", "p99 ≤ 1.2", ("p99",)),
)


class Outcome(msgspec.Struct, frozen=True):
    """Of one line: its figures, and None where nothing was measured or nothing of it is wanted."""

    line: Line
    figures: Sequence[Figure]

    @property
    def is_met(self) -> bool | None:
        verdicts = [figure.is_met for figure in self.figures if figure.is_met is not None]
        return all(verdicts) if verdicts else None

    @property
    def verdict(self) -> str:
        return {True: "reached", False: "MISSED", None: "not measured"}[self.is_met]

    @property
    def measured(self) -> str:
        return ", ".join(dict.fromkeys(_said(figure) for figure in self.figures))


def outcomes(runs: Iterable[Run]) -> list[Outcome]:
    """Every line of the issue; of several runs of a bench the last figure of each kind counts."""
    last: dict[str, dict[object, Figure]] = {}
    for run in runs:
        last.setdefault(run.bench, {}).update({figure.key: figure for figure in run.figures})
    return [Outcome(line, _of(line, last)) for line in LINES]


def table(runs: Iterable[Run]) -> list[str]:
    """As Markdown, which is read as it is, too."""
    rows = [("bench", "what", "aim", "measured", "")]
    rows += [(o.line.bench, o.line.what, o.line.aim, o.measured, o.verdict) for o in outcomes(runs)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    rows.insert(1, tuple("-" * width for width in widths))  # type: ignore[arg-type]
    return [f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |" for row in rows]


def _of(line: Line, last: Mapping[str, Mapping[object, Figure]]) -> list[Figure]:
    return [each for each in last.get(line.bench, {}).values() if line.has(each) and each.is_met is not None]


def _said(figure: Figure) -> str:
    if figure.ratio is not None and figure.beside is not None:
        return f"{figure.name} {figure.ratio:.2f} ×"
    return f"{figure.name} {number(figure.value)} {figure.unit}".rstrip()
