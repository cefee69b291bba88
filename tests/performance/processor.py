"""What processes use of the processor and of memory: a process with everything it started."""

import os
from collections.abc import Iterator
from pathlib import Path

_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def used_s(*roots: int) -> float:
    """Seconds of processor so far, of these processes and their descendants, those that have ended included."""
    return sum(_ticks(pid) for pid in family(*roots)) / _TICKS_A_SECOND


def family(*roots: int) -> set[int]:
    """These processes and all they started, as far as it is still there."""
    parents = dict(_parents())
    found = set(roots)
    grown = True
    while grown:
        born = {pid for pid, parent in parents.items() if parent in found} - found
        found |= born
        grown = bool(born)
    return found


def resident_mb(*roots: int) -> float:
    """Memory of these and all they started; what several share counts for each of them."""
    return sum(_resident_kb(pid) for pid in family(*roots)) / 1024


def _resident_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


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
