"""One call of a browser: what its address says, who made it, and which source it names."""

import re
from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import quote, urlencode

import msgspec

from campaigns.modules.texts import Language

LONGEST_SOURCE = 64
LONGEST_KEPT = 40
"""Letters of a typed code that are looked at: no code is so long."""


class By(StrEnum):
    """Who made a call."""

    HUMAN = "human"  # as far as can be seen: counted when they act
    AUTOMATIC = "automatic"
    TEST = "test"  # the campaign's manager, trying a link


class Source(msgspec.Struct, frozen=True):
    """Where a link stood: its utm_source, utm_medium and utm_campaign."""

    source: str = ""
    medium: str = ""
    name: str = ""


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """How a page was asked for. What its address says stands in each of its links, so that no click loses it."""

    path: str
    campaign: str = ""  # its name, where the page is a campaign's
    code: str = ""  # as typed, in the path or behind it
    language: Language
    source: Source
    by: By
    acted: bool  # on a page before this one, in the other language

    def at(self, path: str = "", language: Language | None = None) -> str:
        """An address on this site."""
        query = {
            "code": self.code if self.campaign else "",
            "lang": Language.EN.value if (language or self.language) is Language.EN else "",
            "utm_source": self.source.source,
            "utm_medium": self.source.medium,
            "utm_campaign": self.source.name,
            "test": "1" if self.by is By.TEST else "",
            "acted": "1" if self.acted else "",
        }
        kept = {name: value for name, value in query.items() if value}
        return (path or self.path) + (f"?{urlencode(kept)}" if kept else "")


# Mail gateways, chats' previews and search engines, which open every link, and tools; whoever names nothing is no
# browser. Chats' own browsers (LinkedInApp, Telegram-Android) are not among them: there is somebody in front of those.
_MACHINES = re.compile(
    r"^$|bot\b|crawl|spider|slurp|preview|scanner|facebookexternalhit|whatsapp/|ms-?office|microsoft (office|outlook)|"
    r"safelinks|mimecast|proofpoint|barracuda|symantec|trendmicro|fortinet|imageproxy|yahoomail|read-aloud|"
    r"headlesschrome|phantomjs|curl|wget|python|httpx|aiohttp|go-http|java/|okhttp|libwww|axios|node-fetch|undici",
    re.IGNORECASE,
)
_AHEAD_OF_TIME = ("purpose", "sec-purpose", "x-purpose", "x-moz")


def made_by(method: str, headers: Mapping[str, str], *, is_test: bool) -> By:
    """Who made a call, by what it says of itself. `headers` are named in small letters."""
    if is_test:
        return By.TEST
    ahead = " ".join(headers.get(name, "") for name in _AHEAD_OF_TIME)
    if method == "HEAD" or re.search("prefetch|preview|prerender", ahead, re.IGNORECASE):
        return By.AUTOMATIC
    return By.AUTOMATIC if _MACHINES.search(headers.get("user-agent", "")) else By.HUMAN


def source_in(query: Mapping[str, str]) -> Source:
    """What a link says of where it stood; nothing that could be somebody's."""
    return Source(*(_kept(query.get(f"utm_{part}", "")) for part in ("source", "medium", "campaign")))


def _kept(text: str) -> str:
    short = text.strip()[:LONGEST_SOURCE]
    # An address, or as many digits as a phone has: a mail merge put somebody into the link.
    if not short.isprintable() or "@" in text or sum(letter.isdigit() for letter in text) >= 8:
        return ""
    return short


def visit_of(
    method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], *, campaign: str = "", code: str = ""
) -> Visit:
    """What is odd in an address is left out, never refused: whoever holds the link did not write it.

    `campaign` or `code` is what stands in the path; with neither the page is `path` itself.
    """
    typed = (code or query.get("code", "")).strip()[:LONGEST_KEPT]
    if campaign:
        path = f"/c/{quote(campaign, safe='')}"
    elif code:
        path = f"/k/{quote(typed, safe='')}"
    return Visit(
        path=path,
        campaign=campaign,
        code=typed,
        language=Language.EN if query.get("lang") == Language.EN else Language.DA,
        source=source_in(query),
        by=made_by(method, headers, is_test=query.get("test") == "1"),
        acted=query.get("acted") == "1",
    )


def from_here(headers: Mapping[str, str]) -> bool:
    """Whether a form or a beacon was sent by a page of ours: any browser of today says so."""
    return headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
