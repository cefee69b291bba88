"""`python -m backend.demo.lighter 10 PROGRAM …` becomes another program that weighs less: 10 is a tenth, 19 the least.

What systemd's CPUWeight does in earnest. `nice` counts within a session only; between sessions, where the kernel groups
by them, the session's own weight does. A part has a session of its own.
"""

import contextlib
import os
import sys
from pathlib import Path

A_TENTH = 10


def weigh_less(by: int) -> None:
    os.nice(by)
    if os.getsid(0) == os.getpid():  # whose session it is may weigh it
        with contextlib.suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(by))


def lighter(*command: str) -> tuple[str, ...]:
    """A tenth of what others weigh."""
    return (sys.executable, "-m", "backend.demo.lighter", str(A_TENTH), *command)


if __name__ == "__main__":
    weigh_less(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606
