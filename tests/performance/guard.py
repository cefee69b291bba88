"""Whether ratios have got worse since they were last kept: told, never a failure.

Only ratios of one run are compared with ratios of one earlier run: whatever the machine did then and does now, it did
to both. Absolute values are not looked at.
"""

from collections.abc import Sequence

import msgspec

from tests.performance.figures import Figure, Run

NOISE = 0.15
"""By so much a ratio of two medians moves from run to run with nothing changed, on a shared machine ††."""


class Moved(msgspec.Struct, frozen=True):
    """One figure's ratio then and now; `lower_is_better` as its aim says, and so where there is none."""

    now: Figure
    then_ratio: float
    lower_is_better: bool

    @property
    def change(self) -> float:
        """0.2: a fifth more than then."""
        assert self.now.ratio is not None
        return self.now.ratio / self.then_ratio - 1

    @property
    def is_worse(self) -> bool:
        return self.change > NOISE if self.lower_is_better else self.change < -NOISE

    def said(self) -> str:
        ratio = self.now.ratio or 0.0
        return (
            f"{'WORSE' if self.is_worse else 'as before'}: {self.now.of}, {self.now.name} at {self.now.size:,}: "
            f"{self.then_ratio:.2f} → {ratio:.2f} × {self.now.beside} ({self.change:+.0%})"
        )


def compared(run: Run, before: Sequence[Run]) -> list[Moved]:
    """Each ratio of `run` that an earlier run has too, beside the last one kept; worse ones first."""
    last = {figure.key: figure for earlier in before for figure in earlier.figures if figure.ratio}
    moved = [
        Moved(figure, then.ratio, lower_is_better=figure.aim is None or figure.aim.at_least is None)
        for figure in run.figures
        if figure.ratio and (then := last.get(figure.key)) and then.ratio
    ]
    return sorted(moved, key=lambda each: (not each.is_worse, each.now.of, each.now.name))
