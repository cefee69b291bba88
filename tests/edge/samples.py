"""What a dispatch system sends and gets, message by message, as docs/samples shows it.

python -m tests.edge.samples  writes the files anew from the running application.
"""

import asyncio
import json
import re
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid5

import asyncpg

from backend.conform.signing import ClientKey
from backend.demo.embedded_postgres import running_server
from backend.foundation import migrations
from backend.foundation.database import prepare_connection
from backend.foundation.ids import CentreId, DeviceId, VolunteerId
from backend.foundation.kinds import Kind
from backend.identity.client_keys import made_key
from backend.identity.clients import Scope, add_client
from backend.locations.bulk import Seed, seed_positions
from backend.regions.shipped import NAMESPACE, centre_id
from backend.volunteers.made_up_people import enrol_made_up
from tests.edge.cast import NOW, PROOFS, URL, Edge, load_shipped, make_settings, running_edge

FOLDER = Path(__file__).parents[2] / "docs" / "samples"
CLIENT = "a-vendor"
PRIVATE, KEY = made_key()
INCIDENTS = "/dispatch/v1/incidents"
LAT, LON = 55.40382, 10.40237
HOUSE = {"system": "WGS84", "lat": LAT, "lon": LON}
DAR_ID = "0a3f507a-e4c5-32b8-e044-0003ba298018"

MINIMAL = {"case_number": "2026-1121-0001", "position": {"system": "WGS84", "lat": 57.72093, "lon": 10.58394}}
FULL = {
    "case_number": "2026-1121-0002",
    "position": HOUSE,
    "accuracy_m": 8,
    "address": {
        "text": "Prøvegade 12, 5000 Odense C",
        "dar_id": DAR_ID,
        "floor": "2",
        "door": "th",
        "entrance": "B",
        "door_code": "4711#",
        "precision_class": "door",
    },
    "age_group": "adult",
    "patient_sex": "female",
    "patient_sex_at": "2026-11-21T20:04:31Z",
    "circumstances": [],
    "call_received_at": "2026-11-21T20:03:40Z",
    "recognised_at": "2026-11-21T20:04:52Z",
    "call_taker_group": "A",
    "dansk_indeks": "A.01.02",
    "dansk_indeks_at": "2026-11-21T20:04:45Z",
}
COARSE = {"case_number": "2026-1121-0003", "position": HOUSE | {"lat": 55.2, "lon": 10.1}, "accuracy_m": 2000}
BETTER = COARSE | {"position": HOUSE | {"lat": 55.20914, "lon": 10.11873}, "accuracy_m": 15}
SECOND = {"case_number": "2026-1121-0004", "position": HOUSE | {"lat": 55.40391}, "accuracy_m": 30}
EXCLUDED = {
    "case_number": "2026-1121-0005",
    "position": {"system": "EPSG:25832", "easting": 588_120, "northing": 6_141_300},
    "circumstances": ["unsafe_scene"],
}

# Name of the file, what it shows, method, path ({name}: the incident of that sample), key, body.
SAMPLES: tuple[tuple[str, str, str, str, str | None, Any], ...] = (
    (
        "heartbeat",
        "A sign of life every 30 to 60 s",
        "POST",
        "/dispatch/v1/heartbeat",
        None,
        {"sent_at": "2026-11-21T20:06:30Z"},
    ),
    ("centre", "What we know of your centre, after that heartbeat", "GET", "/dispatch/v1/centre", None, None),
    ("report-minimal", "All that is needed: a case number and a position", "POST", INCIDENTS, "01-0001", MINIMAL),
    (
        "report-retried",
        "The same again, the answer was lost: the same key, the same bytes",
        "POST",
        INCIDENTS,
        "01-0001",
        MINIMAL,
    ),
    ("report-full", "Everything that can be told", "POST", INCIDENTS, "01-0002", FULL),
    ("report-coarse", "A position from the caller's phone, 2 km rough", "POST", INCIDENTS, "01-0003", COARSE),
    ("report-better", "Then a better one: the same case number, a new key", "POST", INCIDENTS, "01-0004", BETTER),
    (
        "revise",
        "A corrected address for an incident",
        "POST",
        INCIDENTS + "/{report-full}/revise",
        None,
        {"address": {"text": "Prøvegade 21, 5000 Odense C", "floor": "1"}},
    ),
    ("report-second", "A second caller about the same patient", "POST", INCIDENTS, "01-0005", SECOND),
    (
        "join",
        "It is one arrest: the second report goes on in the first",
        "POST",
        INCIDENTS + "/{report-second}/join",
        None,
        {"into": "{report-full}"},
    ),
    (
        "report-excluded",
        "A circumstance for which nobody is asked; here in the Danish grid",
        "POST",
        INCIDENTS,
        "01-0006",
        EXCLUDED,
    ),
    (
        "override",
        "The police have made the place safe: ask all the same",
        "POST",
        INCIDENTS + "/{report-excluded}/override",
        None,
        {"reason": "scene_now_safe"},
    ),
    (
        "stand-down",
        "The ambulance has arrived",
        "POST",
        INCIDENTS + "/{report-full}/stand-down",
        None,
        {"reason": "ambulance_arrived"},
    ),
    (
        "refused-case-ended",
        "The same case number a moment after its end",
        "POST",
        INCIDENTS,
        "01-0007",
        FULL | {"accuracy_m": 5},
    ),
    ("report-again", "It is a new arrest: say so", "POST", INCIDENTS, "01-0008", FULL | {"again": True}),
    ("refused-key", "A key that came with another body before", "POST", INCIDENTS, "01-0001", SECOND),
    (
        "refused-place",
        "Coordinates the wrong way round",
        "POST",
        INCIDENTS,
        "01-0009",
        MINIMAL | {"case_number": "2026-1121-0006", "position": {"system": "WGS84", "lat": 10.58394, "lon": 57.72093}},
    ),
    (
        "refused-field",
        "A misspelt field",
        "POST",
        INCIDENTS,
        "01-0010",
        MINIMAL | {"case_number": "2026-1121-0006", "adress": {"text": "Prøvegade 1"}},
    ),
)


async def fill(dsn: str) -> None:
    """Three made-up people near the house, and a vendor's log-in at the test centre."""
    await load_shipped(dsn)
    people = [VolunteerId(uuid5(NAMESPACE, f"sample {number}")) for number in range(3)]
    connection = await asyncpg.connect(dsn)
    await prepare_connection(connection)
    async with connection.transaction():
        await enrol_made_up(connection, [(each, DeviceId(uuid5(each, "device"))) for each in people], NOW)
        seeds = [Seed(who, LAT + 0.002 * (1 + number), LON, NOW) for number, who in enumerate(people)]
        await seed_positions(connection, seeds)
        scopes = [Scope.INCIDENTS_READ, Scope.INCIDENTS_WRITE]
        await add_client(connection, CLIENT, KEY, CentreId(centre_id("amk-test")), Kind.TEST, scopes, NOW)
    await connection.close()


async def played(edge: Edge) -> dict[str, str]:
    """Every sample's file, by name: sent to the application one after another, 5 s apart."""
    tidy = Tidy()
    files = {"log-in": await _log_in(edge)}
    where = f"{URL}/oauth/token"
    login = await edge.http.post(
        where, data=_form(edge), headers={"DPoP": PROOFS.proof("POST", where, edge.clock.now())}
    )
    token = {"Authorization": f"DPoP {login.json()['access_token']}"}
    incidents: dict[str, str] = {}
    for name, what, method, path, key, body in SAMPLES:
        edge.clock.advance(timedelta(seconds=5))
        sent = json.loads(_filled(json.dumps(body, ensure_ascii=False), incidents))
        headers = {} if body is None else {"Content-Type": "application/json"}
        headers |= {} if key is None else {"Idempotency-Key": f"{key}-made-by-you"}
        content = None if body is None else json.dumps(sent, ensure_ascii=False).encode()
        where = _filled(path, incidents)
        answer = await edge.http.request(method, where, content=content, headers=headers | token)
        if answer.status_code == 201:
            incidents.setdefault(name, answer.json()["id"])
        said = {"Location": answer.headers["Location"]} if "location" in answer.headers else {}
        document = {
            "shows": what,
            "request": {
                "method": method,
                "path": where,
                "headers": {"Authorization": "DPoP …", "DPoP": "…"} | headers,
                **({} if body is None else {"body": sent}),
            },
            "answer": {"status": answer.status_code, "headers": said, "body": answer.json()},
        }
        files[name] = tidy.text(document)
    return files


async def _log_in(edge: Edge) -> str:
    where, form = f"{URL}/oauth/token", _form(edge)
    answer = await edge.http.post(where, data=form, headers={"DPoP": PROOFS.proof("POST", where, edge.clock.now())})
    shown = {name: "…" if name == "client_assertion" else value for name, value in form.items()}
    document = {
        "shows": "A token for five minutes",
        "request": {
            "method": "POST",
            "path": "/oauth/token",
            "headers": {
                "DPoP": "…",
                "Content-Type": "application/x-www-form-urlencoded",
            },
            "body": "&".join(f"{name}={value}" for name, value in shown.items()),
        },
        "answer": {"status": answer.status_code, "headers": {}, "body": answer.json() | {"access_token": "…"}},
    }
    return Tidy().text(document)


def _form(edge: Edge) -> dict[str, str]:
    return ClientKey(PRIVATE).form(CLIENT, f"{URL}/oauth/token", edge.clock.now())


class Tidy:
    """Ids and pseudonyms that are drawn anew each time become the same each time, in the order they are met."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def text(self, document: Any) -> str:
        text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        text = re.sub(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", self._id, text)
        return re.sub(r'(?<="pseudonym": ")[^"]+', self._name, text)

    def _id(self, found: re.Match[str]) -> str:
        if found[0] == DAR_ID:
            return DAR_ID
        return self._ids.setdefault(found[0], f"0192f5a0-0000-7000-8000-{len(self._ids) + 1:012d}")

    def _name(self, found: re.Match[str]) -> str:
        return self._names.setdefault(found[0], f"ABCD000{len(self._names) + 1}")


def _filled(text: str, incidents: dict[str, str]) -> str:
    for name, incident_id in incidents.items():
        text = text.replace("{" + name + "}", incident_id)
    return text


def index(files: dict[str, str]) -> str:
    """The folder's own page."""
    lines = [f"| [{name}]({name}.json) | {json.loads(text)['shows']} |" for name, text in files.items()]
    return "\n".join(
        [
            "# Sample messages",
            "",
            "What a dispatch system sends to a test centre and what it gets, in this order. The files are written by",
            "`tests/edge/samples.py` from the running application, and a test holds the two alike; ids and pseudonyms",
            "are other ones each time, tokens are left out. Three made-up people are near the house of `report-full`.",
            "",
            "| | |",
            "|---|---|",
            *lines,
            "",
        ]
    )


def _pages(files: dict[str, str]) -> Iterator[tuple[Path, str]]:
    yield FOLDER / "README.md", index(files)
    for name, text in files.items():
        yield FOLDER / f"{name}.json", text


async def write() -> None:
    with tempfile.TemporaryDirectory() as folder, running_server(None, fast=True) as server:
        await migrations.migrate(server.dsn())
        await fill(server.dsn())
        async with running_edge(make_settings(server.dsn(), Path(folder))) as edge:
            files = await played(edge)
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.json"):
        old.unlink()
    for path, text in _pages(files):
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    asyncio.run(write())
