"""A real Chromium for tests marked `browser`.

Without one these tests cannot run: then they are left out and the summary says so, and in CI the run fails.
"""

import os
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright
from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")

# As root Chromium cannot make its own sandbox; nothing that looks for addresses outside this machine; small /dev/shm.
FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
)

left_out = pytest.StashKey[int]()


def chromium() -> Path | None:
    """The system's Chromium, else the one that Playwright downloaded, else None."""
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    shells = sorted(own.parents[2].glob("chromium_headless_shell-*/*/*headless*shell"))
    return own if own.exists() else next(iter(shells), None)


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    path = chromium()
    assert path, "tests marked `browser` are left out where there is no Chromium"
    return path


@pytest.fixture
async def browser(chromium_path: Path) -> AsyncIterator[Browser]:
    """A headless browser of this test's own, with an empty profile."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield started
        await started.close()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: needs a Chromium")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = [item for item in items if item.get_closest_marker("browser")]
    if not wanted or chromium():
        return
    if os.environ.get("CI"):
        raise pytest.UsageError(f"{len(wanted)} browser tests cannot run: there is no Chromium")
    config.stash[left_out] = len(wanted)
    config.hook.pytest_deselected(items=wanted)
    items[:] = [item for item in items if item not in wanted]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if number := config.stash.get(left_out, 0):
        terminalreporter.section("NOT RUN", red=True, bold=True)
        terminalreporter.line(f"{number} browser tests: there is no Chromium here (as root: apt-get install chromium)")


if __name__ == "__main__":
    where = chromium()
    print(where or "no Chromium")  # noqa: T201
    sys.exit(where is None)
