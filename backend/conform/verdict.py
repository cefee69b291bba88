"""What a run of checks came to: one result each, and one line for machines."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """Of one check. `not_seen`: nothing came by from which it could have been judged; not the same as well."""

    PASSED = "ok"
    FAILED = "FAILED"
    NOT_SEEN = "not seen"


@dataclass(frozen=True)
class Result:
    """One numbered sentence and what became of it; `why` says what was seen instead."""

    number: int
    sentence: str
    outcome: Outcome
    why: str = ""

    def line(self) -> str:
        return f"{self.number:>3}  {self.outcome.value:<8}  {self.sentence}" + (f" – {self.why}" if self.why else "")


Tell = Callable[[str], None]


@dataclass
class Verdict:
    """Of a whole run: it passes when nothing failed, and nothing that had to be seen was not."""

    judged: str
    results: list[Result] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return all(result.outcome is Outcome.PASSED for result in self.results)

    def numbers(self, outcome: Outcome) -> list[int]:
        return [result.number for result in self.results if result.outcome is outcome]

    def figures(self) -> dict[str, Any]:
        """For the one JSON line at the end."""
        return {
            "conform": self.judged,
            "checks": len(self.results),
            "passed": len(self.numbers(Outcome.PASSED)),
            "failed": self.numbers(Outcome.FAILED),
            "not_seen": self.numbers(Outcome.NOT_SEEN),
            "reached": self.passed,
        }
