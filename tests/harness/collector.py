"""Python's collector, told that five thousand tests are here to stay: it looked through them with every few calls."""

import gc


def pytest_collection_finish() -> None:
    """What is there now stays to the end; what a test leaves in circles may wait for a hundred thousand others."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
