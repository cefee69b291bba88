"""Text messages as a phone's owner reads them: a code to type in, a link to open, or news."""

import asyncio
import re

CODE = re.compile(r"(?<!\d)(\d{6})(?!\d)")
LINK = re.compile(r"https?://\S+/a/\S+")


class Mailbox:
    """Codes somebody is waiting for, by number."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[str]] = {}

    def expect_code(self, phone: str) -> "asyncio.Future[str]":
        """Call before asking for the code, so that it cannot come too early."""
        coming: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting[phone] = coming
        return coming

    def take_code(self, phone: str, text: str) -> bool:
        """Whether the text was the awaited code."""
        if link_in(text) is not None:
            return False
        found = CODE.search(text)
        coming = self._waiting.get(phone)
        if found is None or coming is None or coming.done():
            return False
        coming.set_result(found.group(1))
        return True


def link_in(text: str) -> str | None:
    """The answer link of an alarm's text, if it has one."""
    found = LINK.search(text)
    return found.group(0).rstrip(".,)") if found else None
