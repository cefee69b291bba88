"""The pages of numbers: to each their own, empty ones say what to do, and everything shown can be taken along."""

import csv
import io
import re
import zipfile
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from httpx import Response
from litestar.testing import AsyncTestClient

from backend.foundation.clock import SetClock
from backend.public.store import Store
from campaigns.app import create_app
from campaigns.campaign.campaign import Campaign
from campaigns.managers import grants, queries, session
from campaigns.settings import Settings
from campaigns.signing_in.answers import COOKIE
from tests.campaigns.cast import FLOTILLA, NOON, Office
from tests.campaigns.teller import NEXT_SUNDAY, SUNDAY, THIRD_SUNDAY, Teller

MONDAY = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
HERE = "/tal/forsvaret-2027"
OWNER, LEAD, PARTNER, NOBODY = "anna@fmn.example", "bo@hjv.example", "siv@sum.example", "nemo@fmn.example"
PAGES = ["", "/enheder", "/kanaler", "/omraader", "/enhed/HJV-MHV", "/enhed/EKS-FL-01"]
FILES = ["/tragt.csv", "/uger.xlsx", "/tragt.svg", "/uger.png", "/enheder/alle-enheder.csv", "/kanaler/kanaler.xlsx"]


class Desk:
    """Somebody at a browser, signed in or not."""

    def __init__(self, http: AsyncTestClient[Any], secrets: Mapping[str, str]) -> None:
        self.http, self.secrets = http, secrets

    async def opens(self, path: str, who: str = OWNER) -> Response:
        return await self.http.get(
            path, follow_redirects=False, headers={"Cookie": f"{COOKIE}={self.secrets.get(who, who)}"}
        )


@pytest.fixture
async def told(office: Office, campaign: Campaign, campaigns_dsn: str) -> Teller:
    """Three weeks of numbers; one of the flotillas has been told of, its sister never."""
    teller = Teller(campaigns_dsn)
    await teller.knows_denmark()
    code = await office.makes_a_code(campaign, FLOTILLA)
    for n, day in enumerate((SUNDAY, NEXT_SUNDAY, THIRD_SUNDAY), start=1):
        numbers = {"campaign": 1240 * n, "FMN": 1200 * n, "HJV": 600 * n, "HJV-MHV": 40 * n, FLOTILLA: 30 * n}
        besides = {"campaign": {"already": 20 * n, "answered": 0, "withdrawn": 0}}
        await teller.tells(campaign, day, numbers)
        await teller.tells(campaign, day, besides)
        await teller.tells(campaign, day, {"poster": 1000 * n, "email": 0, "0101": 440 * n, "0751": 10 * n, "0411": 0})
        await teller.counts_visits(campaign, code, day, 777 * n, automatic=12)
    return teller


@pytest.fixture
async def desk(office: Office, campaign: Campaign, campaigns_dsn: str) -> AsyncIterator[Desk]:
    async with office.store.transaction() as c:
        await grants.allow(c, OWNER, "Anna", campaign, "fmn", None, NOON)
        await grants.allow(c, LEAD, "Bo", campaign, "fmn", FLOTILLA, NOON)
        await grants.allow(c, PARTNER, "Siv", campaign, "sundhed", None, NOON)
        other = await office.begins("anden-kampagne")
        await grants.allow(c, NOBODY, "Nemo", other, "fmn", None, NOON)
    secrets = {}
    async with office.store.transaction() as c:
        for email in (OWNER, LEAD, PARTNER, NOBODY):
            manager = await queries.manager_by_email(c, email)
            assert manager is not None
            secrets[email] = await session.begin(c, manager, MONDAY)
    async with AsyncTestClient(create_app(settings_of(campaigns_dsn), clock=SetClock(MONDAY))) as http:
        yield Desk(http, secrets)


def settings_of(dsn: str) -> Settings:
    provider = "https://login.example"
    return Settings(database_url=dsn, oidc_issuer=provider, oidc_client_id="tal", oidc_client_secret="hemmelig")


def shown(answer: Response) -> str:
    assert answer.status_code == 200, answer.text[:500]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


async def test_the_owner_sees_the_campaign_and_its_units(told: Teller, desk: Desk) -> None:
    text = shown(await desk.opens(HERE))
    assert "mindst 3.720" in text
    assert "+1.240" in text
    assert "Hjemmeværnet 11." not in text
    assert re.search(r"Hjemmeværnet [\d.]+ 1\.800 \+1\.800", text)
    assert "ingen kode endnu" in text


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_is_there_for_the_owner_and_says_what_the_words_mean(
    told: Teller, desk: Desk, path: str
) -> None:
    answer = await desk.opens(HERE + path)
    text = shown(answer)
    assert "Sådan læser du tallene" in text
    assert "Forsvaret og Hjemmeværnet ser kun tal" in text
    assert "frivillig" not in text.lower()
    assert answer.headers["cache-control"] == "private, no-store"
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "style=" not in answer.text
    assert "<script" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/enheder",
        "/kanaler",
        "/omraader",
        "/enhed/HJV-MHV",
        "/enhed/EKS-FL-02",
        "/enhed/FMN",
        "/enhed/UKENDT",
        "/enhed/HJV-MHV/tragt.csv",
        "/enhed/EKS-FL-02/uger.svg",
        "/enheder/alle-enheder.xlsx",
        "/kanaler/kilder.csv",
        "/omraader/regioner.png",
        "/enhed/EKS-FL-02?traeet=2024-06-01",
    ],
)
async def test_a_lead_of_one_unit_finds_no_other_by_any_address(told: Teller, desk: Desk, path: str) -> None:
    assert (await desk.opens(HERE + path, LEAD)).status_code == 404
    assert (await desk.opens(HERE + path, PARTNER)).status_code == 404


async def test_a_lead_sees_their_unit_and_the_total(told: Teller, desk: Desk) -> None:
    assert "mindst 90" in shown(await desk.opens(f"{HERE}/enhed/EKS-FL-01", LEAD))
    total = shown(await desk.opens(HERE, LEAD))
    assert "mindst 3.720" in total
    assert "Hjemmeværnet 1" not in total
    assert "Målet er" not in total


async def test_a_partner_sees_the_total_alone(told: Teller, desk: Desk) -> None:
    text = shown(await desk.opens(HERE, PARTNER))
    assert "mindst 3.720" in text
    assert "1.800" not in text
    assert (await desk.opens(f"{HERE}/enheder.csv", PARTNER)).status_code == 404


@pytest.mark.parametrize("path", [*PAGES, *FILES])
async def test_whoever_has_no_part_in_it_finds_nothing(told: Teller, desk: Desk, path: str) -> None:
    assert (await desk.opens(HERE + path, NOBODY)).status_code == 404
    unknown = await desk.opens(HERE + path, "ukendt@fmn.example")
    assert (unknown.status_code, unknown.headers["location"].partition("?")[0]) == (303, "/tal/log-ind")


async def test_a_campaign_there_is_not_looks_the_same_as_one_that_is_not_theirs(told: Teller, desk: Desk) -> None:
    one, other = await desk.opens(HERE, NOBODY), await desk.opens("/tal/findes-ikke", NOBODY)
    assert (one.status_code, one.text) == (other.status_code, other.text)


async def test_the_first_page_lists_what_somebody_may_see(told: Teller, desk: Desk) -> None:
    text = shown(await desk.opens("/tal", LEAD))
    assert "Forsvaret 2027" in text
    assert "Anden kampagne" not in text
    assert "EKS-FL-01" in text


async def test_a_period_is_kept_in_every_link(told: Teller, desk: Desk) -> None:
    answer = await desk.opens(f"{HERE}/enhed/HJV-MHV?fra=2026-11-09&til=2026-11-15&traeet=2026-11-20")
    assert "9. nov. 2026 – 15. nov. 2026" in shown(answer)
    links = re.findall(rf'(?:href|src|srcset)="({HERE}[^"]*)"', answer.text)
    assert len(links) > 20
    for link in links:
        assert "traeet=2026-11-20" in link
        assert "fra=2026-11-09&amp;til=2026-11-15" in link or "periode=" in link or link.endswith("?traeet=2026-11-20")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("fra=2026-11-20&til=2026-11-01", "byt om på de to dage"),
        ("fra=i+dag", "ikke en dag"),
        ("periode=evigt", "ikke en periode"),
        ("traeet=altid", "ikke en dag"),
    ],
)
async def test_a_wrong_address_shows_the_campaign_and_says_what_is_wrong(
    told: Teller, desk: Desk, query: str, said: str
) -> None:
    text = shown(await desk.opens(f"{HERE}?{query}"))
    assert said in text
    assert "mindst 3.720" in text


async def test_nothing_told_yet_says_when_and_what_to_do(desk: Desk) -> None:
    text = shown(await desk.opens(HERE))
    assert "Der er endnu ikke talt noget" in text
    assert "Få en kode til hver enhed" in text
    assert "færre end 10 " not in text.partition("Sådan læser du")[0]


@pytest.mark.parametrize("name", ["tragt", "uger", "enheder", "kanaler/kanaler", "omraader/kommuner"])
async def test_where_nothing_was_told_a_picture_is_drawn_all_the_same(desk: Desk, name: str) -> None:
    answer = await desk.opens(f"{HERE}/{name}.svg")
    assert answer.content.startswith(b"<svg")
    assert "ingen kode endnu" in answer.text or "endnu intet" in answer.text


async def test_a_unit_without_a_code_says_how_to_get_one(told: Teller, desk: Desk) -> None:
    assert "Bed den, der driver tjenesten, om en kode" in shown(await desk.opens(f"{HERE}/enhed/EKS-FL-02"))


async def test_made_up_numbers_say_so_on_pages_and_in_files(
    told: Teller, desk: Desk, campaign: Campaign, campaigns_dsn: str
) -> None:
    await told.makes_it_up(campaign)
    assert "Opdigtede tal" in shown(await desk.opens(HERE))
    assert "OPDIGTEDE TAL" in (await desk.opens(f"{HERE}/tragt.svg")).text
    assert "OPDIGTEDE TAL" in words_in_sheet((await desk.opens(f"{HERE}/tragt.xlsx")).content)
    assert "OPDIGTEDE TAL" in (await desk.opens(f"{HERE}/tragt.csv")).text


async def test_a_csv_is_read_back_as_it_was_shown(told: Teller, desk: Desk) -> None:
    answer = await desk.opens(f"{HERE}/enheder.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert 'filename="hjerteloeber-forsvaret-2027-enheder.csv"' in answer.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    home_guard = next(row for row in rows if row and row[0] == "Hjemmeværnet")
    assert home_guard[2:4] == ["1800", "1800"]
    assert next(row for row in rows if row and row[0] == "Departementet")[2] == "ingen kode endnu"


async def test_what_cannot_be_counted_is_empty_in_a_csv_and_no_nought(told: Teller, desk: Desk) -> None:
    answer = await desk.opens(f"{HERE}/kanaler/kanaler.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    nobody = next(row for row in rows if row and row[0] == "Uden kode")
    assert set(nobody[4:]) == {""}


def words_in_sheet(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read("xl/sharedStrings.xml").decode()


async def test_a_sheet_has_numbers_and_days_and_not_words(told: Teller, desk: Desk) -> None:
    answer = await desk.opens(f"{HERE}/uger.xlsx")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314  (our own)
    ns = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    numbers = [
        float(cell.findtext("x:v", namespaces=ns) or "nan")
        for cell in sheet.iterfind(".//x:c", ns)
        if not cell.get("t")
    ]
    days = (date(2026, 11, 22) - date(1899, 12, 30)).days
    assert {3720.0, float(days)} <= set(numbers)


@pytest.mark.parametrize("name", ["tragt", "uger", "enheder/alle-enheder", "kanaler/kanaler", "omraader/regioner"])
async def test_every_picture_is_drawn(told: Teller, desk: Desk, name: str) -> None:
    drawn = [await desk.opens(f"{HERE}/{name}.svg{look}") for look in ("", "?tema=moerk&bredde=smal")]
    assert [answer.status_code for answer in drawn] == [200, 200]
    assert all(answer.content.startswith(b"<svg") for answer in drawn)
    assert drawn[0].content != drawn[1].content


async def test_a_picture_for_a_slide_is_a_png_of_twice_the_size(told: Teller, desk: Desk) -> None:
    answer = await desk.opens(f"{HERE}/tragt.png?hent=1")
    assert answer.content.startswith(b"\x89PNG")
    assert int.from_bytes(answer.content[16:20]) > 1_800
    assert "attachment" in answer.headers["content-disposition"]


async def test_a_picture_shows_the_table_s_numbers_says_its_source_and_is_the_same_again(
    told: Teller, desk: Desk
) -> None:
    svg = (await desk.opens(f"{HERE}/tragt.svg")).content
    words = " ".join(text for text in ET.fromstring(svg).itertext())  # noqa: S314  (our own)
    for said in ("3.720", "4.662", "100 % af trinnet før", "Kilde: Hjerteløber", "mindst så mange, i trin af 10"):
        assert said in words
    table = shown(await desk.opens(HERE))
    drawn = words.partition("trin af 10.")[2]
    assert set(re.findall(r"\d[\d.]*", drawn)) <= set(re.findall(r"\d[\d.]*", table))
    assert (await desk.opens(f"{HERE}/tragt.svg")).content == svg


@pytest.mark.parametrize("file", ["tragt.pdf", "findes-ikke.csv", "tragt", "hovedtal.svg", "enhed", "alle-enheder.csv"])
async def test_a_file_there_is_not_is_not_found(told: Teller, desk: Desk, file: str) -> None:
    assert (await desk.opens(f"{HERE}/{file}")).status_code == 404


async def test_a_name_that_begins_as_a_formula_is_none(told: Teller, desk: Desk, store: Store) -> None:
    from campaigns.figures.as_csv import as_csv, harmless
    from campaigns.figures.table import Column, Kind, Row, Table

    table = Table(
        "t", "T", "n", (Column("a", "=A1", Kind.TEXT),), tuple(Row("", (s,)) for s in ("=1+1", "@x", "-2", "ok"))
    )
    lines = as_csv(table, 10).decode("utf-8-sig").splitlines()
    assert lines[:5] == ["'=A1", "'=1+1", "'@x", "'-2", "ok"]
    assert harmless("+45") == "'+45"


async def test_utm_words_of_anybody_are_shown_as_words(told: Teller, desk: Desk, campaign: Campaign) -> None:
    await told.sees_a_source(campaign, SUNDAY, "<script>alert(1)</script>", "=HYPERLINK(1)")
    page = await desk.opens(f"{HERE}/kanaler")
    assert "<script" not in page.text
    assert "&lt;script&gt;" in page.text
    assert "'=HYPERLINK(1)" in (await desk.opens(f"{HERE}/kanaler/kilder.csv")).text


@pytest.mark.parametrize("day", ["0001-01-01", "2024-01-01", "2026-11-30", "9999-12-31"])
async def test_the_tree_of_any_day_is_shown(told: Teller, desk: Desk, day: str) -> None:
    assert "mindst 3.720" in shown(await desk.opens(f"{HERE}?traeet={day}"))
    for page in PAGES[1:4]:
        assert (await desk.opens(f"{HERE}{page}?traeet={day}")).status_code == 200
    unit = await desk.opens(f"{HERE}/enhed/BRS?traeet={day}")
    assert unit.status_code == (200 if day == "2024-01-01" else 404)
    if unit.status_code == 404:
        assert "vælg en dag, hvor den var der" in unit.text
