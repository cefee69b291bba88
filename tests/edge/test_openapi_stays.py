"""Within v1 there are only additions: the documents are held against those of the last release."""

import copy
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backend.app.openapi.compare import breaking
from backend.app.openapi.document import Document, make

ROOT = Path(__file__).parents[2]


def git(*arguments: str) -> str | None:
    """What git says; None when it refuses, as outside a clone."""
    done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else None


@pytest.mark.parametrize("which", list(Document))
def test_nothing_of_the_last_release_is_broken(which: Document) -> None:
    """Before the first tag there is nothing to break."""
    tag = git("describe", "--tags", "--abbrev=0")
    released = git("show", f"{tag.strip()}:openapi/{which}.json") if tag else None
    if released is not None:
        assert breaking(json.loads(released), make(which)) == []


def drop_path(document: Any) -> None:
    del document["paths"]["/mobile/v1/alerts"]


def drop_sent_field(document: Any) -> None:
    del document["components"]["schemas"]["Alert"]["properties"]["revision"]


def ask_for_more(document: Any) -> None:
    schema = document["components"]["schemas"]["AskForCode"]
    schema["properties"]["captcha"] = {"type": "string"}
    schema["required"].append("captcha")


def send_another_type(document: Any) -> None:
    document["components"]["schemas"]["Alert"]["properties"]["ring_no"] = {"type": "string"}


def take_fewer_values(document: Any) -> None:
    document["components"]["schemas"]["Language"]["enum"].remove("en")


def rename_operation(document: Any) -> None:
    document["paths"]["/mobile/v1/alerts"]["get"]["operationId"] = "other"


@pytest.mark.parametrize(
    "change", [drop_path, drop_sent_field, ask_for_more, send_another_type, take_fewer_values, rename_operation]
)
def test_what_breaks_a_client_is_noticed(change: Callable[[Any], None]) -> None:
    old = make(Document.MOBILE)
    new = copy.deepcopy(old)
    change(new)
    assert breaking(old, new) != []


def test_additions_break_nothing() -> None:
    old = make(Document.MOBILE)
    new = copy.deepcopy(old)
    alert = new["components"]["schemas"]["Alert"]
    alert["properties"]["weather"] = {"type": "string"}
    alert["required"].append("weather")
    new["components"]["schemas"]["AskForCode"]["properties"]["hint"] = {"type": "string"}
    new["paths"]["/mobile/v1/new"] = copy.deepcopy(new["paths"]["/mobile/v1/alerts"])
    assert breaking(old, new) == []
    assert breaking(old, old) == []
