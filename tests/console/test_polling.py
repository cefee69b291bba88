"""What a page asks while nobody sits there is marked, and prolongs no session; a script that polls more shows here."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from litestar import Litestar

from backend.app.factory import create_app
from backend.console.by_script import DATA
from backend.foundation.clock import SetClock
from backend.foundation.settings import Settings
from backend.identity.staff import StaffRole
from tests.console.cast import OWNER, Browser, Office

MODULES = Path(__file__).parents[2] / "backend" / "console" / "modules"
SOON = timedelta(minutes=5)
WENT_TO = {"/konsol/tavle", "/konsol/haendelser/{}", "/konsol/ny", "/konsol/ny-oevelse", "/konsol/log-ind"}
"""Pages that a script leads somebody to who pressed something."""


def marks_of_gets(app: Litestar) -> dict[str, bool]:
    """Every GET route of the console, with `{}` for what varies: whether it is marked."""
    found: dict[str, Any] = {}
    for route in app.routes:
        path = "/" + "/".join(part if isinstance(part, str) else "{}" for part in route.path_components)
        handlers = {str(method): handler for method, (handler, _) in getattr(route, "route_handler_map", {}).items()}
        if path.startswith("/konsol") and "GET" in handlers:
            found[path] = bool(handlers["GET"].opt.get("by_itself"))
    return found


def addresses_in_modules() -> set[str]:
    found = set()
    for module in MODULES.glob("*.js"):
        for text in re.findall(r'["`](/konsol/[^"`?]*)', module.read_text("utf-8")):
            found.add(re.sub(r"\$\{[^}]*\}?", "{}", text))
    return found


async def test_whatever_a_script_asks_by_itself_is_marked(settings: Settings, clock: SetClock) -> None:
    marks = marks_of_gets(create_app(settings, clock=clock))
    data = {path: marked for path, marked in marks.items() if path.startswith(DATA)}
    assert len(data) >= 6
    assert [path for path, marked in data.items() if not marked] == []
    asked = {address for address in addresses_in_modules() if address in marks} - WENT_TO
    assert "/konsol/haendelser/{}/dele" in asked, "the addresses are found in the scripts"
    assert [address for address in asked if not marks[address]] == []


async def test_a_page_that_waits_for_its_figures_and_asks_again_is_nobody_s_work(
    office: Office, browser: Browser, clock: SetClock
) -> None:
    await browser.sits_down(await office.grants("Vera", StaffRole.VISITATOR))
    browser.http.app.state.database.put_statistics_off(60)

    async def used() -> Any:
        async with office.database.acting_as(OWNER) as c:
            return await c.fetchval("SELECT used_at FROM identity.staff_session")

    clock.advance(SOON)
    waits = await browser.opens("/konsol/efter/tal")
    assert waits.status_code == 503
    assert await used() == clock.now(), "somebody opened it"
    (again,) = re.findall(r'http-equiv="refresh" content="3; url=([^"]+)"', waits.text)
    clock.advance(SOON)
    await browser.opens(again.replace("&amp;", "&"))
    assert await used() == clock.now() - SOON
