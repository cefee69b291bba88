"""Becomes another program that ends when the process that started this one ends, however it ends.

Run as a program (`python -I -S tethered.py SUPERVISOR-PID COMMAND …`): after the fork only async-signal-safe things may
be done in a process with threads, so the kernel is asked here and not between fork and exec.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    supervisor, command = int(sys.argv[1]), sys.argv[2:]
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != supervisor:  # it died before we asked
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main()
