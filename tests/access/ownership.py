"""Whose things each route touches. Declared here, route by route: no guard can say it, and a test performs it."""

from enum import StrEnum

import msgspec


class Whose(StrEnum):
    """Whose things a route reads or changes; the value is what the matrix says."""

    NOBODY = "nobody's"
    PROVER = "of whoever proves the phone"
    SELF = "one's own"
    CENTRE = "the centre's own"
    ANYBODY = "everybody's"  # defibrillators: every centre confirms any
    HOLDER = "of whoever holds the link or cookie"
    VIEW = "what the party and unit may see"
    WHOLE = "the whole campaign's"  # 403 for whoever sees one unit


class Owned(msgspec.Struct, frozen=True):
    """`named`: the address or the body names a thing, so somebody can name another's; that is answered 404."""

    whose: Whose
    what: str
    named: bool = False
    everywhere: bool = False  # only in a role that holds at every centre: whose it is belongs to none


def _nobody(what: str) -> Owned:
    return Owned(Whose.NOBODY, what)


def _self(what: str, *, named: bool = False) -> Owned:
    return Owned(Whose.SELF, what, named)


def _centre(what: str, *, named: bool = False) -> Owned:
    return Owned(Whose.CENTRE, what, named)


def _view(what: str) -> Owned:
    return Owned(Whose.VIEW, what, named=True)


def _whole(what: str) -> Owned:
    return Owned(Whose.WHOLE, what, named=True)


_INCIDENT = "/dispatch/v1/incidents/{incident_id}"
_ALERT = "/mobile/v1/alerts/{alert_id}"
_TEST = "/mobile/v1/test-alarm/{test_id}"

DISPATCH = {
    "POST /oauth/token": _nobody("a token for whoever proves to be a client"),
    "GET /dispatch/v1/incidents": _centre("its incidents of the client's kind"),
    "POST /dispatch/v1/incidents": _centre("a new incident, or its running one with this case number"),
    f"GET {_INCIDENT}": _centre("an incident", named=True),
    f"GET {_INCIDENT}/candidates": _centre("who was looked at, under pseudonyms", named=True),
    f"GET {_INCIDENT}/events": _centre("an incident's journal", named=True),
    f"POST {_INCIDENT}/revise": _centre("an incident's place", named=True),
    f"POST {_INCIDENT}/stand-down": _centre("an incident's end", named=True),
    f"POST {_INCIDENT}/close": _centre("an incident's end", named=True),
    f"POST {_INCIDENT}/override": _centre("an incident's exclusion", named=True),
    f"POST {_INCIDENT}/join": _centre("an incident, into one marked as its duplicate", named=True),
    f"POST {_INCIDENT}/stand-down-one": _centre("one alert of an incident", named=True),
    f"POST {_INCIDENT}/ask-more": _centre("an incident's waves", named=True),
    f"POST {_INCIDENT}/words": _centre("words to those on the way", named=True),
    "GET /dispatch/v1/attention": _centre("what needs a person there"),
    "POST /dispatch/v1/attention/{item_id}/acknowledge": _centre("what needs a person there", named=True),
    "GET /dispatch/v1/events": _centre("the journal of its incidents"),
    "GET /dispatch/v1/centre": _centre("its feed and the channels"),
    "POST /dispatch/v1/previews": _centre("in bands, how many would be asked; nobody in particular"),
    "POST /dispatch/v1/heartbeat": _centre("its sign of life"),
    "POST /dispatch/v1/aeds/{aed_id}/confirm": Owned(Whose.ANYBODY, "a defibrillator's condition"),
}

MOBILE = {
    "POST /mobile/v1/sign-in/codes": Owned(Whose.PROVER, "a code to the phone"),
    "POST /mobile/v1/sign-in": Owned(Whose.PROVER, "tokens of the phone's account"),
    "POST /mobile/v1/sign-in/refresh": Owned(Whose.HOLDER, "tokens for a refresh token"),
    "POST /mobile/v1/volunteers": Owned(Whose.PROVER, "an account for the phone"),
    "POST /mobile/v1/sign-out": _self("this device"),
    "GET /mobile/v1/me": _self("the account"),
    "GET /mobile/v1/me/export": _self("everything that is held about one"),
    "PATCH /mobile/v1/me": _self("the account"),
    "DELETE /mobile/v1/me": _self("the account"),
    "POST /mobile/v1/me/withdrawal": _self("the account"),
    "POST /mobile/v1/me/withdrawal/take-back": _self("the account"),
    "PUT /mobile/v1/me/consents/{purpose}": _self("a consent"),
    "PUT /mobile/v1/me/duty": _self("when one may be rung"),
    "PUT /mobile/v1/me/device": _self("this device"),
    "PUT /mobile/v1/me/places/{place}": _self("home or work"),
    "DELETE /mobile/v1/me/places/{place}": _self("home or work"),
    "GET /mobile/v1/readiness": _self("what keeps one from being rung"),
    "GET /mobile/v1/config": _nobody("how the app is to behave"),
    "POST /mobile/v1/positions": _self("the latest position"),
    "POST /mobile/v1/still-here": _self("the latest position's age"),
    "GET /mobile/v1/alerts": _self("the alerts"),
    "GET /mobile/v1/alerts/stream": _self("the alerts"),
    f"GET {_ALERT}": _self("an alert; the address while on its mission", named=True),
    f"POST {_ALERT}/receipt": _self("an alert", named=True),
    f"POST {_ALERT}/accept": _self("an alert", named=True),
    f"POST {_ALERT}/decline": _self("an alert", named=True),
    f"POST {_ALERT}/status": _self("a mission", named=True),
    f"POST {_ALERT}/words": _self("words on a mission", named=True),
    f"POST {_ALERT}/give-up": _self("a mission", named=True),
    f"POST {_ALERT}/aed-problem": _self("a mission's defibrillator", named=True),
    f"POST {_ALERT}/aed-returned": _self("a mission's defibrillator", named=True),
    "POST /mobile/v1/test-alarm": _self("a test alarm"),
    f"GET {_TEST}": _self("a test alarm", named=True),
    f"POST {_TEST}/receipt": _self("a test alarm", named=True),
}

_ON_THE_WAY = Owned(Whose.HOLDER, "somebody's way to an account")

PAGES = {
    "GET /a/{token}": Owned(Whose.HOLDER, "one alert, as in the app"),
    "POST /a/{token}": Owned(Whose.HOLDER, "one alert, as in the app"),
    "GET /tilmelding": _nobody("the first page"),
    "POST /tilmelding": Owned(Whose.PROVER, "a code to the phone"),
    "GET /tilmelding/kode": _ON_THE_WAY,
    "POST /tilmelding/kode": _ON_THE_WAY,
    "GET /tilmelding/om-dig": _ON_THE_WAY,
    "POST /tilmelding/om-dig": _ON_THE_WAY,
    "GET /tilmelding/samtykke": _ON_THE_WAY,
    "POST /tilmelding/samtykke": _ON_THE_WAY,
    "GET /tilmelding/faerdig": _ON_THE_WAY,
    "GET /tilmelding/meld-ud": Owned(Whose.HOLDER, "the account of the phone just proven"),
    "POST /tilmelding/meld-ud": Owned(Whose.HOLDER, "the account of the phone just proven"),
    "POST /tilmelding/afbryd": _ON_THE_WAY,
    "GET /tilmelding/afbrudt": _nobody("a page"),
    "GET /tilmelding/{rest}": _nobody("a page that is not there"),
    "GET /tilmelding/filer/{name}": _nobody("style sheet and fonts"),
    "GET /was": _nobody("the accessibility statement"),
    "GET /health/live": _nobody("whether the process lives"),
    "GET /health/ready": _nobody("whether it can work"),
    "GET /metrics": _nobody("figures; the proxy keeps the internet out"),
    "GET /docs": _nobody("documentation"),
    "GET /docs/{name}": _nobody("documentation"),
    "GET /openapi/{file}": _nobody("documentation"),
}

_KONSOL = "/konsol/haendelser"
_ONE = "/konsol/haendelser/{incident_id}"
_DATA = "/konsol/data/haendelser/{incident_id}"

CONSOLE = {
    "GET /konsol/tavle": _centre("its open incidents: where, who goes, by pseudonym"),
    "GET /konsol/vaeg": _centre("the same, for a screen on the wall"),
    "GET /konsol/drift": Owned(Whose.ANYBODY, "counts of all centres' attempts and addresses, none below five"),
    "GET /konsol/drift/kan-naas": Owned(Whose.ANYBODY, "counts by municipality, in steps of five"),
    "GET /konsol/drift/sletning": _nobody("what housekeeping removed, in numbers"),
    "GET /konsol/drift/proevealarmer": _nobody("how the machine's own alarms came through"),
    "GET /konsol/drift/hjertestartere": Owned(Whose.ANYBODY, "defibrillators that wait to be looked at"),
    "POST /konsol/drift/hjertestartere/{aed_id}": Owned(Whose.ANYBODY, "a defibrillator's condition"),
    "GET /konsol/drift/optaget": _centre("whom its alarms hold for long, by pseudonym"),
    "POST /konsol/drift/optaget/{alert_id}": _centre("somebody's mission, to end it", named=True),
    "GET /konsol/drift/regler": _centre("what is in force there; policies are for all to see"),
    "GET /konsol/drift/regler/{policy_id}": Owned(Whose.ANYBODY, "a policy's version"),
    "POST /konsol/drift/regler/{policy_id}": Owned(
        Whose.ANYBODY, "a policy's version, to make a draft of one's centre from"
    ),
    "GET /konsol/drift/regler/udkast/{draft_id}": _centre("a draft, tried on yesterday's alarms", named=True),
    "POST /konsol/drift/regler/udkast/{draft_id}": _centre("a request for a draft", named=True),
    "GET /konsol/drift/centralen": _centre("what it decides of how it is called, and who helps; whom it helps"),
    "GET /konsol/drift/centralen/{what}": _centre("what a change of that would do"),
    "POST /konsol/drift/centralen/{what}": _centre("a request for a change of that"),
    "GET /konsol/data/overblik": _centre("the same, for the page's script"),
    "GET /konsol/data/soegt/{incident_id}": _centre("the cells an incident's search reaches to", named=True),
    "GET /konsol/data/kort": _nobody("areas and places, for the map"),
    "GET /konsol/data/haendelser": _centre("the steps of its incidents as they happen"),
    "GET /konsol/efter": _centre("its incidents that are over"),
    "GET /konsol/efter/tal": _centre("figures of its alarms, month by month"),
    "GET /konsol/efter/tal.csv": _centre("the same as a file"),
    "GET /konsol/efter/{incident_id}": _centre("an incident's course from its journal", named=True),
    "GET /konsol/data/opmaerksomhed": _centre("what needs a person there"),
    "POST /konsol/data/opmaerksomhed/{item_id}/kvitter": _centre("what needs a person there", named=True),
    f"POST {_DATA}/aflys": _centre("an incident's end", named=True),
    f"POST {_DATA}/aflys-en": _centre("one alert of an incident", named=True),
    f"POST {_DATA}/flere": _centre("an incident's waves", named=True),
    f"POST {_DATA}/ord": _centre("words to those on the way", named=True),
    "GET /konsol/ny": _nobody("a page"),
    "GET /konsol/ny-oevelse": _nobody("a page"),
    **{
        f"POST /konsol/{page}/{step}": _centre(what)
        for page in ("ny", "ny-oevelse")
        for step, what in (
            ("sted", "places"),
            ("se", "how many would be asked, in bands"),
            ("send", "its new incident"),
        )
    },
    "POST /konsol/data/steder": _centre("places, its own municipalities' first"),
    **{f"POST /konsol/data/{kind}": _centre("its new incident by hand") for kind in ("alarmer", "oevelser")},
    **{
        f"POST /konsol/data/{kind}/forhaandsvisning": _centre("how many would be asked, in bands")
        for kind in ("alarmer", "oevelser")
    },
    "GET /konsol/kaldt": _centre("its alarms by hand that wait for a second person"),
    "POST /konsol/kaldt/{incident_id}": _centre("an alarm by hand, confirmed or stopped", named=True),
    "GET /konsol/filer/{version}/{name}": _nobody("scripts, style sheets, the map's parts"),
    "GET /konsol/veje/{version}": _nobody("streets for the map"),
    "GET /konsol/log-ind": _nobody("a page"),
    "GET /konsol/videre": _nobody("on to the provider"),
    "GET /konsol/tilbage": Owned(Whose.HOLDER, "a session for whom the provider vouches"),
    "GET /konsol/log-ud": _nobody("a page"),
    "POST /konsol/log-ud": _self("the session's end"),
    "GET /konsol/plads": _nobody("a page"),
    "POST /konsol/plads": Owned(Whose.HOLDER, "a seat, for whoever has its code"),
    "GET /konsol/skift": Owned(Whose.HOLDER, "who is on this seat's shift"),
    "POST /konsol/skift": Owned(Whose.HOLDER, "a session, by a PIN chosen on this seat and shift"),
    "GET /konsol/noed": Owned(Whose.HOLDER, "the seat's sealed log-in"),
    "POST /konsol/noed": Owned(Whose.HOLDER, "a session, by the seat's envelope"),
    "GET /konsol": _self("who one is"),
    "POST /konsol/vagtcentral": _self("at which of one's centres one works"),
    "POST /konsol/pinkode": _self("one's PIN"),
    "GET /konsol/bekraeft": _self("that it is still oneself"),
    "POST /konsol/bekraeft": _self("that it is still oneself"),
    "GET /konsol/godkendelser": _centre("what waits for a second person"),
    "POST /konsol/godkendelser/regel": _centre("a request for another policy"),
    "POST /konsol/godkendelser/system": _centre("a request to freeze one of its systems, or to let it in again"),
    "POST /konsol/godkendelser/{approval_id}": _centre("a request of somebody else's", named=True),
    "POST /konsol/godkendelser/kopi": Owned(Whose.ANYBODY, "a request for a copy of a person's data", everywhere=True),
    "POST /konsol/godkendelser/kopi/{approval_id}": _self("the copy one asked for, once another said yes", named=True),
    f"GET {_KONSOL}": _centre("its open incidents, without addresses"),
    f"POST {_ONE}/adresse": _centre("an incident's address: a reason, a fresh proof", named=True),
    f"GET {_ONE}": _centre("one incident: where, who was asked and why, its journal", named=True),
    f"GET {_ONE}/dele": _centre("the same, for the page's script", named=True),
    f"GET {_DATA}": _centre("the same, for the page's script", named=True),
    f"POST {_ONE}/aflys": _centre("an incident's end", named=True),
    f"POST {_ONE}/aflys-en": _centre("one alert of an incident", named=True),
    f"POST {_ONE}/flere": _centre("an incident's waves", named=True),
    f"POST {_ONE}/ord": _centre("words to those on the way", named=True),
    f"POST {_ONE}/ret": _centre("an incident's place and address", named=True),
    f"POST {_ONE}/saml": _centre("two incidents that are one arrest", named=True),
    f"POST {_ONE}/alligevel": _centre("an exclusion", named=True),
}

_TAL = "/tal/{name}"
_API = "/api/v1/campaigns"

CAMPAIGNS = {
    "GET /": _nobody("the campaign that runs"),
    "HEAD /": _nobody("the campaign that runs"),
    "POST /": _nobody("on to sign-up"),
    "GET /c/{name}": _nobody("a campaign's page"),
    "HEAD /c/{name}": _nobody("a campaign's page"),
    "POST /c/{name}": _nobody("one visit more, on to sign-up"),
    "POST /c/{name}/acted": _nobody("one visit more"),
    "GET /k/{code}": _nobody("a campaign's page"),
    "HEAD /k/{code}": _nobody("a campaign's page"),
    "POST /k/{code}": _nobody("one visit more, on to sign-up"),
    "POST /k/{code}/acted": _nobody("one visit more"),
    "GET /was": _nobody("the accessibility statement"),
    "HEAD /was": _nobody("the accessibility statement"),
    "GET /filer/{name}": _nobody("style sheet, fonts, script"),
    "GET /farve/{name}": _nobody("a campaign's colours"),
    "GET /health/live": _nobody("whether the process lives"),
    "GET /health/ready": _nobody("whether it can work"),
    "GET /tal/log-ind": _nobody("on to the provider"),
    "GET /tal/tilbage": Owned(Whose.HOLDER, "a session for whom the provider vouches"),
    "GET /tal/log-ud": _nobody("a page"),
    "POST /tal/log-ud": Owned(Whose.HOLDER, "the session's end"),
    "GET /tal": Owned(Whose.VIEW, "which campaigns"),
    "GET /tal/mail": _self("whether the weekly mail comes"),
    "POST /tal/mail": _self("whether the weekly mail comes"),
    f"GET {_TAL}": _view("a campaign's numbers"),
    f"GET {_TAL}/{{file}}": _view("the same as a file"),
    f"GET {_TAL}/enhed/{{unit}}": _view("a unit's numbers"),
    f"GET {_TAL}/enhed/{{unit}}/{{file}}": _view("the same as a file"),
    f"GET {_TAL}/enheder": _whole("all units"),
    f"GET {_TAL}/enheder/{{file}}": _whole("the same as a file"),
    f"GET {_TAL}/kanaler": _whole("channels"),
    f"GET {_TAL}/kanaler/{{file}}": _whole("the same as a file"),
    f"GET {_TAL}/omraader": _whole("areas"),
    f"GET {_TAL}/omraader/{{file}}": _whole("the same as a file"),
    f"GET {_API}": Owned(Whose.VIEW, "the token's campaign"),
    f"GET {_API}/{{campaign}}/units": _view("units"),
    f"GET {_API}/{{campaign}}/figures": _view("numbers"),
    f"GET {_API}/{{campaign}}/funnel": _view("numbers"),
    f"GET {_API}/{{campaign}}/series": _view("numbers"),
    f"GET {_API}/{{campaign}}/comparison": _view("numbers"),
    f"GET {_API}/{{campaign}}/channels": _whole("channels"),
    f"GET {_API}/{{campaign}}/sources": _whole("where links stood"),
    f"GET {_API}/{{campaign}}/areas": _whole("areas"),
}

SECTIONS = {
    "Dispatch centres": ("backend", DISPATCH),
    "Phones": ("backend", MOBILE),
    "The console": ("backend", CONSOLE),
    "Pages and what is beside them": ("backend", PAGES),
    "Campaigns": ("campaigns", CAMPAIGNS),
}


def owned(app: str, name: str) -> Owned | None:
    """What is declared of a route; None where nothing is."""
    return next((table[name] for of_app, table in SECTIONS.values() if of_app == app and name in table), None)
