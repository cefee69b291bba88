"""The API with what only the demo has: /demo/phone, a phone in the browser, and the things a real phone cannot do.

    python -m backend.demo.serve --port 8000

The page itself uses nothing but the mobile API; the routes here lend it the SMS server's inbox and a dispatch centre.
"""

import argparse
import math
import os
import random
from collections.abc import Awaitable
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Annotated

import aiohttp
import msgspec
from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from granian.server import Server
from litestar import Litestar, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from litestar.response import Response
from msgspec import Meta

from backend.api.guards import anyone
from backend.api.limits import Limit
from backend.app.factory import create_app
from backend.app.spared import spare_the_collector
from backend.conform.reference_client import Json, Refused
from backend.demo.denmark import METRES_PER_DEGREE, NEW_NUMBERS, Arrest, arrest_in
from backend.demo.dispatch_client import DispatchClient, read_centres
from backend.demo.folder import Centre
from backend.demo.inbox import Inbox
from backend.foundation.problems import Problem, not_found
from backend.foundation.settings import read_settings
from backend.foundation.telemetry import start_logging
from backend.regions import shipped

PAGE = "backend.demo.phone_page"
TYPES = {"html": "text/html; charset=utf-8", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
NEAREST_M, FARTHEST_M = 150.0, 450.0


class NewNumber(msgspec.Struct, frozen=True):
    phone: str


class Owner(msgspec.Struct, frozen=True):
    phone: Annotated[str, Meta(max_length=40)]


class TextSeen(msgspec.Struct, frozen=True):
    text: str
    at: str


class TextsSeen(msgspec.Struct, frozen=True):
    texts: list[TextSeen]


class Near(msgspec.Struct, frozen=True):
    lat: Annotated[float, Meta(ge=54, le=58)]
    lon: Annotated[float, Meta(ge=7, le=16)]


class Reported(msgspec.Struct, frozen=True):
    incident_id: str


@get("/demo/phone", guards=[anyone(Limit.OPEN)])
async def phone_page() -> Response[bytes]:
    """A phone in the browser."""
    return _file("index.html")


@get("/demo/phone/{name:str}", guards=[anyone(Limit.OPEN)])
async def phone_part(name: FromPath[str]) -> Response[bytes]:
    """What the page is made of."""
    return _file(name)


def _file(name: str) -> Response[bytes]:
    file = resources.files(PAGE).joinpath(name)
    ending = name.rpartition(".")[2]
    if "/" in name or ending not in TYPES or not file.is_file():
        raise not_found("file")
    return Response(file.read_bytes(), media_type=TYPES[ending], headers=HEADERS)


@post("/demo/new-number", status_code=200, guards=[anyone(Limit.OPEN)])
async def new_number() -> NewNumber:
    """A number that nobody has."""
    return NewNumber(f"{NEW_NUMBERS}{random.randint(500_000, 999_999)}")


class DemoRoutes:
    """What only the demo serves, besides the page's own files."""

    def __init__(self, sms_url: str, centres: Path, api_url: str) -> None:
        self._inbox = Inbox(sms_url)
        self._centres = centres
        self._api_url = api_url
        self._made: dict[str, Centre] = {}  # incident → the centre that reported it

    def all(self) -> list[HTTPRouteHandler]:
        open_to_all = [anyone(Limit.OPEN)]
        return [
            phone_page,
            phone_part,
            new_number,
            post("/demo/texts", status_code=200, guards=open_to_all)(self.texts),
            post("/demo/arrest", status_code=201, guards=open_to_all)(self.arrest),
            post("/demo/ambulance", status_code=200, guards=open_to_all)(self.ambulance),
        ]

    async def texts(self, data: JSONBody[Owner]) -> TextsSeen:
        """What the local SMS server delivered to a number: the demo's phone has no other screen."""
        return TextsSeen([TextSeen(text.text, text.at) for text in await self._inbox.texts_to(data.phone)])

    async def arrest(self, data: JSONBody[Near]) -> Reported:
        """Report an arrest some hundred metres away, as the region's dispatch centre would."""
        place = min(shipped.places(), key=lambda p: (p.lat - data.lat) ** 2 + ((p.lon - data.lon) * 0.56) ** 2)
        centres = read_centres(self._centres)
        centre = next((c for c in centres if c.region == place.region), centres[0])
        async with aiohttp.ClientSession() as session:
            client = DispatchClient(session, self._api_url, centre, retry_for_s=5)
            incident = await _asked(client.report_arrest(_near(data, place), f"P{datetime.now(UTC):%y%m%d%H%M%S%f}"))
        self._made[incident["id"]] = centre
        return Reported(incident["id"])

    async def ambulance(self, data: JSONBody[Reported]) -> Reported:
        """The ambulance has arrived: the centre stands everybody down."""
        centre = self._made.get(data.incident_id)
        if centre is None:
            raise not_found("incident made by this page")
        async with aiohttp.ClientSession() as session:
            client = DispatchClient(session, self._api_url, centre, retry_for_s=5)
            await _asked(client.stand_down(data.incident_id, "ambulance_arrived"))
        return data


def _near(point: Near, place: shipped.Place) -> Arrest:
    """A made-up address some hundred metres from `point`."""
    draw = random.Random()
    metres, angle = draw.uniform(NEAREST_M, FARTHEST_M), draw.uniform(0, 2 * math.pi)
    lat = point.lat + metres * math.sin(angle) / METRES_PER_DEGREE
    lon = point.lon + metres * math.cos(angle) / (METRES_PER_DEGREE * math.cos(math.radians(point.lat)))
    made_up = arrest_in(place, draw, lambda _lat, _lon: True)
    return msgspec.structs.replace(made_up, lat=lat, lon=lon)


async def _asked(call: Awaitable[Json]) -> Json:
    """The dispatch API's refusal is the page's refusal."""
    try:
        return await call
    except Refused as refused:
        raise Problem(502, "dispatch-refused", "The dispatch API refused", str(refused)) from None
    except OSError:
        raise Problem(502, "dispatch-unreachable", "The dispatch API does not answer", "Try again.") from None


def app() -> Litestar:
    """The application for the environment that backend.demo.parts makes."""
    settings = read_settings(os.environ)
    start_logging(settings.log_format, "api")
    demo = DemoRoutes(os.environ["DEMO_SMS_URL"], Path(os.environ["DEMO_CENTRES_FILE"]), settings.public_url)
    made = create_app(settings, extra_routes=demo.all())
    spare_the_collector()
    return made


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m backend.demo.serve", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    chosen = parser.parse_args()
    Server(
        "backend.demo.serve:app",
        address=chosen.host,
        port=chosen.port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        factory=True,
        workers_kill_timeout=5,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main()
