"""Strangers generate clients from the files in openapi/: the Python one is made here and calls the running service.

TypeScript types are made and compiled by tests/openapi_lint/check.sh.
"""

from typing import Any

from backend.app.openapi.document import Document
from tests.edge.test_attack import keys_of, proof
from tests.harness.dispatching import logged_in
from tests.harness.running import Service


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
    async with system.system(await logged_in(service, *await service.client())) as client:
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
