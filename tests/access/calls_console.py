"""A well-formed call of every route of the console: its pages, their forms, and what its scripts call."""

from uuid import UUID

from backend.console.by_script import WORD_HEADER
from tests.access.call import Draw, Make, form_call, get_call, json_call
from tests.access.wire import Sent


def _on_a_page(path: str, **fields: str) -> Make:
    """A form of the console's, with the word of the session."""
    return lambda draw: form_call("POST", path, **fields, ord=draw.form_word)


def _from_here(draw: Draw) -> dict[str, str]:
    return {"sec-fetch-site": "same-origin", WORD_HEADER.lower(): draw.form_word}


def _about_an_incident(verb: str, **fields: str) -> Make:
    """What the console's scripts send, with the word of the session."""

    def make(draw: Draw) -> Sent:
        body = fields | {"id": str(UUID(int=draw.chance.getrandbits(128)))} if "reason" not in fields else fields
        return json_call("POST", f"/konsol/data/haendelser/{draw.named}/{verb}", body, **_from_here(draw))

    return make


_THERE = {"lat": 55.7, "lon": 12.5}


def _by_script(path: str, body: dict[str, object]) -> Make:
    """A call of the console's scripts, with the word of the session."""

    def call(draw: Draw) -> Sent:
        return json_call("POST", f"/konsol/data/{path}", body, **_from_here(draw))

    return call


def _about_one(verb: str, **fields: str) -> Make:
    """A form of one incident's page."""

    def make(draw: Draw) -> Sent:
        made = {"request": str(UUID(int=draw.chance.getrandbits(128))), "ord": draw.form_word}
        return form_call("POST", f"/konsol/haendelser/{draw.named}/{verb}", **fields, **made)

    return make


CONSOLE: dict[str, Make] = {
    "GET /konsol/data/opmaerksomhed": get_call("/konsol/data/opmaerksomhed"),
    "POST /konsol/data/opmaerksomhed/{item_id}/kvitter": lambda d: Sent(
        "POST", f"/konsol/data/opmaerksomhed/{d.named}/kvitter", headers=_from_here(d)
    ),
    "POST /konsol/data/haendelser/{incident_id}/aflys": _about_an_incident("aflys", reason="ambulance_arrived"),
    "POST /konsol/data/haendelser/{incident_id}/aflys-en": _about_an_incident(
        "aflys-en", pseudonym="nobody", reason="enough_helpers"
    ),
    "POST /konsol/data/haendelser/{incident_id}/flere": _about_an_incident("flere"),
    "POST /konsol/data/haendelser/{incident_id}/ret": lambda d: _by_script(
        f"haendelser/{d.named}/ret", {"where": _THERE, "based_on": 1}
    )(d),
    "POST /konsol/data/haendelser/{incident_id}/ord": _about_an_incident("ord", word="door_open"),
    **{
        f"GET {path}": get_call(path)
        for path in ("/konsol", *(f"/konsol/{page}" for page in ("log-ind", "videre", "tilbage", "log-ud", "plads")))
    },
    **{f"GET /konsol/{page}": get_call(f"/konsol/{page}") for page in ("skift", "noed", "bekraeft", "godkendelser")},
    "GET /konsol/vejledning": get_call("/konsol/vejledning"),
    "GET /konsol/haendelser": get_call("/konsol/haendelser"),
    **{f"GET {path}": get_call(path) for path in ("/konsol/efter", "/konsol/efter/tal", "/konsol/efter/tal.csv")},
    "GET /konsol/efter/{incident_id}": lambda d: Sent("GET", f"/konsol/efter/{d.named}"),
    **{
        f"GET {path}": get_call(path)
        for path in (
            "/konsol/tavle",
            "/konsol/vaeg",
            *(f"/konsol/data/{each}" for each in ("overblik", "haendelser", "kort")),
        )
    },
    **{
        f"GET /konsol/drift{page}": get_call(f"/konsol/drift{page}")
        for page in (
            "",
            *(
                f"/{e}"
                for e in ("kan-naas", "sletning", "proevealarmer", "hjertestartere", "optaget", "regler", "centralen")
            ),
        )
    },
    "POST /konsol/drift/hjertestartere/{aed_id}": lambda d: form_call(
        "POST", f"/konsol/drift/hjertestartere/{d.named}", fund=d.chance.choice(["in_place", "gone"]), ord=d.form_word
    ),
    "POST /konsol/drift/optaget/{alert_id}": lambda d: form_call(
        "POST", f"/konsol/drift/optaget/{d.named}", ord=d.form_word
    ),
    "GET /konsol/drift/regler/{policy_id}": lambda d: Sent("GET", f"/konsol/drift/regler/{d.named}"),
    "POST /konsol/drift/regler/{policy_id}": lambda d: form_call(
        "POST", f"/konsol/drift/regler/{d.named}", at_once="2", ord=d.form_word
    ),
    "GET /konsol/drift/centralen/{what}": get_call(
        "/konsol/drift/centralen/kvittering?acknowledges=console&nobody_after_s=90"
    ),
    "POST /konsol/drift/centralen/{what}": lambda d: form_call(
        "POST", "/konsol/drift/centralen/i-haanden", an_hour="2", uncertain_m="300", ord=d.form_word
    ),
    "GET /konsol/drift/regler/udkast/{draft_id}": lambda d: Sent("GET", f"/konsol/drift/regler/udkast/{d.named}"),
    "POST /konsol/drift/regler/udkast/{draft_id}": lambda d: form_call(
        "POST", f"/konsol/drift/regler/udkast/{d.named}", fra="", ord=d.form_word
    ),
    "GET /konsol/data/soegt/{incident_id}": lambda d: Sent("GET", f"/konsol/data/soegt/{d.named}"),
    "GET /konsol/veje/{version}": get_call("/konsol/veje/none"),
    "GET /konsol/filer/{version}/{name}": get_call("/konsol/filer/now/modules/board.js"),
    **{f"GET {path}": get_call(path) for path in ("/konsol/ny", "/konsol/ny-oevelse", "/konsol/kaldt")},
    **{
        f"POST /konsol/{page}/{step}": _on_a_page(f"/konsol/{page}/{step}", key="made-by-hand", lat="55.7", lon="12.5")
        for page in ("ny", "ny-oevelse")
        for step in ("sted", "se", "send")
    },
    "POST /konsol/kaldt/{incident_id}": lambda d: form_call(
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
    "POST /konsol/vagtcentral": lambda d: form_call(
        "POST", "/konsol/vagtcentral", centre=str(d.besides), ord=d.form_word
    ),
    "POST /konsol/pinkode": _on_a_page("/konsol/pinkode", pin="739164"),
    "POST /konsol/bekraeft": _on_a_page("/konsol/bekraeft", envelope="guessed", digits="000000"),
    "POST /konsol/godkendelser/regel": _on_a_page("/konsol/godkendelser/regel", what="dk-2026"),
    "POST /konsol/godkendelser/system": _on_a_page("/konsol/godkendelser/system", kind="freeze_client", what="none"),
    "POST /konsol/godkendelser/{approval_id}": lambda d: form_call(
        "POST", f"/konsol/godkendelser/{d.named}", svar=d.chance.choice(["approved", "refused"]), ord=d.form_word
    ),
    "POST /konsol/godkendelser/kopi": lambda d: form_call(
        "POST", "/konsol/godkendelser/kopi", what=d.phone or "+4520000000", ord=d.form_word
    ),
    "POST /konsol/godkendelser/kopi/{approval_id}": lambda d: form_call(
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
    "POST /konsol/haendelser/{incident_id}/find": _about_one("find", typed="nørregade 3"),
    "POST /konsol/haendelser/{incident_id}/saml": lambda d: form_call(
        "POST", f"/konsol/haendelser/{d.named}/saml", into=str(d.besides), ord=d.form_word
    ),
    "POST /konsol/haendelser/{incident_id}/alligevel": _about_one("alligevel", reason="scene_now_safe"),
}
