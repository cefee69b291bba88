"""A pool's processes end with the run that started them, however it ends: they would wait for more work for ever."""

import os
from multiprocessing import parent_process
from multiprocessing.connection import wait
from threading import Thread


def end_with_the_run() -> None:
    """A pool's `initializer`. Also after `kill -9` of the run, in the middle of whatever is done just then."""
    run = parent_process()
    assert run is not None
    Thread(target=_end_after, args=(run.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
