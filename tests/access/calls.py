"""A well-formed call of every route of the backend: what somebody with the right would send."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.conform.signing import ClientKey
from tests.access.call import Draw, Make, form_call, get_call, json_call
from tests.access.calls_console import CONSOLE
from tests.access.wire import Sent
from tests.edge.cast import URL

DEVICE = {"platform": "android", "app_version": "1.4.0", "language": "da"}


def _post(path: str) -> Make:
    return lambda _: Sent("POST", path)


def _incident(draw: Draw, verb: str = "") -> str:
    return f"/dispatch/v1/incidents/{draw.named}{verb}"


def _alert(draw: Draw, verb: str = "") -> str:
    return f"/mobile/v1/alerts/{draw.named}{verb}"


def _where(draw: Draw) -> dict[str, Any]:
    lat, lon = draw.place("patient")
    return {"system": "WGS84", "lat": lat, "lon": lon}


def _address(draw: Draw) -> dict[str, str]:
    return {"text": draw.word("address"), "door_code": draw.word("door code"), "floor": draw.word("floor")}


def _report(draw: Draw) -> Sent:
    body = {"case_number": draw.word("case"), "position": _where(draw), "accuracy_m": 10, "address": _address(draw)}
    if draw.chance.random() < 0.1:
        body["circumstances"] = ["trauma"]
    return json_call("POST", "/dispatch/v1/incidents", body, **{"idempotency-key": draw.word("key")})


def _list(draw: Draw) -> Sent:
    state = draw.chance.choice(["", "state=ended&", "state=open&"])
    return Sent("GET", "/dispatch/v1/incidents", f"{state}limit={draw.chance.choice([1, 20, 100])}")


def _follow(draw: Draw, path: str) -> Sent:
    return Sent("GET", path, headers={"last-event-id": str(draw.chance.choice([0, 1, 5, 50]))})


def _log_in(draw: Draw) -> Sent:
    """As whoever has guessed a client's id and signs with a key of their own."""
    return form_call("POST", "/oauth/token", **ClientKey.made().form(str(draw.named), f"{URL}/oauth/token", draw.now))


DISPATCH: dict[str, Make] = {
    "POST /oauth/token": _log_in,
    "GET /dispatch/v1/incidents": _list,
    "POST /dispatch/v1/incidents": _report,
    "GET /dispatch/v1/incidents/{incident_id}": lambda d: Sent("GET", _incident(d)),
    "GET /dispatch/v1/incidents/{incident_id}/candidates": lambda d: Sent("GET", _incident(d, "/candidates")),
    "GET /dispatch/v1/incidents/{incident_id}/events": lambda d: _follow(d, _incident(d, "/events")),
    "POST /dispatch/v1/incidents/{incident_id}/revise": lambda d: json_call(
        "POST", _incident(d, "/revise"), {"position": _where(d), "accuracy_m": 8, "address": _address(d)}
    ),
    "POST /dispatch/v1/incidents/{incident_id}/stand-down": lambda d: json_call(
        "POST", _incident(d, "/stand-down"), {"reason": "ambulance_arrived"}
    ),
    "POST /dispatch/v1/incidents/{incident_id}/close": lambda d: Sent("POST", _incident(d, "/close")),
    "POST /dispatch/v1/incidents/{incident_id}/override": lambda d: json_call(
        "POST", _incident(d, "/override"), {"reason": "scene_now_safe"}
    ),
    "POST /dispatch/v1/incidents/{incident_id}/join": lambda d: json_call(
        "POST", _incident(d, "/join"), {"into": d.besides}
    ),
    "POST /dispatch/v1/incidents/{incident_id}/stand-down-one": lambda d: json_call(
        "POST", _incident(d, "/stand-down-one"), {"pseudonym": "nobody", "reason": "enough_helpers"}
    ),
    "POST /dispatch/v1/incidents/{incident_id}/ask-more": lambda d: json_call(
        "POST", _incident(d, "/ask-more"), {"id": str(UUID(int=d.chance.getrandbits(128))), "count": 1}
    ),
    "POST /dispatch/v1/incidents/{incident_id}/words": lambda d: json_call(
        "POST", _incident(d, "/words"), {"id": str(UUID(int=d.chance.getrandbits(128))), "word": "door_open"}
    ),
    "GET /dispatch/v1/attention": get_call("/dispatch/v1/attention"),
    "POST /dispatch/v1/attention/{item_id}/acknowledge": lambda d: Sent(
        "POST", f"/dispatch/v1/attention/{d.named}/acknowledge"
    ),
    "GET /dispatch/v1/events": lambda d: _follow(d, "/dispatch/v1/events"),
    "GET /dispatch/v1/centre": get_call("/dispatch/v1/centre"),
    "POST /dispatch/v1/previews": lambda d: json_call(
        "POST", "/dispatch/v1/previews", {"case_number": d.word("case"), "position": _where(d)}
    ),
    "POST /dispatch/v1/heartbeat": lambda d: json_call("POST", "/dispatch/v1/heartbeat", {"sent_at": d.now}),
    "POST /dispatch/v1/aeds/{aed_id}/confirm": lambda d: Sent("POST", f"/dispatch/v1/aeds/{d.named}/confirm"),
}


def _newcomer(draw: Draw) -> Sent:
    consents = [{"purpose": each, "version": "1"} for each in ("alarms", "location")]
    who = {"name": draw.word("name"), "birth_year": 1990, "training": "hlr", "languages": ["da"]}
    return json_call("POST", "/mobile/v1/volunteers", {**who, "consents": consents, "device": DEVICE})


def _positions(draw: Draw) -> Sent:
    lat, lon = draw.place("position")
    there = {"lat": lat, "lon": lon, "measured_at": draw.now, "accuracy_m": 10}
    return json_call("POST", "/mobile/v1/positions", {"sent_at": draw.now, "positions": [there]})


def _place_of_mine(draw: Draw, method: str) -> Sent:
    path = f"/mobile/v1/me/places/{draw.chance.choice(['home', 'work'])}"
    lat, lon = draw.place("home")
    return json_call("PUT", path, {"lat": lat, "lon": lon}) if method == "PUT" else Sent("DELETE", path)


def _device(draw: Draw) -> Sent:
    granted = {"notifications": "granted", "location_always": "granted"}
    push = {"kind": "fcm_token", "value": draw.word("push")}
    return json_call("PUT", "/mobile/v1/me/device", {**DEVICE, "push": push, "permissions": granted})


def _status(draw: Draw) -> Sent:
    told = draw.chance.choice(["en_route", "aed_picked_up", "on_scene", "with_patient", "finished"])
    body = {"status": told, "happened_at": draw.now - timedelta(seconds=1), "sent_at": draw.now}
    return json_call("POST", _alert(draw, "/status"), body)


def _consent(draw: Draw) -> Sent:
    purpose = draw.chance.choice(["research", "campaign_credit", "alarms"])
    given = purpose == "alarms" or draw.chance.random() < 0.5
    return json_call("PUT", f"/mobile/v1/me/consents/{purpose}", {"version": "1", "given": given})


MOBILE: dict[str, Make] = {
    "POST /mobile/v1/sign-in/codes": lambda d: json_call("POST", "/mobile/v1/sign-in/codes", {"phone": d.phone}),
    "POST /mobile/v1/sign-in": lambda d: json_call(
        "POST", "/mobile/v1/sign-in", {"phone": d.phone, "code": "000000", "device": DEVICE}
    ),
    "POST /mobile/v1/sign-in/refresh": lambda d: json_call(
        "POST", "/mobile/v1/sign-in/refresh", {"refresh_token": str(d.named)}
    ),
    "POST /mobile/v1/volunteers": _newcomer,
    "POST /mobile/v1/sign-out": _post("/mobile/v1/sign-out"),
    "GET /mobile/v1/me": get_call("/mobile/v1/me"),
    "GET /mobile/v1/me/export": get_call("/mobile/v1/me/export"),
    "PATCH /mobile/v1/me": lambda d: json_call("PATCH", "/mobile/v1/me", {"name": d.word("name")}),
    "POST /mobile/v1/me/withdrawal": _post("/mobile/v1/me/withdrawal"),
    "POST /mobile/v1/me/withdrawal/take-back": _post("/mobile/v1/me/withdrawal/take-back"),
    "DELETE /mobile/v1/me": lambda _: Sent("DELETE", "/mobile/v1/me"),
    "PUT /mobile/v1/me/consents/{purpose}": _consent,
    "PUT /mobile/v1/me/duty": lambda _: json_call(
        "PUT", "/mobile/v1/me/duty", {"on_duty": True, "snoozed_until": None, "quiet_week": []}
    ),
    "PUT /mobile/v1/me/device": _device,
    "PUT /mobile/v1/me/places/{place}": lambda d: _place_of_mine(d, "PUT"),
    "DELETE /mobile/v1/me/places/{place}": lambda d: _place_of_mine(d, "DELETE"),
    "GET /mobile/v1/readiness": get_call("/mobile/v1/readiness"),
    "GET /mobile/v1/config": get_call("/mobile/v1/config"),
    "POST /mobile/v1/positions": _positions,
    "POST /mobile/v1/still-here": lambda d: json_call("POST", "/mobile/v1/still-here", {"sent_at": d.now}),
    "GET /mobile/v1/alerts": get_call("/mobile/v1/alerts"),
    "GET /mobile/v1/alerts/stream": get_call("/mobile/v1/alerts/stream"),
    "GET /mobile/v1/alerts/{alert_id}": lambda d: Sent("GET", _alert(d)),
    "POST /mobile/v1/alerts/{alert_id}/receipt": lambda d: json_call(
        "POST", _alert(d, "/receipt"), {"shown_at": d.now, "sent_at": d.now, "channel": "in_app"}
    ),
    "POST /mobile/v1/alerts/{alert_id}/accept": lambda d: json_call("POST", _alert(d, "/accept"), {"sent_at": d.now}),
    "POST /mobile/v1/alerts/{alert_id}/decline": lambda d: json_call("POST", _alert(d, "/decline"), {}),
    "POST /mobile/v1/alerts/{alert_id}/status": _status,
    "POST /mobile/v1/alerts/{alert_id}/words": lambda d: json_call(
        "POST", _alert(d, "/words"), {"id": str(UUID(int=d.chance.getrandbits(128))), "word": "door_locked"}
    ),
    "POST /mobile/v1/alerts/{alert_id}/give-up": lambda d: json_call(
        "POST", _alert(d, "/give-up"), {"reason": "other"}
    ),
    "POST /mobile/v1/alerts/{alert_id}/aed-problem": lambda d: json_call(
        "POST", _alert(d, "/aed-problem"), {"problem": "locked", "aed_id": d.besides}
    ),
    "POST /mobile/v1/alerts/{alert_id}/aed-returned": lambda d: Sent("POST", _alert(d, "/aed-returned")),
    "POST /mobile/v1/test-alarm": _post("/mobile/v1/test-alarm"),
    "GET /mobile/v1/test-alarm/{test_id}": lambda d: Sent("GET", f"/mobile/v1/test-alarm/{d.named}"),
    "POST /mobile/v1/test-alarm/{test_id}/receipt": lambda d: json_call(
        "POST", f"/mobile/v1/test-alarm/{d.named}/receipt", {"channel": "fcm", "shown_at": d.now}
    ),
}

_ON_THE_WAY = tuple(f"/tilmelding/{page}" for page in ("kode", "om-dig", "samtykke", "meld-ud"))


def _typed(path: str) -> Make:
    return lambda _: form_call("POST", path, code="000000")


PAGES: dict[str, Make] = {
    "GET /a/{token}": lambda d: Sent("GET", f"/a/{d.named}"),
    "POST /a/{token}": lambda d: form_call("POST", f"/a/{d.named}", answer="accept"),
    "GET /tilmelding": get_call("/tilmelding"),
    "POST /tilmelding": lambda d: form_call("POST", "/tilmelding", phone=d.phone),
    **{f"GET {path}": get_call(path) for path in (*_ON_THE_WAY, "/tilmelding/faerdig", "/tilmelding/afbrudt")},
    **{f"POST {path}": _typed(path) for path in (*_ON_THE_WAY, "/tilmelding/afbryd")},
    "GET /tilmelding/{rest}": get_call("/tilmelding/findes-ikke"),
    "GET /tilmelding/filer/{name}": get_call("/tilmelding/filer/dkfds.css"),
    "GET /was": get_call("/was"),
    "GET /health/live": get_call("/health/live"),
    "GET /health/ready": get_call("/health/ready"),
    "GET /metrics": get_call("/metrics"),
    "GET /docs": get_call("/docs"),
    "GET /docs/{name}": get_call("/docs/mobile"),
    "GET /openapi/{file}": get_call("/openapi/mobile.json"),
}


EVERY: dict[str, Make] = {**DISPATCH, **MOBILE, **PAGES, **CONSOLE}
MAY_BE_AWAY = frozenset(
    {"GET /health/ready", "GET /konsol/videre", "GET /konsol/tilbage", "GET /konsol/bekraeft"}
    | {
        "GET /konsol/efter/tal",
        "GET /konsol/efter/tal.csv",
    }  # figures, which give way to whatever is written of an alarm
)
"""503 is an answer there: the database's or a provider's, and in these tests nobody signs staff in."""
STREAMS = frozenset(name for name in EVERY if name.endswith(("/events", "/stream", "/data/haendelser")))
