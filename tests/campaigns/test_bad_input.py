"""What comes in and should not: nothing breaks, nothing of it is shown as anything but text."""

import asyncio
from typing import Any

import asyncpg
import msgspec
import pytest
from litestar.testing import AsyncTestClient

from backend.public.store import migrate
from campaigns.app import create_app
from campaigns.campaign import say
from campaigns.campaign.campaign import Campaign
from campaigns.settings import Settings, WrongSettings, read_settings
from tests.campaigns.cast import NOON, SIGN_UP_URL, Office, Person

SCRIPT = "<script>alert(1)</script>"


async def test_a_script_in_a_text_is_text(office: Office, campaign: Campaign, person: Person) -> None:
    words = office.module.texts.da
    page = msgspec.structs.replace(words.page, heading=SCRIPT, lead=SCRIPT, paragraphs=(SCRIPT,))
    texts = msgspec.structs.replace(
        office.module.texts, da=msgspec.structs.replace(words, page=page, who=f"{SCRIPT}{{0.__class__}}")
    )
    async with office.store.transaction() as c:
        number = await say.write(c, campaign.id, texts, NOON)
    await office.approves(campaign, number)
    said = (await person.opens(f"/c/{campaign.name}")).text
    assert "alert(1)" in said
    assert SCRIPT not in said
    assert said.count("<script") == 1, "our own"


@pytest.mark.parametrize(
    "address",
    [
        f"/k/{SCRIPT.partition('/')[0]}",
        "/k/%00",
        "/k/" + "A" * 5_000,
        "/k/%F0%9F%92%94?lang=xx&lang=en&test=2&utm_source=%00",
        f"/c/forsvaret-2027?code={SCRIPT}",
        f"/?code={SCRIPT}&utm_source={SCRIPT}",
    ],
)
async def test_whatever_stands_in_a_link_leads_to_sign_up(campaign: Campaign, person: Person, address: str) -> None:
    page = await person.opens(address)
    assert page.status_code == 200
    assert SCRIPT not in page.text
    assert "Tilmeld" in page.text
    if not address.startswith("/?"):
        led = await person.presses_tilmeld(address)
        assert (led.status_code, led.headers["location"]) == (303, f"{SIGN_UP_URL}/tilmelding")


@pytest.mark.parametrize(
    "address", ["/nowhere", "/c/no-such-campaign", "/k/..%2f..%2fetc", "/filer/no.css", "/farve/red.css", "/k/"]
)
async def test_a_page_there_is_not_leads_to_sign_up_too(person: Person, address: str) -> None:
    page = await person.opens(address)
    assert page.status_code == 404
    assert f'href="{SIGN_UP_URL}/tilmelding"' in page.text


async def test_a_form_of_any_size_or_kind_does_no_harm(office: Office, campaign: Campaign, person: Person) -> None:
    code = await office.makes_a_code(campaign)
    large = await person.presses_tilmeld(f"/k/{code}", {"acted": "x" * 10_000})
    assert large.status_code == 413
    odd = await person.presses_tilmeld(f"/k/{code}", {"acted": "2", "phone": "+4568123456"})
    assert odd.status_code == 303
    assert await office.visits(campaign.id) == {code: (1, 0, 0)}


async def test_two_presses_at_once_are_two_page_views_and_none_is_lost(
    office: Office, campaign: Campaign, person: Person
) -> None:
    code = await office.makes_a_code(campaign)
    await asyncio.gather(*(person.presses_tilmeld(f"/k/{code}") for _ in range(20)))
    assert await office.visits(campaign.id) == {code: (20, 0, 0)}


async def test_while_the_database_is_away_a_link_still_leads_to_sign_up_with_its_code(
    office: Office, campaign: Campaign, campaigns_dsn: str
) -> None:
    code = await office.makes_a_code(campaign)
    settings = Settings(database_url=campaigns_dsn, sign_up_url=SIGN_UP_URL)
    async with AsyncTestClient(create_app(settings)) as http:
        person = Person(http)
        owner = await asyncpg.connect(campaigns_dsn)
        await owner.execute("ALTER SCHEMA campaigns RENAME TO away")
        page = await person.opens(f"/k/{code}")
        led = await person.presses_tilmeld(f"/k/{code}")
        first = await person.opens("/")
        await owner.execute("ALTER SCHEMA away RENAME TO campaigns")
        await owner.close()
    assert (page.status_code, first.status_code) == (200, 200)
    assert "Bliv hjerteløber" in page.text
    assert led.headers["location"] == f"{SIGN_UP_URL}/tilmelding?code={code}", "sign-up knows what it is worth"


async def test_every_answer_is_kept_by_nobody_and_sets_nothing(
    office: Office, campaign: Campaign, person: Person
) -> None:
    code = await office.makes_a_code(campaign)
    answers = [
        await person.opens("/"),
        await person.opens(f"/k/{code}"),
        await person.opens("/was"),
        await person.opens("/nowhere"),
        await person.presses_tilmeld(f"/k/{code}"),
    ]
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert "set-cookie" not in answer.headers
        assert "etag" not in answer.headers


async def test_the_first_page_is_the_one_campaign_that_runs_or_says_which_there_are(
    office: Office, campaign: Campaign, person: Person
) -> None:
    own = office.module.texts.da
    assert own.page.lead in (await person.opens("/")).text
    await office.begins("en-anden")
    text = (await person.opens("/?lang=en")).text
    assert 'href="/c/en-anden?lang=en"' in text
    assert 'href="/c/forsvaret-2027?lang=en"' in text


async def test_where_no_campaign_runs_the_page_leads_to_sign_up_and_counts_nothing(person: Person) -> None:
    page = await person.opens("/?lang=en")
    assert (page.status_code, "data-acted" in page.text) == (200, False)
    led = await person.presses_tilmeld("/?lang=en")
    assert led.headers["location"] == f"{SIGN_UP_URL}/tilmelding?lang=en"
    assert (await person.opens("/", method="HEAD")).status_code == 200


async def test_health_tells_a_database_that_is_there(http: AsyncTestClient[Any]) -> None:
    assert [(await http.get(f"/health/{name}")).status_code for name in ("live", "ready")] == [200, 200]


async def test_migrating_twice_changes_nothing(campaigns_dsn: str) -> None:
    assert await migrate(campaigns_dsn, "campaigns.migrations") == []


OIDC_SAID = ("OIDC_ISSUER: an address as https", "OIDC_CLIENT_ID is missing", "OIDC_EMAIL: `verified` or `trusted`")


def test_all_mistakes_in_settings_are_told_in_one_message() -> None:
    wrong = {
        "CAMPAIGNS_PUBLIC_URL": "https://x.example/path",
        "CAMPAIGNS_SIGN_UP_URL": "https://x.example; script-src *",
        "CAMPAIGNS_NOBODY": "1",
        "CAMPAIGNS_OIDC_ISSUER": "http://login.example",
        "CAMPAIGNS_OIDC_EMAIL": "whatever",
        "HOME": "/",
    }
    with pytest.raises(WrongSettings) as told:
        read_settings(wrong)
    said = str(told.value)
    for name in (
        "DATABASE_URL is missing",
        "PUBLIC_URL: an address",
        "SIGN_UP_URL: an address",
        "NOBODY is not a",
        *OIDC_SAID,
    ):
        assert f"CAMPAIGNS_{name}" in said


NO_PORT = "hjerteloeber.example:abc"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SMTP_URL", "smtp://mail:abc", "smtp://user:password@mail.example:587"),
        ("SMTP_URL", "smtp://[x", "smtp://user:password@mail.example:587"),
        ("SMTP_URL", "smtp://mail:99999", "smtp://user:password@mail.example:587"),
        ("PUBLIC_URL", "https://[x", "https://hjerteloeber.example"),
        ("PUBLIC_URL", f"https://{NO_PORT}", "https://hjerteloeber.example"),
        ("SIGN_UP_URL", f"http://{NO_PORT}", "https://hjerteloeber.example"),
        ("OIDC_ISSUER", "https://[x", "https://login.example/realms/fmn"),
        ("OIDC_ISSUER", f"https://{NO_PORT}", "https://login.example/realms/fmn"),
    ],
)
def test_an_address_that_cannot_be_read_is_a_mistake_in_the_settings(name: str, value: str, said: str) -> None:
    whole = {
        "CAMPAIGNS_DATABASE_URL": "postgresql:///x",
        "CAMPAIGNS_OIDC_CLIENT_ID": "tal",
        "CAMPAIGNS_MAIL_FROM": "tal@hjerteloeber.example",
    }
    with pytest.raises(WrongSettings, match=f"CAMPAIGNS_{name}: an address as .*{said}"):
        read_settings(whole | {f"CAMPAIGNS_{name}": value})


def test_settings_are_read() -> None:
    read = read_settings({"CAMPAIGNS_DATABASE_URL": "postgresql:///x", "CAMPAIGNS_PUBLIC_URL": "https://k.example/"})
    assert read == Settings(database_url="postgresql:///x", public_url="https://k.example")
    secret = {"CAMPAIGNS_OIDC_CLIENT_SECRET": "ends-with/", "CAMPAIGNS_DATABASE_URL": "postgresql:///x"}
    assert read_settings(secret).oidc_client_secret == "ends-with/"
    assert "ends-with" not in repr(read_settings(secret))
