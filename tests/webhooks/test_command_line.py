"""An operator adds, tries, lists and ends a webhook by typing; what cannot be meant is one sentence."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from standardwebhooks import Webhook
from typer.testing import CliRunner, Result

from backend.cli.commands import app
from backend.demo.ports import HOST
from tests.edge.cast import load_shipped, make_settings
from tests.webhooks.cast import open_receiver


@pytest.fixture
async def environment(database_dsn: str, tmp_path: Path) -> dict[str, str]:
    await load_shipped(database_dsn)
    settings = make_settings(database_dsn, tmp_path)
    return {
        "HJERTELOEBER_DATABASE_URL": database_dsn,
        "HJERTELOEBER_SIGNING_KEY_FILE": str(settings.signing_key_file),
        "HJERTELOEBER_PHONE_HASH_KEY_FILE": str(settings.phone_hash_key_file),
        "HJERTELOEBER_DATA_KEY_FILE": str(settings.data_key_file),
    }


def run(environment: dict[str, str], *words: str) -> Result:
    return CliRunner().invoke(app, ["webhook", *words], env=environment)


ADD = ("add", "https://dispatch.example/hooks", "--centre", "amk-hovedstaden")


def test_a_webhook_is_added_listed_and_disabled(environment: dict[str, str]) -> None:
    added = run(environment, *ADD, "--event", "accepted")
    assert added.exit_code == 0, added.output
    webhook = re.search(r"^webhook  (\S+)$", added.stdout, re.MULTILINE)
    assert webhook
    assert re.search(r"^secret   whsec_[A-Za-z0-9+/=]{44}$", added.stdout, re.MULTILINE)

    listed = run(environment, "list").stdout
    assert webhook[1] in listed
    assert "told of everything  events: accepted" in listed
    assert "whsec_" not in listed

    assert run(environment, "disable", webhook[1]).stdout == "disabled\n"
    assert run(environment, "disable", webhook[1]).stdout == "it was disabled already\n"
    assert "disabled 20" in run(environment, "list").stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("add", "https://10.0.0.1/", "--centre", "amk-hovedstaden"), "has a name, no number"),
        (("add", "http://dispatch.example/", "--centre", "amk-hovedstaden"), "begins with https://"),
        (("add", "http://127.0.0.1:9/", "--centre", "amk-hovedstaden"), "begins with https://"),
        (("add", "https://dispatch.example/", "--centre", "amk-nowhere"), "no dispatch centre amk-nowhere"),
        ((*ADD, "--kind", "synthetic"), "live, exercise or test"),
        (("disable", "0d5f3c1e-5b0e-4c55-9a6e-5f4c6a0d1b7e"), "no such webhook"),
        (("test", "0d5f3c1e-5b0e-4c55-9a6e-5f4c6a0d1b7e"), "no such webhook"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(
    environment: dict[str, str], words: tuple[str, ...], sentence: str
) -> None:
    done = run(environment, *words)
    assert (done.exit_code, done.stdout) == (1, "")
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_first_event_is_sent_from_here(environment: dict[str, str]) -> None:
    environment |= {"HJERTELOEBER_WEBHOOK_LOOPBACK": "true"}
    with open_receiver(HOST) as receiver:
        added = run(environment, "add", receiver.url, "--centre", "amk-hovedstaden").stdout
        webhook, secret = re.findall(r"^\w+ +(\S+)$", added, re.MULTILINE)[:2]
        assert run(environment, "test", webhook).stdout == "taken: 204\n"
    ((headers, body),) = receiver.requests
    assert Webhook(secret).verify(body, headers)["type"] == "test"
    assert urlsplit(receiver.url).port


def test_an_address_that_leads_inwards_by_now_is_not_called(environment: dict[str, str]) -> None:
    """It was allowed when it was added; what counts is what it is when it is called."""
    with open_receiver(HOST) as receiver:
        loopback = environment | {"HJERTELOEBER_WEBHOOK_LOOPBACK": "true"}
        added = run(loopback, "add", receiver.url, "--centre", "amk-hovedstaden").stdout
        webhook = re.findall(r"^webhook +(\S+)$", added, re.MULTILINE)[0]
        done = run(environment, "test", webhook)
    assert (done.exit_code, receiver.requests) == (1, [])
    assert "not taken: not_public" in done.stderr
