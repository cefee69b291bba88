"""The error catalogue tells a dispatch system of everything it can be answered whether to send the same again."""

import ast
import re

import pytest

from backend.api.problem_answers import _BY_STATUS
from backend.conform.reference_client import Answer
from tests.house.test_docs import PROBLEMS, ROOT, _slugs_of

NOT_FOR_DISPATCH_SYSTEMS = (
    "api/mobile",
    "api/health.py",
    "api/sms_answer.py",
    "signup",
    "console",
    "delivery/code_by_text.py",
    "identity/device_proof.py",
    "volunteers",
    "responses",
    "rights",
    "locations",
)
NOT_THE_SERVICE = ("demo", "conform", "rehearsal", "cli")
OPERATORS_ONLY = {"client-exists"}

# type, status, the same again?
ROWS = re.findall(r"^\| `([a-z0-9-]+)` \| (\d{3}) \| (no|yes.*?|once, with a new token) \|", PROBLEMS, re.MULTILINE)


def answered_to_dispatch_systems() -> set[str]:
    found = {slug for slug, _, _ in _BY_STATUS.values()} | {"invalid-request"}
    for path in (ROOT / "backend").rglob("*.py"):
        name = str(path.relative_to(ROOT / "backend"))
        if not name.startswith((*NOT_FOR_DISPATCH_SYSTEMS, *NOT_THE_SERVICE)):
            calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
            found |= {slug for call in calls for slug in _slugs_of(call)}
    return found - OPERATORS_ONLY


def test_everything_a_dispatch_system_can_be_answered_says_whether_to_send_it_again() -> None:
    assert answered_to_dispatch_systems() <= {slug for slug, _, _ in ROWS}
    assert len(ROWS) > 20


@pytest.mark.parametrize(("slug", "status", "again"), ROWS)
def test_the_reference_client_does_what_the_catalogue_says(slug: str, status: str, again: str) -> None:
    assert Answer(int(status)).is_worth_another_try == again.startswith("yes"), slug
    assert (status == "401") == again.startswith("once"), slug
