"""Somebody in a real browser walks through the sign-up pages, from the first to the last."""

import asyncio
import json
import re

from playwright.async_api import Page, expect

from backend.demo.parts import sms_log
from tests.harness.running import Service

NAME = "Kanariefugl Æblegård"
NEXT = "main form .button-primary"
HEADINGS = {
    "da": ["Skriv koden fra sms’en", "Om dig", "Hvad siger du ja til?", "Tak, du er tilmeldt"],
    "en": [
        "Enter the code from the text message",
        "About you",
        "What do you say yes to?",
        "Thank you, you are signed up",
    ],
}


async def code_sent_to(service: Service, phone: str, texts: int = 1) -> str:
    """What the SMS provider's stand-in was given last, once it has been given so many for this phone."""
    log = sms_log(service.folder)
    for _ in range(200):
        lines = log.read_text("utf-8").splitlines() if log.exists() else []
        sent = [each["text"] for each in map(json.loads, lines) if each["to"] == phone]
        if len(sent) >= texts:
            return str(re.findall(r"\b\d{6}\b", sent[-1])[0])
        await asyncio.sleep(0.1)
    raise AssertionError("no text message came")


async def heading(page: Page, words: str) -> None:
    await expect(page.get_by_role("heading", level=1)).to_have_text(words)


async def says_who(page: Page) -> None:
    await page.fill("#name", NAME)
    await page.fill("#birth_year", "1971")
    await page.select_option("#municipality", "0461")
    await page.check("#training-hlr")
    await page.click(NEXT)


async def walks_through(page: Page, service: Service, language: str, phone: str) -> str:
    """From the page that asks for a phone to the end, with consent to be counted; gives the code."""
    at_code, at_about, at_consents, at_end = HEADINGS[language]
    await page.fill("#phone", phone)
    await page.click(NEXT)
    await heading(page, at_code)
    code = await code_sent_to(service, phone)
    await page.fill("#code", code)
    await page.click(NEXT)
    await heading(page, at_about)
    await says_who(page)
    await heading(page, at_consents)
    for box in ("#alarms", "#location", "#campaign_credit"):
        await page.check(box)
    await page.click(NEXT)
    await heading(page, at_end)
    return code
