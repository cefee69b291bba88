"""A well-formed call of every route of the backend: what somebody with the right would send."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any, Protocol
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from backend.conform.signing import ClientKey
from backend.console.by_script import WORD_HEADER
from tests.access.wire import Sent
from tests.edge.cast import URL

JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
DEVICE = {"platform": "android", "app_version": "1.4.0", "language": "da"}


class Draw(Protocol):
    """What a call is made of: `named` is the thing its address names, `besides` one that its body does."""

    @property
    def chance(self) -> Random: ...
    @property
    def now(self) -> datetime: ...
    @property
    def named(self) -> UUID: ...
    @property
    def besides(self) -> UUID: ...
    @property
    def phone(self) -> str: ...
    @property
    def form_word(self) -> str: ...

    def word(self, what: str) -> str:
        """A text to put in this place: an address, a case number, a name."""

    def place(self, what: str) -> tuple[float, float]:
        """Degrees to put in this place."""


Make = Callable[[Draw], Sent]


def _json(method: str, path: str, body: Any = None, **headers: str) -> Sent:
    """Without a body where it is None."""
    return Sent(method, path, headers=JSON | headers, body=b"" if body is None else msgspec.json.encode(body))


def _form(method: str, path: str, **fields: str) -> Sent:
    return Sent(method, path, headers=FORM, body=urlencode(fields).encode())


def _get(path: str) -> Make:
    return lambda _: Sent("GET", path)


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
    return _json("POST", "/dispatch/v1/incidents", body, **{"idempotency-key": draw.word("key")})


def _list(draw: Draw) -> Sent:
    state = draw.chance.choice(["", "state=ended&", "state=open&"])
    return Sent("GET", "/dispatch/v1/incidents", f"{state}limit={draw.chance.choice([1, 20, 100])}")


def _follow(draw: Draw, path: str) -> Sent:
    return Sent("GET", path, headers={"last-event-id": str(draw.chance.choice([0, 1, 5, 50]))})


def _log_in(draw: Draw) -> Sent:
    """As whoever has guessed a client's id and signs with a key of their own."""
    return _form("POST", "/oauth/token", **ClientKey.made().form(str(draw.named), f"{URL}/oauth/token", draw.now))


DISPATCH: dict[str, Make] = {
    "POST /oauth/token": _log_in,
    "GET /dispatch/v1/incidents": _list,
    "POST /dispatch/v1/incidents": _report,
    "GET /dispatch/v1/incidents/{incident_id}": lambda d: Sent("GET", _incident(d)),
    "GET /dispatch/v1/incidents/{incident_id}/candidates": lambda d: Sent("GET", _incident(d, "/candidates")),
    "GET /dispatch/v1/incidents/{incident_id}/events": lambda d: _follow(d, _incident(d, "/events")),
    "POST /dispatch/v1/incidents/{incident_id}/revise": lambda d: _json(
        "POST", _incident(d, "/revise"), {"position": _where(d), "accuracy_m": 8, "address": _address(d)}
    ),
    "POST /dispatch/v1/incidents/{incident_id}/stand-down": lambda d: _json(
        "POST", _incident(d, "/stand-down"), {"reason": "ambulance_arrived"}
    ),
    "POST /dispatch/v1/incidents/{incident_id}/close": lambda d: Sent("POST", _incident(d, "/close")),
    "POST /dispatch/v1/incidents/{incident_id}/override": lambda d: _json(
        "POST", _incident(d, "/override"), {"reason": "scene_now_safe"}
    ),
    "POST /dispatch/v1/incidents/{incident_id}/join": lambda d: _json(
        "POST", _incident(d, "/join"), {"into": d.besides}
    ),
    "POST /dispatch/v1/incidents/{incident_id}/stand-down-one": lambda d: _json(
        "POST", _incident(d, "/stand-down-one"), {"pseudonym": "nobody", "reason": "enough_helpers"}
    ),
    "POST /dispatch/v1/incidents/{incident_id}/ask-more": lambda d: _json(
        "POST", _incident(d, "/ask-more"), {"id": str(UUID(int=d.chance.getrandbits(128))), "count": 1}
    ),
    "POST /dispatch/v1/incidents/{incident_id}/words": lambda d: _json(
        "POST", _incident(d, "/words"), {"id": str(UUID(int=d.chance.getrandbits(128))), "word": "door_open"}
    ),
    "GET /dispatch/v1/attention": _get("/dispatch/v1/attention"),
    "POST /dispatch/v1/attention/{item_id}/acknowledge": lambda d: Sent(
        "POST", f"/dispatch/v1/attention/{d.named}/acknowledge"
    ),
    "GET /dispatch/v1/events": lambda d: _follow(d, "/dispatch/v1/events"),
    "GET /dispatch/v1/centre": _get("/dispatch/v1/centre"),
    "POST /dispatch/v1/previews": lambda d: _json(
        "POST", "/dispatch/v1/previews", {"case_number": d.word("case"), "position": _where(d)}
    ),
    "POST /dispatch/v1/heartbeat": lambda d: _json("POST", "/dispatch/v1/heartbeat", {"sent_at": d.now}),
    "POST /dispatch/v1/aeds/{aed_id}/confirm": lambda d: Sent("POST", f"/dispatch/v1/aeds/{d.named}/confirm"),
}


def _newcomer(draw: Draw) -> Sent:
    consents = [{"purpose": each, "version": "1"} for each in ("alarms", "location")]
    who = {"name": draw.word("name"), "birth_year": 1990, "training": "hlr", "languages": ["da"]}
    return _json("POST", "/mobile/v1/volunteers", {**who, "consents": consents, "device": DEVICE})


def _positions(draw: Draw) -> Sent:
    lat, lon = draw.place("position")
    there = {"lat": lat, "lon": lon, "measured_at": draw.now, "accuracy_m": 10}
    return _json("POST", "/mobile/v1/positions", {"sent_at": draw.now, "positions": [there]})


def _place_of_mine(draw: Draw, method: str) -> Sent:
    path = f"/mobile/v1/me/places/{draw.chance.choice(['home', 'work'])}"
    lat, lon = draw.place("home")
    return _json("PUT", path, {"lat": lat, "lon": lon}) if method == "PUT" else Sent("DELETE", path)


def _device(draw: Draw) -> Sent:
    granted = {"notifications": "granted", "location_always": "granted"}
    push = {"kind": "fcm_token", "value": draw.word("push")}
    return _json("PUT", "/mobile/v1/me/device", {**DEVICE, "push": push, "permissions": granted})


def _status(draw: Draw) -> Sent:
    told = draw.chance.choice(["en_route", "aed_picked_up", "on_scene", "with_patient", "finished"])
    body = {"status": told, "happened_at": draw.now - timedelta(seconds=1), "sent_at": draw.now}
    return _json("POST", _alert(draw, "/status"), body)


def _consent(draw: Draw) -> Sent:
    purpose = draw.chance.choice(["research", "campaign_credit", "alarms"])
    given = purpose == "alarms" or draw.chance.random() < 0.5
    return _json("PUT", f"/mobile/v1/me/consents/{purpose}", {"version": "1", "given": given})


MOBILE: dict[str, Make] = {
    "POST /mobile/v1/sign-in/codes": lambda d: _json("POST", "/mobile/v1/sign-in/codes", {"phone": d.phone}),
    "POST /mobile/v1/sign-in": lambda d: _json(
        "POST", "/mobile/v1/sign-in", {"phone": d.phone, "code": "000000", "device": DEVICE}
    ),
    "POST /mobile/v1/sign-in/refresh": lambda d: _json(
        "POST", "/mobile/v1/sign-in/refresh", {"refresh_token": str(d.named)}
    ),
    "POST /mobile/v1/volunteers": _newcomer,
    "POST /mobile/v1/sign-out": _post("/mobile/v1/sign-out"),
    "GET /mobile/v1/me": _get("/mobile/v1/me"),
    "GET /mobile/v1/me/export": _get("/mobile/v1/me/export"),
    "PATCH /mobile/v1/me": lambda d: _json("PATCH", "/mobile/v1/me", {"name": d.word("name")}),
    "POST /mobile/v1/me/withdrawal": _post("/mobile/v1/me/withdrawal"),
    "POST /mobile/v1/me/withdrawal/take-back": _post("/mobile/v1/me/withdrawal/take-back"),
    "DELETE /mobile/v1/me": lambda _: Sent("DELETE", "/mobile/v1/me"),
    "PUT /mobile/v1/me/consents/{purpose}": _consent,
    "PUT /mobile/v1/me/duty": lambda _: _json(
        "PUT", "/mobile/v1/me/duty", {"on_duty": True, "snoozed_until": None, "quiet_week": []}
    ),
    "PUT /mobile/v1/me/device": _device,
    "PUT /mobile/v1/me/places/{place}": lambda d: _place_of_mine(d, "PUT"),
    "DELETE /mobile/v1/me/places/{place}": lambda d: _place_of_mine(d, "DELETE"),
    "GET /mobile/v1/readiness": _get("/mobile/v1/readiness"),
    "GET /mobile/v1/config": _get("/mobile/v1/config"),
    "POST /mobile/v1/positions": _positions,
    "POST /mobile/v1/still-here": lambda d: _json("POST", "/mobile/v1/still-here", {"sent_at": d.now}),
    "GET /mobile/v1/alerts": _get("/mobile/v1/alerts"),
    "GET /mobile/v1/alerts/stream": _get("/mobile/v1/alerts/stream"),
    "GET /mobile/v1/alerts/{alert_id}": lambda d: Sent("GET", _alert(d)),
    "POST /mobile/v1/alerts/{alert_id}/receipt": lambda d: _json(
        "POST", _alert(d, "/receipt"), {"shown_at": d.now, "sent_at": d.now, "channel": "in_app"}
    ),
    "POST /mobile/v1/alerts/{alert_id}/accept": lambda d: _json("POST", _alert(d, "/accept"), {"sent_at": d.now}),
    "POST /mobile/v1/alerts/{alert_id}/decline": lambda d: _json("POST", _alert(d, "/decline"), {}),
    "POST /mobile/v1/alerts/{alert_id}/status": _status,
    "POST /mobile/v1/alerts/{alert_id}/words": lambda d: _json(
        "POST", _alert(d, "/words"), {"id": str(UUID(int=d.chance.getrandbits(128))), "word": "door_locked"}
    ),
    "POST /mobile/v1/alerts/{alert_id}/give-up": lambda d: _json("POST", _alert(d, "/give-up"), {"reason": "other"}),
    "POST /mobile/v1/alerts/{alert_id}/aed-problem": lambda d: _json(
        "POST", _alert(d, "/aed-problem"), {"problem": "locked", "aed_id": d.besides}
    ),
    "POST /mobile/v1/alerts/{alert_id}/aed-returned": lambda d: Sent("POST", _alert(d, "/aed-returned")),
    "POST /mobile/v1/test-alarm": _post("/mobile/v1/test-alarm"),
    "GET /mobile/v1/test-alarm/{test_id}": lambda d: Sent("GET", f"/mobile/v1/test-alarm/{d.named}"),
    "POST /mobile/v1/test-alarm/{test_id}/receipt": lambda d: _json(
        "POST", f"/mobile/v1/test-alarm/{d.named}/receipt", {"channel": "fcm", "shown_at": d.now}
    ),
}

_ON_THE_WAY = tuple(f"/tilmelding/{page}" for page in ("kode", "om-dig", "samtykke", "meld-ud"))


def _typed(path: str) -> Make:
    return lambda _: _form("POST", path, code="000000")


PAGES: dict[str, Make] = {
    "GET /a/{token}": lambda d: Sent("GET", f"/a/{d.named}"),
    "POST /a/{token}": lambda d: _form("POST", f"/a/{d.named}", answer="accept"),
    "GET /tilmelding": _get("/tilmelding"),
    "POST /tilmelding": lambda d: _form("POST", "/tilmelding", phone=d.phone),
    **{f"GET {path}": _get(path) for path in (*_ON_THE_WAY, "/tilmelding/faerdig", "/tilmelding/afbrudt")},
    **{f"POST {path}": _typed(path) for path in (*_ON_THE_WAY, "/tilmelding/afbryd")},
    "GET /tilmelding/{rest}": _get("/tilmelding/findes-ikke"),
    "GET /tilmelding/filer/{name}": _get("/tilmelding/filer/dkfds.css"),
    "GET /was": _get("/was"),
    "GET /health/live": _get("/health/live"),
    "GET /health/ready": _get("/health/ready"),
    "GET /metrics": _get("/metrics"),
    "GET /docs": _get("/docs"),
    "GET /docs/{name}": _get("/docs/mobile"),
    "GET /openapi/{file}": _get("/openapi/mobile.json"),
}


def _on_a_page(path: str, **fields: str) -> Make:
    """A form of the console's, with the word of the session."""
    return lambda draw: _form("POST", path, **fields, ord=draw.form_word)


def _from_here(draw: Draw) -> dict[str, str]:
    return {"sec-fetch-site": "same-origin", WORD_HEADER.lower(): draw.form_word}


def _about_an_incident(verb: str, **fields: str) -> Make:
    """What the console's scripts send, with the word of the session."""

    def make(draw: Draw) -> Sent:
        body = fields | {"id": str(UUID(int=draw.chance.getrandbits(128)))} if "reason" not in fields else fields
        return _json("POST", f"/konsol/data/haendelser/{draw.named}/{verb}", body, **_from_here(draw))

    return make


_THERE = {"lat": 55.7, "lon": 12.5}


def _by_script(path: str, body: dict[str, object]) -> Make:
    """A call of the console's scripts, with the word of the session."""

    def call(draw: Draw) -> Sent:
        return _json("POST", f"/konsol/data/{path}", body, **_from_here(draw))

    return call


def _about_one(verb: str, **fields: str) -> Make:
    """A form of one incident's page."""

    def make(draw: Draw) -> Sent:
        made = {"request": str(UUID(int=draw.chance.getrandbits(128))), "ord": draw.form_word}
        return _form("POST", f"/konsol/haendelser/{draw.named}/{verb}", **fields, **made)

    return make


CONSOLE: dict[str, Make] = {
    "GET /konsol/data/opmaerksomhed": _get("/konsol/data/opmaerksomhed"),
    "POST /konsol/data/opmaerksomhed/{item_id}/kvitter": lambda d: Sent(
        "POST", f"/konsol/data/opmaerksomhed/{d.named}/kvitter", headers=_from_here(d)
    ),
    "POST /konsol/data/haendelser/{incident_id}/aflys": _about_an_incident("aflys", reason="ambulance_arrived"),
    "POST /konsol/data/haendelser/{incident_id}/aflys-en": _about_an_incident(
        "aflys-en", pseudonym="nobody", reason="enough_helpers"
    ),
    "POST /konsol/data/haendelser/{incident_id}/flere": _about_an_incident("flere"),
    "POST /konsol/data/haendelser/{incident_id}/ord": _about_an_incident("ord", word="door_open"),
    **{
        f"GET {path}": _get(path)
        for path in ("/konsol", *(f"/konsol/{page}" for page in ("log-ind", "videre", "tilbage", "log-ud", "plads")))
    },
    **{f"GET /konsol/{page}": _get(f"/konsol/{page}") for page in ("skift", "noed", "bekraeft", "godkendelser")},
    "GET /konsol/haendelser": _get("/konsol/haendelser"),
    **{f"GET {path}": _get(path) for path in ("/konsol/efter", "/konsol/efter/tal", "/konsol/efter/tal.csv")},
    "GET /konsol/efter/{incident_id}": lambda d: Sent("GET", f"/konsol/efter/{d.named}"),
    **{
        f"GET {path}": _get(path)
        for path in (
            "/konsol/tavle",
            "/konsol/vaeg",
            *(f"/konsol/data/{each}" for each in ("overblik", "haendelser", "kort")),
        )
    },
    **{
        f"GET /konsol/drift{page}": _get(f"/konsol/drift{page}")
        for page in (
            "",
            *(
                f"/{e}"
                for e in ("kan-naas", "sletning", "proevealarmer", "hjertestartere", "optaget", "regler", "centralen")
            ),
        )
    },
    "POST /konsol/drift/hjertestartere/{aed_id}": lambda d: _form(
        "POST", f"/konsol/drift/hjertestartere/{d.named}", fund=d.chance.choice(["in_place", "gone"]), ord=d.form_word
    ),
    "POST /konsol/drift/optaget/{alert_id}": lambda d: _form(
        "POST", f"/konsol/drift/optaget/{d.named}", ord=d.form_word
    ),
    "GET /konsol/drift/regler/{policy_id}": lambda d: Sent("GET", f"/konsol/drift/regler/{d.named}"),
    "POST /konsol/drift/regler/{policy_id}": lambda d: _form(
        "POST", f"/konsol/drift/regler/{d.named}", at_once="2", ord=d.form_word
    ),
    "GET /konsol/drift/centralen/{what}": _get(
        "/konsol/drift/centralen/kvittering?acknowledges=console&nobody_after_s=90"
    ),
    "POST /konsol/drift/centralen/{what}": lambda d: _form(
        "POST", "/konsol/drift/centralen/i-haanden", an_hour="2", uncertain_m="300", ord=d.form_word
    ),
    "GET /konsol/drift/regler/udkast/{draft_id}": lambda d: Sent("GET", f"/konsol/drift/regler/udkast/{d.named}"),
    "POST /konsol/drift/regler/udkast/{draft_id}": lambda d: _form(
        "POST", f"/konsol/drift/regler/udkast/{d.named}", fra="", ord=d.form_word
    ),
    "GET /konsol/data/soegt/{incident_id}": lambda d: Sent("GET", f"/konsol/data/soegt/{d.named}"),
    "GET /konsol/veje/{version}": _get("/konsol/veje/none"),
    "GET /konsol/filer/{version}/{name}": _get("/konsol/filer/now/modules/board.js"),
    **{f"GET {path}": _get(path) for path in ("/konsol/ny", "/konsol/ny-oevelse", "/konsol/kaldt")},
    **{
        f"POST /konsol/{page}/{step}": _on_a_page(f"/konsol/{page}/{step}", key="made-by-hand", lat="55.7", lon="12.5")
        for page in ("ny", "ny-oevelse")
        for step in ("sted", "se", "send")
    },
    "POST /konsol/kaldt/{incident_id}": lambda d: _form(
        "POST", f"/konsol/kaldt/{d.named}", svar=d.chance.choice(["confirmed", "stopped"]), ord=d.form_word
    ),
    "POST /konsol/data/steder": _by_script("steder", {"typed": "nørregade 3"}),
    **{
        f"POST /konsol/data/{kind}{step}": _by_script(kind + step, {"where": _THERE, "case_number": "K-1", **more})
        for kind in ("alarmer", "oevelser")
        for step, more in (("/forhaandsvisning", {}), ("", {"key": "made-by-hand"}))
    },
    "POST /konsol/log-ud": _on_a_page("/konsol/log-ud"),
    "POST /konsol/plads": _on_a_page("/konsol/plads", code="guessed"),
    "POST /konsol/skift": _on_a_page("/konsol/skift", pin="000000"),
    "POST /konsol/noed": _on_a_page("/konsol/noed", email="a@amk.example", envelope="guessed", digits="000000"),
    "POST /konsol/vagtcentral": lambda d: _form("POST", "/konsol/vagtcentral", centre=str(d.besides), ord=d.form_word),
    "POST /konsol/pinkode": _on_a_page("/konsol/pinkode", pin="739164"),
    "POST /konsol/bekraeft": _on_a_page("/konsol/bekraeft", envelope="guessed", digits="000000"),
    "POST /konsol/godkendelser/regel": _on_a_page("/konsol/godkendelser/regel", what="dk-2026"),
    "POST /konsol/godkendelser/system": _on_a_page("/konsol/godkendelser/system", kind="freeze_client", what="none"),
    "POST /konsol/godkendelser/{approval_id}": lambda d: _form(
        "POST", f"/konsol/godkendelser/{d.named}", svar=d.chance.choice(["approved", "refused"]), ord=d.form_word
    ),
    "POST /konsol/godkendelser/kopi": lambda d: _form(
        "POST", "/konsol/godkendelser/kopi", what=d.phone or "+4520000000", ord=d.form_word
    ),
    "POST /konsol/godkendelser/kopi/{approval_id}": lambda d: _form(
        "POST", f"/konsol/godkendelser/kopi/{d.named}", ord=d.form_word
    ),
    "POST /konsol/haendelser/{incident_id}/adresse": _about_one("adresse", reason="hjerteloeber_calls"),
    "GET /konsol/haendelser/{incident_id}": lambda d: Sent("GET", f"/konsol/haendelser/{d.named}"),
    "GET /konsol/haendelser/{incident_id}/dele": lambda d: Sent("GET", f"/konsol/haendelser/{d.named}/dele"),
    "GET /konsol/data/haendelser/{incident_id}": lambda d: Sent("GET", f"/konsol/data/haendelser/{d.named}"),
    "POST /konsol/haendelser/{incident_id}/aflys": _about_one("aflys", reason="ambulance_arrived"),
    "POST /konsol/haendelser/{incident_id}/aflys-en": _about_one("aflys-en", pseudonym="nobody", reason="unsafe_place"),
    "POST /konsol/haendelser/{incident_id}/flere": _about_one("flere"),
    "POST /konsol/haendelser/{incident_id}/ord": _about_one("ord", word="door_open"),
    "POST /konsol/haendelser/{incident_id}/ret": _about_one("ret", accuracy="8"),
    "POST /konsol/haendelser/{incident_id}/saml": lambda d: _form(
        "POST", f"/konsol/haendelser/{d.named}/saml", into=str(d.besides), ord=d.form_word
    ),
    "POST /konsol/haendelser/{incident_id}/alligevel": _about_one("alligevel", reason="scene_now_safe"),
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
