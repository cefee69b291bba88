"""The browser the other tests drive is a real one and works on this machine."""

import pytest
from playwright.async_api import Browser


@pytest.mark.browser
async def test_a_page_runs_its_script(browser: Browser) -> None:
    page = await browser.new_page()
    await page.set_content("<p>1-1-2</p><script>document.querySelector('p').textContent += '!'</script>")
    assert await page.inner_text("p") == "1-1-2!"
