"""A manager of one unit sees no sibling's numbers by any address: not on a page, in a file, or from the API.

Somebody of the owner's whole clicks everything there is. Each address they come by is then tried by the one of a unit,
with every unit's code in its place: what comes back has no number of another's, and is what comes back for a unit there
is not. A page that nobody can click to makes the test fail, so that new ones are tried, too.
"""

import io
import re
import zipfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from urllib.parse import quote, urljoin

import pytest
from httpx import Response
from litestar import Litestar
from litestar.routes import HTTPRoute
from litestar.testing import AsyncTestClient

from backend.foundation.clock import SetClock
from backend.public.counting import STAGES
from campaigns.app import create_app
from campaigns.campaign.campaign import Campaign
from campaigns.managers import tokens
from campaigns.organisation import queries as organisations
from campaigns.organisation.unit import UnitCode, tree_on
from campaigns.settings import Settings
from tests.campaigns.cast import COMPANY, FLOTILLA, NOON, Office
from tests.campaigns.desk import allow, sit_down
from tests.campaigns.teller import NEXT_SUNDAY, SUNDAY, Teller

MONDAY = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
SIBLING, NAVY, NOBODY = UnitCode("EKS-FL-02"), UnitCode("HJV-MHV"), UnitCode("EKS-NEJ")
CLICKED = (FLOTILLA, SIBLING, NAVY, COMPANY)
"""Of sixty units these are clicked through; the others' codes are put in their place."""
OF_SIGN_IN = ("/tal/log-ind", "/tal/tilbage", "/tal/log-ud")
PICTURES = (".svg", ".png")
LANE = {"User-Agent": "Mozilla/5.0", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def clock() -> SetClock:
    return SetClock(MONDAY)


@pytest.fixture
async def site(campaigns_dsn: str, clock: SetClock) -> AsyncIterator[AsyncTestClient[Litestar]]:
    settings = Settings(database_url=campaigns_dsn, oidc_issuer="http://127.0.0.1:9", oidc_client_id="x")
    async with AsyncTestClient(create_app(settings, clock=clock)) as http:
        yield http


class World:
    """Two campaigns, of which every unit has a number that no other has."""

    def __init__(self, campaign: Campaign, other: Campaign, units: list[UnitCode]) -> None:
        self.campaign, self.other, self.units = campaign, other, units
        self.numbers = {unit: 10 * (3001 + 7 * n) for n, unit in enumerate([*units, UnitCode("campaign")])}
        self.elsewhere = {unit: 10 * (5001 + 7 * n) for n, unit in enumerate([*units, UnitCode("campaign")])}

    def secrets(self) -> list[int]:
        """Every number but the unit's own and the campaign's."""
        own = (FLOTILLA, UnitCode("campaign"))
        return [*(n for unit, n in self.numbers.items() if unit not in own), *self.elsewhere.values()]


@pytest.fixture
async def world(office: Office, campaign: Campaign, campaigns_dsn: str) -> World:
    other = await office.begins("en-anden")
    teller = Teller(campaigns_dsn)
    async with office.store.transaction() as c:
        tree = tree_on(await organisations.history_of(c, campaign.organisation), MONDAY.date())
    world = World(campaign, other, list(tree.units))
    for each, numbers in ((campaign, world.numbers), (other, world.elsewhere)):
        for unit in CLICKED:
            await office.makes_a_code(each, unit)
        await teller.tells(each, SUNDAY, dict.fromkeys(map(str, numbers), 0))
        await teller.tells(
            each, NEXT_SUNDAY, {str(unit): dict.fromkeys(STAGES, number) for unit, number in numbers.items()}
        )
    return world


def text_of(answer: Response) -> str:
    """What an answer says; of a sheet everything in it."""
    if answer.content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
            return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    return answer.text


def numbers_in(answer: Response) -> set[int]:
    """Every number from a thousand up, however it is written."""
    found = re.findall(r"(?<![\d.,])\d{1,3}(?:[.,\u00a0\u202f ]\d{3})+(?!\d)|(?<![\d.,])\d{4,}(?!\d)", text_of(answer))
    return {int(re.sub(r"\D", "", each)) for each in found}


async def opened(http: AsyncTestClient[Litestar], address: str) -> Response:
    return await http.get(address, headers=LANE, follow_redirects=False)


def links_in(page: Response, address: str) -> Iterator[str]:
    for link in re.findall(r"""(?:href|src|action)="([^"]*)\"""", page.text):
        whole = urljoin(f"http://here{address}", link.replace("&amp;", "&"))
        if whole.startswith("http://here/tal") and not whole.startswith("http://here/tal/log-"):
            yield whole.removeprefix("http://here").partition("#")[0]


async def clicks_through(http: AsyncTestClient[Litestar], world: World) -> dict[str, Response | None]:
    """Every address somebody of the owner's whole comes to, with what it said; pictures are not drawn."""
    others = [unit for unit in world.units if unit not in CLICKED and unit != "FMN"]
    not_clicked = re.compile(rf"/({'|'.join(map(re.escape, [*others, world.other.name]))})(?=[/?]|$)")
    found: dict[str, Response | None] = {}
    waiting = ["/tal"] if routes_of(http.app, "/tal") else []
    while waiting:
        address = waiting.pop()
        if address in found or not_clicked.search(address):
            continue
        if address.partition("?")[0].endswith(PICTURES):
            found[address] = None
            continue
        page = found[address] = await opened(http, address)
        assert page.status_code == 200, address
        # Periods and trees of other days make endless addresses: one step from a plain one is enough.
        if "text/html" in page.headers["content-type"] and "?" not in address:
            waiting += links_in(page, address)
    return found


def routes_of(app: Litestar, below: str) -> list[str]:
    return [
        route.path
        for route in app.routes
        if isinstance(route, HTTPRoute) and "GET" in route.methods and re.match(rf"{below}(/|$)", route.path)
        if route.path not in OF_SIGN_IN
    ]


def spelt(code: str) -> list[str]:
    """A unit's code as somebody would try it."""
    coded = "".join(f"%{ord(letter):02X}" for letter in code)
    return [
        code,
        code.lower(),
        coded,
        f"{code}/",
        f"{code}%2Fown",
        f"{code}%20",
        quote(f" {code}"),
        f"FMN%2F..%2F{code}",
    ]


def same(one: Response, other: Response, code: str) -> bool:
    """Alike, but for the code that was asked for."""
    forget = re.compile("|".join(re.escape(each) for each in (*spelt(code), *spelt(NOBODY))), re.IGNORECASE)
    return one.status_code == other.status_code and forget.sub("?", text_of(one)) == forget.sub("?", text_of(other))


async def test_the_one_of_a_unit_sees_no_other_s_numbers_on_any_page_or_file(
    office: Office, world: World, site: AsyncTestClient[Litestar], campaigns_dsn: str, clock: SetClock
) -> None:
    await allow(office, world.campaign, "alle@fmn.example")
    await allow(office, world.other, "alle@fmn.example")
    await allow(office, world.campaign, "en@fmn.example", unit=FLOTILLA)
    await sit_down(office, site, "alle@fmn.example", MONDAY)
    clicked = await clicks_through(site, world)
    for route in routes_of(site.app, "/tal"):
        shape = re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/?]+", re.escape(route)) + r"(\?.*)?")
        assert any(shape.fullmatch(address) for address in clicked), f"no page leads to {route}: how is it tried?"
    if routes_of(site.app, "/tal"):
        seen = set().union(*(numbers_in(page) for page in clicked.values() if page is not None))
        assert {world.numbers[unit] for unit in CLICKED} <= seen, (
            "the owner's whole sees them: there is something to hide"
        )

    await sit_down(office, site, "en@fmn.example", MONDAY)
    secret = set(world.secrets())
    own = f"/{FLOTILLA}"
    for address in clicked:
        if address.partition("?")[0].endswith(PICTURES) and own in address:
            continue  # a picture of one's own, which is drawn for long and has no text to search
        assert not numbers_in(await opened(site, address)) & secret, address
    for address in (each for each in clicked if own in each):
        nobody = await opened(site, address.replace(own, f"/{NOBODY}"))
        # Of other periods and of trees of other days some units are enough: the way to a number is the same.
        for unit in (each for each in (world.units if "?" not in address else CLICKED) if each != FLOTILLA):
            for code in spelt(unit) if unit in CLICKED and "?" not in address else [unit]:
                answer = await opened(site, address.replace(own, f"/{code}"))
                assert not numbers_in(answer) & secret, (address, code)
                if code == unit:
                    assert same(answer, nobody, unit), (address, unit)
        for name in (world.other.name, "der-er-ingen"):
            elsewhere = address.replace(f"/{world.campaign.name}", f"/{name}")
            assert (await opened(site, elsewhere)).status_code == 404, elsewhere


async def test_the_token_of_a_unit_reads_no_other_s_numbers(
    office: Office, world: World, site: AsyncTestClient[Litestar]
) -> None:
    async with office.store.transaction() as c:
        _, whole = await tokens.make(c, world.campaign, "alt", "fmn", None, None, NOON)
        _, unit = await tokens.make(c, world.campaign, "en", "fmn", FLOTILLA, None, NOON)
    site.app.state.rates = type("Unlimited", (), {"wait_s": lambda *_: 0.0})()

    async def reads(secret: str, path: str, **query: str) -> Response:
        return await site.get(path, params=query, headers={"Authorization": f"Bearer {secret}"})

    secrets, seen = set(world.secrets()), set[int]()
    routes = routes_of(site.app, "/api")
    assert len(routes) >= 9
    for route in routes:
        paths = [re.sub(r"\{[^}]*\}", name, route) for name in (world.campaign.name, world.other.name)]
        for path in paths:
            for form in ("json", "csv"):
                query = {"format": form} if "{" in route else {}
                assert not numbers_in(await reads(unit, path, **query)) & secrets, path
                nobody = await reads(unit, path, unit=NOBODY, **query)
                for code in world.units:
                    seen |= numbers_in(await reads(whole, path, unit=code, **query)) if code in CLICKED else set()
                    for typed in spelt(code) if code in CLICKED else [code]:
                        answer = await reads(unit, path, unit=typed, **query)
                        assert not numbers_in(answer) & secrets, (path, typed)
                        if code != FLOTILLA:
                            assert same(answer, nobody, code), (path, typed)
    assert {world.numbers[each] for each in CLICKED} <= seen, "there is something to hide"


def test_numbers_are_found_however_they_are_written() -> None:
    for said in ("30010", "30.010", "30,010", "30\u00a0010", "<td>30.010</td>", "30010;", '"at_least":30010'):
        assert 30010 in numbers_in(Response(200, text=said)), said
