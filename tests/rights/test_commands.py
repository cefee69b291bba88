"""What an operator types for somebody who has no app, and after a restore."""

import json
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from backend.cli.commands import app
from backend.foundation.clock import MachineClock
from backend.foundation.database import Database
from backend.foundation.settings import Settings
from backend.volunteers.sign_up import sign_up
from backend.volunteers.volunteer import Language, NewDevice, Platform
from tests.people.cast import API, HASH_KEY, settings_in, somebody

NUMBER = "+4561234555"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "erasures"
    made.mkdir()
    return made


@pytest.fixture
async def anna(database: Database) -> str:
    """Her id."""
    device = NewDevice(Platform.ANDROID, "1.4.0", Language.DA)
    async with database.acting_as(API) as c:
        done = await sign_up(c, HASH_KEY, somebody(NUMBER), device, MachineClock().now())
    return str(done.volunteer_id)


@pytest.fixture
def settings(tmp_path: Path, database_dsn: str, folder: Path) -> Settings:
    return settings_in(tmp_path, database_dsn, erasures_folder=str(folder))


def types(settings: Settings, *words: str) -> Result:
    environment = {
        "HJERTELOEBER_DATABASE_URL": settings.database_url,
        "HJERTELOEBER_SIGNING_KEY_FILE": str(settings.signing_key_file),
        "HJERTELOEBER_PHONE_HASH_KEY_FILE": str(settings.phone_hash_key_file),
        "HJERTELOEBER_DATA_KEY_FILE": str(settings.data_key_file),
        "HJERTELOEBER_ERASURES_FOLDER": str(settings.erasures_folder),
    }
    return CliRunner().invoke(app, list(words), env=environment)


def test_a_copy_takes_two_and_is_readable_for_one(settings: Settings, anna: str, tmp_path: Path) -> None:
    out = tmp_path / "anna.json"
    alone = types(settings, "person", "export", "--phone", NUMBER, "--by", "KAJ", "--second", "kaj", "--out", str(out))
    assert alone.exit_code == 1
    assert "two people" in alone.output
    done = types(settings, "person", "export", "--phone", NUMBER, "--by", "KAJ", "--second", "EVA", "--out", str(out))
    assert done.exit_code == 0, done.output
    copy = json.loads(out.read_text("utf-8"))
    assert copy["account"]["volunteer_id"] == anna
    assert copy["journal"][-1]["facts"] == {"volunteer": anna, "by": ["KAJ", "EVA"]}
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    again = types(settings, "person", "export", "--phone", NUMBER, "--by", "KAJ", "--second", "EVA", "--out", str(out))
    assert "there already" in again.output


def test_withdrawing_taking_back_and_erasing(settings: Settings, anna: str, folder: Path) -> None:
    assert "withdrawn; erased on" in types(settings, "person", "withdraw", "--phone", NUMBER, "--by", "KAJ").output
    assert "taken back" in types(settings, "person", "take-back", "--id", anna, "--by", "KAJ").output
    assert types(settings, "person", "erase", "--id", anna, "--by", "KAJ", "--yes").output == "erased\n"
    (file,) = folder.iterdir()
    assert [line.split()[1] for line in file.read_text().splitlines()] == ["withdrew", "took_back", "erased"]
    gone = types(settings, "person", "erase", "--phone", NUMBER, "--by", "KAJ", "--yes")
    assert (gone.exit_code, gone.output) == (1, "no account has this phone\n")
    assert "nobody of that id" in types(settings, "person", "withdraw", "--id", anna, "--by", "KAJ").output


def test_after_a_restore_the_list_is_compared_and_applied(settings: Settings, anna: str, folder: Path) -> None:
    assert types(settings, "erasures", "check").exit_code == 0
    (folder / "other-host.erasures").write_text(f"2026-11-28T12:00:00+00:00 erased {anna}\n")
    behind = types(settings, "erasures", "check")
    assert (behind.exit_code, behind.output) == (
        1,
        f"1 to erase, 0 to withdraw, 0 whose withdrawal was taken back\nerase {anna}\n",
    )
    assert types(settings, "erasures", "apply").output.startswith("1 erased, 0 withdrawn")
    assert types(settings, "erasures", "check").exit_code == 0


def test_migrating_applies_the_list_too(settings: Settings, anna: str, folder: Path) -> None:
    (folder / "other-host.erasures").write_text(f"2026-11-28T12:00:00+00:00 erased {anna}\n")
    done = types(settings, "migrate")
    assert "1 erased" in done.output, done.output


def test_a_list_that_cannot_be_read_keeps_nobody_from_migrating(settings: Settings, folder: Path) -> None:
    """Whatever serves and works begins when `migrate` has ended well: a disk that is mounted late costs no alarm."""
    (folder / "a.erasures").write_text("nonsense!\n")
    done = types(settings, "migrate")
    assert done.exit_code == 0
    assert "the list of erasures was not applied: a.erasures, line 1" in done.output


def test_a_list_that_cannot_be_read_stops_the_command_with_the_reason(settings: Settings, folder: Path) -> None:
    (folder / "a.erasures").write_text("nonsense!\n")
    done = types(settings, "erasures", "apply")
    assert (done.exit_code, done.output) == (1, "the list cannot be used: a.erasures, line 1, is none of ours\n")
