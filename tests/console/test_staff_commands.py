"""An operator says who works here, at which seats, and which rule applies once a second person agrees."""

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from backend.cli.commands import app
from backend.foundation.settings import Settings
from backend.identity.staff import StaffRole
from tests.console.cast import OWNER, Browser, Office


@pytest.fixture
def run(settings: Settings) -> Any:
    environment = {
        "HJERTELOEBER_DATABASE_URL": settings.database_url,
        "HJERTELOEBER_DATA_KEY_FILE": str(settings.data_key_file),
    }

    async def run(*words: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, list(words), env=environment)

    return run


async def test_somebody_is_added_granted_listed_and_withdrawn_and_the_journal_says_so(office: Office, run: Any) -> None:
    assert (await run("staff", "add", "Anna@AMK.example", "--name", "Anna")).exit_code == 0
    again = await run("staff", "add", "anna@amk.example", "--name", "Anna")
    assert (again.exit_code, "is known already" in again.output) == (1, True)
    at = ("--centre", "amk-hovedstaden")
    assert (await run("staff", "grant", "anna@amk.example", "visitator", *at)).exit_code == 0
    assert (await run("staff", "grant", "anna@amk.example", "revisor", "--to", "2031-01-01")).exit_code == 0
    listed = (await run("staff", "list")).output
    assert "visitator          amk-hovedstaden" in listed
    assert "revisor            everywhere" in listed
    assert "to 2031-01-01" in listed
    assert (await run("staff", "withdraw", "anna@amk.example", "visitator", *at)).exit_code == 0
    assert "visitator" not in (await run("staff", "list")).output
    changes = [each["facts"]["change"] for each in await office.journal("right_changed")]
    assert changes == ["staff_added", "staff_granted", "staff_granted", "staff_withdrawn"]
    assert "anna" not in str(await office.journal("right_changed")).lower(), "ids, no addresses"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("staff", "add", "ingen", "--name", "Anna"), "is no e-mail address"),
        (("staff", "add", "anna@amk.example", "--name", " "), "a name has 1 to 80 letters"),
        (("staff", "grant", "eva@amk.example", "visitator"), "nobody here is called eva@amk.example"),
        (("staff", "withdraw", "bo@amk.example", "visitator"), "bo@amk.example is not visitator everywhere"),
        (
            ("staff", "grant", "bo@amk.example", "visitator", "--centre", "amk-mars"),
            "no dispatch centre amk-mars",
        ),
        (("staff", "grant", "bo@amk.example", "visitator", "--to", "2020-01-01"), "--to is the first day without"),
        (("staff", "seat", "withdraw", "9", "--centre", "amk-hovedstaden"), "has no seat 9"),
    ],
)
async def test_what_cannot_be_is_one_sentence_that_says_what_to_do(
    office: Office, run: Any, words: tuple[str, ...], says: str
) -> None:
    await run("staff", "add", "bo@amk.example", "--name", "Bo")
    done = await run(*words)
    assert done.exit_code == 1
    assert says in done.output
    assert "Traceback" not in done.output


async def test_whoever_works_here_no_more_leaves_an_id_and_nothing_else(
    office: Office, browser: Browser, run: Any
) -> None:
    staff = await office.grants("Anna", StaffRole.VISITATOR)
    await browser.sits_down(staff)
    assert "1 sessions ended" in (await run("staff", "remove", "anna@amk.example")).output
    assert (await browser.opens("/konsol")).status_code == 303
    assert "nobody yet" in (await run("staff", "list")).output
    async with office.database.acting_as(OWNER) as c:
        kept = [dict(row) for row in await c.fetch("SELECT * FROM identity.staff")]
    assert [row["id"] for row in kept] == [staff.id]
    assert "anna" not in str(kept).lower()
    assert (await run("staff", "add", "anna@amk.example", "--name", "Anna")).exit_code == 0, "who comes back is new"


async def test_a_seat_is_made_and_its_envelope_shown_once(office: Office, run: Any) -> None:
    made = await run("staff", "seat", "add", "Bord 4", "--centre", "amk-hovedstaden")
    assert made.exit_code == 0, made.output
    assert "otpauth://totp/" in made.output
    assert "no browser yet" in (await run("staff", "seat", "list")).output
    twice = await run("staff", "seat", "add", "Bord 4", "--centre", "amk-hovedstaden")
    assert (twice.exit_code, "has a seat Bord 4 already" in twice.output) == (1, True)
    assert (await run("staff", "seat", "withdraw", "Bord 4", "--centre", "amk-hovedstaden")).exit_code == 0
    assert "Bord 4" not in (await run("staff", "seat", "list")).output


async def test_whoever_sits_at_a_seat_that_is_withdrawn_is_signed_out(
    office: Office, browser: Browser, run: Any
) -> None:
    envelope = await office.has_a_seat("Bord 4")
    await browser.sits_down(await office.grants("Anna", StaffRole.VISITATOR), seat=envelope.seat_id)
    assert (await browser.opens("/konsol")).status_code == 200
    assert (await run("staff", "seat", "withdraw", "Bord 4", "--centre", "amk-hovedstaden")).exit_code == 0
    assert (await browser.opens("/konsol")).status_code == 303


async def test_a_policy_waits_for_a_second_person_as_soon_as_there_are_two(
    office: Office, run: Any, settings: Settings, tmp_path: Path
) -> None:
    at = ("--centre", "amk-hovedstaden")
    assert "is in force at amk-hovedstaden" in (await run("policy", "use", "dk-2026-waves", *at)).output
    for name, role in (("anna", "amk_laege"), ("bo", "driftsansvarlig")):
        await run("staff", "add", f"{name}@amk.example", "--name", name)
        await run("staff", "grant", f"{name}@amk.example", role, *at)
    alone = await run("policy", "use", "dk-2026", *at)
    assert (alone.exit_code, "say who asks" in alone.output) == (1, True)
    nobody = await run("policy", "use", "dk-2026", *at, "--asked-by", "eva@amk.example")
    assert (nobody.exit_code, "may not change policies there" in nobody.output) == (1, True)
    unknown = await run("policy", "use", "nothing", *at, "--asked-by", "anna@amk.example")
    assert (unknown.exit_code, "There is no policy of that name" in unknown.output) == (1, True)
    asked = await run("policy", "use", "dk-2026", *at, "--asked-by", "anna@amk.example")
    assert "dk-2026 waits for a second person" in asked.output
    connection = await asyncpg.connect(settings.database_url)
    assert await connection.fetchval("SELECT state FROM identity.approval") == "waiting"
    await connection.close()
    assert len(await office.journal("policy_changed")) == 1
