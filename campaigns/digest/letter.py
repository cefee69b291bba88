"""What the weekly mail says: the three large numbers of what somebody may see, and where the rest is."""

from collections.abc import Sequence
from datetime import date
from functools import cache

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from campaigns.campaign.campaign import Campaign
from campaigns.digest.post import Letter
from campaigns.figures import danish
from campaigns.figures.headlines import Headline


class Part(msgspec.Struct, frozen=True):
    """A unit, or the whole campaign, and how it goes; `page` shows the rest."""

    title: str
    page: str
    headlines: tuple[Headline, ...]


def letter(to: str, name: str, campaign: Campaign, week: date, parts: Sequence[Part], home: str) -> Letter:
    """`week` is its Sunday, `home` the address the pages are at."""
    first = parts[0].headlines[0]
    said = {
        "name": name,
        "campaign": campaign,
        "week": danish.week(week),
        "until": danish.short_day(week),
        "parts": [(part, [_line(each, campaign.k) for each in part.headlines]) for part in parts],
        "end": f"{home}/tal/mail",
    }
    number = danish.figure(first.figure, campaign.k)
    return Letter(
        to,
        f"{campaign.name}, {danish.week(week).lower()}: {number} {first.title.lower()}",
        _texts().get_template("letter.txt").render(said),
        _texts().get_template("letter.html").render(said),
        f"{home}/tal/mail",
    )


def _line(headline: Headline, k: int) -> tuple[str, str, str, str]:
    """A number, how much it grew in the week, and in the week before."""
    return (
        headline.title,
        danish.figure(headline.figure, k),
        danish.change(headline.this_week),
        danish.change(headline.week_before),
    )


@cache
def _texts() -> Environment:
    return Environment(
        loader=PackageLoader("campaigns.digest", "templates"),
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
