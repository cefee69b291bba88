"""Round every page: the switches keep what was asked for, and a page that fetches itself is nobody's work."""

import re
from datetime import datetime, timedelta

from backend.console.frame import BY_ITSELF
from backend.foundation.clock import SetClock
from backend.foundation.database import Actor, Role
from backend.identity.staff import StaffRole
from tests.console.cast import Browser, Office


async def test_another_theme_or_language_is_the_same_page_in_it(office: Office, browser: Browser) -> None:
    """An exercise board that turns live with the light on would be worse than a dark one."""
    await browser.sits_down(await office.grants("Vera", StaffRole.VAGTHAVENDE))
    page = (await browser.opens("/konsol/tavle?slags=oevelse&valgt=1&tema=moerk")).text
    theme, language = re.findall(r'<a class="quiet" href="([^"]+)"', page)
    assert theme == "/konsol/tavle?slags=oevelse&amp;valgt=1&amp;tema=lys"
    assert language == "/konsol/tavle?slags=oevelse&amp;valgt=1&amp;lang=en"
    light = (await browser.opens(theme.replace("&amp;", "&"))).text
    assert ('data-theme="light"' in light, 'data-kind="exercise"' in light) == (True, True)
    assert 'data-theme="light"' in (await browser.opens("/konsol/godkendelser")).text, "remembered, on every page"


async def test_a_link_does_not_repeat_what_a_provider_handed_over(browser: Browser) -> None:
    page = (await browser.opens("/konsol/tilbage?code=once&state=mine")).text
    assert "once" not in page
    assert "/konsol/tilbage?tema=lys" in page


async def test_without_scripts_a_board_is_fetched_anew_and_that_is_no_sign_of_life(
    office: Office, browser: Browser, clock: SetClock
) -> None:
    """Else a screen that nobody looks at would keep its session open through an alarm's night."""
    await browser.sits_down(await office.grants("Vera", StaffRole.VISITATOR))
    for address in ("/konsol/tavle", "/konsol/vaeg"):
        page = (await browser.opens(address)).text
        (again,) = re.findall(r'<noscript><meta http-equiv="refresh" content="15; url=([^"]+)"></noscript>', page)
        assert again == f"{address}?{BY_ITSELF}=1"
        before = await last_used(office)
        clock.advance(timedelta(minutes=5))
        assert (await browser.opens(again)).status_code == 200
        assert await last_used(office) == before, "nobody did that"
        await browser.opens(address)
        assert await last_used(office) == clock.now(), "somebody did this"


async def last_used(office: Office) -> datetime:
    async with office.database.acting_as(Actor(Role.OWNER)) as c:
        used: datetime = await c.fetchval("SELECT used_at FROM identity.staff_session")
    return used
