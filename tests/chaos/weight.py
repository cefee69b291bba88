"""`python -m tests.chaos.weight 10 PROGRAM …` becomes another program that weighs less: 10 is a tenth, 19 the least."""

import contextlib
import os
import sys
from pathlib import Path


def weigh_less(by: int) -> None:
    """Within its session by `nice`; between sessions, where the kernel groups by them, by the session's own."""
    os.nice(by)
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(by))


if __name__ == "__main__":
    weigh_less(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606
