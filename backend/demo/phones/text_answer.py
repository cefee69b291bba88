"""Answering without the app: the link in a text message, opened in a browser."""

import asyncio

from backend.demo.phones.book import Entry
from backend.demo.phones.chances import Temper
from backend.demo.phones.mobile_api import MobileApi
from backend.demo.phones.notebook import Notebook


async def answer_by_link(
    api: MobileApi, notebook: Notebook, entry: Entry, link: str, chances: Temper, pace: float
) -> None:
    """Opens the page, thinks, and presses a button, or never does."""
    opened = await _get(api, link)
    notebook.note(entry.phone, "link_opened", status=opened)
    await asyncio.sleep(chances.answer_s / pace)
    if chances.answer == "silence":
        return
    async with api.session.post(link, data={"answer": chances.answer}) as response:
        page = await response.text()
    notebook.note(entry.phone, "link_answer", answer=chances.answer, status=response.status, page_characters=len(page))
    if chances.answer == "decline" and response.status == 200:
        notebook.note(entry.phone, "link_ended", status=response.status)  # a no is the end; no text follows it


async def look_again(api: MobileApi, notebook: Notebook, entry: Entry, link: str) -> None:
    """A later text said that something changed: the same page tells what."""
    notebook.note(entry.phone, "link_ended", status=await _get(api, link))


async def _get(api: MobileApi, link: str) -> int:
    async with api.session.get(link) as response:
        await response.read()
        return response.status
