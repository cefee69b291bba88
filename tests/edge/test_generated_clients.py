"""Strangers generate clients from the files in openapi/: the Python one is made here and calls the running service.

TypeScript types are made and compiled by tests/openapi_lint/check.sh.
"""

import asyncio
import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from backend.app.openapi.document import Document
from tests.edge.test_attack import centre, keys_of, proof
from tests.harness.running import Service

OPENAPI = Path(__file__).parents[2] / "openapi"


class Generated:
    """A generated client as an import: `client.call("alerts.read_alerts")`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def module(self, path: str) -> ModuleType:
        return importlib.import_module(f"{self.name}.{path}")

    def models(self) -> Any:
        return self.module("models")

    def client(self, url: str, token: str | None = None) -> Any:
        module = self.module("client")
        return module.Client(base_url=url) if token is None else module.AuthenticatedClient(base_url=url, token=token)

    def call(self, path: str) -> Any:
        return self.module(f"api.{path}").asyncio_detailed


@pytest.fixture
async def generate(tmp_path: Path) -> Any:
    """Makes a package of a document and puts it on the import path for one test."""

    async def make(which: Document) -> Generated:
        name = f"generated_{which.value.replace('-', '_')}"
        process = await asyncio.create_subprocess_exec(
            *(str(Path(sys.executable).with_name("openapi-python-client")), "generate", "--meta", "none"),
            *("--path", str(OPENAPI / f"{which}.json"), "--output-path", str(tmp_path / name), "--fail-on-warning"),
            env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},  # it formats by ruff
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        assert process.returncode == 0, said.decode()
        return Generated(name)

    return make


@pytest.fixture(autouse=True)
def import_path(tmp_path: Path) -> Iterator[None]:
    sys.path.insert(0, str(tmp_path))
    yield
    sys.path.remove(str(tmp_path))
    for name in [name for name in sys.modules if name.startswith("generated_")]:
        del sys.modules[name]


async def test_a_generated_phone_signs_up_reports_and_reads_its_alerts(service: Service, generate: Any) -> None:
    phone = await generate(Document.MOBILE)
    models = phone.models()
    newcomer = phone.client(service.url, proof(keys_of(service), "+4520123456"))
    body = models.SignUp(
        name="Anna Jensen",
        birth_year=1990,
        training=models.Training("hlr"),
        languages=["da"],
        consents=[models.GivenConsent(purpose=models.Purpose(each), version="1") for each in ("alarms", "location")],
        device=models.DeviceInHand(
            platform=models.Platform("android"), app_version="1.0.0", language=models.Language("da")
        ),
    )
    async with newcomer:
        signed_up = await phone.call("sign_up.sign_up_volunteer")(client=newcomer, body=body)
    assert signed_up.status_code == 201, signed_up.content

    tokens = signed_up.parsed.tokens
    async with phone.client(service.url, tokens.access_token) as client:
        alerts = await phone.call("alerts.read_alerts")(client=client)
        refused = await phone.call("alerts.read_alert")(client=client, alert_id=tokens.volunteer_id)
    assert alerts.parsed.alerts == []
    assert refused.status_code == 404
    assert refused.parsed.type_.endswith("/not-found")


async def test_a_generated_dispatch_system_reports_and_reads_an_incident(service: Service, generate: Any) -> None:
    system = await generate(Document.DISPATCH_CENTRE)
    body = system.models().Report.from_dict(
        {"case_number": "4711", "position": {"system": "WGS84", "lat": 55.6761, "lon": 12.5683}}
    )
    async with system.client(service.url, await centre(service)) as client:
        reported = await system.call("dispatch_centre.report")(client=client, body=body, idempotency_key="k" * 20)
        assert reported.status_code == 201, reported.content
        read = await system.call("dispatch_centre.read_incident")(client=client, incident_id=reported.parsed.id)
    assert read.parsed.case_number == "4711"


async def test_a_generated_client_survives_values_it_does_not_know(generate: Any) -> None:
    """Answers carry open enumerations: a newer service may send another word."""
    phone = await generate(Document.MOBILE)
    alert = phone.models().TestAlarm.from_dict(
        {
            "id": "0192f5a0-7c3e-7b4a-9d51-3f6f0c2b8a10",
            "expires_at": "2026-11-21T20:05:00Z",
            "channels": ["pigeon"],
            "from_the_future": 1,
        }
    )
    assert alert.channels == ["pigeon"]
