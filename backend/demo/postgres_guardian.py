"""Runs one command for as long as the process that started this one lives; then stops it, and cleans up after it.

Run as a program of its own (`python -I postgres_guardian.py JSON`), because only another process can outlive its
supervisor's `kill -9`. Imports nothing but the standard library: it starts in 30 ms and has one thread, which is what
makes the parent-death signal it sets on the server mean *process* death (the kernel means the starting thread's).
"""

import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1

# What PostgreSQL makes of them: let nobody in and roll back; leave at once and recover at the next start; no choice.
STOP_STEPS = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))


def start(order: dict[str, Any]) -> subprocess.Popen[bytes]:
    prctl = getattr(ctypes.CDLL(None), "prctl", None)

    def die_with_the_guardian() -> None:
        if prctl is not None:
            prctl(PR_SET_PDEATHSIG, signal.SIGINT)

    with Path(order["log"]).open("wb") as log:
        return subprocess.Popen(  # noqa: S603
            order["command"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=order["environment"],
            cwd="/",
            user=order["uid"],
            group=order["gid"],
            extra_groups=None if order["uid"] is None else [],
            preexec_fn=die_with_the_guardian,  # noqa: PLW1509
        )


def wait_for_either_end(child: subprocess.Popen[bytes], supervisor: int) -> None:
    """Returns when the child has ended, or the supervisor closed our standard input or is gone.

    Both are watched: a process forked from the supervisor may hold the pipe open after the supervisor's death.
    """
    while child.poll() is None and os.getppid() == supervisor:
        readable, _, _ = select.select([sys.stdin], [], [], 0.25)
        if readable and not os.read(sys.stdin.fileno(), 1):
            return


def stop(child: subprocess.Popen[bytes]) -> None:
    for step, patience_s in STOP_STEPS:
        if child.poll() is not None:
            return
        child.send_signal(step)
        try:
            child.wait(patience_s)
        except subprocess.TimeoutExpired:
            continue


def main() -> int:
    order = json.loads(sys.argv[1])
    supervisor = os.getppid()
    # Ctrl-C and a terminal's end are the supervisor's to judge; it tells us by closing the pipe.
    for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(ignored, lambda *_: None)
    os.umask(0o077)  # the server's log may quote what was stored
    child = start(order)
    sys.stdout.write(f"{child.pid}\n")
    sys.stdout.flush()
    wait_for_either_end(child, supervisor)
    stop(child)
    if order["remove"]:
        shutil.rmtree(order["remove"], ignore_errors=True)
    return child.returncode or 0


if __name__ == "__main__":
    sys.exit(main())
