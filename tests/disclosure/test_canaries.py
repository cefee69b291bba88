"""Canaries through a whole alarm: no phone, address or position in a push, a text, a log line, a figure, a problem.

Nor in what is kept of who did what.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import structlog

from backend.foundation.telemetry import exception_by_its_places
from backend.incidents.incident import Address, Place
from tests.alarm.cast import SQUARE
from tests.delivery import cast as delivery_cast
from tests.delivery.providers import Worker, running_providers
from tests.disclosure.cast import Seen

ADDRESS = {
    "text": "Kanariegade 7, 5000 Odense C",
    "floor": "kanarietage",
    "door": "kanardør",
    "entrance": "kanaropgang",
    "door_code": "kan4711",
}
BETTER = ADDRESS | {"text": "Kanariestræde 9, 5000 Odense C", "door_code": "kan0815"}
WORDS = ("anarie", "kanar", "kan4711", "kan0815")
POINTS = tuple(f"{each:.6f}"[:7] for each in SQUARE)


def canaries_in(text: str, phones: list[str]) -> list[str]:
    known = (*WORDS, *POINTS, *phones, *(phone[3:] for phone in phones))
    return [each for each in known if each in text]


def wrong_requests(incident: str) -> list[tuple[str, dict[str, Any]]]:
    """Each with a canary where it does not belong, or with one beside a mistake."""
    here = {"system": "WGS84", "lat": SQUARE[0], "lon": SQUARE[1]}
    return [
        ("/incidents", {"case_number": "c", "position": here | {"lat": "Kanariegade"}, "address": ADDRESS}),
        ("/incidents", {"case_number": "c", "position": here | {"lon": SQUARE[0], "lat": SQUARE[1] * -1}}),
        ("/incidents", {"case_number": "c", "position": here, "address": ADDRESS | {"unknown": "Kanariegade 7"}}),
        ("/incidents", {"case_number": "c", "position": here, "address": ADDRESS, "policy": "kanariepolitik"}),
        ("/incidents", {"case_number": "c", "position": here, "age_group": "Kanariegade 7"}),
        (f"/incidents/{incident}/revise", {"address": ADDRESS | {"floor": 7}}),
        (f"/incidents/{incident}/stand-down", {"reason": "Kanariegade 7"}),
        ("/previews", {"case_number": "Kanariegade", "position": here | {"system": "Kanariegade"}}),
    ]


async def test_a_whole_alarm_leaves_no_canary_where_none_belongs(
    seen: Seen, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    problems: list[str] = []
    seen.edge.clock.advance(delivery_cast.NOW - seen.town.now)
    with structlog.testing.capture_logs([exception_by_its_places]) as lines, caplog.at_level("DEBUG"):
        async with running_providers(tmp_path) as providers:
            worker = Worker(seen.town, providers)  # type: ignore[arg-type]
            anna, ben = await seen.town.volunteers(200, 300)
            incident = await seen.reports(address=ADDRESS)
            await worker.works()
            await worker.works(after_s=6)  # nobody's app showed it: texts follow
            for who in (anna, ben):
                assert (await seen.accepts(incident, who)).json()["mission"]["place"]["address"] == ADDRESS["text"]
            await seen.centre("POST", f"/incidents/{incident}/revise", {"address": BETTER, "accuracy_m": 5})
            await worker.works()
            for path, body in wrong_requests(str(incident)):
                headers = seen.edge.as_centre(seen.town.centre_id, client=seen.client) | {"Idempotency-Key": path * 3}
                answer = await seen.edge.http.post(f"/dispatch/v1{path}", json=body, headers=headers)
                assert answer.status_code >= 400, (path, body)
                problems.append(answer.text)
            await seen.town.rows("REVOKE SELECT ON incidents.incident_place FROM hjerteloeber_api")
            problems.append((await seen.phone(anna, "GET", "/alerts")).text)
            await seen.town.rows("GRANT SELECT ON incidents.incident_place TO hjerteloeber_api")
            await seen.centre("POST", f"/incidents/{incident}/stand-down", {"reason": "wrong_address"})
            await worker.works()
            pushes, texts = providers.pushes(), providers.texts()
    phones = [str(text["to"]) for text in texts]
    assert {push["data"]["what"] for push in pushes} >= {"ring", "revision", "stand_down"}
    assert phones
    kept = await seen.town.rows(
        """
        SELECT (SELECT json_agg(e) FROM foundation.journal_entry e)::text,
               (SELECT json_agg(v) FROM incidents.viewed v)::text,
               (SELECT json_agg(m.content) FROM delivery.message m)::text
        """
    )
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    for where, text in {
        "pushes": json.dumps(pushes, ensure_ascii=False),
        "texts": "\n".join(str(text["text"]) for text in texts),
        "problems": "\n".join(problems),
        "log": f"{lines}\n" + "\n".join(ours),
        "figures": (await seen.edge.http.get("/metrics")).text,
        "journal": str(kept),
    }.items():
        assert len(text) > 20, where
        assert canaries_in(text, phones) == [], where


def test_a_place_does_not_print_itself_into_an_error() -> None:
    """What an assertion or an exception repeats of it would be in a log."""
    place = Place(*SQUARE, 5, Address(text=ADDRESS["text"], door_code=ADDRESS["door_code"]))
    assert canaries_in(f"{place} {place.address}", []) == []


_A_COMMAND_LOGS_A_FAULT = """
import contextlib, structlog
from backend.cli import main
with contextlib.suppress(SystemExit):
    main()

def opens(name, secret):
    raise RuntimeError(name)

try:
    opens("Kanarie Fuglsang", b"kan4711")
except RuntimeError:
    structlog.get_logger().exception("went wrong without harm")
"""


def test_a_fault_in_an_operator_s_command_shows_no_value_it_had_in_hand() -> None:
    """What is logged while somebody is erased or copied by hand stands in a terminal, and in what records it."""
    words = [sys.executable, "-c", _A_COMMAND_LOGS_A_FAULT, "--help"]
    said = subprocess.run(words, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert "went wrong without harm" in said.stderr
    assert canaries_in(said.stdout + said.stderr, []) == []
