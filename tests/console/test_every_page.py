"""Every page in a real Chromium, in both themes: axe finds nothing, and nobody else is asked."""

import re
from collections.abc import AsyncIterator
from itertools import groupby
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from backend.console.by_script import DATA
from backend.console.incident_pages import ONE
from backend.console.served import FILES
from backend.console.streets import ADDRESS as STREETS
from tests.access.gates import every_route
from tests.campaigns.test_in_a_browser import axe, violations
from tests.console.behind_it import happens
from tests.console.every_page import VISITS, opened, sitting
from tests.console.live_site import running_live_site
from tests.harness.browser import FLAGS

__all__ = ["axe"]
IN_THE_LIGHT_OF = "scheme => { document.documentElement.dataset.theme = scheme; }"
"""What the server does by the same attribute (`test_frame`): each page is opened once."""
NO_PAGES = (DATA, FILES, STREETS)
NO_PAGE = {re.sub(r":\w+}", "}", f"{ONE}/dele"): "a part of one", "/konsol/efter/tal.csv": "a file"}


@pytest.fixture
async def chromium(chromium_path: Path) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield started
        await started.close()


def test_a_page_that_is_there_is_looked_at() -> None:
    """Here and in docs/screens: whoever adds a page adds a line to `every_page.VISITS`."""
    pages = {
        each.path
        for each in every_route()
        if (each.app, each.method) == ("backend", "GET")
        and each.path.startswith("/konsol")
        and not each.path.startswith(NO_PAGES)
    }
    assert set(NO_PAGE) <= pages, "what is left out is there"
    looked_at = [re.sub(r"\?.*", "", each.address) for each in VISITS]
    missed = [
        page
        for page in sorted(pages - set(NO_PAGE))
        if not any(re.fullmatch(re.sub(r"{[^}]*}", r"[^/]+", page), each) for each in looked_at)
    ]
    assert missed == []


@pytest.mark.browser
async def test_axe_finds_nothing_on_any_page_and_no_page_asks_anybody_else(
    chromium: Browser, database_dsn: str, tmp_path: Path, axe: str
) -> None:
    found = []
    async with running_live_site(database_dsn, tmp_path / "site") as site:
        ids = await happens(site)
        for who, theirs in groupby(VISITS, key=lambda each: each.who):
            async with sitting(site, chromium, who) as page:
                for visit in theirs:
                    await opened(page, site, visit, ids)
                    for scheme in ("dark", "light"):
                        await page.evaluate(IN_THE_LIGHT_OF, scheme)
                        found += [(visit.name, scheme, each) for each in await violations(page, axe)]
        assert found == []
        assert (site.wrong, site.elsewhere) == ([], [])
