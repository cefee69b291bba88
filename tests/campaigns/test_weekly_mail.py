"""Once a week whoever wants to know is mailed how a campaign goes: what they may see, and nobody else's."""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from litestar.testing import AsyncTestClient

from backend.public.store import SetClock
from campaigns.app import create_app
from campaigns.campaign.begin import CannotBe
from campaigns.campaign.campaign import Campaign
from campaigns.digest import post
from campaigns.digest.post import Outcome
from campaigns.digest.weekly import send_due
from campaigns.figures.period import week_end
from campaigns.managers import grants
from campaigns.organisation.unit import UnitCode
from campaigns.settings import Settings, WrongSettings, read_settings
from tests.campaigns.cast import COMPANY, FLOTILLA, NOON, PUBLIC_URL, Office
from tests.campaigns.desk import Desk, sit_down
from tests.campaigns.mail_catcher import Catcher, catching
from tests.campaigns.site import free_port
from tests.campaigns.teller import NEXT_SUNDAY, SUNDAY, Teller

ANNA, BO, CARL = "anna@fmn.example", "bo@sum.example", "carl@hjv.example"
SENDER = "Hjerteløber <tal@hjerteloeber.example>"
MONDAY = datetime(2026, 11, 16, 6, 0, tzinfo=UTC)


@pytest.fixture
def catcher() -> Iterator[Catcher]:
    with catching() as caught:
        yield caught


@pytest.fixture
async def told(office: Office, campaign: Campaign, campaigns_dsn: str) -> Campaign:
    """A campaign of which two weeks were told: of all, of a flotilla, and of a company beside it."""
    teller = Teller(campaigns_dsn)
    await office.makes_a_code(campaign, FLOTILLA)
    await office.makes_a_code(campaign, COMPANY)
    await teller.tells(campaign, SUNDAY, {"campaign": 1230, FLOTILLA: 40, COMPANY: 770})
    await teller.tells(campaign, NEXT_SUNDAY, {"campaign": 1270, FLOTILLA: 50, COMPANY: 780})
    return campaign


async def allowed(
    office: Office, campaign: Campaign, email: str, party: str = "fmn", unit: str | None = None, *, digest: bool = True
) -> None:
    async with office.store.transaction() as c:
        code = None if unit is None else UnitCode(unit)
        await grants.allow(c, email, email.partition("@")[0].title(), campaign, party, code, NOON, digest=digest)


async def goes_out(office: Office, url: str, now: datetime = MONDAY) -> Counter[Outcome]:
    return await send_due(office.store, post.server_at(url), SENDER, PUBLIC_URL, SetClock(now))


def text_of(catcher: Catcher, address: str) -> str:
    [mail] = catcher.to(address)
    plain = mail.get_body(("plain",))
    assert plain is not None
    return str(plain.get_content())


async def test_a_manager_of_one_unit_reads_its_numbers_and_the_total_and_no_other(
    office: Office, told: Campaign, catcher: Catcher
) -> None:
    await allowed(office, told, CARL, unit=FLOTILLA)
    assert await goes_out(office, catcher.url) == {Outcome.SENT: 1}
    [mail] = catcher.to(CARL)
    assert mail["Subject"] == "forsvaret-2027, uge 46, 2026: 1.270 nye hjerteløbere"
    text = text_of(catcher, CARL)
    assert "Nye hjerteløbere              1.270   i ugen +40, ugen før +1.230" in text
    assert "Nye hjerteløbere                 50   i ugen +10, ugen før +40" in text
    assert f"{PUBLIC_URL}/tal/forsvaret-2027/enhed/{FLOTILLA}" in text
    html = mail.get_body(("html",))
    assert html is not None
    for said in (text, str(html.get_content())):
        assert "780" not in said
        assert COMPANY not in said


async def test_a_partner_reads_the_total_only(office: Office, told: Campaign, catcher: Catcher) -> None:
    await allowed(office, told, BO, "sundhed")
    await goes_out(office, catcher.url)
    text = text_of(catcher, BO)
    assert "1.270" in text
    assert "/enhed/" not in text


async def test_who_sees_the_whole_reads_of_each_command(office: Office, told: Campaign, catcher: Catcher) -> None:
    await allowed(office, told, ANNA)
    await goes_out(office, catcher.url)
    text = text_of(catcher, ANNA)
    assert "Hjemmeværnet" in text
    assert "færre end 10" in text or "ingen kode endnu" in text


async def test_a_unit_that_was_closed_costs_nobody_their_mail(office: Office, told: Campaign, catcher: Catcher) -> None:
    await allowed(office, told, ANNA, unit=FLOTILLA)
    await allowed(office, told, BO, "sundhed")
    async with office.store.transaction() as c:
        await c.execute("DELETE FROM campaigns.unit WHERE code = $1", FLOTILLA)
    assert await goes_out(office, catcher.url) == {Outcome.SENT: 2}
    assert "/enhed/" not in text_of(catcher, ANNA)


async def test_nobody_is_mailed_twice_of_a_week_however_often_and_by_however_many(
    office: Office, told: Campaign, catcher: Catcher
) -> None:
    await allowed(office, told, ANNA)
    await allowed(office, told, BO, "sundhed")
    both = await asyncio.gather(*(goes_out(office, catcher.url) for _ in range(3)))
    again = await goes_out(office, catcher.url, MONDAY + timedelta(days=2))
    assert sum((*both, again), Counter()) == {Outcome.SENT: 2}
    assert len(catcher.mails) == 2


async def test_the_next_week_has_its_own_mail(
    office: Office, told: Campaign, catcher: Catcher, campaigns_dsn: str
) -> None:
    await allowed(office, told, BO, "sundhed")
    await goes_out(office, catcher.url)
    await Teller(campaigns_dsn).tells(told, NEXT_SUNDAY + timedelta(days=7), {"campaign": 1300})
    await goes_out(office, catcher.url, MONDAY + timedelta(days=7))
    first, second = catcher.to(BO)
    assert first["Message-ID"] != second["Message-ID"]


async def test_who_does_not_want_it_or_may_not_look_any_more_gets_none(
    office: Office, told: Campaign, catcher: Catcher
) -> None:
    await allowed(office, told, ANNA, digest=False)
    await allowed(office, told, BO, "sundhed")
    async with office.store.transaction() as c:
        await grants.withdraw(c, BO, told, "sundhed", None, NOON)
    assert await goes_out(office, catcher.url) == {}
    assert catcher.mails == []


async def test_weeks_long_past_are_not_told_by_mail(office: Office, told: Campaign, catcher: Catcher) -> None:
    await allowed(office, told, ANNA)
    assert await goes_out(office, catcher.url, MONDAY + timedelta(days=8)) == {}


async def test_a_mail_server_that_is_away_is_tried_again_the_next_time(
    office: Office, told: Campaign, catcher: Catcher
) -> None:
    await allowed(office, told, ANNA)
    nobody = f"smtp://127.0.0.1:{free_port()}"
    assert await goes_out(office, nobody) == {Outcome.AWAY: 1}
    assert await goes_out(office, catcher.url, MONDAY + timedelta(seconds=1)) == {Outcome.SENT: 1}


async def test_an_address_that_was_refused_for_good_is_let_be_and_one_that_is_busy_is_not(
    office: Office, told: Campaign, catcher: Catcher
) -> None:
    await allowed(office, told, ANNA)
    await allowed(office, told, BO, "sundhed")
    catcher.answers = {ANNA: "550 no such user", BO: "450 come again"}
    assert await goes_out(office, catcher.url) == {Outcome.REFUSED: 1, Outcome.AWAY: 1}
    catcher.answers = {}
    assert await goes_out(office, catcher.url, MONDAY + timedelta(hours=1)) == {Outcome.SENT: 1}
    assert [mail["To"] for mail in catcher.mails] == [BO]


async def test_a_mail_of_a_process_that_died_is_sent_by_another_with_the_same_message_id(
    office: Office, told: Campaign, catcher: Catcher, campaigns_dsn: str
) -> None:
    await allowed(office, told, ANNA)
    await goes_out(office, catcher.url)
    async with office.store.transaction() as c:
        await c.execute("UPDATE campaigns.digest SET sent_at = NULL")
    assert await goes_out(office, catcher.url, MONDAY + timedelta(minutes=5)) == {}, "its claim may still be alive"
    assert await goes_out(office, catcher.url, MONDAY + timedelta(minutes=11)) == {Outcome.SENT: 1}
    first, second = catcher.to(ANNA)
    assert first["Message-ID"] == second["Message-ID"]


async def test_mail_programmes_see_a_machine_and_how_to_end_it(
    office: Office, told: Campaign, catcher: Catcher
) -> None:
    await allowed(office, told, ANNA)
    await goes_out(office, catcher.url)
    [mail] = catcher.mails
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] == f"<{PUBLIC_URL}/tal/mail>"
    assert mail["From"] == SENDER


@pytest.mark.parametrize("url", ["http://mail.example", "smtp://", "smtp://x@mail.example", "smtp://mail.example/a"])
def test_an_address_that_is_no_mail_server_is_said_to_be_none(url: str) -> None:
    with pytest.raises(
        WrongSettings, match=r"CAMPAIGNS_SMTP_URL: an address as smtp://user:password@mail\.example:587"
    ):
        read_settings({"CAMPAIGNS_DATABASE_URL": "postgresql://", "CAMPAIGNS_SMTP_URL": url, "CAMPAIGNS_MAIL_FROM": BO})


@pytest.mark.parametrize(("sender", "said"), [("", "MAIL_FROM is missing"), ("Hjerteløber", "MAIL_FROM: an address")])
def test_a_mail_needs_somebody_it_is_from(sender: str, said: str) -> None:
    with pytest.raises(WrongSettings, match=said):
        read_settings(
            {
                "CAMPAIGNS_DATABASE_URL": "postgresql://",
                "CAMPAIGNS_SMTP_URL": "smtp://mail.example",
                "CAMPAIGNS_MAIL_FROM": sender,
            }
        )


async def test_the_command_says_what_became_of_each_mail(
    office: Office, told: Campaign, catcher: Catcher, campaigns_dsn: str
) -> None:
    await allowed(office, told, ANNA)
    teller = Teller(campaigns_dsn)
    last_sunday = week_end(datetime.now(UTC).date()) - timedelta(days=7)
    if last_sunday > NEXT_SUNDAY:
        await teller.tells(told, last_sunday, {"campaign": 1300})
    environment = os.environ | {
        "CAMPAIGNS_DATABASE_URL": campaigns_dsn,
        "CAMPAIGNS_SMTP_URL": catcher.url,
        "CAMPAIGNS_MAIL_FROM": SENDER,
    }

    async def digest() -> str:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "campaigns", "digest", env=environment, stdout=asyncio.subprocess.PIPE
        )
        said, _ = await process.communicate()
        return said.decode()

    assert await digest() == "1 sent\n"
    assert await digest() == "nobody is due\n"
    assert len(catcher.to(ANNA)) == 1


async def test_whoever_has_had_enough_stops_it_themselves_and_may_have_it_again(
    office: Office, told: Campaign, catcher: Catcher, campaigns_dsn: str
) -> None:
    await allowed(office, told, ANNA)
    await allowed(office, told, ANNA, unit=FLOTILLA)
    settings = Settings(database_url=campaigns_dsn, oidc_issuer="https://login.example", oidc_client_id="tal")
    async with AsyncTestClient(create_app(settings, clock=SetClock(MONDAY))) as http:
        desk = Desk(http)
        await sit_down(office, http, ANNA, MONDAY)
        assert "Stop mailen" in (await desk.opens("/tal/mail")).text
        elsewhere = await http.post("/tal/mail", data={"mail": "nej"}, headers={"Sec-Fetch-Site": "cross-site"})
        assert elsewhere.status_code == 403
        assert "Stop mailen" in (await desk.opens("/tal/mail")).text
        led = await desk.sends("/tal/mail", {"mail": "nej"})
        assert (led.status_code, led.headers["location"]) == (303, "/tal/mail")
        assert await goes_out(office, catcher.url) == {}
        await desk.sends("/tal/mail", {"mail": "ja"})
        assert await goes_out(office, catcher.url) == {Outcome.SENT: 1}


async def test_a_campaign_is_not_called_as_a_page_is(office: Office) -> None:
    with pytest.raises(CannotBe, match="a page is called so"):
        await office.begins("mail")


async def handed_in(catcher: Catcher, to: str = BO) -> Outcome:
    mail = post.mail_of(
        post.Letter(to, "Uge 46", "Tal", "<p>Tal", PUBLIC_URL), SENDER, "<1@hjerteloeber.example>", MONDAY
    )
    return await post.send(mail, post.server_at(catcher.url))


@pytest.mark.parametrize(
    ("to_sender", "to_mail", "outcome"),
    [
        ("250 OK", "554 5.7.1 looks like spam", Outcome.REFUSED),
        ("250 OK", "552 5.3.4 too big", Outcome.REFUSED),
        ("550 5.7.1 you may not send as this", "250 OK", Outcome.REFUSED),
        ("250 OK", "451 4.3.0 come again", Outcome.AWAY),
        ("450 4.2.0 come again", "250 OK", Outcome.AWAY),
        ("530 5.7.0 authentication required", "250 OK", Outcome.AWAY),
        ("250 OK", "250 OK", Outcome.SENT),
    ],
)
async def test_a_no_for_good_to_the_mail_or_its_sender_is_not_asked_for_again(
    catcher: Catcher, to_sender: str, to_mail: str, outcome: Outcome
) -> None:
    """But of a server that wants a log-in: somebody puts that right in the settings."""
    catcher.to_sender, catcher.to_mail = to_sender, to_mail
    assert await handed_in(catcher) is outcome


@pytest.mark.parametrize("kept", ["(x)@b.dk", "x@(b).dk", "x@[b.dk", "a@b..dk", "x\n@b.dk"])
async def test_an_address_that_no_mail_can_be_written_to_is_refused_for_good(catcher: Catcher, kept: str) -> None:
    """As it may have been kept before addresses were looked at so closely."""
    assert await handed_in(catcher, kept) is Outcome.REFUSED
    assert catcher.mails == []
