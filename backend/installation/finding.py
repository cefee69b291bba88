"""One thing that is wrong with an installation. Pure."""

from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """An error makes an installation unfit; a warning will, or costs it something."""

    ERROR = "error"
    WARNING = "warning"


class Finding(msgspec.Struct, frozen=True):
    """What is wrong and what to do. `name` is stable; `by_time`: it came by itself, to an installation that was fit."""

    name: str
    severity: Severity
    sentence: str
    do: str
    by_time: bool = False

    @property
    def keeps_from_starting(self) -> bool:
        """What somebody did, never what the clock did: a restart at night must not end the alarms."""
        return self.severity is Severity.ERROR and not self.by_time


def error(name: str, sentence: str, do: str) -> Finding:
    return Finding(name, Severity.ERROR, sentence, do)


def warning(name: str, sentence: str, do: str) -> Finding:
    return Finding(name, Severity.WARNING, sentence, do)


def gone_bad(name: str, sentence: str, do: str) -> Finding:
    """An error that keeps nothing from starting."""
    return Finding(name, Severity.ERROR, sentence, do, by_time=True)
