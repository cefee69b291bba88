"""The demo's campaign: Forsvarsministeriet's, begun a year ago and plainly made up, with a site of its own.

The campaigns' package is met as anybody meets it: by its commands and over HTTP. Nothing of it is imported.
"""

import contextlib
import secrets
from collections.abc import Callable
from datetime import date, timedelta

import msgspec

from backend.demo.campaign_people import CLIENT_ID, LOG_INS, PROVIDER, provider
from backend.demo.campaign_year import Year
from backend.demo.errand import run_errand
from backend.demo.lighter import lighter
from backend.demo.parts import PYTHON, answers
from backend.demo.ports import HOST
from backend.demo.supervisor import Part, PartFailed, Supervisor

MODULE, NAME = "forsvarsministeriet", "forsvaret-eksempel"
PORT = 8300
PARTIES = ("fmn", "sundhed")
CHANNELS = ("poster", "intranet", "email", "event")
A_UNIT = "EKS-HK-01"
LENGTH, GOES_ON = timedelta(days=365), timedelta(days=400)
Tell = Callable[[str], None]


class CampaignSite(msgspec.Struct, frozen=True):
    """Where a campaign's site is, and what it needs; `days`: how many are made up; `issuer` signs managers in."""

    url: str
    database: str
    sign_up: str
    issuer: str
    seed: int
    days: int = LENGTH.days
    client_secret: str = msgspec.field(default_factory=secrets.token_urlsafe)

    @property
    def page(self) -> str:
        return f"{self.url}/c/{NAME}"

    @property
    def numbers(self) -> str:
        return f"{self.url}/tal"

    def environment(self) -> dict[str, str]:
        return {
            "CAMPAIGNS_DATABASE_URL": self.database,
            "CAMPAIGNS_PUBLIC_URL": self.url,
            "CAMPAIGNS_SIGN_UP_URL": self.sign_up,
            "CAMPAIGNS_OIDC_ISSUER": self.issuer,
            "CAMPAIGNS_OIDC_CLIENT_ID": CLIENT_ID,
            "CAMPAIGNS_OIDC_CLIENT_SECRET": self.client_secret,
        }


class Ready(msgspec.Struct, frozen=True):
    """What is told once the site is there."""

    page: str
    poster: str
    units_with_a_number: int
    units: int
    registered: int


async def start(site: CampaignSite, today: date, them: Supervisor, tell: Tell) -> Ready:
    """Everything from the tables to the site; what was done by an earlier start is not done again.

    Raises PartFailed; nothing else of the demo waits for it or is lost with it.
    """
    posters = await prepare(site, today)
    tell(f"the campaign is set up; {site.days} made-up days of recruitment are being counted")
    year = await _year(site, today, tell)
    await _campaigns(site, "campaign", "make-up-visits", NAME, "--seed", str(site.seed))
    await _let_in(site)
    if PROVIDER not in them.parts:  # the demo starts it with the console
        await them.start(provider(site.issuer))
    await them.start(part(site))
    tell(f"the campaign site is up: {site.page} (made up: its numbers are not real)")
    share = f"{year.units_with_a_number} of {year.units} units show a number"
    tell(f"{share}, the others fewer than ten; {year.registered:,} or more made-up people registered")
    return Ready(site.page, posters[A_UNIT], year.units_with_a_number, year.units, year.registered)


def links(site: CampaignSite, ready: Ready) -> list[str]:
    """What there is to open, as lines for whoever watches the demo."""
    return [
        f"Campaign site (made up) {ready.page}",
        f"A poster's link         {ready.poster}",
        f"A campaign's numbers    {site.numbers} (sign in as: {', '.join(each.user for each in LOG_INS)})",
    ]


def part(site: CampaignSite) -> Part:
    # Whatever comes by television, alarms come first.
    command = lighter(PYTHON, "-m", "campaigns", "serve", "--host", HOST, "--port", site.url.rsplit(":", 1)[1])
    return Part("campaigns", command, site.environment(), is_ready=answers(site.url, "/health/ready"), restarts=True)


async def prepare(site: CampaignSite, today: date) -> dict[str, str]:
    """The campaign with its units, approved words and codes; gives the link of each unit's poster."""
    await _campaigns(site, "migrate")
    await _campaigns(site, "import-tree", MODULE, "--made-up")
    if not await _is_there(site):
        period = ("--from", str(today - timedelta(days=site.days)), "--to", str(today + GOES_ON))
        await _campaigns(site, "campaign", "new", NAME, "--module", MODULE, *period, "--made-up")
    await _campaigns(site, "campaign", "ask", NAME, "--made-up")
    for party in PARTIES:
        await _campaigns(site, "campaign", "approve", NAME, "1", "--as", party)
    printed = {channel: await _campaigns(site, "codes", "add-all", NAME, channel) for channel in CHANNELS}
    return {unit: link for unit, _, link in (line.split(";") for line in printed["poster"][1:])}


async def _let_in(site: CampaignSite) -> None:
    """Anew at each start: whoever signed in is bound to a provider's address, and that may be another one now."""
    for each in LOG_INS:
        with contextlib.suppress(PartFailed):
            await _campaigns(site, "managers", "forget", each.email)
        unit = ("--unit", each.unit) if each.unit else ()
        words = ("--party", each.party, "--name", each.called, "--no-digest", *unit)
        await _campaigns(site, "managers", "allow", NAME, each.email, *words)


async def _is_there(site: CampaignSite) -> bool:
    try:
        await _campaigns(site, "campaign", "show", NAME)
    except PartFailed:
        return False  # if it is something else, the next command says what
    return True


async def _campaigns(site: CampaignSite, *words: str) -> list[str]:
    return await run_errand((PYTHON, "-m", "campaigns", *words), site.environment())


async def _year(site: CampaignSite, today: date, tell: Tell) -> Year:
    options = ("--database", site.database, "--campaign", NAME, "--today", str(today), "--seed", str(site.seed))

    def hear(line: str) -> None:
        if not line.startswith("{"):
            tell(line)

    said = await run_errand((PYTHON, "-m", "backend.demo.campaign_year", *options), {}, hear)
    return msgspec.json.decode(said[-1], type=Year)
