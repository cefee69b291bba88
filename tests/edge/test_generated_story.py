"""The story, played by clients that were generated from openapi/: a dispatch system and three phones, over HTTP only.

API, worker and the providers' stand-ins run as processes of their own.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import httpx
import msgspec

from backend.app.openapi.document import Document
from backend.app.openapi.pushes import PushData
from tests.edge.generated import Generated
from tests.harness.dispatching import logged_in
from tests.harness.running import Service

SQUARE = {"lat": 55.6761, "lon": 12.5683}


async def log_of(provider: str) -> list[dict[str, Any]]:
    """Everything a stand-in accepted, by its own record."""
    async with httpx.AsyncClient() as http:
        return [json.loads(line) for line in (await http.get(f"{provider}/log")).text.splitlines()]


async def eventually(look: Callable[[], Awaitable[Any]]) -> Any:
    """What `look` finds, once it finds something."""
    async with asyncio.timeout(20):
        while not (found := await look()):  # noqa: ASYNC110 – another process is asked, which sets no event of ours
            await asyncio.sleep(0.05)
    return found


class Phone:
    """Somebody with the app: signs up by a code from a text message, and answers."""

    def __init__(
        self, made: Generated, service: Service, open_until: AsyncExitStack, number: str, metres_north: float
    ) -> None:
        self.made, self.service, self.open_until, self.number = made, service, open_until, number
        self.lat = SQUARE["lat"] + metres_north / 111_195
        self.token = f"token-of-{number[-4:]}"
        self.client: Any = None

    async def is_signed_in_with(self, token: str | None) -> None:
        self.client = await self.open_until.enter_async_context(self.made.client(self.service.url, token))

    async def call(self, path: str, body: Any = None, **more: Any) -> Any:
        if body is not None:
            more["body"] = body
        answer = await self.made.call(path)(client=self.client, **more)
        assert answer.status_code < HTTPStatus.BAD_REQUEST, answer.content
        return answer.parsed

    async def signs_up(self) -> None:
        models = self.made.models()
        device = {"platform": "android", "app_version": "1.0.0", "language": "da"}
        await self.is_signed_in_with(None)
        await self.call("sign_in.ask_for_code", models.AskForCode.from_dict({"phone": self.number}))
        code = await eventually(self._code)
        proven = models.SignIn.from_dict({"phone": self.number, "code": code, "device": device})
        answer = await self.call("sign_in.sign_in", proven)
        assert answer.status == "new"
        await self.is_signed_in_with(answer.sign_up_token)
        newcomer = {
            "name": "Anna Jensen",
            "birth_year": 1990,
            "training": "hlr",
            "languages": ["da"],
            "consents": [{"purpose": each, "version": "1"} for each in ("alarms", "location")],
            "device": device,
        }
        signed_up = await self.call("sign_up.sign_up_volunteer", models.SignUp.from_dict(newcomer))
        await self.is_signed_in_with(signed_up.tokens.access_token)
        push = {"push": {"kind": "fcm_token", "value": self.token}, "permissions": {"notifications": "granted"}}
        await self.call("devices.describe_device", models.ThisDevice.from_dict(device | push))
        now = datetime.now(UTC).isoformat()
        here = {"lat": self.lat, "lon": SQUARE["lon"], "accuracy_m": 8, "measured_at": now}
        body = {"sent_at": now, "positions": [here]}
        judged = await self.call("positions.report_positions", models.Positions.from_dict(body))
        assert [each.outcome for each in judged.results] == ["accepted"]

    async def _code(self) -> str | None:
        texts = [t["text"] for t in await log_of(self.service.sms) if t["to"] == self.number]
        return next((found[0] for text in texts if (found := re.search(r"\b\d{6}\b", text))), None)

    async def rings(self) -> dict[str, str]:
        """The data of the push that rang."""
        return dict(await eventually(lambda: self._push("ring")))

    async def _push(self, what: str) -> dict[str, str] | None:
        pushes = [p for p in await log_of(self.service.fcm) if p["token"] == self.token and p["data"]["what"] == what]
        return pushes[-1]["data"] if pushes else None

    async def is_told(self, what: str) -> dict[str, str]:
        return dict(await eventually(lambda: self._push(what)))

    async def answers(self, verb: str, alert_id: str, **body: Any) -> Any:
        now = datetime.now(UTC).isoformat()
        shape = {
            "send_receipt": ("Receipt", {"shown_at": now, "sent_at": now, "channel": "fcm"}),
            "accept": ("Acceptance", {"sent_at": now}),
            "decline": ("Refusal", {}),
            "tell_status": ("StatusReport", {"happened_at": now, "sent_at": now}),
            "give_up": ("GivingUp", {}),
        }[verb]
        model = getattr(self.made.models(), shape[0]).from_dict(shape[1] | body)
        return await self.call(f"alerts.{verb}", model, alert_id=alert_id)


async def test_generated_clients_play_the_story(whole_service: Service, generate: Any) -> None:
    made, system = await generate(Document.MOBILE), await generate(Document.DISPATCH_CENTRE)
    async with AsyncExitStack() as open_until:
        who = await logged_in(whole_service, *await whole_service.client())
        desk = await open_until.enter_async_context(system.system(who))
        phones = [Phone(made, whole_service, open_until, f"+452012000{n}", 150.0 * n) for n in (1, 2, 3)]
        await play(system, desk, *phones)


async def play(system: Generated, desk: Any, anna: Phone, ben: Phone, carl: Phone) -> None:
    for phone in (anna, ben, carl):
        await phone.signs_up()

    async def desk_calls(path: str, **more: Any) -> Any:
        answer = await system.call(f"dispatch_centre.{path}")(client=desk, **more)
        assert answer.status_code < HTTPStatus.BAD_REQUEST, answer.content
        return answer.parsed

    report = {"case_number": "4711", "position": {"system": "WGS84"} | SQUARE, "address": {"text": "Torvet 3"}}
    body = system.models().Report.from_dict(report)
    incident = await desk_calls("report", body=body, idempotency_key=str(uuid4()))
    assert (incident.asking, incident.asked) == ("asked", 3)

    rung = {phone: await phone.rings() for phone in (anna, ben, carl)}
    for data in rung.values():
        assert set(data) <= {field.encode_name for field in msgspec.structs.fields(PushData)}
        assert not [value for value in data.values() if "Torvet" in value or "55.6" in value]
    for phone, data in rung.items():
        assert (await phone.answers("send_receipt", data["alert_id"])).mission is None

    accepted = await anna.answers("accept", rung[anna]["alert_id"])
    assert (
        accepted.state,
        accepted.mission.role,
        accepted.mission.place.address,
    ) == ("accepted", "direct", "Torvet 3")
    await ben.answers("decline", rung[ben]["alert_id"])
    for status in ("en_route", "on_scene", "with_patient"):
        await anna.answers("tell_status", rung[anna]["alert_id"], status=status)
    gave_up = await anna.answers("give_up", rung[anna]["alert_id"], reason="unwell")
    assert (gave_up.state, gave_up.mission.place) == ("gave_up", None)
    taken_over = await carl.answers("accept", rung[carl]["alert_id"])
    assert taken_over.mission.place.address == "Torvet 3"

    seen = await desk_calls("read_incident", incident_id=incident.id)
    assert (seen.accepted, seen.declined, seen.on_the_way) == (2, 1, 1)
    reason = system.models().StandDown.from_dict({"reason": "ambulance_arrived"})
    stopped = await desk_calls("stand_down", incident_id=incident.id, body=reason)
    assert (stopped.sent, stopped.stopped, stopped.late) == (3, 0, 0)

    assert (await carl.is_told("stand_down"))["reason"] == "ambulance_arrived"
    states = {}
    for phone in (anna, ben, carl):
        (alert,) = (await phone.call("alerts.read_alerts")).alerts
        states[phone] = (alert.state, alert.mission.place if alert.mission else None)
    assert {anna: ("gave_up", None), ben: ("declined", None), carl: ("stood_down", None)} == states
