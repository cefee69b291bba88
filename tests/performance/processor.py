"""What processes have used of the processor: a process with everything it started."""

import os
from collections.abc import Iterator
from pathlib import Path

_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def used_s(*roots: int) -> float:
    """Seconds of processor so far, of these processes and their descendants, those that have ended included."""
    parents = dict(_parents())
    family = set(roots)
    grown = True
    while grown:
        born = {pid for pid, parent in parents.items() if parent in family} - family
        family |= born
        grown = bool(born)
    return sum(_ticks(pid) for pid in family) / _TICKS_A_SECOND


def _parents() -> Iterator[tuple[int, int]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _fields(int(entry.name))):
            yield int(entry.name), int(fields[1])


def _ticks(pid: int) -> int:
    fields = _fields(pid)
    return sum(int(fields[n]) for n in (11, 12, 13, 14)) if fields else 0


def _fields(pid: int) -> list[str]:
    """Of `stat`, from the process's state on (its name may hold anything); empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return []
