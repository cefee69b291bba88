"""A figure: what was measured, beside whom, and what the issue wanted. Kept as JSON lines, one line a run."""

import statistics
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tests.performance.machine import Machine

KEPT = Path(__file__).parents[2] / "docs" / "performance" / "figures"
PERCENTS = (50, 90, 99)


class Aim(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the issue wants: of the ratio to whom it is measured beside, or of the value where nobody is."""

    at_most: float | None = None
    at_least: float | None = None

    def said(self) -> str:
        bounds = ((self.at_most, "≤"), (self.at_least, "≥"))
        return ", ".join(f"{sign} {bound:g}" for bound, sign in bounds if bound is not None)

    def is_met_by(self, measured: float) -> bool:
        return (self.at_most is None or measured <= self.at_most) and (
            self.at_least is None or measured >= self.at_least
        )


class Figure(msgspec.Struct, frozen=True, omit_defaults=True):
    """`value` of `of`, in `unit`; `beside` is the rival (or itself idle) with `beside_value` in the same run.

    `size` is what the run is large in, mostly volunteers: figures of one name and different sizes make a plot.
    """

    name: str
    of: str
    size: int
    value: float
    unit: str
    beside: str | None = None
    beside_value: float | None = None
    aim: Aim | None = None

    @property
    def ratio(self) -> float | None:
        return None if not self.beside_value else self.value / self.beside_value

    @property
    def key(self) -> tuple[str, str, int, str | None]:
        """Figures of different runs that can be compared."""
        return (self.name, self.of, self.size, self.beside)

    @property
    def is_met(self) -> bool | None:
        """None where nothing was wanted."""
        measured = self.value if self.beside is None else self.ratio
        return None if self.aim is None or measured is None else self.aim.is_met_by(measured)

    def said(self) -> str:
        value = f"{self.of}: {self.name} {number(self.value)} {self.unit}"
        if self.ratio is not None and self.beside_value is not None:
            value += f" = {self.ratio:.2f} × {self.beside} ({number(self.beside_value)} {self.unit})"
        if self.aim is None or self.is_met is None:
            return value
        return f"{value} – {'REACHED' if self.is_met else 'MISSED'}, aim {self.aim.said()}{self._by_how_much()}"

    def _by_how_much(self) -> str:
        measured = self.value if self.beside is None else self.ratio
        if self.is_met or self.aim is None or not measured:
            return ""
        bound = self.aim.at_most if self.aim.at_most is not None else self.aim.at_least
        return f", off by {100 * abs(measured / bound - 1):.0f} %" if bound else ""


class Run(msgspec.Struct, frozen=True):
    """One line. `options` is what one types to have it again, `facts` whatever else the report tells."""

    bench: str
    machine: Machine
    options: dict[str, str | int | float | bool | None]
    figures: list[Figure]
    facts: dict[str, str | int | float | bool] = {}

    @property
    def reached(self) -> bool:
        return all(figure.is_met is not False for figure in self.figures)

    def line(self) -> str:
        return msgspec.json.encode(self).decode()


def keep(run: Run, folder: Path = KEPT) -> Path:
    """Add a run to those kept of its bench."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{run.bench}.jsonl"
    with path.open("a", encoding="utf-8") as lines:
        lines.write(run.line() + "\n")
    return path


def kept(bench: str, folder: Path = KEPT) -> list[Run]:
    """Every run kept of a bench, oldest first."""
    path = folder / f"{bench}.jsonl"
    if not path.exists():
        return []
    return [msgspec.json.decode(line, type=Run) for line in path.read_text("utf-8").splitlines() if line]


def percentile(values: Sequence[float], percent: int) -> float:
    """Between the two nearest values, as `statistics.quantiles` with both ends included."""
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def number(value: float) -> str:
    """Three digits that matter."""
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"
