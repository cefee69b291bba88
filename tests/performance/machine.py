"""The machine a figure was taken on: without it a millisecond says nothing."""

import os
import platform
import re
from datetime import datetime
from pathlib import Path

import msgspec


class Machine(msgspec.Struct, frozen=True):
    """What a reader compares before comparing milliseconds. `beside`: how busy others kept it when the run began."""

    cores: int
    processor: str
    memory_gb: float
    kernel: str
    python: str
    at: str
    beside: float

    def said(self) -> str:
        busy = "nothing beside it" if self.beside < 0.3 else f"BUSY with other work as well (load {self.beside:.1f})"
        return (
            f"{self.cores} cores of {self.processor}, {self.memory_gb:.0f} GB, Linux {self.kernel}, "
            f"Python {self.python}, {self.at[:10]}, {busy}"
        )


def this_machine(now: datetime) -> Machine:
    """As it is now, before anything of ours runs."""
    return Machine(
        cores=len(os.sched_getaffinity(0)),
        processor=_first(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo")) or platform.machine(),
        memory_gb=round(int(_first(r"^MemTotal:\s*(\d+) kB", Path("/proc/meminfo")) or 0) / 2**20, 1),
        kernel=platform.release().partition("-")[0],  # what follows names who built it
        python=platform.python_version(),
        at=now.isoformat(timespec="seconds"),
        beside=round(os.getloadavg()[0], 2),
    )


def _first(pattern: str, path: Path) -> str | None:
    try:
        found = re.search(pattern, path.read_text("utf-8"), re.MULTILINE)
    except OSError:
        return None
    return found[1].strip() if found else None
